"""The real indexer as a real process, with the hash embedder."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import aclosing
from pathlib import Path

import pytest

from bot.answering import reindex
from bot.answering.reindex import ReindexRun
from index.settings import Settings
from index.snapshot.layout import IndexLayout
from index.snapshot.pointer import current_name
from tests.sites import HARBOUR, write_site

ENV = {**os.environ, "QINWEN_EMBEDDING__MODEL": "hash", "QINWEN_BOT_TOKEN": "1:secret"}


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reindex, "INTERVAL_S", 0.05)


def settings_of(home: Path, *posts: Path) -> Settings:
    return Settings.model_validate({"index": {"dir": home / "index"}, "bot": {"posts": posts}})


async def run_through(run: ReindexRun) -> list[str]:
    async with aclosing(run.lines()) as lines:
        return [line async for line in lines]


def test_a_run_reports_and_publishes(tmp_path: Path) -> None:
    posts = write_site(tmp_path / "-site", HARBOUR)
    run = ReindexRun(settings_of(tmp_path, posts), ENV)
    asyncio.run(run_through(run))
    assert run.error == "" and run.report is not None
    assert (run.report["added"], run.report["removed"]) == (5, 0)
    assert current_name(IndexLayout(tmp_path / "index")) == run.report["snapshot"]


def test_an_error_is_said_with_its_remedy(tmp_path: Path) -> None:
    run = ReindexRun(settings_of(tmp_path, tmp_path / "none"), ENV)
    asyncio.run(run_through(run))
    assert run.report is None
    assert str(tmp_path / "none") in run.error and "." in run.error
    assert "secret" not in run.error


class Script(ReindexRun):
    """Runs another program in the indexer's place."""

    def __init__(self, home: Path, code: str) -> None:
        super().__init__(settings_of(home), ENV)
        self._command = [self._command[0], "-c", code]


def test_progress_is_the_newest_line(tmp_path: Path) -> None:
    code = (
        "import sys, time\n"
        "say = lambda text: (sys.stderr.write(text), sys.stderr.flush(), time.sleep(0.5))\n"
        "say('embedding: 1/9\\nembedding: 2/9\\nembedd')\n"
        "say('ing: 9/9\\n' + 'x' * 100_000 + '\\nlast\\n')\n"
        "print('{}')\n"
    )
    run = Script(tmp_path, code)
    assert asyncio.run(run_through(run)) == ["embedding: 2/9", "last"]
    assert run.report == {} and run.error == ""


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("import os; os.kill(os.getpid(), 9)", "The indexer ended by signal 9."),
        ("import sys; sys.exit('out of luck')", "The indexer ended with code 1. out of luck"),
        ("print('[]')", "The indexer ended with code 0."),
        ("", "The indexer ended with code 0."),
        ("import os; print('{}'); raise SystemExit(os.environ.get('QINWEN_BOT_TOKEN', 'none'))",
         "The indexer ended with code 1. none"),
    ],
)  # fmt: skip
def test_whatever_ends_it_is_said(tmp_path: Path, code: str, error: str) -> None:
    run = Script(tmp_path, code)
    asyncio.run(run_through(run))
    assert (run.report, run.error) == (None, error)


SLEEPS = "import sys, time; print('pid', __import__('os').getpid(), file=sys.stderr, flush=True)\n"


@pytest.mark.parametrize("stubborn", [False, True])
def test_cancelled_it_leaves_no_process(
    tmp_path: Path, stubborn: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reindex, "STOP_S", 0.3 if stubborn else 30.0)
    ignore = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n" if stubborn else ""
    run = Script(tmp_path, f"{ignore}{SLEEPS}time.sleep(60)")

    async def main() -> int:
        lines = run.lines()
        pid = int((await anext(lines)).split()[1])
        waiting = asyncio.ensure_future(anext(lines))
        await asyncio.sleep(0.1)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        return pid

    with pytest.raises(ProcessLookupError):
        os.kill(asyncio.run(main()), signal.SIGCONT)


def test_stopped_half_way_nothing_is_lost(tmp_path: Path) -> None:
    posts = write_site(tmp_path / "site", HARBOUR)
    settings = settings_of(tmp_path, posts)

    async def main() -> None:
        for delay_s in (0.0, 0.3, 0.8):
            task = asyncio.create_task(run_through(ReindexRun(settings, ENV)))
            await asyncio.sleep(delay_s)
            task.cancel()
            await asyncio.wait([task])
        run = ReindexRun(settings, ENV)
        await run_through(run)
        assert run.report is not None and run.report["posts"] == 5

    asyncio.run(main())
