"""Everything the bot is made of, put together. `running` starts and stops it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import cast

from pydantic import SecretStr
from telegram.ext import ApplicationBuilder, ContextTypes

from bot import menus
from bot.answering.service import AnswerService
from bot.context import (
    BotApplication,
    Confirmations,
    Context,
    Recent,
    Services,
    give_services,
    services_of,
)
from bot.handlers.routing import add_handlers
from bot.limits import Access, Limits
from bot.operations.heartbeat import Heartbeat
from bot.operations.metrics import Metrics
from bot.operations.requests import CountedRequest, PollingRequest
from bot.storage.inbox import Inbox
from bot.storage.store import Store
from bot.transport.durable import DurableQueue
from bot.transport.limiter import PatientLimiter
from bot.transport.processor import InboxProcessor
from index.settings import Settings

# Updates handled at once; questions among them wait in the answer service's own line.
_AT_ONCE = 256
# Inline asks with every letter that is typed.
_INLINE_TIMES = 5


@dataclass(frozen=True, slots=True)
class Parts:
    """What `build_application` puts together."""

    settings: Settings
    token: SecretStr
    inbox: Inbox
    store: Store
    answers: AnswerService
    metrics: Metrics
    heartbeat: Heartbeat


def build_application(parts: Parts) -> BotApplication:
    """The application, not yet started. Its menus are set in `post_init`."""
    root = parts.settings.bot.api_root
    queue, limiter = DurableQueue(parts.inbox), PatientLimiter()
    _follow(parts, queue, limiter)
    application: BotApplication = (
        ApplicationBuilder()
        .token(parts.token.get_secret_value())
        .base_url(f"{root}/bot")
        .base_file_url(f"{root}/file/bot")
        .request(CountedRequest(parts.metrics))
        .get_updates_request(PollingRequest(parts.metrics, parts.heartbeat))
        .rate_limiter(limiter)
        .context_types(ContextTypes(context=Context))
        .update_queue(queue)
        .concurrent_updates(InboxProcessor(parts.inbox, _AT_ONCE))
        .job_queue(None)
        .post_init(_set_up)
        .post_shutdown(_tear_down)
        .build()
    )
    give_services(application, _services(parts))
    add_handlers(application)
    return application


def _follow(parts: Parts, queue: DurableQueue, limiter: PatientLimiter) -> None:
    """Figures that are kept elsewhere."""
    follow, status = parts.metrics.follow, parts.answers.status
    follow("qinwen_questions_waiting", "Questions in line.", lambda: status().waiting)
    follow("qinwen_questions_running", "Questions at work.", lambda: status().running)
    for name, description, read in (
        ("qinwen_updates_dropped", "Updates that came twice.", lambda: queue.duplicates),
        ("qinwen_updates_repeated", "Updates begun before a restart.", lambda: queue.repeated),
        ("qinwen_bot_api_retries", "Calls tried again.", lambda: limiter.retries),
        ("qinwen_maybe_sent_twice", "Retries after a lost reply.", lambda: limiter.maybe_twice),
    ):
        follow(name, description, read, "counter")


def _services(parts: Parts) -> Services:
    bot = parts.settings.bot
    clock = time.monotonic
    return Services(
        settings=parts.settings,
        store=parts.store,
        answers=parts.answers,
        limits=Limits(bot.per_user, bot.per_chat, bot.per_minute, clock),
        inline_limits=Limits(
            bot.per_user * _INLINE_TIMES, bot.per_chat * _INLINE_TIMES, bot.per_minute, clock
        ),
        access=Access(bot),
        metrics=parts.metrics,
        recent=Recent(clock),
        confirmations=Confirmations(clock),
    )


async def _set_up(application: BotApplication) -> None:
    """Menus and descriptions, on the side: the bot answers without them, too."""
    services = services_of(application)
    bot = services.settings.bot
    work = menus.set_menus(application.bot, bot.admins, bot.language)
    services.menus = asyncio.create_task(work, name="menus")


async def _tear_down(application: BotApplication) -> None:
    services = services_of(application)
    if services.menus:
        services.menus.cancel()
    services.close()


def queue_of(application: BotApplication) -> DurableQueue:
    """The queue that `build_application` has given it."""
    return cast(DurableQueue, application.update_queue)
