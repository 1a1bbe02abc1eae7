"""How far a long run has come: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol, TextIO

LINE_INTERVAL_S = 10.0  # often enough to see life, rare enough for a log


class Progress(Protocol):
    """What a long run reports to. Calls come in this order, from one thread."""

    def start(self, total: int) -> None:
        """`total` items are to be done; 0 is allowed."""
        ...

    def advance(self, count: int) -> None:
        """`count` more items are done."""
        ...

    def finish(self) -> None:
        """The run is over, done or not. May be called without `start`."""
        ...


class NoProgress:
    """Says nothing."""

    def start(self, total: int) -> None:
        """Nothing."""

    def advance(self, count: int) -> None:
        """Nothing."""

    def finish(self) -> None:
        """Nothing."""


class LineProgress:
    """A line at most every `interval_s` seconds, and one at the end if anything was to do.

    `embedding: 300/1,200 passages, 25 %, 30.0/s, 30 s left`
    """

    def __init__(
        self,
        stream: TextIO,
        label: str,
        unit: str,
        clock: Callable[[], float] = time.monotonic,
        interval_s: float = LINE_INTERVAL_S,
    ) -> None:
        self._stream, self._label, self._unit = stream, label, unit
        self._clock, self._interval_s = clock, interval_s
        self._total = self._done = 0
        self._started = self._said = 0.0

    def start(self, total: int) -> None:
        """Takes the time; says nothing yet."""
        self._total, self._done = total, 0
        self._started = self._said = self._clock()

    def advance(self, count: int) -> None:
        """Says a line if the last one is `interval_s` old."""
        self._done += count
        now = self._clock()
        if self._done < self._total and now - self._said >= self._interval_s:
            self._said = now
            self._say(now)

    def finish(self) -> None:
        """Says the last line; once."""
        if self._total:
            self._say(self._clock())
        self._total = 0

    def _say(self, now: float) -> None:
        elapsed = max(now - self._started, 1e-9)
        rate = self._done / elapsed
        share = self._done / self._total
        if self._done < self._total:
            left = duration((self._total - self._done) / rate) if rate else "?"
            tail = f"{left} left"
        else:
            tail = f"took {duration(elapsed)}"
        self._stream.write(
            f"{self._label}: {self._done:,}/{self._total:,} {self._unit}, "
            f"{share:.0%}, {rate:.1f}/s, {tail}\n".replace("%", " %")
        )
        self._stream.flush()


class BarProgress:
    """A bar with rate and time left, for a terminal."""

    def __init__(self, stream: TextIO, label: str, unit: str) -> None:
        self._stream, self._label, self._unit = stream, label, unit
        self._bar: _Bar | None = None

    def start(self, total: int) -> None:
        """Draws the bar; nothing at all for a total of 0."""
        from tqdm import tqdm

        if total:
            self._bar = tqdm(
                total=total,
                desc=self._label,
                unit=f" {self._unit}",
                file=self._stream,
                dynamic_ncols=True,
            )

    def advance(self, count: int) -> None:
        """Moves the bar."""
        if self._bar is not None:
            self._bar.update(count)

    def finish(self) -> None:
        """Leaves the bar as it stands; once."""
        if self._bar is not None:
            self._bar.close()
        self._bar = None


class _Bar(Protocol):
    def update(self, n: float) -> object: ...

    def close(self) -> object: ...


def open_progress(stream: TextIO, label: str, unit: str = "passages") -> Progress:
    """A bar if `stream` is a terminal, else lines."""
    if stream.isatty():
        return BarProgress(stream, label, unit)
    return LineProgress(stream, label, unit)


def duration(seconds: float) -> str:
    """`42 s`, `3 min 5 s`, `2 h 10 min`; parts of a second are rounded."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
