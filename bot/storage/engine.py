"""Opening a database, and its transactions. All that is special about SQLite stands here."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import QueuePool

from bot.storage.errors import damaged, refusal
from bot.storage.migrate import migrate
from index.errors import StorageError

_BUSY_MS = 10_000
# `scrub` keeps writers out while it waits for readers, so it doesn't wait long.
_SCRUB_MS = 100
# In this order: the first one is needed where another process has the file open.
_PRAGMAS = (
    f"busy_timeout = {_BUSY_MS}",
    "journal_mode = WAL",
    "synchronous = FULL",  # what was committed outlives a power cut
    "foreign_keys = ON",
    "secure_delete = ON",  # what is deleted is overwritten
    "temp_store = MEMORY",  # nothing of it in the system's folder for temporary files
)
# How a transaction begins, as an option of the connection.
_BEGIN = "qinwen_begin"


def open_engine(url: str) -> Engine:
    """The database at `url`, made where it is missing (0600) and brought to the newest schema.

    `sqlite://` is one in memory, gone when the engine is. Raises DatabaseError for one that is
    damaged or has the schema of a newer version, StorageError where the disk refuses, BusyError.
    """
    place = make_url(url)
    engine = create_engine(place, hide_parameters=True, **_options(place))
    try:
        if engine.dialect.name == "sqlite":
            _set_up(engine)
        with writing(engine) as connection:
            migrate(connection, place_of(engine))
    except BaseException:
        engine.dispose()
        raise
    return engine


def place_of(engine: Engine) -> str:
    """The file, or the URL without its password: for messages."""
    return _file(engine.url) or engine.url.render_as_string()


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction, committed when the block ends and undone when it raises.

    Nobody else writes meanwhile on SQLite. Raises QinwenError instead of the driver's errors, but
    for IntegrityError.
    """
    with _errors(engine), engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that only reads: it waits for nobody and sees one state throughout."""
    with _errors(engine), engine.connect() as connection:
        connection.execution_options(**{_BEGIN: "BEGIN"})
        yield connection


def scrub(engine: Engine) -> None:
    """Lets what was deleted vanish from SQLite's log, too; other databases do so on their own.

    Where somebody is reading just now it stays for the next time.
    """
    if engine.dialect.name != "sqlite":
        return
    with _errors(engine), engine.connect() as connection:
        connection.execution_options(**{_BEGIN: ""})
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {_SCRUB_MS}")
        try:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {_BUSY_MS}")


@contextmanager
def _errors(engine: Engine) -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        raise refusal(error, place_of(engine)) from error


def _options(url: URL) -> dict[str, Any]:
    if url.get_backend_name() != "sqlite" or _file(url):
        return {}
    # A database in memory is its one connection: threads take turns.
    return {
        "poolclass": QueuePool,
        "pool_size": 1,
        "max_overflow": 0,
        "connect_args": {"check_same_thread": False},
    }


def _file(url: URL) -> str | None:
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return url.database


def _set_up(engine: Engine) -> None:
    if file := _file(engine.url):
        _make(Path(file))

    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, _: object) -> None:
        # Subtle: Python's own idea of when a transaction begins is switched off; `begun` says it.
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        # Subtle: a transaction that first reads and then writes could find that somebody else has
        # written in between, and fail; so a writer holds the pen from the start.
        if begin := connection.get_execution_options().get(_BEGIN, "BEGIN IMMEDIATE"):
            connection.exec_driver_sql(begin)

    with reading(engine) as connection:
        said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if said != "ok":
        raise damaged(place_of(engine), " ".join(str(said).split()))


def _make(path: Path) -> None:
    """Subtle: made before SQLite does, which lets everybody read it; its log gets the same mode."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StorageError(
            f"{path} can't be written: {error.strerror}.",
            "Mend the permissions, or set bot.state_dir to another folder.",
        ) from error
