"""Short texts of the bot's own as messages."""

from __future__ import annotations

from bot.render.message import Message


def notice(text: str) -> Message:
    """A text without markup."""
    raise NotImplementedError
