"""The line with real threads, whose work ends when the test says so."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bot.answering.errors import Overloaded, Stopping, TimedOut
from bot.answering.line import Line

LONG_S = 30.0  # nobody waits for so long here: a test that hangs fails


def run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(main(), LONG_S))


class Gate:
    """Work that begins at once and ends when the gate is opened."""

    def __init__(self) -> None:
        self.begun: list[object] = []
        self._open = threading.Event()

    def work(self, result: object = None) -> Callable[[], object]:
        def pass_through() -> object:
            self.begun.append(result)
            assert self._open.wait(LONG_S)
            if isinstance(result, Exception):
                raise result
            return result

        return pass_through

    def open(self) -> None:
        self._open.set()


async def begun(gate: Gate, count: int) -> None:
    while len(gate.begun) < count:
        await asyncio.sleep(0.001)


def ask(line: Line, work: Callable[[], object]) -> asyncio.Task[object]:
    return asyncio.create_task(line.run(work))


async def refused(task: asyncio.Task[object], kind: type[Exception]) -> Exception:
    with pytest.raises(kind) as caught:
        await task
    return caught.value


def test_first_come_first_served_and_places() -> None:
    async def main() -> None:
        line, gate = Line(2, 3, LONG_S), Gate()
        tasks = []
        for number in range(5):
            assert line.place() == (0 if number < 2 else number)
            tasks.append(ask(line, gate.work(number)))
            await asyncio.sleep(0)
        await begun(gate, 2)
        assert (line.running, line.waiting, line.place()) == (2, 3, 5)
        error = await refused(ask(line, gate.work(9)), Overloaded)
        assert isinstance(error, Overloaded) and error.places == 5
        gate.open()
        assert await asyncio.gather(*tasks) == [0, 1, 2, 3, 4]
        assert sorted(gate.begun[:2]) == [0, 1] and 9 not in gate.begun
        assert (line.running, line.waiting, line.place()) == (0, 0, 0)
        assert await line.stop(0)

    run(main)


def test_errors_of_the_work_come_through() -> None:
    async def main() -> None:
        line, gate = Line(1, 9, LONG_S), Gate()
        gate.open()
        for error in (KeyError("a"), TimeoutError("the work's own"), asyncio.CancelledError()):
            task = ask(line, gate.work(error) if isinstance(error, Exception) else raising(error))
            with pytest.raises(type(error)) as caught:
                await task
            assert not isinstance(caught.value, TimedOut)
        assert await line.run(gate.work("still alive")) == "still alive"
        assert await line.stop(0)

    run(main)


def raising(error: BaseException) -> Callable[[], object]:
    def work() -> object:
        raise error

    return work


def test_the_budget_counts_the_wait() -> None:
    async def main() -> None:
        line, gate = Line(1, 9, 0.1), Gate()
        at_work, waiting = ask(line, gate.work("a")), ask(line, gate.work("b"))
        error = await refused(at_work, TimedOut)
        assert isinstance(error, TimedOut) and error.budget_s == 0.1
        await refused(waiting, TimedOut)
        # The thread can't be stopped, so its place is still taken; what waited has gone.
        assert (line.running, line.waiting, line.place()) == (1, 0, 1)
        gate.open()
        assert await line.run(gate.work("c")) == "c"
        assert gate.begun == ["a", "c"]
        assert await line.stop(0)

    run(main)


def test_who_goes_away_takes_no_place() -> None:
    async def main() -> None:
        line, gate = Line(1, 9, LONG_S), Gate()
        tasks = [ask(line, gate.work(number)) for number in range(4)]
        await begun(gate, 1)
        for number in (0, 2):
            tasks[number].cancel()
        with pytest.raises(asyncio.CancelledError):
            await tasks[2]
        assert (line.running, line.waiting) == (1, 2)
        gate.open()
        assert await asyncio.gather(tasks[1], tasks[3]) == [1, 3]
        assert gate.begun == [0, 1, 3]
        assert await line.stop(0)

    run(main)


def test_those_without_a_chance_are_put_off_at_once() -> None:
    async def main() -> None:
        budget_s, takes_s = 1.0, 0.05
        line = Line(2, 1_000, budget_s)
        await asyncio.gather(*(line.run(lambda: time.sleep(takes_s)) for _ in range(20)))
        tasks = [ask(line, lambda: time.sleep(takes_s)) for _ in range(500)]
        done = await asyncio.gather(*tasks, return_exceptions=True)
        kinds = Counter(type(one).__name__ for one in done)
        # 2 threads, 20 a second each: some 40 have a chance, far from all 500.
        assert kinds["Overloaded"] > 400 and kinds["NoneType"]
        assert await line.stop(1)

    run(main)


def test_stop_lets_those_at_work_end() -> None:
    async def main() -> None:
        line, gate = Line(2, 9, LONG_S), Gate()
        tasks = [ask(line, gate.work(number)) for number in range(4)]
        await begun(gate, 2)
        stopping = asyncio.create_task(line.stop(LONG_S))
        for waiting in tasks[2:]:
            await refused(waiting, Stopping)
        await refused(ask(line, gate.work(9)), Stopping)
        assert not stopping.done()
        gate.open()
        assert await stopping
        assert await asyncio.gather(*tasks[:2]) == [0, 1]
        assert sorted(gate.begun) == [0, 1]

    run(main)


def test_stop_waits_no_longer_than_it_may() -> None:
    gate = Gate()

    async def main() -> None:
        line = Line(1, 9, LONG_S)
        task = ask(line, gate.work(1))
        await begun(gate, 1)
        began = time.perf_counter()
        assert not await line.stop(0.1)
        assert time.perf_counter() - began < LONG_S / 2
        await refused(task, Stopping)
        assert not await line.stop(0)

    run(main)
    gate.open()  # the loop is gone by now, and nothing may be said about that


@pytest.mark.parametrize("seed", range(3))
def test_a_crowd_that_comes_goes_and_fails(seed: int) -> None:
    """Each gets exactly one outcome; never more at once than there are threads; then none."""
    chance = random.Random(seed)
    lock, at_once, most = threading.Lock(), 0, 0

    def work(takes_s: float, fails: bool) -> str:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(takes_s)
        with lock:
            at_once -= 1
        if fails:
            raise ValueError("as told")
        return "done"

    async def main() -> None:
        line = Line(4, 30, 0.15)
        tasks = []
        for _ in range(300):
            takes_s, fails = chance.expovariate(200), chance.random() < 0.1
            tasks.append(ask(line, lambda takes_s=takes_s, fails=fails: work(takes_s, fails)))
            if chance.random() < 0.1:
                chance.choice(tasks).cancel()
            if chance.random() < 0.3:
                await asyncio.sleep(chance.expovariate(500))
        done = await asyncio.gather(*tasks, return_exceptions=True)
        kinds = Counter(type(one).__name__ for one in done)
        assert kinds.keys() <= {"str", "ValueError", "CancelledError", "Overloaded", "TimedOut"}
        assert kinds["str"] and kinds["ValueError"]
        assert await line.stop(LONG_S)
        assert (line.running, line.waiting, at_once) == (0, 0, 0) and most <= 4

    run(main)
