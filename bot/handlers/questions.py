"""Messages that are questions, those that were edited, and those that are none."""

from __future__ import annotations

from telegram import Message, Update
from telegram.constants import ChatType

from bot.context import Context
from bot.handlers.addressed import Me, question_in
from bot.handlers.asking import Asked, answer_question, send_answer
from bot.handlers.delivery import send
from bot.handlers.people import Person, admitted, person_of, within_limits
from bot.render import render_notice
from bot.storage.store import StoredTurn

# An edit of a question that never got an answer counts as a new one for so long.
_LATE_EDIT_S = 600.0
_QUIET_S = 60.0


async def on_message(update: Update, context: Context) -> None:
    """A text in private, or what addresses the bot in a group."""
    message = update.effective_message
    if message is None or (text := question_in(message, me(context))) is None:
        return
    person = await person_of(message, context)
    if not await admitted(person, context):
        return
    if turn := await _turn_of(message, context):
        if turn.answer_message is None:  # the process ended just when it was about to be sent
            await send_answer(turn, person.place, context)
    elif not text:
        await send(context.bot, person.place, render_notice(person.texts("ask-usage")))
    elif await within_limits(person, context):
        await answer_question(Asked(text, person, replied_to(message)), context)


async def on_edited(update: Update, context: Context) -> None:
    """A question that was edited gets its answer edited; one without an answer is answered."""
    message = update.edited_message
    if message is None or not (text := question_in(message, me(context))):
        return
    turn = await _turn_of(message, context)
    if (turn and turn.answer.question == text) or (turn is None and _is_late(message)):
        return
    person = await person_of(message, context)
    if await admitted(person, context) and await within_limits(person, context):
        await answer_question(_again(text, person, message, turn), context)


def _again(text: str, person: Person, message: Message, turn: StoredTurn | None) -> Asked:
    if turn is None:
        return Asked(text, person, replied_to(message))
    return Asked(text, person, replied_to(message), turn.answer_message, turn.answer.question)


def _is_late(message: Message) -> bool:
    edited = message.edit_date or message.date
    return (edited - message.date).total_seconds() > _LATE_EDIT_S


async def on_other(update: Update, context: Context) -> None:
    """Stickers, voices, photos, forwards: in private a kind word, in groups nothing."""
    message = update.effective_message
    if message is None or message.chat.type != ChatType.PRIVATE:
        return
    person = await person_of(message, context)
    if not await admitted(person, context):
        return
    # An album is ten messages; one word is enough.
    if context.services.recent.first(("no text", person.id), _QUIET_S):
        key = "forwarded" if message.forward_origin else "not-text"
        await send(context.bot, person.place, render_notice(person.texts(key)))


def me(context: Context) -> Me:
    """The bot as people address it."""
    return Me(context.bot.id, context.bot.username)


def replied_to(message: Message) -> int | None:
    """The message that this one answers; in topics not the one that opened it."""
    replied = message.reply_to_message
    return replied.message_id if replied and not replied.forum_topic_created else None


async def _turn_of(message: Message, context: Context) -> StoredTurn | None:
    """Our turn for this very question."""
    services = context.services
    turn = await services.stored(services.store.at_message, message.chat.id, message.message_id)
    return turn if turn and turn.question_message == message.message_id else None
