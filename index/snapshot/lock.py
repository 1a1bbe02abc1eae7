"""One writer at a time. Readers need no lock: what they read is never changed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from filelock import FileLock, Timeout

from index.errors import BusyError
from index.snapshot.disk import storage_errors
from index.snapshot.layout import IndexLayout

Clock = Callable[[], datetime]  # aware


@contextmanager
def writer_lock(layout: IndexLayout, clock: Clock) -> Iterator[None]:
    """Hold the index for writing; its folder is made if need be.

    The operating system lets go of the lock when the process dies, however it dies. Raises
    BusyError, saying who holds it and for how long, StorageError where the folder can't be written.
    """
    # Subtle: not thread-local, so that the lock may be let go in another thread than it was taken.
    lock = FileLock(layout.writer_lock, timeout=0, thread_local=False)
    with storage_errors("locking the index"):
        layout.root.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire()
        except Timeout:
            raise _busy(layout, clock()) from None
    try:
        _introduce(layout, clock())
        yield
    finally:
        lock.release()


def _introduce(layout: IndexLayout, now: datetime) -> None:
    """Say who we are. A file left by a killed run is simply overwritten by the next one."""
    with suppress(OSError):
        layout.writer_info.write_text(json.dumps({"pid": os.getpid(), "since": now.isoformat()}))


def _busy(layout: IndexLayout, now: datetime) -> BusyError:
    remedy = "Wait until it has ended, then run again."
    try:
        info = json.loads(layout.writer_info.read_bytes())
        pid, age = int(info["pid"]), now - datetime.fromisoformat(info["since"])
    except (OSError, ValueError, KeyError, TypeError):
        return BusyError("Another run is writing this index.", remedy)
    return BusyError(
        f"Another run has been writing this index for {_spoken(age)} (process {pid}).", remedy
    )


def _spoken(age: timedelta) -> str:
    seconds = max(0, int(age.total_seconds()))
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7_200 else f"{seconds // 3_600} h"
