"""A question's way through the bot: asked, answered in one message, remembered."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from telegram import InlineKeyboardMarkup
from telegram.constants import ChatAction
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

from bot.answering.errors import Overloaded, Stopping, TimedOut
from bot.context import Bot, Context
from bot.handlers.buttons import answer_keyboard, new_token
from bot.handlers.delivery import Place, edit, send
from bot.handlers.people import Person
from bot.operations.metrics import Outcome
from bot.render import render_answer, render_notice
from bot.render.message import Message
from bot.storage.store import StoredTurn, Turn
from bot.texts import texts_for
from bot.transport.processor import NotNow
from index.answer import Ask, Explanation
from index.errors import QuestionError
from index.filters import NO_FILTERS, Filters
from index.question import MAX_QUESTION_CHARS
from index.records import Answer

log = logging.getLogger(__name__)

_TURNS = 10  # as many as a follow-up is made whole from
_TYPING_AFTER_S = 1.0
_TYPING_AGAIN_S = 4.5  # the sign lasts five seconds


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a person.

    Of an edited one `replaces` is our answer to what it said before, `before`.
    """

    text: str
    person: Person
    replied_to: int | None = None
    replaces: int | None = None
    before: str | None = None
    history: tuple[str, ...] | None = None  # None: whatever this one may follow on
    filters: Filters = NO_FILTERS
    top_k: int | None = None

    @property
    def message(self) -> int:
        """The message it stands in."""
        assert self.person.place.reply_to is not None
        return self.person.place.reply_to


async def answer_question(asked: Asked, context: Context) -> None:
    """Asks, sends (or edits) the one message, and remembers the turn."""
    found = await explanation_of(asked, context)
    if found is None:
        return
    turn = _turn(asked, found.answer)
    if asked.replaces is not None:
        await _edit_turn(turn, asked.replaces, asked, context)
        return
    # Before it is sent, so that its buttons work from the first moment on, and a turn without its
    # message tells after a restart what was about to be sent.
    await context.services.stored(context.services.store.record, turn)
    await send_answer(turn, asked.person.place, context)


async def send_answer(turn: Turn | StoredTurn, place: Place, context: Context) -> None:
    """Sends the answer of a turn that is remembered, and then remembers that it was sent."""
    services, texts = context.services, texts_for(turn.language)
    keyboard = answer_keyboard(turn.token, turn.answer, texts)
    message = await deliver(context.bot, place, render_answer(turn.answer, texts), keyboard)
    await services.stored(services.store.sent, turn.token, place.chat, message)


async def _edit_turn(turn: Turn, where: int, asked: Asked, context: Context) -> None:
    """Puts the answer in the place of the one before, then remembers it.

    In this order, so that an edit that was not made is made after a restart.
    """
    services, texts, place = context.services, asked.person.texts, asked.person.place
    message = render_answer(turn.answer, texts)
    keyboard = answer_keyboard(turn.token, turn.answer, texts)
    if not await edit(context.bot, place.chat, where, message, keyboard):
        where = await deliver(context.bot, place, message, keyboard)
    await services.stored(services.store.record, replace(turn, answer_message=where))


def _turn(asked: Asked, answer: Answer) -> Turn:
    person = asked.person
    return Turn(
        token=new_token(),
        chat=person.place.chat,
        thread=person.place.thread,
        user=person.id,
        question_message=asked.message,
        answer_message=None,
        language=person.texts.language,
        answer=answer,
        replied_to=asked.replied_to,
    )


async def explanation_of(asked: Asked, context: Context) -> Explanation | None:
    """The answer or refusal; None where there is neither, which has then been said.

    Raises NotNow when the bot is stopping: the question stays in the inbox.
    """
    services, start = context.services, time.perf_counter()
    ask = Ask(
        text=asked.text,
        today=services.today(),
        history=await _history(asked, context),
        filters=asked.filters,
        top_k=asked.top_k or services.settings.answer.top_k,
    )
    problem, found = "", None
    outcome: Outcome = "failed"
    try:
        async with typing(context.bot, asked.person.place):
            found = await services.answers.ask(ask)
        outcome = "refused" if found.answer.text is None else "answered"
    except Stopping as error:
        raise NotNow from error
    except (Overloaded, TimedOut, QuestionError) as error:
        problem, outcome = _problem(error, asked)
    finally:
        services.metrics.question(outcome, time.perf_counter() - start)
    if problem:
        await _say(problem, asked, context)
    return found


async def _say(text: str, asked: Asked, context: Context) -> None:
    place, message = asked.person.place, render_notice(text)
    if not asked.replaces or not await edit(context.bot, place.chat, asked.replaces, message):
        await deliver(context.bot, place, message)


def _problem(error: Overloaded | TimedOut | QuestionError, asked: Asked) -> tuple[str, Outcome]:
    texts = asked.person.texts
    if isinstance(error, Overloaded):
        return texts("overloaded", places=error.places), "put_off"
    if isinstance(error, TimedOut):
        return texts("timed-out"), "timed_out"
    if len(asked.text) > MAX_QUESTION_CHARS:
        return texts("question-too-long", most=MAX_QUESTION_CHARS), "invalid"
    return texts("question-empty"), "invalid"


async def deliver(
    bot: Bot, place: Place, message: Message, keyboard: InlineKeyboardMarkup | None = None
) -> int:
    """Sends it; returns the message's id.

    Raises NotNow where Telegram can't be reached for as long as the limiter is patient.
    """
    try:
        return (await send(bot, place, message, keyboard)).message_id
    except BadRequest:
        raise
    except (NetworkError, RetryAfter) as error:
        log.error("An answer can't be sent and is kept for the next start: %s", error.message)
        raise NotNow from error


async def _history(asked: Asked, context: Context) -> tuple[str, ...]:
    """Questions up the reply chain; in private, without a reply, those of the last while."""
    if asked.history is not None:
        return asked.history
    services, place = context.services, asked.person.place
    store = services.store
    if asked.replied_to is not None:
        chain = await services.stored(store.chain, place.chat, asked.replied_to, _TURNS)
        if chain or not asked.person.private:
            return chain
    if not asked.person.private:
        return ()
    since = services.now() - timedelta(minutes=services.settings.bot.follow_up_minutes)
    recent = await services.stored(
        store.recent_questions, place.chat, asked.person.id, place.thread, since, _TURNS
    )
    return tuple(one for one in recent if one != asked.before)


@asynccontextmanager
async def typing(bot: Bot, place: Place) -> AsyncIterator[None]:
    """Shows "typing…" while the block runs, if that takes over a second."""
    task = asyncio.create_task(_type(bot, place))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _type(bot: Bot, place: Place) -> None:
    await asyncio.sleep(_TYPING_AFTER_S)
    while True:
        with suppress(TelegramError):  # a courtesy, never a reason to fail
            await bot.send_chat_action(
                place.chat, ChatAction.TYPING, message_thread_id=place.thread
            )
        await asyncio.sleep(_TYPING_AGAIN_S)
