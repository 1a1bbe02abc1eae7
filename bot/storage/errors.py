"""What a database says when it refuses, as the errors of qinwen."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from index.errors import BusyError, QinwenError, StorageError

_RESTORE = "Restore it from a backup, or move it away: the bot then starts with an empty one."

# SQLite's primary result codes.
_BUSY = {5, 6}
_DAMAGED = {11, 26}
_FULL = 13
_REFUSED = {3: "no permission", 8: "it is read-only", 14: "it can't be opened"}
_DISK_FAILED = 10


class DatabaseError(QinwenError):
    """A database of the bot is damaged or from a newer version: restore it, or begin anew."""


def refusal(error: DBAPIError, place: str) -> QinwenError:
    """The error to raise for what the database at `place` said.

    Subtle: only the driver's own words are told; SQLAlchemy's have statements in them.
    """
    said = " ".join(str(error.orig).split())
    code = getattr(error.orig, "sqlite_errorcode", -1) & 0xFF
    if code == _FULL:
        return StorageError(f"The disk is full: {place} can't be written.", "Make room.")
    if code == _DISK_FAILED:
        return StorageError(f"The disk failed ({said}): {place}.", "Check the disk, make room.")
    if code in _REFUSED:
        return StorageError(
            f"{place} can't be written: {_REFUSED[code]}.",
            "Mend the permissions, or set bot.state_dir to another folder.",
        )
    if code in _BUSY:
        return BusyError(f"{place} is held by another program.", "Stop the other one.")
    if code in _DAMAGED:
        return damaged(place, said)
    return DatabaseError(f"{place} can't be used: {said}.", _RESTORE)


def damaged(place: str, why: str) -> DatabaseError:
    """The error for a file that isn't what was written."""
    return DatabaseError(f"{place} is damaged: {why}.", _RESTORE)
