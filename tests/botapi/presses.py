"""What comes of a pressed button and of an inline query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.botapi.seen import Seen, seen
from tests.botapi.sending import shown_entities
from tests.botapi.state import Json, Query, Stored, User, World

if TYPE_CHECKING:
    from tests.botapi.people import Talk

WAIT_S = 10.0


@dataclass(frozen=True, slots=True)
class Notice:
    """What a pressed button shows: a line at the top, or an alert; empty: nothing."""

    text: str
    alert: bool


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button."""

    world: World
    query: Query

    @property
    def id(self) -> str:
        return self.query.id

    def wait(self, timeout_s: float = WAIT_S) -> Notice:
        """What the bot answers."""
        answer = _answer(self.world, self.query, timeout_s, "a pressed button")
        return Notice(answer.get("text", ""), answer.get("show_alert", False))


@dataclass(frozen=True, slots=True)
class InlineAnswer:
    """An inline query and what the bot offers."""

    view: Talk
    query: Query
    user: User

    def wait(self, timeout_s: float = WAIT_S) -> Json:
        """The bot's answer: `results`, and where given `cache_time`, `is_personal`, `button`."""
        return _answer(self.view.world, self.query, timeout_s, "an inline query")

    def results(self, timeout_s: float = WAIT_S) -> list[Json]:
        """What the bot offers."""
        results: list[Json] = self.wait(timeout_s)["results"]
        return results

    def choose(self, index: int) -> Seen:
        """The user takes one: it stands in the chat as their own message, `via` the bot."""
        world, chat = self.view.world, self.view.chat
        result = self.results()[index]
        content = result["input_message_content"]
        with world.lock:
            message: Json = {
                "message_id": chat.new_id(),
                "chat": chat.json(),
                "date": world.date(),
                "from": self.user.json(),
                "via_bot": world.bot.json(),
                "text": content["message_text"],
            }
            message |= shown_entities(content["message_text"], content["entities"])
            for key, value in (
                ("reply_markup", result.get("reply_markup")),
                ("link_preview_options", content.get("link_preview_options")),
            ):
                if value:
                    message[key] = value
            stored = Stored(message)
            chat.keep(stored)
            if "reply_markup" in message:
                world.inline_messages[f"inline-{self.query.id}-{index}"] = stored
            if chat.type != "channel":
                world.updates.add("message", message, chat.id)
            return seen(stored, world.bot.id)


def _answer(world: World, query: Query, timeout_s: float, what: str) -> Json:
    with world.lock:
        if not world.answered.wait_for(lambda: query.answer is not None, timeout_s):
            raise AssertionError(f"The bot did not answer {what} within {timeout_s} s.")
        assert query.answer is not None
        return query.answer
