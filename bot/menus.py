"""The commands that Telegram offers to type, and what it shows of the bot, in every language.

Telegram knows languages by two letters, so all who read Chinese get one script: Traditional where
`bot.language` says so.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import BadRequest, TelegramError

from bot.context import Bot
from bot.texts import Texts, texts_for

log = logging.getLogger(__name__)

PRIVATE = ("ask", "search", "sources", "latest", "reset", "lang", "help", "forgetme", "start")
GROUP = ("ask", "search", "sources", "latest", "help")
ADMIN = ("status", "unanswered", "feedback", "why", "reload", "reindex")


async def set_menus(bot: Bot, admins: Iterable[int], default: str) -> None:
    """All menus and descriptions. A failure is logged: the bot answers without them."""
    for code, texts in _languages(default):
        await _set_menu(bot, BotCommandScopeAllPrivateChats(), PRIVATE, code, texts)
        await _set_menu(bot, BotCommandScopeAllGroupChats(), GROUP, code, texts)
        await _describe(bot, code, texts)
    for admin in admins:
        await set_admin_menu(bot, admin, default)


async def set_admin_menu(bot: Bot, admin: int, default: str) -> None:
    """An admin's own menu; Telegram takes it only once they have written to the bot."""
    for code, texts in _languages(default):
        await _set_menu(bot, BotCommandScopeChat(admin), (*PRIVATE, *ADMIN), code, texts)


def _languages(default: str) -> list[tuple[str, Texts]]:
    """Telegram's code (empty: everyone else) and the texts."""
    chinese = default if default.startswith("zh") else "zh-Hans"
    return [("", texts_for(default)), ("zh", texts_for(chinese)), ("en", texts_for("en"))]


async def _set_menu(
    bot: Bot, scope: BotCommandScope, names: Iterable[str], code: str, texts: Texts
) -> None:
    commands = [BotCommand(name, texts(f"command-{name}")) for name in names]
    await _tried(
        f"the menu {scope.type} {code}",
        lambda: bot.set_my_commands(commands, scope, language_code=code or None),
    )


async def _describe(bot: Bot, code: str, texts: Texts) -> None:
    """Only what differs: Telegram lets bots change these but a few times a day."""
    wanted, short = texts("bot-description"), texts("bot-short-description")

    async def long_() -> object:
        if (await bot.get_my_description(code or None)).description == wanted:
            return None
        return await bot.set_my_description(wanted, code or None)

    async def short_() -> object:
        if (await bot.get_my_short_description(code or None)).short_description == short:
            return None
        return await bot.set_my_short_description(short, code or None)

    await _tried(f"the description {code}", long_)
    await _tried(f"the short description {code}", short_)


async def _tried(what: str, call: Callable[[], Awaitable[object]]) -> None:
    try:
        await call()
    except BadRequest as error:  # an admin who has never written to the bot
        log.info("Telegram doesn't take %s yet: %s", what.strip(), error.message)
    except TelegramError as error:
        log.warning("Telegram doesn't take %s: %s", what.strip(), error.message)
