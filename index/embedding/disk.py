"""What the disk refuses, in one sentence, and files that are replaced in one step."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import StorageError

_FULL = {errno.ENOSPC, errno.EDQUOT}


@contextmanager
def storage_errors(doing: str, place: Path) -> Iterator[None]:
    """Turn an OSError inside into a StorageError; `doing` as in "unpacking the model"."""
    try:
        yield
    except OSError as error:
        raise _storage_error(error, doing, place) from error


def _storage_error(error: OSError, doing: str, place: Path) -> StorageError:
    if error.errno in _FULL:
        return StorageError(
            f"The disk of {place} is full: {doing} stopped.", "Make room, then run it again."
        )
    reason = error.strerror or str(error)
    return StorageError(
        f"{place} refused ({reason}): {doing} stopped.",
        "Make the folder writable, or choose another one.",
    )


def replace_text(path: Path, text: str) -> None:
    """Put `text` in the place of `path`, seen whole or not at all. Raises OSError."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def fsync_tree(folder: Path) -> None:
    """Return once every file below `folder` and every list of names is on the disk."""
    for path in [*folder.rglob("*"), folder]:
        if path.is_dir() and os.name == "nt":
            continue  # Windows can't open folders, and writes their lists by itself
        handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
