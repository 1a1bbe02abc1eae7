"""Faults on demand: what the network and Telegram's servers do to a bot on a bad day."""

from __future__ import annotations

import random
import threading
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["too_many", "server_error", "delayed", "dropped_before", "dropped_after"]
KINDS: tuple[Kind, ...] = (
    "too_many",
    "server_error",
    "delayed",
    "dropped_before",
    "dropped_after",
)


@dataclass(slots=True)
class Faults:
    """Shares (0 to 1) of requests that fail in each way, drawn from a seed.

    `dropped_before`: the connection closes and nothing happened; `dropped_after`: it closes after
    the message was sent. `duplicate_update`: share of updates that are delivered twice. `only`
    names the methods that faults are drawn for; None: all but getUpdates, where a share would
    depend on how often a bot polls. `down` cuts every request off.
    """

    seed: int = 0
    too_many: float = 0.0
    server_error: float = 0.0
    delayed: float = 0.0
    dropped_before: float = 0.0
    dropped_after: float = 0.0
    duplicate_update: float = 0.0
    delay_s: float = 0.2
    retry_after_s: int = 1
    only: frozenset[str] | None = None
    down: bool = False
    injected: Counter[str] = field(default_factory=Counter)
    _planned: defaultdict[str, deque[Kind]] = field(default_factory=lambda: defaultdict(deque))
    _random: random.Random = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def plan(self, method: str, *kinds: Kind) -> None:
        """The next requests of that method fail in these ways, one after the other."""
        with self._lock:
            self._planned[method].extend(kinds)

    def draw(self, method: str) -> Kind | None:
        """How this request fails; None: it doesn't."""
        with self._lock:
            kind = "dropped_before" if self.down else self._drawn(method)
            if kind:
                self.injected[kind] += 1
            return kind

    def _drawn(self, method: str) -> Kind | None:
        if self._planned[method]:
            return self._planned[method].popleft()
        if method not in self.only if self.only is not None else method == "getUpdates":
            return None
        point = self._random.random()
        for kind in KINDS:
            point -= getattr(self, kind)
            if point < 0:
                return kind
        return None

    def duplicates(self) -> bool:
        """Whether the update at hand is delivered once more."""
        with self._lock:
            twice = self._random.random() < self.duplicate_update
            if twice:
                self.injected["duplicate_update"] += 1
            return twice

    def stop(self) -> None:
        """No more faults."""
        with self._lock:
            for kind in (*KINDS, "duplicate_update"):
                setattr(self, kind, 0.0)
            self._planned.clear()
            self.down = False
