"""A real PTB application on our transport, and what a test waits for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from telegram import Bot, Update
from telegram.ext import Application, ApplicationBuilder, TypeHandler

from bot.storage.engine import open_engine
from bot.storage.inbox import Inbox
from bot.transport.durable import DurableQueue
from bot.transport.limiter import PatientLimiter
from bot.transport.processor import InboxProcessor
from tests.bot.transport.small_api import TOKEN

Handler = Callable[[Update, Any], Awaitable[None]]
AT_ONCE = 8
OFFLINE = Bot(TOKEN)  # once: making one takes a quarter of a second


def inbox_in(folder: Path) -> Inbox:
    return Inbox(open_engine(f"sqlite:///{folder / 'inbox.sqlite'}"))


def build(url: str, inbox: Inbox, handler: Handler, token: str = TOKEN) -> Application:
    application = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{url}/bot")
        .rate_limiter(PatientLimiter())
        .update_queue(DurableQueue(inbox))
        .concurrent_updates(InboxProcessor(inbox, AT_ONCE))
        .job_queue(None)
        .build()
    )
    application.add_handler(TypeHandler(Update, handler))
    return application


@asynccontextmanager
async def running(application: Application, polls: bool = True) -> AsyncIterator[DurableQueue]:
    """Started as the program does: what waits first, then what is new."""
    async with application:
        await application.start()
        await application.update_queue.replay(application.bot)
        if polls:
            await application.updater.start_polling(timeout=0)
        try:
            yield application.update_queue
        finally:
            if application.updater.running:
                await application.updater.stop()
            await application.stop()


async def until(seen: Callable[[], object], timeout_s: float = 10) -> None:
    end = time.monotonic() + timeout_s
    while not seen():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.01)
