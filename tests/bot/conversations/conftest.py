"""An index of small posts, and the bot as a process with people around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.bot.conversations.process import BotProcess
from tests.botapi import NO_RATES, BotApiServer
from tests.index.runs import Site
from tests.sites import HARBOUR, SEVERAL

Start = Callable[..., BotProcess]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The harbour's posts and those that say several things, indexed. Not to be changed."""
    site = Site(tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("cache"))
    site.write(HARBOUR | SEVERAL)
    site.reindex()
    return site


@pytest.fixture(scope="module")
def api() -> Iterator[BotApiServer]:
    """A server without limits, where conversations aren't about them. No rule may be broken."""
    with BotApiServer(rates=NO_RATES) as server:
        yield server
        assert server.violations == []


@pytest.fixture(scope="module")
def bot(
    site: Site, api: BotApiServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BotProcess]:
    """A running bot for a whole file of conversations; each has chats of its own."""
    process = BotProcess(api, site.index, tmp_path_factory.mktemp("bot"), site.cache)
    # Hundreds of questions within a minute; `test_limits` is about limits.
    process.settings |= {"BOT_PER_USER": "10000", "BOT_PER_CHAT": "10000"}
    try:
        yield process.start()
        assert process.stop() == 0
        assert api.token.partition(":")[2] not in process.log
        assert "Traceback" not in process.log
    finally:
        process.close()


@pytest.fixture
def started(site: Site, tmp_path: Path) -> Iterator[Start]:
    """Starts bots with settings, each on the server given, and ends them."""
    with ExitStack() as stack:

        def start(
            server: BotApiServer, *, ready: bool = True, index: Path = site.index, **settings: str
        ) -> BotProcess:
            process = BotProcess(server, index, tmp_path / "bot", site.cache, settings)
            stack.callback(process.close)
            return process.start(ready=ready)

        yield start
