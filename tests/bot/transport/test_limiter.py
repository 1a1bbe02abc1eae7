"""The limiter at a clock that jumps, with calls that record when they were made."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TimedOut

from bot.transport.limiter import PATIENCE_S, PatientLimiter
from tests.bot.transport.skipping import run_skipping


class Calls:
    """Stands for the HTTP call: fails with each of `failures` once, then returns True."""

    def __init__(self, limiter: PatientLimiter) -> None:
        self.limiter = limiter
        self.made: list[tuple[float, Any]] = []
        self.failures: dict[Any, list[Exception]] = {}

    async def call(self, endpoint: str = "sendMessage", **data: Any) -> Any:
        async def made() -> bool:
            chat = data.get("chat_id")
            self.made.append((asyncio.get_running_loop().time() - 1_000, chat))
            if self.failures.get(chat):
                raise self.failures[chat].pop(0)
            return True

        return await self.limiter.process_request(made, (), {}, endpoint, data, None)

    def times(self, chat: Any) -> list[float]:
        return [round(time, 1) for time, whose in self.made if whose == chat]


def most_within(times: list[float], period_s: float) -> int:
    """Of any half-open window of `period_s`."""
    return max(sum(start <= time < start + period_s - 1e-6 for time in times) for start in times)


def caused(error: NetworkError, cause: Exception) -> NetworkError:
    error.__cause__ = cause
    return error


def test_over_all_chats_no_more_than_thirty_in_any_second() -> None:
    async def scene() -> list[float]:
        calls = Calls(PatientLimiter())
        await asyncio.gather(*(calls.call(chat_id=chat) for chat in range(1, 121)))
        return [time for time, _ in calls.made]

    times = run_skipping(scene())
    assert len(times) == 120
    assert most_within(times, 1) <= 30
    assert max(times) < 120 / 28 + 0.1  # and not needlessly slow


def test_a_group_gets_no_more_than_twenty_in_any_minute() -> None:
    async def scene() -> Calls:
        calls = Calls(PatientLimiter())
        await asyncio.gather(*(calls.call(chat_id=-100) for _ in range(60)))
        return calls

    times = run_skipping(scene()).times(-100)
    assert len(times) == 60
    assert most_within(times, 60) <= 20
    assert [round(time) for time in times[:4]] == [0, 0, 0, 3]


def test_a_private_chat_gets_three_in_three_seconds_and_keeps_its_order() -> None:
    async def scene() -> tuple[Calls, list[int]]:
        calls, done = Calls(PatientLimiter()), []

        async def one(number: int) -> None:
            await calls.call(chat_id=7)
            done.append(number)

        await asyncio.gather(*(one(number) for number in range(6)))
        await asyncio.sleep(2)
        await calls.call(chat_id=7)
        return calls, done

    calls, done = run_skipping(scene())
    assert [round(time) for time in calls.times(7)] == [0, 0, 0, 3, 3, 3, 6]
    assert done == list(range(6))


def test_a_429_holds_up_its_own_chat_only() -> None:
    async def scene() -> Calls:
        calls = Calls(PatientLimiter())
        calls.failures[7] = [RetryAfter(9)]
        first = asyncio.create_task(calls.call(chat_id=7))
        await asyncio.sleep(1)
        await asyncio.gather(first, calls.call(chat_id=7), calls.call(chat_id=8))
        return calls

    calls = run_skipping(scene())
    assert calls.times(8) == [1]
    assert calls.times(7) == [0, 9.1, 9.1]
    assert (calls.limiter.retries, calls.limiter.maybe_twice) == (1, 0)


def test_after_a_pause_those_who_waited_go_at_the_chat_s_pace() -> None:
    async def scene() -> Calls:
        calls = Calls(PatientLimiter())
        calls.failures[-7] = [RetryAfter(30)]
        await asyncio.gather(*(calls.call(chat_id=-7) for _ in range(9)))
        return calls

    times = run_skipping(scene()).times(-7)
    # Two were on their way when the first one was told to wait.
    assert len(times) == 10 and [time for time in times if 0.1 < time < 30] == []
    assert most_within(times, 3) <= 3
    assert most_within(times, 60) <= 20


def test_429s_of_several_chats_at_once_are_the_whole_bot_s() -> None:
    async def scene() -> Calls:
        calls = Calls(PatientLimiter())
        for chat in (1, 2, 3):
            calls.failures[chat] = [RetryAfter(5)]
        told = [asyncio.create_task(calls.call(chat_id=chat)) for chat in (1, 2, 3)]
        await asyncio.sleep(1)
        await asyncio.gather(calls.call(chat_id=4), *told)
        return calls

    assert run_skipping(scene()).times(4)[0] >= 5


LOST_REPLY = caused(NetworkError("httpx.ReadError"), httpx.ReadError(""))


@pytest.mark.parametrize(
    ("error", "maybe_twice"),
    [
        (NetworkError("Bad Gateway"), 1),
        (TimedOut(), 1),
        (LOST_REPLY, 1),
        (caused(TimedOut(), httpx.ReadTimeout("")), 1),
        (caused(TimedOut(), httpx.PoolTimeout("")), 0),
        (caused(TimedOut(), httpx.ConnectTimeout("")), 0),
        (caused(NetworkError("httpx.ConnectError"), httpx.ConnectError("")), 0),
    ],
)
def test_what_fails_on_the_way_is_sent_again(error: Exception, maybe_twice: int) -> None:
    async def scene() -> Calls:
        calls = Calls(PatientLimiter())
        calls.failures[7] = [error, error]
        assert await calls.call(chat_id=7) is True
        return calls

    calls = run_skipping(scene())
    assert calls.times(7) == [0, 0.5, 1.5]
    assert (calls.limiter.retries, calls.limiter.maybe_twice) == (2, 2 * maybe_twice)


def test_an_edit_can_be_repeated_without_doing_anything_twice() -> None:
    async def scene() -> Calls:
        calls = Calls(PatientLimiter())
        calls.failures[7] = [TimedOut()]
        await calls.call("editMessageText", chat_id=7)
        return calls

    limiter = run_skipping(scene()).limiter
    assert (limiter.retries, limiter.maybe_twice) == (1, 0)


@pytest.mark.parametrize("error", [BadRequest("chat not found"), Forbidden("blocked")])
def test_what_telegram_refuses_is_raised_at_once(error: Exception) -> None:
    async def scene() -> None:
        calls = Calls(PatientLimiter())
        calls.failures[7] = [error]
        with pytest.raises(type(error)):
            await calls.call(chat_id=7)
        assert len(calls.made) == 1

    run_skipping(scene())


def test_patience_ends_with_the_last_error() -> None:
    async def scene() -> Calls:
        calls = Calls(PatientLimiter())
        calls.failures[7] = [NetworkError("down")] * 100
        with pytest.raises(NetworkError, match="down"):
            await calls.call(chat_id=7)
        return calls

    times = run_skipping(scene()).times(7)
    assert PATIENCE_S - 15 <= times[-1] <= PATIENCE_S
    assert len(times) < 70


def test_a_wait_longer_than_patience_is_not_waited() -> None:
    async def scene() -> None:
        calls = Calls(PatientLimiter())
        calls.failures[7] = [RetryAfter(3_600)]
        with pytest.raises(RetryAfter):
            await calls.call(chat_id=7)
        # The chat stays paused: calling it would make the wait longer, so it fails by itself.
        with pytest.raises(RetryAfter):
            await calls.call(chat_id=7)
        assert calls.times(7) == [0]

    run_skipping(scene())


def test_set_up_calls_obey_429_but_leave_network_errors_to_ptb() -> None:
    async def scene() -> Calls:
        calls = Calls(PatientLimiter())
        calls.failures[None] = [RetryAfter(3), NetworkError("down")]
        with pytest.raises(NetworkError):
            await calls.call("setMyCommands")
        return calls

    assert run_skipping(scene()).times(None) == [0, 3]


def test_a_sign_of_typing_never_waits() -> None:
    async def scene() -> Calls:
        calls = Calls(PatientLimiter())
        for _ in range(5):
            assert await calls.call("sendChatAction", chat_id=-7)
        calls.failures[-7] = [RetryAfter(5)]
        assert await calls.call("sendChatAction", chat_id=-7) is False
        assert await calls.call("sendChatAction", chat_id=-7) is False
        await calls.call(chat_id=-7)
        return calls

    assert run_skipping(scene()).times(-7) == [0] * 6 + [5.1]


def test_a_press_answered_before_its_reply_was_lost_is_answered() -> None:
    async def scene() -> Calls:
        calls = Calls(PatientLimiter())
        calls.failures[None] = [TimedOut(), BadRequest("Query is too old")]
        assert await calls.call("answerCallbackQuery") is True
        calls.failures[None] = [BadRequest("Query is too old")]
        with pytest.raises(BadRequest):
            await calls.call("answerCallbackQuery")
        return calls

    assert run_skipping(scene()).limiter.maybe_twice == 0


def test_an_id_as_text_is_the_same_chat() -> None:
    async def scene() -> Calls:
        calls = Calls(PatientLimiter())
        for chat in (7, "7", 7, "7"):
            await calls.call(chat_id=chat)
        return calls

    assert [round(time) for time, _ in run_skipping(scene()).made] == [0, 0, 0, 3]


def test_many_chats_are_forgotten_again() -> None:
    async def scene() -> PatientLimiter:
        calls = Calls(PatientLimiter())
        for chat in range(1, 3_001):
            await calls.call(chat_id=chat)
        return calls.limiter

    pauses = run_skipping(scene())._pauses
    assert len(pauses._times) <= 1_001


def test_faults_everywhere_and_all_arrive_once() -> None:
    """200 calls to 40 chats, every fifth try failing before it is done."""

    async def scene() -> tuple[Calls, Counter[int]]:
        calls, done = Calls(PatientLimiter()), Counter[int]()

        async def one(number: int) -> None:
            chat = 1 + number % 40
            if number % 5 == 0:
                calls.failures.setdefault(chat, []).append(
                    RetryAfter(2) if number % 2 else NetworkError("Bad Gateway")
                )
            assert await calls.call(chat_id=chat)
            done[number] += 1

        await asyncio.gather(*(one(number) for number in range(200)))
        return calls, done

    calls, done = run_skipping(scene())
    assert set(done.values()) == {1} and len(done) == 200
    assert calls.limiter.retries == 40
