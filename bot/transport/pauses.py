"""When a chat may be written to next: its own second, and the waits that Telegram names."""

from __future__ import annotations

# Telegram: no more than one message a second in a chat, with short bursts allowed.
EVERY_S = 1.0
# A question's answer, an edit of it and a notice may go out together.
BURST = 3
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
        self._next: dict[Chat, float] = {}  # when a burst of one would be due
        self._paused: dict[Chat, float] = {}
        self._told: dict[Chat, float] = {}
        self._all_until = 0.0

    def reserve(self, chat: Chat, now: float) -> float:
        """Takes the chat's next place; returns the time at which it comes."""
        due = max(self._next.get(chat, now), now)
        self._next[chat] = due + EVERY_S
        if len(self._next) > _MOST_CHATS:
            self._next = {key: time for key, time in self._next.items() if time > now}
        return max(now, due - (BURST - 1) * EVERY_S)

    def until(self, chat: Chat | None) -> float:
        """Until when Telegram wants no calls for this chat (None: for no chat in particular)."""
        return max(self._all_until, self._paused.get(chat, 0.0) if chat is not None else 0.0)

    def told(self, chat: Chat | None, wait_s: float, now: float) -> None:
        """Telegram has answered 429 to a call for this chat and named a wait."""
        until = now + wait_s + _SLACK_S
        if chat is None:
            return  # that method's own limit, such as on setting menus: nobody else need wait
        self._paused = {key: time for key, time in self._paused.items() if time > now}
        self._paused[chat] = max(until, self._paused.get(chat, 0.0))
        self._told = {k: time for k, time in self._told.items() if now - time < _GLOBAL_WITHIN_S}
        self._told[chat] = now
        if len(self._told) >= _GLOBAL_CHATS:
            self._all_until = max(self._all_until, until)
