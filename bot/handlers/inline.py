"""Inline mode: `@bot words` in any chat offers the passages found."""

from __future__ import annotations

import logging

from telegram import (
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.answering.errors import Overloaded, Stopping, TimedOut
from bot.context import Context
from bot.limits import Verdict
from bot.render import InlineItem, inline_results
from bot.texts import Texts
from index.answer import Ask
from index.errors import QuestionError

log = logging.getLogger(__name__)

_ITEMS = 10
_CACHED_S = 300
# Nobody gets an answer to what was asked too fast; the next letter they type asks anew.
_NOT_CACHED_S = 0


async def on_inline(update: Update, context: Context) -> None:
    """Passages for what is typed so far; Telegram keeps them for this user."""
    query = update.inline_query
    if query is None:
        return
    services = context.services
    texts = await services.texts(query.from_user)
    user = query.from_user.id
    items: list[InlineItem] | None = []
    if not services.access.may_use(user, None):
        pass
    elif services.inline_limits.check(user, user) is not Verdict.OK:
        items = None
    elif query.query.strip():
        items = await _items(query.query, texts, context)
    await _offer(query, items, texts)


async def _items(typed: str, texts: Texts, context: Context) -> list[InlineItem] | None:
    services = context.services
    ask = Ask(typed, services.today(), top_k=_ITEMS)
    try:
        found = await services.answers.ask(ask)
    except QuestionError:
        return []
    except (Overloaded, TimedOut, Stopping):
        return None
    return inline_results(found.answer, texts)


async def _offer(query: InlineQuery, items: list[InlineItem] | None, texts: Texts) -> None:
    button = InlineQueryResultsButton(texts("inline-ask-in-private"), start_parameter="inline")
    cached_s = _NOT_CACHED_S if items is None else _CACHED_S
    try:
        try:
            results = [_article(item, plain=False) for item in items or ()]
            await query.answer(results, cached_s, is_personal=True, button=button)
        except BadRequest as error:
            if "query" in error.message.lower():
                raise
            log.error("Telegram refuses inline results, offered as plain text: %s", error.message)
            results = [_article(item, plain=True) for item in items or ()]
            await query.answer(results, cached_s, is_personal=True, button=button)
    except BadRequest as error:  # too old: something else has been typed since
        log.info("An inline query can't be answered any more: %s", error.message)


def _article(item: InlineItem, *, plain: bool) -> InlineQueryResultArticle:
    content = InputTextMessageContent(
        item.message.plain if plain else item.message.html,
        parse_mode=None if plain else ParseMode.HTML,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    return InlineQueryResultArticle(
        item.id, item.title, content, description=item.description or None
    )
