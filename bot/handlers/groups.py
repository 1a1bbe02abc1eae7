"""Groups that this bot isn't for are left."""

from __future__ import annotations

import logging

from telegram import Update
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.ext import ApplicationHandlerStop

from bot.context import Context

log = logging.getLogger(__name__)


async def leave_others(update: Update, context: Context) -> None:
    """First of all handlers: where the bot may not be, it goes, and nothing else is done."""
    chat = update.effective_chat
    if chat is None or chat.type == ChatType.PRIVATE or context.services.access.may_stay(chat.id):
        return
    log.info("This group isn't among bot.chats, leaving it.", extra={"chat": chat.id})
    try:
        await context.bot.leave_chat(chat.id)
    except TelegramError as error:  # thrown out already
        log.info("It can't be left: %s", error.message)
    raise ApplicationHandlerStop
