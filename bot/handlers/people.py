"""Who writes, where, and whether they are answered."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import Message
from telegram.constants import ChatType

from bot.context import Context
from bot.handlers.delivery import Place, place_of, send
from bot.limits import Verdict
from bot.render import render_notice
from bot.texts import Texts

# "Who are you?" and "slowly!" are said once, then there is quiet for a while.
_QUIET_S = 3_600.0


@dataclass(frozen=True, slots=True)
class Person:
    """The sender of one message, in the place where they wrote it."""

    id: int
    private: bool
    place: Place
    texts: Texts


async def person_of(message: Message, context: Context) -> Person:
    """Someone who writes as a group or channel is that group or channel."""
    user = message.from_user
    sender = message.sender_chat or user or message.chat
    texts = await context.services.texts(user)
    return Person(sender.id, message.chat.type == ChatType.PRIVATE, place_of(message), texts)


async def admitted(person: Person, context: Context) -> bool:
    """Whether this bot is for them. Strangers: silence in groups, one polite line in private."""
    services = context.services
    if services.access.may_use(person.id, person.place.chat):
        return True
    if person.private and services.recent.first(("stranger", person.id), _QUIET_S):
        await send(context.bot, person.place, render_notice(person.texts("stranger")))
    return False


async def within_limits(person: Person, context: Context) -> bool:
    """Whether they may ask now. One friendly notice says that they may not, then there is quiet."""
    services = context.services
    verdict = services.limits.check(person.id, person.place.chat)
    if verdict is Verdict.NOTICE:
        text = person.texts("too-many-questions")
        await send(context.bot, person.place, render_notice(text))
    return verdict is Verdict.OK
