"""How many questions a minute are taken: from one person, from one chat, from all together."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from enum import Enum
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")

WINDOW_S = 60.0
# Keys remembered at once. Only those who are refused can make so many within a minute; the one
# that was seen longest ago goes first, which at worst says a notice twice.
_MOST_KEYS = 10_000


class Verdict(Enum):
    """What to do with a question."""

    OK = "ok"
    NOTICE = "notice"  # not now, and say so
    QUIET = "quiet"  # not now, and it has been said


class Limits:
    """At most so many questions within any 60 seconds. `clock` gives seconds, never backwards.

    For the event loop's thread only. Memory is bounded, whoever asks.
    """

    def __init__(
        self, per_user: int, per_chat: int, per_minute: int, clock: Callable[[], float]
    ) -> None:
        self._users = _Window(per_user)
        self._chats = _Window(per_chat)
        self._all = _Window(per_minute)
        self._refused: OrderedDict[tuple[int, int | None], float] = OrderedDict()
        self._clock = clock

    def check(self, user: int, chat: int) -> Verdict:
        """Whether `user` may ask in `chat` now; a question that may not is not counted.

        The first one refused gets the notice, then there is quiet until no more were refused for
        a minute. Where a chat has asked too much, the notice is for the chat as a whole.
        """
        now = self._clock()
        if self._chats.full(chat, now):
            return self._refuse((chat, None), now)
        if self._users.full(user, now) or self._all.full(0, now):
            return self._refuse((chat, user), now)
        for window, key in ((self._users, user), (self._chats, chat), (self._all, 0)):
            window.add(key, now)
        return Verdict.OK

    def _refuse(self, key: tuple[int, int | None], now: float) -> Verdict:
        last = self._refused.get(key)
        _touch(self._refused, key, now)
        _shrink(self._refused, lambda then: now - then >= WINDOW_S)
        said = last is not None and now - last < WINDOW_S
        return Verdict.QUIET if said else Verdict.NOTICE


class _Window:
    """The times of the last questions by key, at most `most` each."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._times: OrderedDict[int, deque[float]] = OrderedDict()

    def full(self, key: int, now: float) -> bool:
        times = self._times.get(key)
        return times is not None and len(times) == self._most and now - times[0] < WINDOW_S

    def add(self, key: int, now: float) -> None:
        # maxlen: the oldest one goes, and it is older than the window, for `full` said no.
        times = self._times.get(key) or deque(maxlen=self._most)
        times.append(now)
        _touch(self._times, key, times)
        _shrink(self._times, lambda old: now - old[-1] >= WINDOW_S)


def _touch(kept: OrderedDict[K, V], key: K, value: V) -> None:
    kept[key] = value
    kept.move_to_end(key)


def _shrink(kept: OrderedDict[K, V], stale: Callable[[V], bool]) -> None:
    """Drops what is stale: it stands in front, for whatever is touched goes to the end."""
    while kept and (len(kept) > _MOST_KEYS or stale(next(iter(kept.values())))):
        kept.popitem(last=False)
