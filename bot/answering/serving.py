"""Which snapshot answers now. Those before it are closed when their last question has ended."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bot.answering.errors import Stopping
from index.opening import Opened


@dataclass(eq=False, slots=True)
class _Lent:
    opened: Opened
    users: int = 0
    retired: bool = False


class Serving:
    """One open snapshot at a time, lent to any number of threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now: _Lent | None = None
        self._closed = False

    @contextmanager
    def lend(self) -> Iterator[Opened]:
        """The snapshot of now, which stays open for the block whatever comes after it.

        Raises Stopping where there is none: before the first and after `close`.
        """
        with self._lock:
            lent = self._now
            if lent is None:
                raise Stopping
            lent.users += 1
        try:
            yield lent.opened
        finally:
            with self._lock:
                lent.users -= 1
            self._close_unused(lent)

    def replace(self, opened: Opened) -> None:
        """Answer from `opened` from now on; it is this object's to close."""
        with self._lock:
            before, self._now = self._now, _Lent(opened)
            if self._closed:
                before, self._now = self._now, None
        self._retire(before)

    def close(self) -> None:
        """Lend nothing any more; a snapshot that comes later is closed at once."""
        with self._lock:
            before, self._now, self._closed = self._now, None, True
        self._retire(before)

    def _retire(self, lent: _Lent | None) -> None:
        if lent is not None:
            with self._lock:
                lent.retired = True
            self._close_unused(lent)

    def _close_unused(self, lent: _Lent) -> None:
        with self._lock:
            unused = lent.retired and not lent.users
            lent.retired = lent.retired and not unused  # closed by one thread only
        if unused:
            lent.opened.close()
