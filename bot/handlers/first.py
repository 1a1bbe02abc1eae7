"""What comes before all else: every update is counted, and groups of others are left."""

from __future__ import annotations

import logging

from telegram import Update
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.ext import ApplicationHandlerStop

from bot.context import Context

log = logging.getLogger(__name__)

# Asked for by name, or Telegram would go on sending what some earlier program asked for.
ALLOWED_UPDATES = (
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.INLINE_QUERY,
    Update.MY_CHAT_MEMBER,
)


async def on_any(update: Update, context: Context) -> None:
    """First of all handlers. Where the bot may not be, it goes, and nothing else is done."""
    context.services.metrics.update(_kind(update))
    chat = update.effective_chat
    if chat is None or chat.type == ChatType.PRIVATE or context.services.access.may_stay(chat.id):
        return
    log.info("This group isn't among bot.chats, leaving it.", extra={"chat": chat.id})
    try:
        await context.bot.leave_chat(chat.id)
    except TelegramError as error:  # thrown out already
        log.info("It can't be left: %s", error.message)
    raise ApplicationHandlerStop


def _kind(update: Update) -> str:
    """`message`, `callback_query`: the field that Telegram has filled."""
    return next((kind for kind in ALLOWED_UPDATES if getattr(update, kind)), "other")
