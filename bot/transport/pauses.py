"""When a chat may be written to next: its own second, and the waits that Telegram names."""

from __future__ import annotations

from collections import deque

# Telegram: no more than one message a second in a chat, with short bursts allowed. So: no more than
# three in any three seconds, for an answer, an edit and a notice may go out together. The network
# shifts calls against each other by some hundredths of a second.
BURST, BURST_S = 3, 3.1
# Telegram's waits are whole seconds, rounded down for all we know.
_SLACK_S = 0.1
# A 429 doesn't say whether the chat or the whole bot is too fast. So many chats within so short a
# time have not all been too fast themselves.
_GLOBAL_CHATS = 3
_GLOBAL_WITHIN_S = 1.0
_MOST_CHATS = 1_000

Chat = int | str


class Pauses:
    """Times are seconds of one clock. Memory is bounded: what is over is forgotten."""

    def __init__(self) -> None:
        self._times: dict[Chat, deque[float]] = {}  # of the last places taken, BURST at most
        self._paused: dict[Chat, float] = {}
        self._told: dict[Chat, float] = {}
        self._all_until = 0.0

    def reserve(self, chat: Chat, now: float) -> float:
        """Takes the chat's next place from `now` on; returns the time at which it comes."""
        times = self._times.setdefault(chat, deque(maxlen=BURST))
        due = max(now, times[0] + BURST_S) if len(times) == BURST else now
        times.append(due)
        if len(self._times) > _MOST_CHATS:
            self._times = {
                key: times for key, times in self._times.items() if times[-1] > now - BURST_S
            }
        return due

    def until(self, chat: Chat | None) -> float:
        """Until when Telegram wants no calls for this chat (None: for no chat in particular)."""
        return max(self._all_until, self._paused.get(chat, 0.0) if chat is not None else 0.0)

    def told(self, chat: Chat | None, wait_s: float, now: float) -> None:
        """Telegram has answered 429 to a call for this chat and named a wait."""
        if chat is None:
            return  # that method's own limit, such as on setting menus: nobody else need wait
        until = now + wait_s + _SLACK_S
        self._paused = {key: time for key, time in self._paused.items() if time > now}
        self._paused[chat] = max(until, self._paused.get(chat, 0.0))
        self._told = {k: time for k, time in self._told.items() if now - time < _GLOBAL_WITHIN_S}
        self._told[chat] = now
        if len(self._told) >= _GLOBAL_CHATS:
            self._all_until = max(self._all_until, until)
