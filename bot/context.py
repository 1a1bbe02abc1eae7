"""What every handler works with: the services of this bot, and the person who writes."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, ParamSpec, TypeVar, cast
from zoneinfo import ZoneInfo

from telegram import User
from telegram.ext import Application, CallbackContext, ExtBot

from bot.answering.service import AnswerService
from bot.limits.access import Access
from bot.limits.limits import Limits
from bot.operations.metrics import Metrics
from bot.storage.store import Store
from bot.texts import Texts, language_of, texts_for
from index.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")

Bot = ExtBot[int]  # PTB types it by what its rate limiter takes
Data = dict[Any, Any]
_SERVICES = "services"
_MOST_RECENT = 10_000


class Recent:
    """Remembers for a while what has just been said to whom, so that it isn't said again."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until: OrderedDict[Hashable, float] = OrderedDict()

    def first(self, key: Hashable, quiet_s: float) -> bool:
        """Whether `key` was not there within the last `quiet_s`; it is from now on."""
        now = self._clock()
        if self._until.get(key, now) > now:
            return False
        self._until[key] = now + quiet_s
        self._until.move_to_end(key)
        while len(self._until) > _MOST_RECENT:
            self._until.popitem(last=False)
        return True


class Confirmations:
    """What an admin has been asked to confirm. One press each, and not for ever."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._open: dict[str, tuple[int, float]] = {}

    def ask(self, token: str, user: int, valid_s: float) -> None:
        """`user` may confirm `token` for `valid_s` seconds; an older one of theirs no more."""
        self._open = {key: value for key, value in self._open.items() if value[0] != user}
        self._open[token] = (user, self._clock() + valid_s)

    def take(self, token: str, user: int) -> bool:
        """Whether it is theirs and still open; afterwards it isn't."""
        whose, until = self._open.get(token, (None, 0.0))
        if whose != user:
            return False
        del self._open[token]
        return self._clock() < until


@dataclass(slots=True)
class Services:
    """Everything that outlives one update. Made once, in `bot.app`."""

    settings: Settings
    store: Store
    answers: AnswerService
    limits: Limits
    inline_limits: Limits
    access: Access
    metrics: Metrics
    recent: Recent
    confirmations: Confirmations
    reindexing: asyncio.Task[None] | None = None
    menus: asyncio.Task[None] | None = None
    # One thread: SQLite has one writer anyway, and turns stay in their order.
    _database: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, "database"), repr=False
    )

    async def stored(self, method: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
        """What a method of the store returns, off the event loop."""
        call = partial(method, *args, **options)
        return await asyncio.get_running_loop().run_in_executor(self._database, call)

    def today(self) -> date:
        """The calendar day at the site: what 今天 counts from."""
        return datetime.now(ZoneInfo(self.settings.posts.timezone)).date()

    def now(self) -> datetime:
        """The time, aware."""
        return datetime.now(UTC)

    async def texts(self, user: User | None) -> Texts:
        """In the language that they have chosen, else in that of their Telegram."""
        default = self.settings.bot.language
        if user is None:
            return texts_for(default)
        chosen = await self.stored(self.store.language, user.id)
        return texts_for(chosen or language_of(user.language_code, default))

    def close(self) -> None:
        """After the last handler has ended."""
        self._database.shutdown()


class Context(CallbackContext[Bot, Data, Data, Data]):
    """PTB's context with our services; nothing is kept in its dictionaries but these."""

    @property
    def services(self) -> Services:
        """Those that `give_services` was called with."""
        return cast(Services, self.application.bot_data[_SERVICES])


BotApplication = Application[Bot, Context, Data, Data, Data, None]


def give_services(application: BotApplication, services: Services) -> None:
    """From now on `context.services` gives them to the handlers."""
    application.bot_data[_SERVICES] = services


def services_of(application: BotApplication) -> Services:
    """Those that `give_services` was called with."""
    return cast(Services, application.bot_data[_SERVICES])
