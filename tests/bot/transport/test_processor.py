from __future__ import annotations

import asyncio
import warnings
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from telegram import Update

from bot.storage.inbox import Inbox
from bot.transport.durable import SUSPECT_AT
from bot.transport.processor import InboxProcessor, NotNow
from tests.bot.transport.bots import AT_ONCE, OFFLINE, build, inbox_in, running, until
from tests.bot.transport.small_api import message_update, press_update, small_api

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
GROUP = -100_123


def message(update_id: int, user: int, chat: int | None = None) -> Update:
    return Update.de_json(message_update(update_id, "问", user, chat), OFFLINE)


def press(update_id: int, user: int) -> Update:
    return Update.de_json(press_update(update_id, user), OFFLINE)


class Scene:
    """Hands updates to the processor as PTB does, with work that takes a moment."""

    def __init__(self, inbox: Inbox, at_once: int = AT_ONCE) -> None:
        self.inbox = inbox
        self.processor = InboxProcessor(inbox, at_once)
        self.begun: list[int] = []
        self.ended: list[int] = []
        self.most_at_once = 0
        self._tasks: list[asyncio.Task[None]] = []
        self.gate = asyncio.Event()

    def come(self, update: Update, work: Coroutine[Any, Any, None] | None = None) -> None:
        self.inbox.add(update.update_id, update.to_json(), NOW)
        work = work or self._work(update.update_id)
        self._tasks.append(asyncio.create_task(self.processor.process_update(update, work)))

    async def _work(self, update_id: int) -> None:
        self.begun.append(update_id)
        self.most_at_once = max(self.most_at_once, len(self.begun) - len(self.ended))
        await self.gate.wait()
        await asyncio.sleep(0.001 * (update_id % 3))
        self.ended.append(update_id)

    async def end(self) -> None:
        self.gate.set()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.processor.shutdown()


def test_one_person_s_messages_are_handled_in_their_order_others_beside(tmp_path: Path) -> None:
    async def scene() -> None:
        it = Scene(inbox_in(tmp_path))
        for number in range(30):
            it.come(message(number + 1, user=number % 3))
        await until(lambda: len(it.begun) == 3)
        await it.end()
        for user in range(3):
            own = [one for one in it.ended if (one - 1) % 3 == user]
            assert own == sorted(own) and len(own) == 10
        assert it.most_at_once == 3
        assert it.processor._lanes == {}
        assert it.inbox.waiting() == []

    asyncio.run(scene())


def test_one_person_in_two_chats_has_two_lanes(tmp_path: Path) -> None:
    async def scene() -> None:
        it = Scene(inbox_in(tmp_path))
        it.come(message(1, user=7))
        it.come(message(2, user=7, chat=GROUP))
        it.come(message(3, user=8, chat=GROUP))
        await until(lambda: len(it.begun) == 3)
        await it.end()

    asyncio.run(scene())


def test_presses_wait_for_nobody(tmp_path: Path) -> None:
    async def scene() -> None:
        it = Scene(inbox_in(tmp_path), at_once=1)
        for update in (message(1, 7), message(2, 7), message(3, 8), press(4, 7), press(5, 7)):
            it.come(update)
        await until(lambda: len(it.begun) == 3)
        assert set(it.begun) == {1, 4, 5}
        await it.end()

    asyncio.run(scene())


def test_who_sends_many_messages_takes_one_place(tmp_path: Path) -> None:
    async def scene() -> None:
        it = Scene(inbox_in(tmp_path), at_once=2)
        for number in range(50):
            it.come(message(number + 1, user=7))
        it.come(message(999, user=8))
        await until(lambda: set(it.begun) == {1, 999})
        await it.end()
        assert len(it.ended) == 51

    asyncio.run(scene())


