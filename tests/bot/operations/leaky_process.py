"""Run as a process of its own: everything that might print the token, by real failing calls.

Arguments: the log's format, the address of a `FaultyServer` that answers `echo`. The token is in
the environment. Every logger is at DEBUG, the client's too, whose records hold the whole address.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import sys
import threading
import warnings

import httpx
from telegram import Bot
from telegram.error import TelegramError
from telegram.ext import ApplicationBuilder

from bot.operations.credential import read_token
from bot.operations.logs import set_up_logs
from index.settings_bot import BotSection

log = logging.getLogger("bot.leaky")


class Unraisable:
    def __init__(self, token: str) -> None:
        self.token = token

    def __del__(self) -> None:
        raise ValueError(self.token)


async def call(token: str, root: str) -> None:
    """The library's own errors: with the token in the address, the message, the chained cause."""
    bot = Bot(token, base_url=f"{root}/bot")
    for method in (bot.initialize, bot.get_me, bot.get_updates):
        try:
            await method()
        except (TelegramError, ValueError):
            log.exception("The call failed, bot %r", bot)
    async with httpx.AsyncClient() as client:
        try:
            (await client.get(f"{root}/bot{token}/getMe")).raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            log.exception("httpx: %s", error)
            log.error("httpx, without a traceback", exc_info=error)


async def poll(token: str, root: str) -> None:
    """PTB's own words on an updater that can't start and polling that fails."""
    application = ApplicationBuilder().token(token).base_url(f"{root}/bot").build()
    log.info("%r %r", application, application.bot)
    with contextlib.suppress(TelegramError):
        await application.initialize()
    updater = application.updater
    assert updater
    updater._initialized = True
    with contextlib.suppress(TelegramError):
        await updater.start_polling(bootstrap_retries=0)


async def forget(token: str) -> None:
    """A task whose error nobody fetches, and one that the loop reports."""

    async def fails() -> None:
        raise RuntimeError(f"https://api.telegram.org/bot{token}/sendMessage")

    task = asyncio.create_task(fails(), name=f"send {token}")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
    gc.collect()
    asyncio.get_running_loop().call_soon(int, token)
    await asyncio.sleep(0)


def main() -> None:
    token = read_token(os.environ, BotSection()).get_secret_value()
    log_format, root = sys.argv[1:]
    redact = set_up_logs(log_format, [token], level=logging.DEBUG)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    for address in (root, "http://127.0.0.1:9", f"http://{token}"):
        asyncio.run(call(token, address))
    asyncio.run(poll(token, root))
    asyncio.run(forget(token), debug=True)
    log.info("%d of %s", token, "two")  # logging would print its arguments
    log.info("extra", extra={"address": f"/bot{token}/getMe", "list": [token], "key": {token: 1}})
    log.info("object %s", {"token": token}, stack_info=True)
    logging.getLogger("someone.else").warning("end %s", token.partition(":")[2])
    warnings.warn(f"careful with {token}", stacklevel=1)
    Unraisable(token)
    thread = threading.Thread(target=int, args=(token,))
    thread.start()
    thread.join()
    sys.stderr.write(redact(f"qinwen: {token} failed\n"))
    raise RuntimeError(token) from ValueError(f"bot{token}")


if __name__ == "__main__":
    main()
