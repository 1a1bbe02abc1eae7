"""Is this message a question to the bot, and what does it ask?

Private chat: every text. Groups: `/ask`, a mention, or a reply to the bot; all else is none of our
business. It works with privacy mode on; with it off, a mention typed as ＠ or within Chinese words,
which Telegram doesn't mark, is understood, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from telegram import Message, MessageEntity
from telegram.constants import ChatType

# A full-width sign or letter is its ASCII twin; the length stays the same.
_HALF_WIDTH = {0xFF01 + step: 0x21 + step for step in range(94)}
# Nobody is mentioned in these.
_OPAQUE = frozenset({"url", "email", "code", "pre", "text_link"})
_AROUND = " \t\n,，:：、"
_ASK = "ask"


@dataclass(frozen=True, slots=True)
class Me:
    """The bot itself, as people address it."""

    id: int
    username: str


@dataclass(frozen=True, slots=True)
class Command:
    """`/name rest`, or `/name@us rest`."""

    name: str
    rest: str
    named_us: bool


def begins_with_command(message: Message) -> bool:
    """Whether it is a command, ours or another bot's."""
    first = message.entities[0] if message.entities else None
    return first is not None and first.type == MessageEntity.BOT_COMMAND and not first.offset


def command_in(message: Message, me: Me) -> Command | None:
    """The command that the message begins with; None for none, and for another bot's."""
    if not begins_with_command(message):
        return None
    text, first = message.text or "", message.entities[0]
    name, at, target = text[1 : first.length].partition("@")  # ASCII: UTF-16 counts as Python does
    if at and target.lower() != me.username.lower():
        return None
    return Command(name.lower(), text[first.length :].strip(), bool(at))


def question_in(message: Message, me: Me) -> str | None:
    """What is asked; empty where the bot is addressed without a question; None where it isn't.

    An empty `/ask` or mention under someone's message asks what that message says.
    """
    if message.via_bot or message.forward_origin or not message.text:
        return None
    if begins_with_command(message):
        command = command_in(message, me)
        if command is None or command.name != _ASK:
            return None
        return command.rest or _quoted(message, me)
    if message.chat.type == ChatType.PRIVATE:
        return message.text.strip()
    spans = list(_mentions(message, me))
    if spans:
        return _without(message.text, spans) or _quoted(message, me)
    return message.text.strip() if replies_to_us(message, me) else None


def replies_to_us(message: Message, me: Me) -> bool:
    """Whether it answers a message of the bot's."""
    replied = message.reply_to_message
    # Subtle: in a topic every message "replies" to the one that opened it, whoever did that.
    if replied is None or replied.forum_topic_created:
        return False
    return bool(replied.from_user and replied.from_user.id == me.id)


def _quoted(message: Message, me: Me) -> str:
    replied = message.reply_to_message
    if replied is None or replied.forum_topic_created or replies_to_us(message, me):
        return ""
    return (replied.text or replied.caption or "").strip()


def _mentions(message: Message, me: Me) -> Iterator[tuple[int, int]]:
    """Stretches of the text that name us, as Python counts."""
    text = message.text or ""
    opaque = []
    for entity in message.entities:
        start, end = _place(text, entity)
        if entity.type in _OPAQUE:
            opaque.append((start, end))
        elif entity.user and entity.user.id == me.id:  # a mention by name, without @
            yield start, end
    name = re.compile(rf"(?<![a-z0-9_])@{re.escape(me.username)}(?![a-z0-9_])", re.IGNORECASE)
    for found in name.finditer(text.translate(_HALF_WIDTH)):
        if not any(start <= found.start() < end for start, end in opaque):
            yield found.span()


def _place(text: str, entity: MessageEntity) -> tuple[int, int]:
    units = text.encode("utf-16-le")
    start = len(units[: 2 * entity.offset].decode("utf-16-le", "ignore"))
    end = len(units[: 2 * (entity.offset + entity.length)].decode("utf-16-le", "ignore"))
    return start, end


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    parts, last = [], 0
    for start, end in sorted(spans):
        parts.append(text[last:start])
        last = end
    rest = " ".join(part.strip(_AROUND) for part in [*parts, text[last:]]).strip()
    return rest.removeprefix(f"/{_ASK} ").strip()
