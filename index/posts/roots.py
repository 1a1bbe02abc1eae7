"""The folders and files an admin named, made into roots with names of their own."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.errors import SettingsError

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Root:
    """A folder of posts. `files` names the posts wanted from it; None means all, and below."""

    name: str
    path: str
    files: tuple[str, ...] | None


def resolve_roots(roots: Sequence[Path], suffixes: tuple[str, ...]) -> list[Root]:
    """Roots by real folder, outer folders before inner ones, whole folders before single files.

    The name is the folder's own as it was given (a symbolic link keeps its name, so that
    `current -> release-42` gives the same ids after the next release); a file's root is its
    parent. Raises SettingsError for a root that is missing, unreadable or of another kind of file,
    and for two different folders of the same name.
    """
    folders: dict[str, Root] = {}
    singles: dict[str, Root] = {}
    for given in roots:
        path = os.path.abspath(given)  # noqa: PTH100 - Path.resolve() would follow links
        if stat.S_ISDIR(_status(given).st_mode):
            folders.setdefault(os.path.realpath(path), Root(_name(path), path, None))
            continue
        _check_file(given, suffixes)
        parent, name = os.path.split(path)
        real = os.path.realpath(parent)
        before = singles.get(real, Root(_name(parent), parent, ()))
        singles[real] = Root(before.name, before.path, (*(before.files or ()), name))
    _refuse_same_names({**singles, **folders})
    return [*_outer_first(folders), *_outer_first(singles)]


def readable_name(name: str) -> str:
    """`name` with `\\xff` for every byte that is not UTF-8 and every control character."""
    try:
        name.encode()
    except UnicodeEncodeError:
        name = os.fsencode(name).decode("utf-8", "backslashreplace")
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", name)


def _outer_first(roots: dict[str, Root]) -> list[Root]:
    return [roots[real] for real in sorted(roots, key=lambda real: (real.count(os.sep), real))]


def _name(folder: str) -> str:
    return readable_name(Path(folder).name) or "root"


def _status(given: Path) -> os.stat_result:
    try:
        status = given.stat()
        if stat.S_ISDIR(status.st_mode):
            with os.scandir(given):
                pass
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise SettingsError(
            f"{str(given)!r} can't be read: {why}.",
            "Check the path and its permissions.",
        ) from error
    return status


def _check_file(given: Path, suffixes: tuple[str, ...]) -> None:
    if not given.name.lower().endswith(suffixes):
        raise SettingsError(
            f"{str(given)!r} is not a post.",
            f"Give folders, or files that end in {', '.join(suffixes)}.",
        )


def _refuse_same_names(roots: dict[str, Root]) -> None:
    by_name: dict[str, Root] = {}
    for root in roots.values():
        other = by_name.setdefault(root.name, root)
        if other is not root:
            raise SettingsError(
                f"{other.path!r} and {root.path!r} have the same folder name {root.name!r}, "
                "so their posts can't be told apart.",
                "Rename one of them, or give the folder above both.",
            )
