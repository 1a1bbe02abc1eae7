"""`/reindex`: the indexer as a process of its own, so that it can't slow or break the bot."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any

from index.settings import Settings

INTERVAL_S = (
    3.0  # between two lines of progress: Telegram lets a group's message be edited so often
)
STOP_S = 10.0  # for the indexer to tidy up before it is killed, which loses nothing either
_NICENESS = 10  # answers come before it
_TAIL_BYTES = 4_096  # of what it says: more than one line of progress
_ERROR_CHARS = 500
_SECRETS = ("QINWEN_BOT_TOKEN", "TELEGRAM_BOT_TOKEN")


class ReindexRun:
    """One run of `qinwen reindex` over `bot.posts`.

    run = ReindexRun(settings)
    async with aclosing(run.lines()) as lines:
        async for line in lines: …
    run.report or run.error

    A second run beside it ends with the error that another run holds the writer's lock.
    """

    def __init__(self, settings: Settings, env: Mapping[str, str] = os.environ) -> None:
        """`env` is what the process gets, but for the bot's token."""
        # Subtle: options first and all posts behind `--`, whatever their names begin with.
        options = ["--index", str(settings.index.dir), "--json", "--"]
        posts = [str(place) for place in settings.bot.posts]
        self._command = [sys.executable, "-m", "index", "reindex", *options, *posts]
        self._env = {name: value for name, value in env.items() if name not in _SECRETS}
        self._said = b""
        self.report: dict[str, Any] | None = None  # what `qinwen reindex --json` prints
        self.error = ""  # why there is no report: what went wrong and what to do now

    async def lines(self) -> AsyncIterator[str]:
        """Starts the run; its newest line of progress, where there is a new one, every 3 s.

        Ends with the run, and then `report` or `error` is set. When the iterator is closed, or
        cancelled while it waits, the indexer is stopped; the next run goes on where it was.
        """
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            env=self._env,
            start_new_session=True,  # Ctrl-C in a terminal is the bot's affair
        )
        _make_nice(process)
        ended = asyncio.gather(self._listen(process), _output(process), process.wait())
        try:
            told = ""
            while not (await asyncio.wait([ended], timeout=INTERVAL_S))[0]:
                line = self._last_line()
                if line and line != told:
                    told = line
                    yield line
            _, output, code = ended.result()
            self._conclude(output, code)
        finally:
            await _stop(process, ended)

    async def _listen(self, process: Process) -> None:
        assert process.stderr is not None
        while piece := await process.stderr.read(_TAIL_BYTES):
            self._said = (self._said + piece)[-_TAIL_BYTES:]

    def _last_line(self) -> str:
        """The newest whole line on standard error."""
        whole = self._said.rpartition(b"\n")[0]
        return whole.rpartition(b"\n")[2].decode("utf-8", "replace").strip()[:_ERROR_CHARS]

    def _conclude(self, output: bytes, code: int) -> None:
        try:
            found = json.loads(output)
        except ValueError:
            found = None
        if code == 0 and isinstance(found, dict):
            self.report = found
        elif isinstance(found, dict) and isinstance(error := found.get("error"), dict):
            self.error = f"{error.get('message', '')} {error.get('remedy', '')}".strip()
        else:
            how = f"by signal {-code}" if code < 0 else f"with code {code}"
            self.error = f"The indexer ended {how}. {self._last_line()}".strip()


async def _output(process: Process) -> bytes:
    assert process.stdout is not None
    return await process.stdout.read()


def _make_nice(process: Process) -> None:
    """From outside and at once, when it has but one thread: later ones inherit it."""
    if hasattr(os, "setpriority"):
        with suppress(OSError):  # it is over already
            os.setpriority(os.PRIO_PROCESS, process.pid, _NICENESS)


async def _stop(process: Process, ended: asyncio.Future[Any]) -> None:
    """As Ctrl-C does, if it still runs; by force where that doesn't help in time."""
    if ended.done():
        return
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)
    try:
        await asyncio.wait([ended], timeout=STOP_S)
    finally:
        if not ended.done():
            with suppress(ProcessLookupError):
                process.kill()
            await asyncio.wait([ended], timeout=STOP_S)
