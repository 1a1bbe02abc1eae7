"""A service over a site's index, for the tests of this package."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from bot.answering.service import AnswerService
from index.answer import Ask
from index.settings import Settings
from tests.index.runs import TODAY, Site
from tests.llm_server import Handler, LlmServer, completion

LONG_S = 60.0  # nobody waits for so long here: a test that hangs fails
LENGTH = Ask("海雾大桥全长多少公里？", TODAY)
HELLO = Ask("你好", TODAY)  # refused: it is no question
TOLD = "海雾大桥全长3.6公里，由青石桥梁集团承建[1]。"


def run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(main(), LONG_S))


def settings_of(site: Site, **sections: dict[str, Any]) -> Settings:
    """The site's, with a threshold under which words alone are enough for an answer."""
    values = {**site.settings.model_dump(exclude_unset=True), "answer": {"threshold": 0.0}}
    return Settings.model_validate({**values, **sections})


@asynccontextmanager
async def running(site: Site, **sections: dict[str, Any]) -> AsyncIterator[AnswerService]:
    service = AnswerService(settings_of(site, **sections), site.cache)
    await service.start()
    try:
        yield service
    finally:
        await service.stop(LONG_S)


class Held:
    """A language model that says nothing until it is let; its questions stay in work so long."""

    def __init__(self, llm: LlmServer) -> None:
        self.section = {"base_url": llm.url, "model": "tiny", "timeout_s": LONG_S}
        self._llm, self._let = llm, threading.Event()
        self.let()
        llm.play = self._play

    def hold(self) -> None:
        self._let.clear()
        self._llm.requests.clear()

    def let(self) -> None:
        self._let.set()

    async def asked(self, count: int) -> None:
        """Until so many questions are in work."""
        while len(self._llm.requests) < count:
            await asyncio.sleep(0.005)

    def _play(self, handler: Handler) -> None:
        self._let.wait(LONG_S)
        handler.send(completion(TOLD))
