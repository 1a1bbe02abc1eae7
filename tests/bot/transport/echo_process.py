"""A bot of its own process that repeats what it is told: `API_URL TOKEN STATE_DIR`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from telegram import Update

from bot.transport.lock import polling_lock
from tests.bot.transport.bots import build, inbox_in, running


async def echo(update: Update, context: Any) -> None:
    await asyncio.sleep(0.05)
    await update.effective_message.reply_text(f"答：{update.effective_message.text}")


async def main(url: str, token: str, folder: Path) -> None:
    with polling_lock(folder, 1):
        async with running(build(url, inbox_in(folder), echo, token)):
            await asyncio.Event().wait()


asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
