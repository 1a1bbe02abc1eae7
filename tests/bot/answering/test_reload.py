"""A new snapshot takes the place of the old one while questions are asked."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.answering import service as service_module
from bot.answering.errors import Stopping
from bot.answering.opening import Opener
from bot.answering.service import AnswerService, Reloaded
from bot.answering.serving import Serving
from index.answer import Ask
from index.opening import Opened
from tests.bot.answering.services import LENGTH, TOLD, Held, run, running, settings_of
from tests.index.runs import TODAY, Site
from tests.llm_server import LlmServer
from tests.sites import BRIDGE, HARBOUR, post_text

NAME = "2021-12-08-bridge.md"


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_module, "POLL_S", 0.01)


def lengthen(site: Site, kilometres: int) -> None:
    """The next snapshot, in which the bridge has another length."""
    site.write({NAME: post_text("海雾大桥今日通车", f"{BRIDGE}正式通车，全长{kilometres}公里。")})
    site.reindex()


@contextmanager
def watched(service: AnswerService) -> Iterator[None]:
    task = asyncio.create_task(service.watch())
    try:
        yield
        assert not task.done()
    finally:
        task.cancel()


async def until_serving(service: AnswerService, site: Site) -> None:
    while service.status().snapshot != site.snapshot:
        await asyncio.sleep(0.005)


async def length(service: AnswerService) -> str | None:
    return (await service.ask(LENGTH)).answer.text


def test_a_snapshot_is_taken_up_under_load_and_nothing_lost(site: Site) -> None:
    """Ten askers, four snapshots, of which but one is kept on the disk."""
    site.settings = settings_of(site, index={"dir": site.index, "keep_snapshots": 1})

    async def asker(service: AnswerService, found: list[int], stop: asyncio.Event) -> None:
        while not stop.is_set():
            answer = (await service.ask(LENGTH)).answer
            assert answer.text is not None and answer.text in answer.sources[0].text
            found.append(int(answer.text.removesuffix("公里")))

    async def main() -> None:
        await asyncio.to_thread(lengthen, site, 10)
        async with running(site, bot={"workers": 4}) as service:
            stop, lists = asyncio.Event(), [list[int]() for _ in range(10)]
            with watched(service):
                askers = [asyncio.create_task(asker(service, one, stop)) for one in lists]
                for kilometres in range(11, 14):
                    await asyncio.to_thread(lengthen, site, kilometres)
                    await until_serving(service, site)
                assert await length(service) == "13公里"
                stop.set()
                await asyncio.gather(*askers)
            status = service.status()
            assert (status.failed, status.refused, status.put_off) == (0, 0, 0)
            assert status.answered == 1 + sum(map(len, lists))
            # Nobody is told of an older state after a newer one.
            assert all(one == sorted(one) for one in lists)

    run(main)


def test_a_question_in_work_keeps_its_snapshot(site: Site, llm: LlmServer) -> None:
    async def main() -> None:
        held = Held(llm)
        async with running(site, llm=held.section, bot={"workers": 1}) as service:
            old, reloading = service.status().snapshot, None
            held.hold()
            asked = asyncio.create_task(service.ask(LENGTH))
            await held.asked(1)
            await asyncio.to_thread(lengthen, site, 99)
            reloading = asyncio.create_task(service.reload())
            await held.asked(2)  # the probe; until it is answered, the old snapshot answers
            assert service.status().snapshot == old != site.snapshot
            held.let()
            assert (await reloading).changed
            found = (await asked).answer
            assert found.text == TOLD and "3.6公里" in found.sources[0].text

    run(main)


def test_the_old_one_is_closed_after_its_last_question(site: Site) -> None:
    serving = Serving()
    with pytest.raises(Stopping), serving.lend():
        pass
    first, second, third = site.open(), site.open(), site.open()
    serving.replace(first)
    with serving.lend() as one:
        with serving.lend() as other:
            assert one is other is first
            serving.replace(second)
            with serving.lend() as newer:
                assert newer is second
        assert is_open(first)
    assert not is_open(first) and is_open(second)
    with serving.lend():
        serving.close()
        assert is_open(second)
    assert not is_open(second)
    serving.replace(third)  # a reload that ended after the stop
    assert not is_open(third)
    with pytest.raises(Stopping), serving.lend():
        pass


def is_open(opened: Opened) -> bool:
    try:
        return opened.snapshot.content.newest_day() is not None
    except Exception as error:
        assert isinstance(error.__cause__, sqlite3.ProgrammingError)  # "closed database"
        return False


def damage(site: Site, what: str) -> None:
    """To the snapshot that the pointer names, or to the pointer."""
    assert site.snapshot is not None
    files = site.layout.snapshot(site.snapshot)
    match what:
        case "content":
            files.content.write_bytes(files.content.read_bytes()[:-100] + b"x" * 100)
        case "vectors":
            next(path for path in files.vectors.rglob("*") if path.is_file()).unlink()
        case "manifest":
            files.manifest.write_text("{}")
        case "pointer":
            site.layout.current.write_text("../../elsewhere\n")
        case "no pointer":
            site.layout.current.unlink()


@pytest.mark.parametrize("what", ["content", "vectors", "manifest", "pointer", "no pointer"])
def test_a_broken_snapshot_changes_nothing_but_the_status(
    site: Site, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        async with running(site) as service:
            old = service.status().snapshot
            lengthen(site, 99)
            damage(site, what)
            with watched(service):
                while not service.status().problem:
                    await asyncio.sleep(0.005)
                await asyncio.sleep(0.1)  # looked at some more times
                assert await length(service) == "3.6公里"
                result = await service.reload()
                assert (result.snapshot, result.changed) == (old, False)
                assert result.problem == service.status().problem != ""
                told = [one.getMessage() for one in caplog.records if one.name.startswith("bot.")]
                assert len(set(told)) == len(told) <= 2  # one from the watch, one by hand
                site.reindex(full=True)
                await until_serving(service, site)
                assert await length(service) == "99公里"
                assert service.status().problem == ""

    run(main)


def test_what_failed_is_tried_again_later(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not at every look: that would be a full verification every two seconds."""
    tries = 0
    opens = Opener.open

    def failing(self: Opener) -> Opened:
        nonlocal tries
        tries += 1
        if 1 < tries < 4:
            raise MemoryError
        return opens(self)

    monkeypatch.setattr(Opener, "open", failing)
    monkeypatch.setattr(service_module, "RETRY_S", 0.3)

    async def main() -> None:
        async with running(site) as service:
            await asyncio.to_thread(lengthen, site, 99)
            began = asyncio.get_running_loop().time()
            with watched(service):
                while not service.status().problem:
                    await asyncio.sleep(0.005)
                assert "MemoryError" in service.status().problem
                await until_serving(service, site)
            assert asyncio.get_running_loop().time() - began >= 0.6
            assert tries == 4 and service.status().problem == ""

    run(main)


