"""An event loop whose clock jumps: what waits for minutes is tested within milliseconds."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_ROUND_S = 1e-6


class _Skipping(selectors.DefaultSelector):
    skipped_s = 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        # A little passes with each round: what waits for less than a float can tell would never
        # end otherwise.
        self.skipped_s += (timeout or 0.0) if not ready else 0.0
        self.skipped_s += _ROUND_S
        return ready


class SkippingLoop(asyncio.SelectorEventLoop):
    """Nothing may wait for another thread or a socket in it. Starts at 1,000 s."""

    def __init__(self) -> None:
        self._skipping = _Skipping()
        super().__init__(self._skipping)

    def time(self) -> float:
        return 1_000.0 + self._skipping.skipped_s


def run_skipping(work: Coroutine[Any, Any, T]) -> T:
    """Like `asyncio.run`, without waiting."""
    with asyncio.Runner(loop_factory=SkippingLoop) as runner:
        return runner.run(work)
