"""SHA-256 of post files, remembered between runs, so that a second run reads no file at all.

The cache is a convenience: damaged, foreign or unwritable, it costs time and never the run.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from index.errors import PostError
from index.posts.walk import PostFile

# "qwfs" as a big-endian number: says that a SQLite file is ours (PRAGMA application_id).
APPLICATION_ID = 0x71776673
FORMAT_VERSION = 1
# A file written twice within one tick of its file system's clock keeps its mtime. FAT ticks every
# 2 s, the coarsest in use: a hash taken that soon after the mtime proves nothing about later.
RACY_NS = 2_000_000_000
# New hashes between two writes: at most this many files are read again after a kill.
BATCH = 2_000

_SCHEMA = f"""
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {FORMAT_VERSION};
CREATE TABLE files (
    path BLOB PRIMARY KEY, stamp BLOB NOT NULL, hashed_ns INTEGER NOT NULL, sha256 BLOB NOT NULL
) WITHOUT ROWID;
"""


# What is wrong with the disk or with a neighbour, and no reason to throw a good cache away.
_OUTSIDE = frozenset(
    {
        sqlite3.SQLITE_AUTH,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    }
)


# Subtle: sqlite3 quotes damaged names in its messages, and may fail to decode its own message.
_TROUBLE = (sqlite3.Error, UnicodeDecodeError)


class _Entry(NamedTuple):
    stamp: bytes
    hashed_ns: int
    sha256: bytes


def read_post_bytes(file: PostFile) -> bytes:
    """The file's content. Raises PostError when it can't be read."""
    try:
        return file.path.read_bytes()
    except OSError as error:
        raise PostError(f"the file can't be read: {error.strerror}") from error


class FileHashes:
    """The stat cache, a context manager over one SQLite file.

    Only one process may have it open for writing; the caller's lock sees to that. Leaving the block
    without an error forgets the files that were not asked for. `problem` is None, or says why
    nothing can be remembered (a full disk, a folder without permission).
    """

    def __init__(self, path: Path, clock_ns: Callable[[], int] = time.time_ns) -> None:
        self.problem: str | None = None
        self._path = path
        self._clock_ns = clock_ns
        self._entries: dict[bytes, _Entry] = {}
        self._seen: set[bytes] = set()
        self._new: dict[bytes, _Entry] = {}
        self._database: sqlite3.Connection | None = None

    def __enter__(self) -> FileHashes:
        try:
            self._database = self._open()
        except (*_TROUBLE, OSError) as error:
            self._give_up(error)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._write(prune=kind is None)
        if self._database is not None:
            self._database.close()
            self._database = None

    def sha256(self, file: PostFile, *, trust_stat: bool) -> str:
        """The hash as 64 hex digits, from memory where size, mtime and inode vouch for it.

        `trust_stat=False` reads the file in any case. Raises PostError when it can't be read.
        """
        key = os.fsencode(file.path)
        entry = self._entries.get(key)
        if trust_stat and entry is not None and _vouches(entry, file):
            self._seen.add(key)
            return entry.sha256.hex()
        return self.read(file)[1]

    def read(self, file: PostFile) -> tuple[bytes, str]:
        """The file's content and its hash, from one read. Raises PostError.

        For posts that changed: what is parsed is then exactly what was hashed.
        """
        # Subtle: the clock is read before the file, so that a write during the read looks racy.
        now_ns = self._clock_ns()
        try:
            with file.path.open("rb") as opened:
                raw = opened.read()
                status = os.fstat(opened.fileno())
        except OSError as error:
            raise PostError(f"the file can't be read: {error.strerror}") from error
        digest = hashlib.sha256(raw)
        key = os.fsencode(file.path)
        self._seen.add(key)
        # Subtle: a file that changed since the walk is not remembered under the walk's stat.
        if _stamp_of(status) == _stamp(file):
            self._remember(key, _Entry(_stamp(file), now_ns, digest.digest()))
        return raw, digest.hexdigest()

    def _remember(self, key: bytes, entry: _Entry) -> None:
        self._entries[key] = self._new[key] = entry
        if len(self._new) >= BATCH:
            self._write(prune=False)

    def _open(self) -> sqlite3.Connection:
        try:
            return self._load()
        except _TROUBLE as error:
            if not _is_damage(error):
                raise
        self._throw_away()
        return self._load()

    def _throw_away(self) -> None:
        for suffix in ("", "-journal", "-wal", "-shm"):
            Path(f"{self._path}{suffix}").unlink(missing_ok=True)

    def _load(self) -> sqlite3.Connection:
        with contextlib.ExitStack() as stack:
            database = sqlite3.connect(self._path, timeout=1)
            database.text_factory = bytes  # text that is damaged must not stop the reading
            stack.callback(database.close)
            if not _is_ours(database):
                raise sqlite3.DatabaseError("another program's file")
            rows = database.execute("SELECT path, stamp, hashed_ns, sha256 FROM files")
            self._entries = {
                path: _Entry(stamp, hashed_ns, sha256)
                for path, stamp, hashed_ns, sha256 in rows
                if _is_sound(path, stamp, hashed_ns, sha256)
            }
            stack.pop_all()  # opened well: keep it open
        return database

    def _write(self, *, prune: bool) -> None:
        if self._database is None:
            return
        gone = [(key,) for key in self._entries if key not in self._seen] if prune else []
        try:
            with self._database as transaction:
                transaction.executemany("DELETE FROM files WHERE path = ?", gone)
                transaction.executemany(
                    "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)",
                    ((key, *entry) for key, entry in self._new.items()),
                )
        except _TROUBLE as error:
            self._give_up(error)
            if _is_damage(error):  # in a part that loading did not touch
                with contextlib.suppress(OSError):
                    self._throw_away()
        self._new.clear()

    def _give_up(self, error: Exception) -> None:
        self.problem = f"file hashes can't be kept in {self._path}: {error}"
        if self._database is not None:
            self._database.close()
        self._database = None


def _is_ours(database: sqlite3.Connection) -> bool:
    """True for our file, and for a new one, which becomes ours."""
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (version,) = database.execute("PRAGMA user_version").fetchone()
    tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    if not tables and application == 0:
        database.executescript(_SCHEMA)
        return True
    return (application, version) == (APPLICATION_ID, FORMAT_VERSION) and (b"files",) in tables


def _is_damage(error: Exception) -> bool:
    # Subtle: an error without a code is our own word for another program's file.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_NOTADB)
    return (code & 0xFF) not in _OUTSIDE  # extended codes keep the plain one in the low byte


def _is_sound(path: object, stamp: object, hashed_ns: object, sha256: object) -> bool:
    return (
        isinstance(path, bytes)
        and isinstance(stamp, bytes)
        and isinstance(hashed_ns, int)
        and isinstance(sha256, bytes)
        and len(sha256) == hashlib.sha256().digest_size
    )


def _vouches(entry: _Entry, file: PostFile) -> bool:
    return entry.stamp == _stamp(file) and entry.hashed_ns - file.mtime_ns >= RACY_NS


def _stamp(file: PostFile) -> bytes:
    # As digits, because inodes may exceed SQLite's signed 64 bits.
    return b"%d:%d:%d" % (file.size, file.mtime_ns, file.inode)


def _stamp_of(status: os.stat_result) -> bytes:
    return b"%d:%d:%d" % (status.st_size, status.st_mtime_ns, status.st_ino)
