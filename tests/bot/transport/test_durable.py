"""What Telegram believes delivered is in the inbox, seen with PTB's own updater and webhook."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from telegram import Update
from telegram.error import TelegramError

from bot.storage.inbox import Inbox
from bot.transport.durable import POISONOUS_AT, SUSPECT_AT, DurableQueue
from tests.bot.transport.bots import OFFLINE, build, inbox_in, running, until
from tests.bot.transport.small_api import message_update, press_update, small_api

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def update(update_id: int, text: str = "茅台分红多少？", user: int = 7) -> Update:
    return Update.de_json(message_update(update_id, text, user), OFFLINE)


class Refusing:
    """The real inbox, which refuses the first `times` updates as a full disk does."""

    def __init__(self, inbox: Inbox, times: int) -> None:
        self._inbox, self._times = inbox, times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inbox, name)

    def add(self, update_id: int, body: str, now: datetime) -> bool:
        if self._times:
            self._times -= 1
            raise OSError("No space left on device")
        return self._inbox.add(update_id, body, now)


class Gated(Refusing):
    """The real inbox, which stores nothing before `gate` is open."""

    def __init__(self, inbox: Inbox) -> None:
        super().__init__(inbox, 0)
        self.gate = threading.Event()

    def add(self, update_id: int, body: str, now: datetime) -> bool:
        assert self.gate.wait(10)
        return super().add(update_id, body, now)


async def echo(update: Update, context: Any) -> None:
    await update.effective_message.reply_text(update.effective_message.text)


def test_polling_confirms_only_what_is_on_disk(tmp_path: Path) -> None:
    async def scene() -> None:
        inbox = Gated(inbox_in(tmp_path))
        async with small_api() as api, running(build(api.url, inbox, echo)):
            api.updates = [message_update(41, "一"), message_update(42, "二")]
            await until(lambda: api.offsets)
            await asyncio.sleep(0.2)
            assert set(api.offsets) == {0}
            assert api.sent == []
            inbox.gate.set()
            await until(lambda: 43 in api.offsets)
            await until(lambda: len(api.sent) == 2)
        assert sorted(api.sent) == ["一", "二"]
        assert inbox.waiting() == []

    asyncio.run(scene())


def test_a_disk_that_is_full_for_a_while_loses_nothing(tmp_path: Path) -> None:
    async def scene() -> None:
        inbox = Refusing(inbox_in(tmp_path), times=1)
        async with small_api() as api, running(build(api.url, inbox, echo)) as queue:
            api.updates = [message_update(41, "一"), message_update(42, "二")]
            await until(lambda: len(api.sent) == 2)
            await until(lambda: 43 in api.offsets)
            assert queue.duplicates == 0
        assert sorted(api.sent) == ["一", "二"]

    asyncio.run(scene())


def test_what_comes_again_is_dropped(tmp_path: Path) -> None:
    async def scene() -> None:
        async with small_api() as api, running(build(api.url, inbox_in(tmp_path), echo)) as queue:
            api.updates = [message_update(41, "一"), message_update(41, "一")]
            await until(lambda: 42 in api.offsets)
            api.updates = [message_update(41, "一"), message_update(43, "三")]
            await until(lambda: len(api.sent) == 2)
            assert queue.duplicates >= 1
        assert api.sent == ["一", "三"]

    asyncio.run(scene())


def test_the_webhook_says_200_only_of_what_is_on_disk(tmp_path: Path) -> None:
    async def scene() -> None:
        inbox = Refusing(inbox_in(tmp_path), times=1)
        async with small_api() as api:
            application = build(api.url, inbox, hold)
            async with running(application, polls=False):
                port = free_port()
                await application.updater.start_webhook(
                    "127.0.0.1", port, "hook", webhook_url="https://example.org", secret_token="s"
                )
                async with httpx.AsyncClient() as telegram:
                    hook = f"http://127.0.0.1:{port}/hook"
                    headers = {"X-Telegram-Bot-Api-Secret-Token": "s"}
                    body = message_update(41, "一")
                    assert (await telegram.post(hook, json=body)).status_code == 403
                    assert inbox.waiting() == []
                    first = await telegram.post(hook, json=body, headers=headers)
                    again = await telegram.post(hook, json=body, headers=headers)
                    assert (first.status_code, again.status_code) == (500, 200)
                    assert [one.id for one in inbox.waiting()] == [41]
                held.set()
        assert inbox.waiting() == []

    held = asyncio.Event()

    async def hold(update: Update, context: Any) -> None:
        await held.wait()

    asyncio.run(scene())


def free_port() -> int:
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def test_an_update_is_the_same_after_its_way_through_the_inbox(tmp_path: Path) -> None:
    raw = message_update(41, "茅台👍𠀀\u202e", chat=-100_123)
    raw["message"] |= {
        "message_thread_id": 5,
        "is_topic_message": True,
        "entities": [{"type": "mention", "offset": 0, "length": 2}],
        "reply_to_message": message_update(40, "问")["message"],
        "quote": {"text": "问", "position": 0},
        "a_field_of_tomorrow": {"deep": [1, 2]},
    }

    async def scene(raw: dict[str, Any]) -> None:
        inbox, bot = inbox_in(tmp_path), OFFLINE
        before = Update.de_json(json.loads(json.dumps(raw)), bot)
        await DurableQueue(inbox).put(before)
        queue = DurableQueue(inbox)
        assert await queue.replay(bot) == 1
        after = queue.get_nowait()
        assert isinstance(after, Update)
        assert after.to_dict() == before.to_dict()
        assert after.get_bot() is bot
        inbox.done(raw["update_id"], NOW)

    asyncio.run(scene(raw))
    asyncio.run(scene(press_update(42)))


def test_replay_is_in_the_order_of_arrival_with_suspects_last(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene() -> None:
        inbox = inbox_in(tmp_path)
        tried = {1: POISONOUS_AT, 2: SUSPECT_AT + 1, 3: SUSPECT_AT, 4: 0, 5: SUSPECT_AT - 1}
        for update_id, attempts in tried.items():
            inbox.add(update_id, update(update_id).to_json(), NOW)
            for _ in range(attempts):
                inbox.start(update_id)
        inbox.add(6, "{}", NOW)
        inbox.add(7, "not JSON", NOW)
        queue = DurableQueue(inbox)
        with caplog.at_level(logging.ERROR):
            assert await queue.replay(OFFLINE) == 4
        order = [queue.get_nowait().update_id for _ in range(queue.qsize())]
        assert order == [4, 5, 3, 2]
        assert queue.repeated == 3
        assert {one.id for one in inbox.waiting()} == {2, 3, 4, 5}
        assert "Update 1 is given up after 10 attempts." in caplog.text
        assert "茅台" not in caplog.text

    asyncio.run(scene())


def test_after_ptb_s_stop_sign_updates_are_kept_but_not_queued(tmp_path: Path) -> None:
    async def scene() -> None:
        inbox = inbox_in(tmp_path)
        queue = DurableQueue(inbox)
        await queue.put(object())
        await queue.put(update(41))
        assert queue.qsize() == 1
        assert [one.id for one in inbox.waiting()] == [41]

    asyncio.run(scene())


def test_a_put_that_is_cancelled_is_completed(tmp_path: Path) -> None:
    async def scene() -> None:
        inbox = Gated(inbox_in(tmp_path))
        queue = DurableQueue(inbox)
        putting = asyncio.create_task(queue.put(update(41)))
        await asyncio.sleep(0.05)
        putting.cancel()
        inbox.gate.set()
        with pytest.raises(asyncio.CancelledError):
            await putting
        assert (await asyncio.wait_for(queue.get(), 5)).update_id == 41

    asyncio.run(scene())


def test_what_cant_be_stored_is_an_error_that_ptb_tries_again(tmp_path: Path) -> None:
    async def scene() -> None:
        queue = DurableQueue(Refusing(inbox_in(tmp_path), 1))
        with pytest.raises(TelegramError, match="No space left"):
            await queue.put(update(41))
        assert queue.empty()

    asyncio.run(scene())
