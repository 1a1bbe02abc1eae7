"""How many messages Telegram takes: in all, in one chat, in one group."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from tests.botapi.errors import Refused


@dataclass(frozen=True, slots=True)
class Pace:
    """So many a second in the long run, and so many at once after a rest."""

    per_second: float
    at_once: int


@dataclass(frozen=True, slots=True)
class Window:
    """So many in so many seconds, in any such stretch of time."""

    most: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Rates:
    """Telegram's own by default. It allows "short bursts" in a chat and says not how short."""

    overall: Pace | None = Pace(30, 30)
    chat: Pace | None = Pace(1, 5)
    group: Window | None = Window(20, 60.0)


NO_RATES = Rates(None, None, None)


@dataclass(slots=True)
class _Paced:
    pace: Pace
    free_at: float = -math.inf  # when all that may go at once may go at once again

    def wait_s(self, now: float) -> float:
        earliest = self.free_at - (self.pace.at_once - 1) / self.pace.per_second
        return max(0.0, earliest - now)

    def count(self, now: float) -> None:
        self.free_at = max(self.free_at, now) + 1 / self.pace.per_second


@dataclass(slots=True)
class _Windowed:
    window: Window
    taken: deque[float] = field(default_factory=deque)

    def wait_s(self, now: float) -> float:
        while self.taken and self.taken[0] <= now - self.window.seconds:
            self.taken.popleft()
        if len(self.taken) < self.window.most:
            return 0.0
        return self.taken[0] + self.window.seconds - now

    def count(self, now: float) -> None:
        self.taken.append(now)


class RateLimit:
    """Refuses with 429 what comes too fast. Who was told to wait is refused until then."""

    def __init__(self, rates: Rates, clock: Callable[[], float] = time.monotonic) -> None:
        self.rates = rates
        self._clock = clock
        self._limits: dict[Hashable, _Paced | _Windowed] = {}
        self._closed_until: dict[Hashable, float] = {}

    def check(self, chat: int) -> None:
        """Raises 429 where a message to that chat would be one too many."""
        now = self._clock()
        for key, limit in self._of(chat).items():
            wait_s = max(limit.wait_s(now), self._closed_until.get(key, now) - now)
            if wait_s > 0:
                self._closed_until[key] = now + wait_s
                raise too_many(max(1, math.ceil(wait_s)))

    def count(self, chat: int) -> None:
        """A message went to that chat."""
        for limit in self._of(chat).values():
            limit.count(self._clock())

    def _of(self, chat: int) -> dict[Hashable, _Paced | _Windowed]:
        asked: dict[Hashable, Pace | Window | None] = {
            "all": self.rates.overall,
            ("chat", chat): self.rates.chat,
            ("group", chat): self.rates.group if chat < 0 else None,
        }
        for key, allowed in asked.items():
            if allowed and key not in self._limits:
                made = _Paced(allowed) if isinstance(allowed, Pace) else _Windowed(allowed)
                self._limits[key] = made
        return {key: self._limits[key] for key, allowed in asked.items() if allowed}


def too_many(seconds: int) -> Refused:
    """Telegram's 429."""
    return Refused(f"Too Many Requests: retry after {seconds}", 429, retry_after=seconds)
