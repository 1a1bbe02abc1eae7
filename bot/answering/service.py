"""Answers for the handlers: nothing here keeps the event loop waiting."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

from bot.answering.errors import Overloaded, Stopping, TimedOut
from bot.answering.line import Line
from bot.answering.opening import Opener
from bot.answering.serving import Serving
from bot.answering.tally import Tally
from index.answer import Ask, Explanation
from index.embedding.cpus import granted_cpus
from index.errors import IndexMissingError, QinwenError, QuestionError
from index.opening import Opened
from index.records import Post
from index.settings import Settings
from index.snapshot.layout import IndexLayout
from index.snapshot.pointer import current_name

T = TypeVar("T")
_LOG = logging.getLogger(__name__)

POLL_S = 2.0  # between two looks at the pointer: a file of one line
# Before a snapshot that failed is tried again: what was wrong may be over (memory, a disk).
RETRY_S = 60.0


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What came of a reload. With a `problem`, `snapshot` is the old one, which still answers."""

    snapshot: str
    changed: bool
    posts: int
    passages: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """How the service is doing; counts are since its start."""

    snapshot: str
    posts: int
    passages: int
    newest_day: date | None
    uptime_s: float
    waiting: int
    running: int
    answered: int
    refused: int
    failed: int
    put_off: int
    timed_out: int
    p50_ms: float | None  # of the last 1,000 answers and refusals, their wait included
    p95_ms: float | None
    problem: str  # why the snapshot that the pointer names doesn't answer; "" where it does


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is told about a snapshot, looked up when it was opened."""

    snapshot: str
    posts: int
    passages: int
    newest_day: date | None


class AnswerService:
    """Opens the index and answers from it, always from the newest snapshot that works.

    Its coroutines belong on one event loop. Call `start` first, `stop` last.
    """

    def __init__(
        self, settings: Settings, cache: Path, clock: Callable[[], float] = time.monotonic
    ) -> None:
        bot = settings.bot
        self._clock = clock
        self._started = clock()
        self._layout = IndexLayout(settings.index.dir)
        self._opener = Opener(settings, cache)
        self._serving = Serving()
        self._facts = _Facts("", 0, 0, None)
        self._tally = Tally()
        self._line = Line(bot.workers or granted_cpus(), bot.queue, bot.time_budget_s)
        # Apart from the questions' threads: neither waits for the other.
        self._aside = ThreadPoolExecutor(2, "aside")
        self._reloading = asyncio.Lock()
        self._problem = ""
        self._stopped = False

    async def start(self) -> None:
        """Open the index and load the models, so that the first question is as quick as any.

        Raises IndexMissingError, SnapshotError, and what loading the models raises.
        """
        await self._off_loop(self._open)

    async def ask(self, ask: Ask) -> Explanation:
        """The answer or refusal, with how it came about.

        Raises Overloaded, TimedOut, Stopping, QuestionError, and what answering raises.
        """
        came = self._clock()
        try:
            found = await self._line.run(partial(self._explain, ask))
        except Overloaded:
            self._tally.put_off += 1
            raise
        except TimedOut:
            self._tally.timed_out += 1
            raise
        except (Stopping, QuestionError):
            raise
        except Exception:
            self._tally.failed += 1
            raise
        self._tally.add(found.answer.text is not None, (self._clock() - came) * 1000)
        return found

    def place(self) -> int:
        """How many questions would be before a new one; 0: it would be worked on at once."""
        return self._line.place()

    async def latest(self, most: int, category: str | None = None) -> list[Post]:
        """Up to `most` posts, newest first; `category` leaves those of just this name."""

        def look() -> list[Post]:
            with self._serving.lend() as opened:
                return opened.snapshot.content.latest_posts(most, category)

        return await self._off_loop(look)

    async def reload(self) -> Reloaded:
        """Answer from the snapshot that the pointer names, if it opens and answers a question.

        Until then, and if it does not, the old one answers. Raises Stopping and nothing else.
        """
        async with self._reloading:
            before = self._facts.snapshot
            try:
                await self._off_loop(self._open)
                self._note("")
            except Stopping:
                raise
            except Exception as error:
                self._note(_told(error))
            now = self._facts
            changed = now.snapshot != before
            return Reloaded(now.snapshot, changed, now.posts, now.passages, self._problem)

    async def watch(self) -> None:
        """Reload whenever the pointer names another snapshot; runs until it is cancelled."""
        failed, retry_at = "", 0.0
        while True:
            await asyncio.sleep(POLL_S)
            try:
                name = await self._off_loop(self._pointed)
                if name == self._facts.snapshot:
                    self._note("")
                elif name != failed or self._clock() >= retry_at:
                    result = await self.reload()
                    failed = name if result.problem else ""
                    retry_at = self._clock() + RETRY_S
            except Stopping:
                return
            except Exception as error:
                self._note(_told(error))

    def status(self) -> ServiceStatus:
        """Figures of now."""
        facts, tally = self._facts, self._tally
        return ServiceStatus(
            snapshot=facts.snapshot,
            posts=facts.posts,
            passages=facts.passages,
            newest_day=facts.newest_day,
            uptime_s=self._clock() - self._started,
            waiting=self._line.waiting,
            running=self._line.running,
            answered=tally.answered,
            refused=tally.refused,
            failed=tally.failed,
            put_off=tally.put_off,
            timed_out=tally.timed_out,
            p50_ms=tally.took_ms(0.5),
            p95_ms=tally.took_ms(0.95),
            problem=self._problem,
        )

    async def stop(self, grace_s: float) -> None:
        """Let questions in work end, `grace_s` at most; all others get Stopping.

        A thread that is still at work then can't be stopped and keeps the process alive until it
        ends: whoever can't wait for that ends the process by `os._exit`.
        """
        if not await self._line.stop(grace_s):
            _LOG.warning("%d questions are still at work after %g s.", self._line.running, grace_s)
        self._serving.close()
        self._stopped = True
        self._aside.shutdown(wait=False)

    def _explain(self, ask: Ask) -> Explanation:
        with self._serving.lend() as opened:
            return opened.answerer.explain(ask)

    def _open(self) -> None:
        """Subtle: all in the thread, so that it is whole even where nobody waits for it."""
        opened = self._opener.open()
        facts = _facts_of(opened)
        self._serving.replace(opened)
        self._facts = facts

    def _pointed(self) -> str:
        name = current_name(self._layout)
        if name is None:
            raise IndexMissingError(
                f"There is no index in {self._layout.root} any more.",
                "Run `qinwen reindex POSTS…`.",
            )
        return name

    def _note(self, problem: str) -> None:
        """Remember what is wrong with the newest snapshot, and log it once."""
        if problem and problem != self._problem:
            _LOG.warning("The old snapshot goes on answering: %s", problem)
        self._problem = problem

    async def _off_loop(self, work: Callable[[], T]) -> T:
        if self._stopped:
            raise Stopping
        found = await asyncio.get_running_loop().run_in_executor(self._aside, work)
        if self._stopped:
            raise Stopping
        return found


def _told(error: Exception) -> str:
    if isinstance(error, QinwenError):
        return str(error)
    _LOG.error("Opening the new snapshot failed.", exc_info=error)
    return f"Unexpected {type(error).__name__}: {error}."


def _facts_of(opened: Opened) -> _Facts:
    content = opened.snapshot.content
    name = opened.snapshot.name
    return _Facts(name, content.post_count, content.passage_count, opened.newest_day)
