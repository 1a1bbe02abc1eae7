"""Questions stand in line: some are worked on in threads, some wait, more are turned away."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any, TypeVar

from bot.answering.errors import Overloaded, Stopping, TimedOut

T = TypeVar("T")

# How long one takes is guessed from the last hundred, once there are so many: the first ones are
# slower than those to come, as caches are empty.
_GUESSED_FROM = 20
_REMEMBERED = 100


@dataclass(eq=False, slots=True)
class _Job:
    work: Callable[[], Any]
    outcome: asyncio.Future[Any]


class Line:
    """First come, first served. Everything here is for the thread of the event loop."""

    def __init__(self, workers: int, most_waiting: int, budget_s: float) -> None:
        """`budget_s` is what one may take from its arrival on, its wait included."""
        self._workers, self._most_waiting, self._budget_s = workers, most_waiting, budget_s
        self._threads = ThreadPoolExecutor(workers, "answer")
        self._waiting: deque[_Job] = deque()
        self._running: dict[asyncio.Future[Any], _Job] = {}  # by what tells that the thread is free
        self._took_s: deque[float] = deque(maxlen=_REMEMBERED)
        self._stopping = False

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    @property
    def running(self) -> int:
        """How many threads are at work, also for those that nobody waits for any more."""
        return len(self._running)

    def place(self) -> int:
        """How many would be before a new one; 0: it would be worked on at once."""
        return 0 if self.running < self._workers else self.running + self.waiting

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` returns or raises, called in a thread when its turn comes.

        Raises Overloaded, TimedOut or Stopping instead. A thread can't be stopped: after TimedOut,
        and when the caller is cancelled, work that has begun goes on and is forgotten at its end;
        work that has not begun never does.
        """
        if self._stopping:
            raise Stopping
        if not self._has_room():
            raise Overloaded(self.place())
        job = _Job(work, asyncio.get_running_loop().create_future())
        self._waiting.append(job)
        self._begin()
        try:
            async with asyncio.timeout(self._budget_s) as budget:
                outcome: T = await job.outcome
                return outcome
        except TimeoutError as error:
            if budget.expired():
                raise TimedOut(self._budget_s) from error
            raise  # the work's own
        finally:
            with suppress(ValueError):  # it has begun
                self._waiting.remove(job)

    async def stop(self, grace_s: float) -> bool:
        """Send away those who wait, let those at work end; Stopping for whoever gets no answer.

        Waits for `grace_s` at the most. False: some thread is still at work, and so nothing that
        it uses may be closed yet.
        """
        self._stopping = True
        for job in self._waiting:
            _settle(job, Stopping())
        self._waiting.clear()
        if self._running:
            await asyncio.wait([*self._running], timeout=grace_s)
        for ended, job in [*self._running.items()]:
            _settle(job, Stopping())
            ended.cancel()  # else the thread would tell a loop that may be gone by then
        self._threads.shutdown(wait=False)
        return not self._running

    def _has_room(self) -> bool:
        """Whether one more may wait, and has a chance to be answered within its budget.

        Subtle: without the second, under lasting overload those at the head have waited so long
        that most run out of time while they are worked on, and nobody gets an answer.
        """
        if not self.place():
            return True
        if self.waiting >= self._most_waiting:
            return False
        if len(self._took_s) < _GUESSED_FROM:
            return True
        typical_s = sum(self._took_s) / len(self._took_s)
        return typical_s * (self.place() / self._workers + 1) <= self._budget_s

    def _begin(self) -> None:
        while self._waiting and self.running < self._workers:
            job = self._waiting.popleft()
            ended = asyncio.get_running_loop().run_in_executor(self._threads, job.work)
            self._running[ended] = job
            ended.add_done_callback(partial(self._end, perf_counter()))

    def _end(self, began: float, ended: asyncio.Future[Any]) -> None:
        if ended.cancelled():  # after `stop`: the thread is still at work
            return
        job = self._running.pop(ended)
        self._took_s.append(perf_counter() - began)
        _settle(job, ended.exception() or ended.result())
        self._begin()


def _settle(job: _Job, outcome: object) -> None:
    """Hand the outcome to whoever waits for it, if somebody still does."""
    if job.outcome.done():
        return
    if isinstance(outcome, BaseException):
        job.outcome.set_exception(outcome)
    else:
        job.outcome.set_result(outcome)