def test_a_reload_by_hand_and_one_without_news(site: Site) -> None:
    async def main() -> None:
        async with running(site) as service:
            same = await service.reload()
            assert same == Reloaded(site.snapshot or "", False, 5, same.passages)
            await asyncio.to_thread(lengthen, site, 99)
            results = await asyncio.gather(*(service.reload() for _ in range(3)))
            assert [one.changed for one in results] == [True, False, False]
            assert {one.snapshot for one in results} == {site.snapshot}
            assert await length(service) == "99公里"

    run(main)


def test_a_reload_that_is_overtaken_by_the_stop(site: Site, llm: LlmServer) -> None:
    held = Held(llm)

    async def main() -> None:
        async with running(site, llm=held.section) as service:
            await asyncio.to_thread(lengthen, site, 99)
            held.hold()
            reloading = asyncio.create_task(service.reload())
            await held.asked(1)
            await service.stop(0)
            held.let()
            with pytest.raises(Stopping):
                await reloading

    run(main)


def test_a_rollback_is_followed(site: Site) -> None:
    from index.snapshot.pointer import rollback

    async def main() -> None:
        lengthen(site, 99)
        async with running(site) as service:
            assert await length(service) == "99公里"
            with watched(service):
                rollback(site.layout)
                await until_serving(service, site)
            assert await length(service) == "3.6公里"

    run(main)


def test_an_index_without_dates_or_words_opens(site: Site) -> None:
    """The probe has something to ask whatever the posts are."""
    for number, (title, body) in enumerate([("", "😀😀"), ("你好", "你好。"), ("😀", "。。。")]):
        site.posts.joinpath(NAME).unlink(missing_ok=True)
        for name in HARBOUR:
            site.posts.joinpath(name).unlink(missing_ok=True)
        site.write({f"{number}.md": post_text(title, body, date="")})
        site.reindex(allow_removals=True)
        Opener(settings_of(site), site.cache).open().close()


def test_readers_with_a_model_are_kept_and_those_by_words_are_not(site: Site) -> None:
    words = Opener(settings_of(site), site.cache)
    assert words._lasting_reader() is None
    trained = Opener(settings_of(site, answer={"reader": "trained"}), site.cache)
    reader = trained._lasting_reader()
    assert reader is not None and reader.name == "trained"


def test_questions_that_name_the_new_words(site: Site) -> None:
    """What the old snapshot had not heard of is found in the new one."""

    async def main() -> None:
        async with running(site) as service:
            ask = Ask("琴岛e保的保费是多少元？", TODAY)
            await asyncio.to_thread(
                site.write, {"new.md": post_text("琴岛e保上线", "琴岛e保的保费是每年49元。")}
            )
            await asyncio.to_thread(site.reindex)
            await service.reload()
            answer = (await service.ask(ask)).answer
            assert answer.sources[0].post == "new.md" and answer.text and "49元" in answer.text

    run(main)