def test_only_so_many_are_handled_at_once(tmp_path: Path) -> None:
    async def scene() -> None:
        it = Scene(inbox_in(tmp_path), at_once=4)
        for number in range(20):
            it.come(message(number + 1, user=number + 1))
        await until(lambda: len(it.begun) == 4)
        await asyncio.sleep(0.05)
        await it.end()
        assert it.most_at_once == 4

    asyncio.run(scene())


def test_suspects_are_handled_one_at_a_time(tmp_path: Path) -> None:
    async def scene() -> None:
        inbox = inbox_in(tmp_path)
        for update_id in (1, 2):
            inbox.add(update_id, message(update_id, user=update_id).to_json(), NOW)
            for _ in range(SUSPECT_AT):
                inbox.start(update_id)
        it = Scene(inbox)
        await it.processor.initialize()
        for update_id in (1, 2, 3):
            it.come(message(update_id, user=update_id))
        await until(lambda: len(it.begun) == 2)
        await asyncio.sleep(0.05)
        assert set(it.begun) == {1, 3}
        # The one that waits for its turn is not blamed, should the process end now.
        assert {one.id: one.attempts for one in inbox.waiting()} == {1: 4, 2: 3, 3: 1}
        await it.end()
        assert inbox.waiting() == []

    asyncio.run(scene())


def test_not_now_keeps_the_update_and_a_failure_does_not(tmp_path: Path) -> None:
    """With PTB's application between handler and processor, which catches every Exception."""

    async def handle(update: Update, context: Any) -> None:
        if update.update_id == 41:
            raise NotNow
        raise ValueError("on purpose")

    async def on_error(update: object, context: Any) -> None:
        told.append(type(context.error))

    told: list[type] = []

    async def scene() -> None:
        inbox = inbox_in(tmp_path)
        async with small_api() as api:
            application = build(api.url, inbox, handle)
            application.add_error_handler(on_error)
            async with running(application):
                api.updates = [message_update(41, "一"), message_update(42, "二")]
                await until(lambda: 43 in api.offsets)
                await until(lambda: told)
        assert told == [ValueError]
        assert [one.id for one in inbox.waiting()] == [41]

    asyncio.run(scene())


def test_an_error_handler_may_say_not_now(tmp_path: Path) -> None:
    async def handle(update: Update, context: Any) -> None:
        raise ConnectionError("the answer can't be sent")

    async def on_error(update: object, context: Any) -> None:
        raise NotNow

    async def scene() -> None:
        inbox = inbox_in(tmp_path)
        async with small_api() as api:
            application = build(api.url, inbox, handle)
            application.add_error_handler(on_error)
            async with running(application):
                api.updates = [message_update(41, "一")]
                await until(lambda: 42 in api.offsets)
        assert [(one.id, one.attempts) for one in inbox.waiting()] == [(41, 1)]

    asyncio.run(scene())


def test_who_is_cancelled_stays_in_the_inbox(tmp_path: Path) -> None:
    async def scene() -> None:
        it = Scene(inbox_in(tmp_path))
        it.come(message(1, user=7))
        it.come(message(2, user=7))
        await until(lambda: it.begun)
        for task in it._tasks:
            task.cancel()
        await asyncio.gather(*it._tasks, return_exceptions=True)
        assert [(one.id, one.attempts) for one in it.inbox.waiting()] == [(1, 1), (2, 0)]
        assert it.processor._lanes == {}
        await it.end()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        asyncio.run(scene())


def test_an_inbox_that_refuses_marks_does_not_keep_anyone_from_an_answer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Full(Inbox):
        def start(self, update_id: int) -> int:
            raise OSError("No space left on device")

        def done(self, update_id: int, now: datetime) -> None:
            raise OSError("No space left on device")

    async def scene() -> None:
        inbox = inbox_in(tmp_path)
        inbox.__class__ = Full
        it = Scene(inbox)
        it.come(message(1, user=7))
        await it.end()
        assert it.ended == [1]

    asyncio.run(scene())
    assert "No space left" in caplog.text
