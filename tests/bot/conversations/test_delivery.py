"""Messages that Telegram refuses, and chats that have moved; with PTB's bot on the loopback."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from telegram.error import BadRequest
from telegram.ext import ExtBot

from bot.handlers.asking import typing
from bot.handlers.delivery import Place, edit, send
from bot.render import Message
from tests.botapi import NO_RATES, BotApiServer

BROKEN = Message("<b>海雾", "海雾")


def with_bot(server: BotApiServer, act: Callable[[Any], Awaitable[object]]) -> None:
    async def run() -> None:
        async with ExtBot(server.token, base_url=f"{server.url}/bot") as bot:
            await act(bot)

    asyncio.run(run())


def test_refused_markup_goes_out_as_plain_text() -> None:
    with BotApiServer(rates=NO_RATES) as server:
        chat = server.private(1)
        asked = chat.send("问")

        async def act(bot: Any) -> None:
            sent = await send(bot, Place(1, None, asked.id), BROKEN)
            assert await edit(bot, 1, sent.message_id, Message("<i>大桥", "大桥"))

        with_bot(server, act)
        answer = chat.answer_to(asked)
        assert (answer.text, answer.versions, answer.entities) == ("大桥", ("海雾",), ())


def test_a_question_that_is_gone_is_answered_all_the_same() -> None:
    with BotApiServer(rates=NO_RATES) as server:
        chat = server.private(1)
        asked = chat.send("问")
        chat.delete(asked)
        with_bot(server, lambda bot: send(bot, Place(1, None, asked.id), Message("答", "答")))
        assert chat.wait_for().text == "答"


def test_a_group_that_has_moved_meanwhile() -> None:
    with BotApiServer(rates=NO_RATES) as server:
        group = server.group(-1, kind="group")
        asked = group.send("/ask 问")
        new = group.migrate(-2)
        with_bot(server, lambda bot: send(bot, Place(-1, None, asked.id), Message("答", "答")))
        assert new.wait_for().text == "答"


def test_what_is_not_about_markup_is_raised() -> None:
    with BotApiServer(rates=NO_RATES) as server:

        async def act(bot: Any) -> None:
            with pytest.raises(BadRequest, match=r"[Cc]hat not found"):
                await send(bot, Place(99, None, None), BROKEN)

        with_bot(server, act)


def test_edits_that_change_nothing_or_come_too_late() -> None:
    with BotApiServer(rates=NO_RATES) as server:
        chat = server.private(1)

        async def act(bot: Any) -> None:
            sent = await send(bot, Place(1, None, None), Message("<b>答</b>", "答"))
            assert await edit(bot, 1, sent.message_id, Message("<b>答</b>", "答"))
            chat.delete(sent.message_id)
            assert not await edit(bot, 1, sent.message_id, Message("新", "新"))

        with_bot(server, act)


def test_typing_is_shown_only_to_whoever_waits_over_a_second() -> None:
    with BotApiServer(rates=NO_RATES) as server:
        chat, patient = server.private(1), server.private(2)

        async def act(bot: Any) -> None:
            async with typing(bot, Place(1, None, None)):
                await asyncio.sleep(0.1)
            async with typing(bot, Place(2, None, None)):
                await asyncio.to_thread(_wait_for, lambda: patient.actions)

        with_bot(server, act)
        assert (chat.actions, patient.actions) == ([], ["typing"])


def _wait_for(holds: Callable[[], object], limit_s: float = 30.0) -> None:
    end = time.monotonic() + limit_s
    while not holds() and time.monotonic() < end:
        time.sleep(0.01)
