"""The bot's life: all is opened in order, runs until a signal or a failure, and is closed."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from telegram.error import InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.answering.service import AnswerService
from bot.app import Parts, build_application, queue_of
from bot.context import BotApplication, services_of
from bot.handlers import reindexing
from bot.operations.credential import TokenError, bot_id
from bot.operations.health import serve_health
from bot.operations.heartbeat import HOPELESS_S, Heartbeat, PollingDiedError, watch
from bot.operations.metrics import Metrics
from bot.operations.notify import Notifier
from bot.receiving import Conflicts, start_receiving
from bot.storage import open_engine
from bot.storage.inbox import Inbox
from bot.storage.store import Store, read_salt
from bot.transport.lock import polling_lock
from index.errors import QinwenError, StorageError
from index.settings import Settings

log = logging.getLogger(__name__)

# Questions at work when the bot is told to stop get so long, and what they say as long again to be
# sent. Whatever isn't done by then is in the inbox.
GRACE_S = 20.0
_PRUNE_EVERY_S = 3_600.0
_INBOX_KEPT = timedelta(days=2)  # Telegram repeats nothing that is older than a day
_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 30.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a process has beside its settings."""

    token: SecretStr
    cache: Path
    env: Mapping[str, str]


async def run(settings: Settings, around: Surroundings) -> None:
    """Runs the bot until SIGTERM or SIGINT, and returns when answers at work have been sent.

    Raises IndexMissingError or SnapshotError without a usable index, TokenError, BusyError where
    another bot has this token, PollingDiedError, StorageError, SettingsError.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    state_dir = _ready_folder(settings.bot.state_dir)
    with polling_lock(state_dir, bot_id(around.token)):
        answers = AnswerService(settings, around.cache)
        if not await _until(stop, answers.start()):
            return
        heartbeat = Heartbeat(state_dir, polls=settings.bot.webhook_url is None)
        heartbeat.remove()
        parts = _parts(settings, around.token, answers, heartbeat)
        application = build_application(parts)
        try:
            await _until(stop, _live(application, parts, Notifier(around.env)))
        finally:
            Notifier(around.env).stopping()
            await _close(application, answers)
            parts.store.close()
            parts.inbox.close()


def _ready_folder(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"The bot's folder {folder} can't be made: {error.strerror}.",
            "Set bot.state_dir to a folder that may be written.",
        ) from error
    return folder


def _parts(
    settings: Settings, token: SecretStr, answers: AnswerService, heartbeat: Heartbeat
) -> Parts:
    folder = settings.bot.state_dir
    kept = f"sqlite:///{folder / 'bot.sqlite'}" if settings.bot.keep_questions else "sqlite://"
    return Parts(
        settings=settings,
        token=token,
        inbox=Inbox(open_engine(f"sqlite:///{folder / 'inbox.sqlite'}")),
        store=Store(open_engine(kept), read_salt(folder), lambda: datetime.now(UTC)),
        answers=answers,
        metrics=Metrics(),
        heartbeat=heartbeat,
    )


async def _until(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> bool:
    """Runs `work` until it ends (True), raises, or the bot is told to stop (False)."""
    task, told = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((task, told), return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
            return True
        return False
    finally:
        for one in (task, told):
            one.cancel()
        await asyncio.gather(task, told, return_exceptions=True)


async def _live(application: BotApplication, parts: Parts, notifier: Notifier) -> None:
    """From the first call to Telegram on; ends by an exception or by being cancelled."""
    await _connect(application)
    if application.post_init:
        await application.post_init(application)
    await application.start()
    conflicts = Conflicts(time.monotonic)
    # First what was received but not answered, then what is new.
    waiting = await queue_of(application).replay(application.bot)
    await start_receiving(application, parts.settings.bot, parts.token, conflicts)
    log.info("The bot answers.", extra={"bot": application.bot.username, "replayed": waiting})
    notifier.ready()
    with _health(parts):
        try:
            async with asyncio.TaskGroup() as tasks:
                for work in (
                    watch(parts.heartbeat, notifier),
                    parts.answers.watch(),
                    conflicts.watch(),
                    _prune(application, parts),
                ):
                    tasks.create_task(work)
        except* QinwenError as errors:
            raise errors.exceptions[0] from None


async def _connect(application: BotApplication) -> None:
    """Says hello to Telegram, again and again while there is no network.

    Raises TokenError where the token is refused, PollingDiedError after a quarter of an hour.
    """
    wait_s, given_up = _FIRST_WAIT_S, time.monotonic() + HOPELESS_S
    while True:
        try:
            await application.initialize()
            return
        except InvalidToken:
            # Subtle: its text has the token in it.
            raise TokenError(
                "Telegram refuses the token: it was revoked, or is another server's.",
                "Set the one that @BotFather shows (/mybots).",
            ) from None
        except (NetworkError, RetryAfter) as error:
            if time.monotonic() > given_up:
                raise PollingDiedError(
                    f"Telegram can't be reached: {error.message}.",
                    "Look at the network and at bot.api_url, then start the bot again.",
                ) from None
            log.warning("Telegram can't be reached, trying again: %s", error.message)
        await asyncio.sleep(wait_s)
        wait_s = min(2 * wait_s, _LONGEST_WAIT_S)


@contextmanager
def _health(parts: Parts) -> Iterator[None]:
    """`/health` and `/metrics` while the block runs, if there is a port for them."""
    port = parts.settings.bot.health_port
    if not port:
        yield
        return

    def details() -> dict[str, object]:
        status = parts.answers.status()
        return {"snapshot": status.snapshot, "waiting": status.waiting, "problem": status.problem}

    server = serve_health(port, parts.heartbeat, parts.metrics, details)
    try:
        yield
    finally:
        server.stop()


async def _prune(application: BotApplication, parts: Parts) -> None:
    """Now and every hour: what was asked too long ago goes, and what the inbox needs no more."""
    services = services_of(application)
    while True:
        await services.stored(parts.store.purge, parts.settings.bot.retention_days)
        await services.stored(parts.inbox.prune, services.now() - _INBOX_KEPT)
        await asyncio.sleep(_PRUNE_EVERY_S)


async def _close(application: BotApplication, answers: AnswerService) -> None:
    """No new updates, answers at work sent, everything let go of."""
    updater = application.updater
    if updater and updater.running:
        # Subtle: it raises what has ended the polling, which is known by now.
        with suppress(TelegramError):
            await updater.stop()
    await reindexing.end(services_of(application))
    try:
        async with asyncio.timeout(2 * GRACE_S):
            # Both at once: handlers end when their questions do.
            await asyncio.gather(answers.stop(GRACE_S), _stop(application))
    except TimeoutError:
        log.warning("Not everything was sent in time; the inbox has it for the next start.")
    await application.shutdown()
    if application.post_shutdown:
        await application.post_shutdown(application)


async def _stop(application: BotApplication) -> None:
    if application.running:
        await application.stop()
