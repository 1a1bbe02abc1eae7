"""Which handler gets an update: all of them, in their order."""

from __future__ import annotations

from collections.abc import Mapping

from telegram import Update
from telegram.ext import CallbackQueryHandler, InlineQueryHandler, MessageHandler, TypeHandler
from telegram.ext import filters as to

from bot.context import BotApplication, Context
from bot.handlers import admin, commands
from bot.handlers.addressed import command_in
from bot.handlers.commands import Call, Handler
from bot.handlers.errors import on_error
from bot.handlers.first import on_any
from bot.handlers.inline import on_inline
from bot.handlers.people import Person, admitted, person_of
from bot.handlers.presses import on_press
from bot.handlers.questions import me, on_edited, on_message, on_other

EVERYBODYS: Mapping[str, Handler] = {
    "start": commands.start,
    "help": commands.help_,
    "search": commands.search,
    "sources": commands.sources,
    "latest": commands.latest,
    "reset": commands.reset,
    "lang": commands.language,
    "forgetme": commands.forget_me,
}
ADMINS: Mapping[str, Handler] = {
    "status": admin.status,
    "unanswered": admin.unanswered,
    "feedback": admin.feedback,
    "why": admin.why,
    "reload": admin.reload,
    "reindex": admin.reindex,
}
_ASK = "ask"  # a question, not a command


def add_handlers(application: BotApplication) -> None:
    """Group 0 sees every update first; of group 1 the first that fits gets it."""
    application.add_handler(TypeHandler(Update, on_any), 0)
    # What people send by way of the bot itself (inline) is no question to it.
    new = to.UpdateType.MESSAGE & ~to.VIA_BOT
    own = new & ~to.FORWARDED
    application.add_handler(MessageHandler(own & to.COMMAND, on_command), 1)
    application.add_handler(MessageHandler(own & to.TEXT, on_message), 1)
    application.add_handler(MessageHandler(new & ~to.StatusUpdate.ALL, on_other), 1)
    application.add_handler(MessageHandler(to.UpdateType.EDITED_MESSAGE & to.TEXT, on_edited), 1)
    application.add_handler(CallbackQueryHandler(on_press), 1)
    application.add_handler(InlineQueryHandler(on_inline), 1)
    application.add_error_handler(on_error)


async def on_command(update: Update, context: Context) -> None:
    """A message that begins with a command: `/ask` is a question, the rest is looked up."""
    message = update.message
    command = command_in(message, me(context)) if message else None
    if message is None or command is None:
        return
    if command.name == _ASK:
        await on_message(update, context)
        return
    person = await person_of(message, context)
    if await admitted(person, context):
        await _handler_of(command.name, person, context)(Call(command, message, person), context)


def _handler_of(name: str, person: Person, context: Context) -> Handler:
    """For strangers, and outside private chats, the admins' commands don't exist."""
    if person.private and context.services.access.is_admin(person.id) and name in ADMINS:
        return ADMINS[name]
    return EVERYBODYS.get(name, commands.unknown)
