"""What nobody foresaw: it is logged, and whoever asked is told."""

from __future__ import annotations

import logging

from telegram import Message, Update
from telegram.error import Forbidden, TelegramError

from bot.context import Context
from bot.handlers.delivery import place_of, send
from bot.render import render_notice

log = logging.getLogger(__name__)


async def on_error(update: object, context: Context) -> None:
    """PTB calls this for whatever a handler raises."""
    error = context.error
    if isinstance(error, Forbidden):
        log.info("Whom this was for can't be written to: %s", error.message)
        return
    log.error("An update could not be handled.", exc_info=error)
    if isinstance(error, TelegramError) or not isinstance(update, Update):
        return  # what could not be said won't be said better a second time
    await _tell(update, context)


async def _tell(update: Update, context: Context) -> None:
    texts = await context.services.texts(update.effective_user)
    message = update.effective_message
    if update.callback_query:
        await update.callback_query.answer(texts("failed"))
    elif isinstance(message, Message) and not update.inline_query:
        await send(context.bot, place_of(message), render_notice(texts("failed")))
