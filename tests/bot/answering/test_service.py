from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.answering.service import AnswerService
from index.answer import Ask
from index.errors import IndexMissingError, QuestionError
from index.settings import Settings
from tests.index.runs import TODAY, Site

LENGTH = Ask("海雾大桥全长多少公里？", TODAY)
HELLO = Ask("你好", TODAY)  # refused: it is no question


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
        await service.stop(5)


def test_answers_refusals_and_what_the_status_says(site: Site) -> None:
    async def main() -> None:
        async with running(site) as service:
            found = await service.ask(LENGTH)
            assert found.answer.text == "3.6公里"
            assert (await service.ask(HELLO)).answer.text is None
            with pytest.raises(QuestionError):
                await service.ask(Ask(" ", TODAY))
            status = service.status()
            assert (status.answered, status.refused, status.failed) == (1, 1, 0)
            assert (status.snapshot, status.posts, status.problem) == (site.snapshot, 5, "")
            assert status.newest_day and status.newest_day.isoformat() == "2022-05-20"
            assert status.p50_ms and status.p95_ms and status.p50_ms <= status.p95_ms
            assert (status.waiting, status.running, service.place()) == (0, 0, 0)
            assert [post.day.isoformat() for post in await service.latest(2) if post.day] == [
                "2022-05-20", "2022-04-18",
            ]  # fmt: skip
            assert [post.title for post in await service.latest(9, "交通")] == ["海雾大桥今日通车"]

    asyncio.run(main())


def test_no_index_is_said_at_the_start(site: Site) -> None:
    settings = settings_of(site, index={"dir": site.home / "none"})
    service = AnswerService(settings, site.cache)
    with pytest.raises(IndexMissingError):
        asyncio.run(service.start())
