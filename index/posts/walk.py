"""Find the post files of a site, without opening any of them.

What is left out on purpose is listed as a `Skip`; folders that never hold posts (`.git`, `_site`,
`vendor`, `node_modules`) are passed over in silence.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import SettingsError
from index.posts.roots import Root, readable_name, resolve_roots
from index.records import Skip

SUFFIXES = (".md", ".markdown", ".html")
POSTS_FOLDER = "_posts"
DRAFTS_FOLDER = "_drafts"
# Jekyll's own output and the places where its gems and npm packages land: never posts.
SILENT_FOLDERS = frozenset({"_site", "vendor", "node_modules"})
BYTES_PER_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class PostFile:
    """A file that may be a post. `id` is the root's name and the relative path, `/` between.

    Subtle: bytes of a name that are not UTF-8, and control characters, appear in `id` as `\\xff`,
    so that an id can be printed and stored anywhere; `path` opens the file all the same.
    """

    id: str
    path: Path
    size: int  # bytes
    mtime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class Walk:
    """All post files in the order of their ids, and what was left out, in the order of paths."""

    files: tuple[PostFile, ...]
    skipped: tuple[Skip, ...]


@dataclass(slots=True)
class _Found:
    """What one walk has gathered so far."""

    max_file_bytes: int
    files: dict[str, PostFile] = field(default_factory=dict)
    skipped: list[Skip] = field(default_factory=list)
    folders: set[str] = field(default_factory=set)  # real paths already walked

    def skip(self, relative: str, reason: str) -> None:
        self.skipped.append(Skip(relative, reason))


def walk_posts(roots: Sequence[Path], max_file_bytes: int) -> Walk:
    """All posts under `roots` (files or folders), which together are the whole site.

    A root inside another one is part of it and taken once. Raises SettingsError when a root can't
    be read, when two roots would give the same ids, and when there is no post at all.
    """
    found = _Found(max_file_bytes)
    for root in resolve_roots(roots, SUFFIXES):
        if root.files is None:
            _walk_folder(root, found)
        else:
            _take_files(root, found)
    if not found.files:
        raise _no_posts(roots, found.skipped)
    files = tuple(found.files[post_id] for post_id in sorted(found.files))
    return Walk(files, tuple(sorted(found.skipped, key=lambda skip: (skip.post, skip.reason))))


def _no_posts(roots: Sequence[Path], skipped: list[Skip]) -> SettingsError:
    names = ", ".join(map(readable_name, map(str, roots))) or "no folder given"
    left_out = f" ({len(skipped)} left out, first: {skipped[0].reason})" if skipped else ""
    return SettingsError(
        f"No posts found in {names}{left_out}.",
        f"Give the folder that holds the site's posts ({', '.join(SUFFIXES)}).",
    )


def _take_files(root: Root, found: _Found) -> None:
    """Posts that were named one by one; those a walked folder already held are not repeated."""
    if os.path.realpath(root.path) in found.folders:
        return
    wanted = set(root.files or ())
    with os.scandir(root.path) as entries:
        for entry in entries:
            if entry.name in wanted:
                _take_or_draft(entry, root.name, "", root.name == DRAFTS_FOLDER, found)


def _walk_folder(root: Root, found: _Found) -> None:
    """Iterative, so that no depth of folders can exhaust the stack."""
    drafts = root.name == DRAFTS_FOLDER
    waiting = [(root.path, "", drafts)]
    while waiting:
        folder, relative, drafts = waiting.pop()
        real = os.path.realpath(folder)
        if real in found.folders:
            continue
        found.folders.add(real)
        for entry in _entries(folder, relative, found):
            if not _is_folder(entry):
                if not entry.name.startswith("."):
                    _take_or_draft(entry, root.name, relative, drafts, found)
            elif _is_walked(entry, relative, found):
                inner = f"{relative}{entry.name}/"
                waiting.append((entry.path, inner, drafts or entry.name == DRAFTS_FOLDER))


def _entries(folder: str, relative: str, found: _Found) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except OSError as error:
        found.skip(readable_name(relative) or ".", f"the folder can't be read: {error.strerror}")


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _is_walked(entry: os.DirEntry[str], relative: str, found: _Found) -> bool:
    """Whether to go into a folder. `_layouts` and the like are listed once, not file by file."""
    name = entry.name
    if name.startswith(".") or name in SILENT_FOLDERS:
        return False
    if not name.startswith("_") or name in {POSTS_FOLDER, DRAFTS_FOLDER}:
        return True
    count = _count_posts(entry.path)
    if count:
        found.skip(
            readable_name(f"{relative}{name}/"),
            f"the name of the folder starts with _ (files in it: {count})",
        )
    return False


def _count_posts(folder: str) -> int:
    return sum(_has_suffix(name) for _, _, names in os.walk(folder) for name in names)


def _has_suffix(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)


def _take_or_draft(
    entry: os.DirEntry[str], root_name: str, folder: str, draft: bool, found: _Found
) -> None:
    if not draft:
        _take(entry, root_name, folder, found)
    elif _has_suffix(entry.name):
        found.skip(readable_name(folder + entry.name), "a draft (_drafts)")


def _take(entry: os.DirEntry[str], root_name: str, folder: str, found: _Found) -> None:
    """Add one file, or list why not."""
    relative = readable_name(folder + entry.name)
    if entry.is_symlink():
        if _has_suffix(entry.name) or _leads_to_folder(entry):
            found.skip(relative, "a symbolic link, not followed")
        return
    if not _has_suffix(entry.name):
        return
    try:
        status = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return  # gone since the folder was listed: as if it had never been there
    except OSError as error:
        found.skip(relative, f"the file can't be read: {error.strerror}")
        return
    post_id = f"{root_name}/{relative}"
    reason = _unfit(status, entry.name, found.max_file_bytes)
    if reason is None and post_id in found.files:
        reason = "another file's name reads the same"
    if reason is not None:
        found.skip(relative, reason)
        return
    found.files[post_id] = PostFile(
        post_id, Path(entry.path), status.st_size, status.st_mtime_ns, status.st_ino
    )


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a loop of links
        return True


def _unfit(status: os.stat_result, name: str, max_file_bytes: int) -> str | None:
    if not stat.S_ISREG(status.st_mode):
        return "not an ordinary file"
    if name.startswith("_"):
        return "the name starts with _, which Jekyll does not publish"
    if status.st_size > max_file_bytes:
        size, limit = status.st_size / BYTES_PER_MB, max_file_bytes / BYTES_PER_MB
        return f"{size:.1f} MB is more than the {limit:g} MB of posts.max_file_bytes"
    return None
