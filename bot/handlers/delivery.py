"""Messages on their way out: one place that knows reply, topic, previews and the plain retry."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from telegram import InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram import Message as TelegramMessage
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated

from bot.context import Bot
from bot.render.message import Message

log = logging.getLogger(__name__)

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
# What Telegram says of markup that it doesn't take; then the plain text goes out.
_MARKUP = ("can't parse", "entit", "too long", "url", "tag")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is said: chat, topic, and the message that it answers."""

    chat: int
    thread: int | None
    reply_to: int | None


def place_of(message: TelegramMessage) -> Place:
    """The place of a reply to `message`, in its own topic."""
    # Subtle: in groups without topics a reply chain has a thread id, too, which must not be sent.
    thread = message.message_thread_id if message.is_topic_message else None
    return Place(message.chat.id, thread, message.message_id)


async def send(
    bot: Bot, place: Place, message: Message, keyboard: InlineKeyboardMarkup | None = None
) -> TelegramMessage:
    """Says it, as HTML, and once more as plain text where Telegram refuses the markup.

    The question may be gone by now; the answer is sent all the same.
    """
    try:
        return await _send(bot, place, message.html, ParseMode.HTML, keyboard)
    except ChatMigrated as error:
        moved = replace(place, chat=error.new_chat_id, thread=None, reply_to=None)
        return await send(bot, moved, message, keyboard)
    except BadRequest as error:
        if not _is_markup(error):
            raise
        log.error("Telegram refuses a message's markup, sent as plain text: %s", error.message)
        return await _send(bot, place, message.plain, None, keyboard)


async def _send(
    bot: Bot,
    place: Place,
    text: str,
    parse_mode: ParseMode | None,
    keyboard: InlineKeyboardMarkup | None,
) -> TelegramMessage:
    reply = (
        ReplyParameters(place.reply_to, allow_sending_without_reply=True)
        if place.reply_to
        else None
    )
    return await bot.send_message(
        place.chat,
        text,
        parse_mode=parse_mode,
        message_thread_id=place.thread,
        reply_parameters=reply,
        link_preview_options=_NO_PREVIEW,
        reply_markup=keyboard,
    )


async def edit(
    bot: Bot,
    chat: int,
    message_id: int,
    message: Message,
    keyboard: InlineKeyboardMarkup | None = None,
) -> bool:
    """Replaces what one of our messages says. False: it is gone, or too old to be changed."""
    try:
        await _edit(bot, (chat, message_id), message.html, ParseMode.HTML, keyboard)
    except BadRequest as error:
        said = error.message.lower()
        if "not modified" in said:
            return True
        if "not found" in said or "can't be edited" in said:
            return False
        if not _is_markup(error):
            raise
        log.error("Telegram refuses an edit's markup, sent as plain text: %s", error.message)
        await _edit(bot, (chat, message_id), message.plain, None, keyboard)
    return True


async def _edit(
    bot: Bot,
    where: tuple[int, int],
    text: str,
    parse_mode: ParseMode | None,
    keyboard: InlineKeyboardMarkup | None,
) -> None:
    chat, message_id = where
    await bot.edit_message_text(
        text,
        chat_id=chat,
        message_id=message_id,
        parse_mode=parse_mode,
        link_preview_options=_NO_PREVIEW,
        reply_markup=keyboard,
    )


def _is_markup(error: BadRequest) -> bool:
    said = error.message.lower()
    return any(part in said for part in _MARKUP)
