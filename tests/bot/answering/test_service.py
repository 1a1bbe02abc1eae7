from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.answering.errors import Overloaded, Stopping, TimedOut
from bot.answering.service import AnswerService
from index.answer import Ask
from index.errors import IndexMissingError, QuestionError
from index.records import Answer
from tests.bot.answering.services import HELLO, LENGTH, TOLD, Held, run, running, settings_of
from tests.index.runs import TODAY, Site
from tests.llm_server import LlmServer

QUESTIONS = (
    "海雾大桥全长多少公里？",
    "绿色债券的票面利率是多少？",
    "云岭茶业去年营业收入是多少？",
    "市图书馆藏书多少册？",
    "座头鲸是在哪里发现的？",
    "你好",
)


def plain(answer: Answer) -> Answer:
    """Without what differs from time to time."""
    return replace(answer, took_ms={})


def test_answers_refusals_and_what_the_status_says(site: Site) -> None:
    async def main() -> None:
        async with running(site) as service:
            assert (await service.ask(LENGTH)).answer.text == "3.6公里"
            assert (await service.ask(HELLO)).answer.text is None
            with pytest.raises(QuestionError):
                await service.ask(Ask(" ", TODAY))
            status = service.status()
            assert (status.answered, status.refused, status.failed) == (1, 1, 0)
            assert (status.snapshot, status.posts, status.problem) == (site.snapshot, 5, "")
            assert status.newest_day and status.newest_day.isoformat() == "2022-05-20"
            assert status.p50_ms and status.p95_ms and status.p50_ms <= status.p95_ms
            assert (status.waiting, status.running, service.place()) == (0, 0, 0)
            titles = [post.title for post in await service.latest(2)]
            assert titles == ["研究人员在南礁发现座头鲸", "市图书馆新馆开放"]
            assert [post.title for post in await service.latest(9, "交通")] == ["海雾大桥今日通车"]

    run(main)


def test_no_index_is_said_at_the_start(site: Site) -> None:
    service = AnswerService(settings_of(site, index={"dir": site.home / "none"}), site.cache)
    with pytest.raises(IndexMissingError):
        asyncio.run(service.start())


def test_many_at_once_get_what_one_alone_gets(site: Site) -> None:
    async def main() -> None:
        async with running(site, bot={"workers": 8, "queue": 500}) as service:
            alone = [plain((await service.ask(Ask(text, TODAY))).answer) for text in QUESTIONS]
            asked = [Ask(text, TODAY) for text in QUESTIONS * 15]
            found = await asyncio.gather(*map(service.ask, asked))
            assert [plain(one.answer) for one in found] == alone * 15
            status = service.status()
            assert status.answered + status.refused == 16 * len(QUESTIONS)

    run(main)


def test_overload_is_said_with_the_place(site: Site, llm: LlmServer) -> None:
    async def main() -> None:
        held = Held(llm)
        bot = {"workers": 2, "queue": 3}
        async with running(site, llm=held.section, bot=bot) as service:
            held.hold()
            asked = [asyncio.create_task(service.ask(LENGTH)) for _ in range(5)]
            await held.asked(2)
            assert service.place() == 5
            with pytest.raises(Overloaded) as caught:
                await service.ask(LENGTH)
            assert caught.value.places == 5
            held.let()
            assert {(await one).answer.text for one in asked} == {TOLD}
            status = service.status()
            assert (status.answered, status.put_off, status.timed_out) == (5, 1, 0)

    run(main)


def test_a_question_takes_no_longer_than_its_budget(site: Site, llm: LlmServer) -> None:
    async def main() -> None:
        held = Held(llm)
        bot = {"workers": 1, "time_budget_s": 0.5}
        async with running(site, llm=held.section, bot=bot) as service:
            held.hold()
            asked = [asyncio.create_task(service.ask(LENGTH)) for _ in range(3)]
            done = await asyncio.gather(*asked, return_exceptions=True)
            assert [type(one) for one in done] == [TimedOut] * 3
            assert (service.status().timed_out, service.status().running) == (3, 1)
            held.let()
            while service.status().running:
                await asyncio.sleep(0.01)
            assert len(llm.requests) == 1  # those whose time ran out while they waited never began

    run(main)


def test_stop_with_questions_in_flight(site: Site, llm: LlmServer) -> None:
    async def main() -> None:
        held = Held(llm)
        async with running(site, llm=held.section, bot={"workers": 2}) as service:
            held.hold()
            asked = [asyncio.create_task(service.ask(LENGTH)) for _ in range(5)]
            await held.asked(2)
            stopping = asyncio.create_task(service.stop(30))
            waiting = await asyncio.gather(*asked[2:], return_exceptions=True)
            assert [type(one) for one in waiting] == [Stopping] * 3
            held.let()
            await stopping
            assert [(await one).answer.text for one in asked[:2]] == [TOLD] * 2
            for late in (service.ask(LENGTH), service.latest(1), service.reload()):
                with pytest.raises(Stopping):
                    await late
            assert service.status().failed == 0

    run(main)


def test_stop_leaves_behind_what_takes_too_long(site: Site, llm: LlmServer) -> None:
    held = Held(llm)

    async def main() -> None:
        service = AnswerService(settings_of(site, llm=held.section), site.cache)
        await service.start()
        held.hold()
        asked = asyncio.create_task(service.ask(LENGTH))
        await held.asked(1)
        await service.stop(0.1)
        with pytest.raises(Stopping):
            await asked

    run(main)
    held.let()  # the thread still has its snapshot, and ends well
