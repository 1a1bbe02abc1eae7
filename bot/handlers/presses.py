"""What the buttons do. Old ones, and other people's in other chats, are 已过期."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from telegram import CallbackQuery, Message, Update, User
from telegram.error import BadRequest

from bot.context import Context
from bot.handlers import buttons, reindexing
from bot.handlers.buttons import Press, answer_keyboard, parse_press
from bot.handlers.delivery import edit, place_of, send
from bot.limits import Verdict
from bot.render import SOURCES_PER_PAGE, render_answer, render_notice, render_passage
from bot.storage.store import StoredTurn
from bot.texts import LANGUAGES, Texts, texts_for

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button that somebody has pressed under a message of ours."""

    press: Press
    message: Message
    user: User
    texts: Texts

    @property
    def chat(self) -> int:
        """Where."""
        return self.message.chat.id


# What is told to whoever pressed, alone; None: that the button is too old.
Action = Callable[[Pressed, Context], Awaitable[str | None]]


async def on_press(update: Update, context: Context) -> None:
    """Any button."""
    query = update.callback_query
    if query is None:
        return
    texts = await context.services.texts(query.from_user)
    press = parse_press(query.data or "")
    action = _ACTIONS.get(press.action) if press else None
    told = None
    message = query.message
    # Subtle: a message that is gone comes as a Message, too, but for its date.
    if press and action and isinstance(message, Message) and message.is_accessible:
        if not context.services.access.may_use(query.from_user.id, message.chat.id):
            told = ""
        else:
            told = await action(Pressed(press, message, query.from_user, texts), context)
    await _tell(query, texts("expired") if told is None else told)


async def _tell(query: CallbackQuery, text: str) -> None:
    try:
        await query.answer(text or None)
    except BadRequest as error:  # too old: nobody waits for it any more
        log.info("A press can't be answered any more: %s", error.message)


async def _vote(pressed: Pressed, context: Context) -> str | None:
    store = context.services.store
    vote = 1 if pressed.press.action == buttons.UP else -1
    token, user = pressed.press.token, pressed.user.id
    if not await context.services.stored(store.vote, token, pressed.chat, user, vote):
        return None
    up, down = await context.services.stored(store.votes, token)
    return pressed.texts("voted", up=up, down=down)


async def _more(pressed: Pressed, context: Context) -> str | None:
    turn = await _turn(pressed, context)
    if turn is None:
        return None
    texts, page = texts_for(turn.language), pressed.press.page
    message = render_answer(turn.answer, texts, page)
    keyboard = answer_keyboard(pressed.press.token, turn.answer, texts, page)
    done = await edit(context.bot, pressed.chat, pressed.message.message_id, message, keyboard)
    return "" if done else None


async def _passage(pressed: Pressed, context: Context) -> str | None:
    turn = await _turn(pressed, context)
    first = pressed.press.page * SOURCES_PER_PAGE
    if turn is None or first >= len(turn.answer.sources):
        return None
    if context.services.limits.check(pressed.user.id, pressed.chat) is not Verdict.OK:
        return pressed.texts("too-many-questions")
    message = render_passage(turn.answer.sources[first], texts_for(turn.language))
    await send(context.bot, place_of(pressed.message), message)
    return ""


async def _turn(pressed: Pressed, context: Context) -> StoredTurn | None:
    services = context.services
    return await services.stored(services.store.answer, pressed.press.token, pressed.chat)


async def _language(pressed: Pressed, context: Context) -> str | None:
    chosen = pressed.press.token
    if chosen not in (*LANGUAGES, buttons.AUTOMATIC):
        return None
    services = context.services
    language = None if chosen == buttons.AUTOMATIC else chosen
    await services.stored(services.store.set_language, pressed.user.id, language)
    texts = await services.texts(pressed.user)
    message = render_notice(texts("language-set"))
    await edit(context.bot, pressed.chat, pressed.message.message_id, message)
    return ""


async def _reindex(pressed: Pressed, context: Context) -> str | None:
    confirmed = pressed.press.action == buttons.REINDEX
    if not context.services.confirmations.take(pressed.press.token, pressed.user.id):
        return None
    where = (pressed.chat, pressed.message.message_id)
    if confirmed:
        reindexing.begin(context, where, pressed.texts)
    else:
        await edit(context.bot, *where, render_notice(pressed.texts("reindex-cancelled")))
    return ""


_ACTIONS: Mapping[str, Action] = {
    buttons.UP: _vote,
    buttons.DOWN: _vote,
    buttons.MORE: _more,
    buttons.PASSAGE: _passage,
    buttons.LANGUAGE: _language,
    buttons.REINDEX: _reindex,
    buttons.CANCEL: _reindex,
}
