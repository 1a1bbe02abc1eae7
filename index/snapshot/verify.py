"""Is every byte of a snapshot as it was published?

Sizes are compared always; checksums before anything else reads a file, once per snapshot and
machine. That they agreed is remembered in a folder outside the snapshot, together with each file's
size, times and inode: whatever has been touched since is hashed again.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from index.errors import SnapshotError
from index.snapshot.disk import RESCUE, read_error
from index.snapshot.layout import SnapshotLayout
from index.snapshot.manifest import FileFact, Manifest, read_manifest

# Notes kept in the folder of remembered verifications; each is a few hundred bytes.
MAX_REMEMBERED = 64


def describe_files(snapshot: SnapshotLayout) -> dict[str, FileFact]:
    """Size and checksum of every file but the manifest, by relative path with `/`."""
    return {
        name: FileFact(size=path.stat().st_size, sha256=_sha256(path))
        for name, path in _files(snapshot)
    }


def verify(snapshot: SnapshotLayout, verified_dir: Path | None = None) -> Manifest:
    """The manifest, once every file is known to be as it says.

    `verified_dir` is where successes are remembered (made if need be); None hashes every time and
    leaves no trace. Raises SnapshotError naming the file that is missing, one too many, of another
    size or damaged, and the remedy.
    """
    manifest, data = read_manifest(snapshot.manifest)
    try:
        before = _touched(snapshot)
        _compare_sizes(snapshot, manifest, {name: facts[0] for name, facts in before.items()})
        note = None if verified_dir is None else _note(verified_dir, snapshot, data)
        if note is not None and _recall(note) == before:
            return manifest
        _compare_checksums(snapshot, manifest)
        if note is not None and _touched(snapshot) == before:
            _remember(note, before)
    except OSError as error:
        raise read_error(error, Path(error.filename or snapshot.folder)) from error
    return manifest


def _files(snapshot: SnapshotLayout) -> Iterator[tuple[str, Path]]:
    """Every file but the manifest, by name; links and other oddities are refused."""
    for path in sorted(snapshot.folder.rglob("*")):
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            continue
        if not stat.S_ISREG(mode):
            raise SnapshotError(f"{path} is not a plain file.", RESCUE)
        if path != snapshot.manifest:
            yield path.relative_to(snapshot.folder).as_posix(), path


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _touched(snapshot: SnapshotLayout) -> dict[str, list[int]]:
    """Size, change times and inode of every file: what a write can't leave alone.

    The inode's own time is among them because, other than mtime, no program can set it back.
    """
    facts = {}
    for name, path in _files(snapshot):
        found = path.lstat()
        facts[name] = [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]
    return facts


def _compare_sizes(snapshot: SnapshotLayout, manifest: Manifest, sizes: dict[str, int]) -> None:
    for name in sorted(manifest.files.keys() | sizes.keys()):
        path = snapshot.folder / name
        if name not in sizes:
            raise SnapshotError(f"{path} is missing.", RESCUE)
        if name not in manifest.files:
            raise SnapshotError(f"{path} doesn't belong there.", RESCUE)
        if sizes[name] != manifest.files[name].size:
            raise SnapshotError(
                f"{path} has {sizes[name]} bytes instead of {manifest.files[name].size}.", RESCUE
            )


def _compare_checksums(snapshot: SnapshotLayout, manifest: Manifest) -> None:
    for name, fact in manifest.files.items():
        path = snapshot.folder / name
        if _sha256(path) != fact.sha256:
            raise SnapshotError(f"{path} is damaged: its checksum differs.", RESCUE)


def _note(verified_dir: Path, snapshot: SnapshotLayout, manifest: bytes) -> Path:
    key = hashlib.sha256(os.fsencode(snapshot.folder.resolve()) + b"\0" + manifest)
    return verified_dir / f"{key.hexdigest()}.json"


def _recall(note: Path) -> object:
    """What was remembered; anything but what `_remember` wrote compares unequal."""
    try:
        return json.loads(note.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def _remember(note: Path, facts: dict[str, list[int]]) -> None:
    """Best effort: without a writable cache every start hashes, and nothing else is lost."""
    with suppress(OSError):
        note.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = note.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(facts))
        draft.replace(note)
        notes = sorted(note.parent.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        for old in notes[:-MAX_REMEMBERED]:
            old.unlink(missing_ok=True)
