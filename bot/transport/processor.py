"""Who is handled when: each person's messages in their order, all else side by side."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.storage.inbox import Inbox
from bot.transport.durable import SUSPECT_AT, utc_now

log = logging.getLogger(__name__)

# What PTB itself lets through at once. Far more than are handled: those who wait for their own
# earlier message must not take the place of others.
_MOST_TASKS = 100_000

Lane = tuple[int, int] | str
_SUSPECTS: Lane = "suspects"


class NotNow(BaseException):
    """Raised by a handler whose update is to be handled by the next start: it stays in the inbox.

    Subtle: not an Exception, for PTB catches those and calls the update handled.
    """


class InboxProcessor(BaseUpdateProcessor):
    """For `ApplicationBuilder.concurrent_updates`; marks in `inbox` what has been handled.

    Messages of one person in one chat are handled in the order in which they came, `at_once` at a
    time over all. Presses of buttons and inline queries wait for nobody.
    """

    __slots__ = ("_beginning", "_inbox", "_lanes", "_now", "_places", "_suspects", "_thread")

    def __init__(self, inbox: Inbox, at_once: int, now: Callable[[], datetime] = utc_now) -> None:
        super().__init__(_MOST_TASKS)
        self._inbox = inbox
        self._now = now
        self._beginning = asyncio.Lock()
        self._places = asyncio.Semaphore(at_once)
        self._lanes: dict[Lane, tuple[asyncio.Lock, int]] = {}
        self._suspects: frozenset[int] = frozenset()
        self._thread = ThreadPoolExecutor(1, "inbox-out")

    async def initialize(self) -> None:
        """PTB calls it before anything is handled. Reads which updates are suspects."""
        waiting = await self._stored(self._inbox.waiting)
        self._suspects = frozenset(one.id for one in waiting if one.attempts >= SUSPECT_AT)

    async def shutdown(self) -> None:
        """PTB calls it after the last handler has ended."""
        self._thread.shutdown()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """PTB calls it with each update and the handlers' work on it, not yet begun."""
        try:
            await self._in_turn(update, coroutine)
        finally:
            if asyncio.iscoroutine(coroutine):
                coroutine.close()  # where we were cancelled before its turn came

    async def _in_turn(self, update: object, coroutine: Awaitable[Any]) -> None:
        if not isinstance(update, Update):
            await coroutine
            return
        lane = _SUSPECTS if update.update_id in self._suspects else _lane(update)
        if lane is None:
            await self._handle(update.update_id, coroutine)
            return
        async with self._turn(lane), self._places:
            await self._handle(update.update_id, coroutine)

    async def _handle(self, update_id: int, coroutine: Awaitable[Any]) -> None:
        # One at a time, so that those who have been answered get their mark before hundreds begin:
        # between answer and mark a kill makes a duplicate.
        async with self._beginning:
            await self._mark(self._inbox.start, update_id)
        try:
            await coroutine
        except NotNow:
            log.info("Update %d is kept for the next start.", update_id)
            return
        await self._mark(self._inbox.done, update_id, self._now())

    async def _mark(self, method: Callable[..., object], *arguments: object) -> None:
        """An inbox that refuses must not keep anyone from being answered."""
        try:
            await self._stored(method, *arguments)
        except Exception:
            log.exception(
                "The inbox refuses a mark; an answer may be sent again at the next start."
            )

    async def _stored(self, method: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401
        # Shielded: who is cancelled after his answer was sent shall have his mark all the same.
        call = asyncio.get_running_loop().run_in_executor(self._thread, method, *arguments)
        return await asyncio.shield(call)

    @asynccontextmanager
    async def _turn(self, lane: Lane) -> AsyncIterator[None]:
        """Waits until all who came earlier in this lane have ended; forgets lanes nobody is in."""
        lock, users = self._lanes.get(lane, (asyncio.Lock(), 0))
        self._lanes[lane] = lock, users + 1
        try:
            async with lock:
                yield
        finally:
            users = self._lanes[lane][1] - 1
            if users:
                self._lanes[lane] = lock, users
            else:
                del self._lanes[lane]


def _lane(update: Update) -> Lane | None:
    """Chat and person; None for what waits for nobody."""
    chat, sender = update.effective_chat, update.effective_sender
    if update.callback_query or chat is None:
        return None
    return chat.id, sender.id if sender else chat.id
