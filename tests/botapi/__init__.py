"""A Bot API server on loopback that enforces Telegram's rules, and people to talk to the bot."""

from __future__ import annotations

from tests.botapi.faults import Faults
from tests.botapi.groups import ChannelChat, GroupChat
from tests.botapi.people import PrivateChat, Talk
from tests.botapi.rates import NO_RATES, Pace, Rates, Window
from tests.botapi.seen import Button, Seen
from tests.botapi.server import TOKEN, USERNAME, BotApiServer, Sent

__all__ = [
    "NO_RATES",
    "TOKEN",
    "USERNAME",
    "BotApiServer",
    "Button",
    "ChannelChat",
    "Faults",
    "GroupChat",
    "Pace",
    "PrivateChat",
    "Rates",
    "Seen",
    "Sent",
    "Talk",
    "Window",
]
