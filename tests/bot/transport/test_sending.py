"""Calls through the limiter to a Bot API server with Telegram's rates that fails at will."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from telegram.error import NetworkError
from telegram.ext import ExtBot

from bot.transport.limiter import PatientLimiter
from tests.botapi.faults import Faults, Kind
from tests.botapi.rates import NO_RATES
from tests.botapi.server import BotApiServer

PEOPLE = range(1_001, 1_041)


def send_all(server: BotApiServer, each: int, chats: range = PEOPLE) -> PatientLimiter:
    """`each` numbered messages to everyone, all at once."""
    limiter = PatientLimiter()

    async def work() -> None:
        bot = ExtBot(server.token, f"{server.url}/bot", rate_limiter=limiter)
        async with bot, asyncio.TaskGroup() as tasks:
            for chat in chats:
                for number in range(each):
                    tasks.create_task(bot.send_message(chat, f"{chat}/{number}"))

    for chat in chats:
        server.private(chat).send("/start")
    asyncio.run(work())
    return limiter


def test_nothing_comes_too_fast_for_telegram() -> None:
    with BotApiServer() as server:
        limiter = send_all(server, each=3)
    assert server.refusals == []
    assert server.violations == []
    assert len({one.text for one in server.sent}) == len(server.sent) == 120
    assert limiter.retries == 0


def test_a_chat_that_is_asked_much_keeps_its_pace() -> None:
    with BotApiServer() as server:
        limiter = send_all(server, each=7, chats=range(1_001, 1_003))
    assert server.refusals == []
    assert len(server.sent) == 14
    assert limiter.retries == 0


@pytest.mark.parametrize(
    ("kind", "copies"),
    [
        ("too_many", 1),
        ("server_error", 1),
        ("dropped_before", 1),
        ("dropped_after", 2),
    ],
)
def test_each_fault_is_mended(kind: Kind, copies: int) -> None:
    with BotApiServer() as server:
        server.faults.plan("sendMessage", kind)
        limiter = send_all(server, each=1, chats=range(1_001, 1_002))
    assert len(server.sent) == copies
    assert limiter.retries == 1
    assert limiter.maybe_twice == (kind != "too_many")


def test_under_ten_percent_of_faults_everything_arrives_and_what_is_twice_is_counted() -> None:
    faults = Faults(
        seed=5, too_many=0.03, server_error=0.03, dropped_before=0.02, dropped_after=0.02
    )
    with BotApiServer(faults=faults) as server:
        limiter = send_all(server, each=3)
    copies = Counter(one.text for one in server.sent)
    assert len(copies) == 120
    twice = sum(copies.values()) - 120
    assert twice == server.faults.injected["dropped_after"] <= limiter.maybe_twice
    assert server.violations == []


def test_a_server_that_is_away_for_a_while_is_waited_for() -> None:
    with BotApiServer(rates=NO_RATES) as server:
        url, token = server.url, server.token
    limiter = PatientLimiter()

    async def work() -> None:
        bot = ExtBot(token, f"{url}/bot", rate_limiter=limiter)
        async with bot._request[1]:  # not the bot itself, which begins with a call
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(2):
                    await bot.send_message(7, "x")
            assert limiter.retries >= 2
            assert limiter.maybe_twice == 0  # nothing was ever sent
            with pytest.raises(NetworkError):
                await bot.get_me()

    asyncio.run(work())
