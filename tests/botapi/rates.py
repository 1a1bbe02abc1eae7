"""How many messages Telegram takes: in all, in one chat, in one group."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from tests.botapi.errors import Refused


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many in so many seconds, in any such stretch of time."""

    most: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Rates:
    """Telegram's own by default. A chat gets one a second and may get a few at once."""

    overall: Allowance | None = Allowance(30, 1.0)
    chat: Allowance | None = Allowance(3, 3.0)
    group: Allowance | None = Allowance(20, 60.0)


NO_RATES = Rates(None, None, None)


@dataclass(slots=True)
class _Window:
    allowance: Allowance
    taken: deque[float] = field(default_factory=deque)
    closed_until: float = 0.0

    def wait_s(self, now: float) -> float:
        """Seconds until one more may be taken; 0: now."""
        if now < self.closed_until:
            return self.closed_until - now
        while self.taken and self.taken[0] <= now - self.allowance.seconds:
            self.taken.popleft()
        if len(self.taken) < self.allowance.most:
            return 0.0
        return self.taken[0] + self.allowance.seconds - now


class RateLimit:
    """Refuses with 429 what comes too fast. Who was told to wait is refused until then."""

    def __init__(self, rates: Rates, clock: Callable[[], float] = time.monotonic) -> None:
        self.rates = rates
        self._clock = clock
        self._windows: dict[Hashable, _Window] = {}

    def check(self, chat: int) -> None:
        """Raises 429 where a message to that chat would be one too many."""
        now = self._clock()
        for window in self._of(chat):
            wait_s = window.wait_s(now)
            if wait_s > 0:
                window.closed_until = max(window.closed_until, now + wait_s)
                raise too_many(max(1, math.ceil(wait_s)))

    def count(self, chat: int) -> None:
        """A message went to that chat."""
        now = self._clock()
        for window in self._of(chat):
            window.taken.append(now)

    def _of(self, chat: int) -> list[_Window]:
        asked: list[tuple[Hashable, Allowance | None]] = [
            ("all", self.rates.overall),
            (("chat", chat), self.rates.chat),
            (("group", chat), self.rates.group if chat < 0 else None),
        ]
        return [
            self._windows.setdefault(key, _Window(allowance))
            for key, allowance in asked
            if allowance
        ]


def too_many(seconds: int) -> Refused:
    """Telegram's 429."""
    return Refused(f"Too Many Requests: retry after {seconds}", 429, retry_after=seconds)
