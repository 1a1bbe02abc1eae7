"""What a person sees in a chat."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.botapi.seen import Seen, seen
from tests.botapi.state import Chat, World

WAIT_S = 10.0

Predicate = Callable[[Seen], bool]
MessageLike = Seen | int


class ChatView:
    """A chat on somebody's screen."""

    def __init__(self, world: World, chat: Chat) -> None:
        self.world = world
        self.chat = chat
        self.id = chat.id

    # --- what is seen

    @property
    def messages(self) -> list[Seen]:
        """Every message there is, oldest first; deleted ones are gone."""
        with self.world.lock:
            return [one for one in self._all() if not one.deleted]

    @property
    def bot_messages(self) -> list[Seen]:
        """Those of the bot."""
        return [one for one in self.messages if one.from_bot]

    def message(self, message: MessageLike) -> Seen:
        """That message as it is now."""
        with self.world.lock:
            return seen(self.chat.messages[id_of(message)], self.world.bot.id)

    def wait_for(
        self,
        predicate: Predicate = lambda message: True,
        timeout_s: float = WAIT_S,
        *,
        after: MessageLike | None = None,
    ) -> Seen:
        """The first message of the bot that fits, at once or as soon as it comes or is edited.

        `after` leaves out that message and all before it. Blocks: in a coroutine, call it by
        `asyncio.to_thread`.
        """
        first = id_of(after) if after is not None else 0
        end = time.monotonic() + timeout_s
        with self.world.lock:
            while True:
                for one in self._all(first):
                    if one.from_bot and not one.deleted and predicate(one):
                        return one
                left_s = end - time.monotonic()
                if left_s <= 0 or not self.chat.changed.wait(left_s):
                    shown = "\n".join(f"  {one.id}: {one.text!r:.200}" for one in self._all(first))
                    raise AssertionError(
                        f"No message of the bot fits within {timeout_s} s. There are:\n{shown}"
                    )

    def answer_to(self, message: MessageLike, timeout_s: float = WAIT_S) -> Seen:
        """The bot's first reply to that message."""
        wanted = id_of(message)
        return self.wait_for(lambda one: one.reply_to == wanted, timeout_s, after=message)

    def quiet(self, seconds: float, after: MessageLike) -> None:
        """Fails where the bot says something within that time."""
        try:
            said = self.wait_for(timeout_s=seconds, after=after)
        except AssertionError:
            return
        raise AssertionError(f"The bot should be silent, said {said.text!r}")

    @property
    def actions(self) -> list[str]:
        """Chat actions such as "typing" so far."""
        with self.world.lock:
            return list(self.chat.actions)

    def _all(self, after: int = 0) -> list[Seen]:
        found: list[Seen] = []
        for message_id, stored in reversed(self.chat.messages.items()):
            if message_id <= after:
                break
            found.append(seen(stored, self.world.bot.id))
        return found[::-1]


def id_of(message: MessageLike) -> int:
    return message if isinstance(message, int) else message.id
