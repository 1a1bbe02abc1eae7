"""The SQLite file of the embedding cache: how it is made, and what its errors mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import BusyError, StorageError

FORMAT = 1  # PRAGMA user_version; a file of another number is thrown away
APPLICATION = 0x71696E77  # "qinw", PRAGMA application_id
BUSY_TIMEOUT_S = 5.0

# Subtle: rows of 1.6 KB in a plain table with an index beside it: new rows go to the end, only the
# small index is written all over. Pages of 8 KB hold five rows.
_SCHEMA = f"""
PRAGMA page_size = 8192;
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA journal_mode = WAL;
BEGIN;
CREATE TABLE IF NOT EXISTS models (number INTEGER PRIMARY KEY, fingerprint TEXT UNIQUE NOT NULL);
CREATE TABLE IF NOT EXISTS vectors (
    id INTEGER PRIMARY KEY, model INTEGER NOT NULL, key BLOB NOT NULL, vector BLOB NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS vectors_by_key ON vectors (model, key);
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {FORMAT};
COMMIT;
"""

_DISK = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
_DISK |= {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_AUTH}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_MAIN_CODE = 0xFF  # SQLite's extended codes keep the main one in the low byte


def open_database(path: Path, fingerprint: str) -> tuple[sqlite3.Connection, int]:
    """The database at `path`, made with its folder if need be, and the model's number in it.

    Raises sqlite3.DatabaseError if the file is damaged or something else, StorageError or BusyError
    if the file is not to blame.
    """
    with guarded(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _refused(path, str(error.strerror)) from error
        database = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S)
        try:
            _prepare(database)
            return database, _model_number(database, fingerprint)
        except BaseException:
            database.close()
            raise


def _prepare(database: sqlite3.Connection) -> None:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and (version, application) != (FORMAT, APPLICATION):
        raise sqlite3.DatabaseError(f"format {application:#x} version {version}")
    if not tables:
        database.executescript(_SCHEMA)
    # With the log, a commit costs no wait for the disk, and a killed process loses none that was
    # made; after a power cut the last ones may be missing, never half there.
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute("SELECT number, fingerprint FROM models LIMIT 1").fetchall()
    database.execute("SELECT id, model, key, vector FROM vectors LIMIT 1").fetchall()


def _model_number(database: sqlite3.Connection, fingerprint: str) -> int:
    with database:
        database.execute("INSERT OR IGNORE INTO models (fingerprint) VALUES (?)", (fingerprint,))
    query = "SELECT number FROM models WHERE fingerprint = ?"
    (number,) = database.execute(query, (fingerprint,)).fetchone()
    return int(number)


@contextmanager
def guarded(path: Path) -> Iterator[None]:
    """Turn what is not the file's fault into StorageError or BusyError; damage passes through."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & _MAIN_CODE
        if code in _BUSY:
            raise BusyError(
                f"Another process is using the embedding cache {path}.", "Wait, then run again."
            ) from error
        if code in _DISK:
            raise _refused(path, str(error)) from error
        raise


def throw_away(path: Path) -> None:
    """Remove the file and its log. Raises StorageError."""
    try:
        for ending in ("", "-wal", "-shm", "-journal"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
    except OSError as problem:
        raise _refused(path, str(problem.strerror)) from problem


def _refused(path: Path, reason: str) -> StorageError:
    return StorageError(
        f"The embedding cache {path} can't be written: {reason}.",
        "Make room on its disk and check its permissions, then run again.",
    )
