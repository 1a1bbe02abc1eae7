"""What everybody's commands do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from telegram import InlineKeyboardMarkup, Message

from bot import menus
from bot.context import Context
from bot.handlers.addressed import Command
from bot.handlers.asking import Asked, explanation_of
from bot.handlers.buttons import language_keyboard
from bot.handlers.delivery import send
from bot.handlers.people import Person, within_limits
from bot.handlers.questions import replied_to
from bot.handlers.search_words import MOST_LATEST, WordsError, latest_of, search_of
from bot.render import render_hits, render_latest, render_notice, render_sources
from bot.storage.store import StoredTurn
from bot.texts import LANGUAGES

_HITS = 10


@dataclass(frozen=True, slots=True)
class Call:
    """A command that somebody has sent."""

    command: Command
    message: Message
    person: Person


Handler = Callable[[Call, Context], Awaitable[None]]


async def say(
    call: Call, context: Context, text: str, keyboard: InlineKeyboardMarkup | None = None
) -> None:
    """A short text of ours as the reply."""
    await send(context.bot, call.person.place, render_notice(text), keyboard)


async def start(call: Call, context: Context) -> None:
    """`/start`: what this is, and that it is no investment advice."""
    await say(call, context, call.person.texts("start"))
    if context.services.access.is_admin(call.person.id) and call.person.private:
        # At the bot's own start Telegram didn't know this chat, perhaps.
        await menus.set_admin_menu(context.bot, call.person.id, call.person.texts.language)


async def help_(call: Call, context: Context) -> None:
    """`/help`: how to ask, and all commands."""
    texts = call.person.texts
    parts = [texts("help")]
    if context.services.access.is_admin(call.person.id) and call.person.private:
        parts.append(texts("help-admin"))
    await say(call, context, "\n\n".join(parts))


async def search(call: Call, context: Context) -> None:
    """`/search`: the passages found, without an answer."""
    texts = call.person.texts
    try:
        wanted = search_of(call.command.rest)
    except WordsError as error:
        key = "search-wrong" if error.value else "search-usage"
        await say(call, context, texts(key, value=error.value))
        return
    if not await within_limits(call.person, context):
        return
    asked = Asked(wanted.words, call.person, history=(), filters=wanted.filters, top_k=_HITS)
    found = await explanation_of(asked, context)
    if found:
        await send(context.bot, call.person.place, render_hits(found.answer, texts))


async def sources(call: Call, context: Context) -> None:
    """`/sources`: those of one's last answer, or of the answer that this replies to."""
    turn = await turn_meant(call, context)
    if turn is None:
        await say(call, context, call.person.texts("nothing-asked"))
        return
    message = render_sources(turn.answer, call.person.texts)
    await send(context.bot, call.person.place, message)


async def turn_meant(call: Call, context: Context) -> StoredTurn | None:
    """The turn that a command speaks of."""
    services, place = context.services, call.person.place
    replied = replied_to(call.message)
    if replied is not None:
        turn = await services.stored(services.store.at_message, place.chat, replied)
        if turn:
            return turn
    return await services.stored(services.store.last, place.chat, call.person.id, place.thread)


async def latest(call: Call, context: Context) -> None:
    """`/latest`: the newest posts."""
    texts = call.person.texts
    try:
        wanted = latest_of(call.command.rest)
    except WordsError as error:
        await say(call, context, texts("latest-wrong", value=error.value, most=MOST_LATEST))
        return
    posts = await context.services.answers.latest(wanted.most, wanted.category)
    if posts:
        await send(context.bot, call.person.place, render_latest(posts, texts))
    else:
        await say(call, context, texts("latest-none", category=wanted.category or ""))


async def reset(call: Call, context: Context) -> None:
    """`/reset`: the next question follows on nothing."""
    services, place = context.services, call.person.place
    await services.stored(services.store.reset, place.chat, call.person.id, place.thread)
    await say(call, context, call.person.texts("reset"))


async def language(call: Call, context: Context) -> None:
    """`/lang`, `/lang zh-Hant`, `/lang auto`."""
    services, texts = context.services, call.person.texts
    wanted = call.command.rest.lower()
    known: dict[str, str | None] = {name.lower(): name for name in LANGUAGES} | {"auto": None}
    if wanted not in known:
        key = "language-unknown" if wanted else "language-choose"
        text = texts(key, value=call.command.rest)
        await say(call, context, text, language_keyboard(texts))
        return
    await services.stored(services.store.set_language, call.person.id, known[wanted])
    new = await services.texts(call.message.from_user)
    await say(call, context, new("language-set"))


async def forget_me(call: Call, context: Context) -> None:
    """`/forgetme`: nothing of them is kept any more."""
    services = context.services
    count = await services.stored(services.store.forget, call.person.id)
    texts = await services.texts(call.message.from_user)
    await say(call, context, texts("forgotten", count=count))


async def unknown(call: Call, context: Context) -> None:
    """No command of ours, or not theirs. In groups it may be another bot's: silence."""
    if call.person.private or call.command.named_us:
        await say(call, context, call.person.texts("unknown-command"))
