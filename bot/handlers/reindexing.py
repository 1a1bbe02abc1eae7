"""A confirmed reindex: its progress in the message that asked for it, then its result."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any

from telegram.error import TelegramError

from bot.answering.reindex import ReindexRun
from bot.context import Bot, Context, Services
from bot.handlers.delivery import edit
from bot.render import render_notice
from bot.texts import Texts

log = logging.getLogger(__name__)

Where = tuple[int, int]  # chat and message


def begin(context: Context, where: Where, texts: Texts) -> None:
    """Starts it on the side; one at a time."""
    services = context.services
    if services.reindexing and not services.reindexing.done():
        return
    work = _run(context.bot, services, where, texts)
    services.reindexing = asyncio.create_task(work, name="reindex")


async def end(services: Services) -> None:
    """The bot stops: so does the indexer. The next run goes on where it was."""
    task = services.reindexing
    if task and not task.done():
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _run(bot: Bot, services: Services, where: Where, texts: Texts) -> None:
    log.info("An admin has started a reindex.")
    run = ReindexRun(services.settings)
    try:
        await _show(bot, where, texts("reindex-started"))
        async for line in run.lines():
            await _show(bot, where, texts("reindex-progress", line=line))
        if run.report:
            await services.answers.reload()
            await _show(bot, where, _report(run.report, texts))
        else:
            await _show(bot, where, texts("reindex-failed", problem=run.error))
    except asyncio.CancelledError:
        await _show(bot, where, texts("reindex-stopped"))
        raise
    except Exception as error:
        log.exception("The reindex could not be run.")
        await _show(bot, where, texts("reindex-failed", problem=type(error).__name__))


def _report(report: dict[str, Any], texts: Texts) -> str:
    names = ("posts", "passages", "added", "changed", "removed", "embedded", "seconds")
    figures = {name: report.get(name, 0) for name in names}
    return texts("reindex-done", skipped=len(report.get("skipped", ())), **figures)


async def _show(bot: Bot, where: Where, text: str) -> None:
    """Progress is a courtesy; whether it can be shown decides nothing."""
    try:
        await edit(bot, *where, render_notice(text))
    except TelegramError as error:
        log.warning("The reindex's message can't be changed: %s", error.message)
