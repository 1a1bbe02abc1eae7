"""A question's way through the bot: asked, answered in one message, remembered."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
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
from bot.storage.store import Turn
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


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer that has been sent."""

    token: str
    answer: Answer
    message: int


async def answer_question(asked: Asked, context: Context) -> None:
    """Asks, sends (or edits) the one message, and remembers the turn."""
    found = await explanation_of(asked, context)
    if found is None:
        return
    token, texts = new_token(), asked.person.texts
    keyboard = answer_keyboard(token, found.answer, texts)
    message = await deliver(asked, context.bot, render_answer(found.answer, texts), keyboard)
    await _remember(asked, context, Sent(token, found.answer, message))


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
        await deliver(asked, context.bot, render_notice(problem), None)
    return found


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
    asked: Asked, bot: Bot, message: Message, keyboard: InlineKeyboardMarkup | None
) -> int:
    """Sends it, or puts it in the place of the answer before. Returns our message's id.

    Raises NotNow where Telegram can't be reached for as long as the limiter is patient.
    """
    place = asked.person.place
    try:
        if asked.replaces and await edit(bot, place.chat, asked.replaces, message, keyboard):
            return asked.replaces
        return (await send(bot, place, message, keyboard)).message_id
    except BadRequest:
        raise
    except (NetworkError, RetryAfter) as error:
        log.error("An answer can't be sent and is kept for the next start: %s", error.message)
        raise NotNow from error


async def _remember(asked: Asked, context: Context, sent: Sent) -> None:
    """For buttons, follow-ups, `/sources` and `/unanswered`."""
    services, person = context.services, asked.person
    turn = Turn(
        token=sent.token,
        chat=person.place.chat,
        thread=person.place.thread,
        user=person.id,
        question_message=asked.message,
        answer_message=sent.message,
        language=person.texts.language,
        answer=sent.answer,
        replied_to=asked.replied_to,
    )
    await services.stored(services.store.record, turn)


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
