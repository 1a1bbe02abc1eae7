"""The one door to the file system for publishing, so that tests can let any step of it fail."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import QinwenError, SnapshotError, StorageError

REBUILD = "Run `qinwen reindex POSTS… --full`."
RESCUE = "Run `qinwen rollback`, or `qinwen reindex POSTS… --full`."
_FULL = {errno.ENOSPC, errno.EDQUOT}
_REFUSED = {errno.EACCES, errno.EPERM}
_IN_THE_WAY = {errno.EEXIST, errno.ENOTDIR}


class Disk:
    """Plain file-system steps; each raises OSError where the disk refuses."""

    def make_folder(self, path: Path) -> None:
        """Make `path`, whose parent exists and which doesn't exist itself."""
        path.mkdir()

    def write_bytes(self, path: Path, data: bytes) -> None:
        """Write a new file or over an old one; not yet safe against a power cut."""
        path.write_bytes(data)

    def fsync(self, path: Path) -> None:
        """Return once the file's content, or the folder's list of names, is on the disk."""
        if os.name == "nt" and path.is_dir():
            return  # Windows can't open folders, and writes their lists by itself
        # Subtle: a file is opened for writing only on Windows, which asks for it.
        handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def rename(self, old: Path, new: Path) -> None:
        """Give a folder another name."""
        old.rename(new)

    def replace(self, old: Path, new: Path) -> None:
        """Put the file `old` in the place of `new`, in one step that is seen whole or not."""
        old.replace(new)

    def remove_tree(self, path: Path) -> None:
        """Delete a folder and all in it."""
        shutil.rmtree(path)


DISK = Disk()


@contextmanager
def storage_errors(doing: str) -> Iterator[None]:
    """Turn an OSError inside into a StorageError; `doing` as in "building the snapshot"."""
    try:
        yield
    except OSError as error:
        raise storage_error(error.errno, doing, str(error.filename or "")) from error


def storage_error(number: int | None, doing: str, path: str = "") -> StorageError:
    """One plain sentence for an error number of the operating system."""
    place = f" ({path})" if path else ""
    if number in _FULL:
        return StorageError(
            f"The disk is full: {doing} stopped{place}.", "Make room, then run it again."
        )
    if number == errno.EROFS:
        return StorageError(
            f"The disk is read-only: {doing} stopped{place}.", "Choose another --index folder."
        )
    if number in _REFUSED:
        return StorageError(
            f"No permission to write: {doing} stopped{place}.",
            "Mend the folder's permissions or choose another --index folder.",
        )
    if number in _IN_THE_WAY:
        return StorageError(
            f"A file is where a folder is needed: {doing} stopped{place}.",
            "Move it away or choose another --index folder.",
        )
    reason = os.strerror(number) if number else "input/output error"
    return StorageError(
        f"The disk failed ({reason}): {doing} stopped{place}.", "Check the disk, then run it again."
    )


def read_error(error: OSError, path: Path) -> QinwenError:
    """What to say of a published file that can't be read."""
    if error.errno in _REFUSED:
        return StorageError(f"No permission to read {path}.", "Mend the permissions.")
    reason = error.strerror or str(error)
    return SnapshotError(f"{path} can't be read: {reason}.", RESCUE)
