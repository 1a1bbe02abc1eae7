"""Several right answers, over a real snapshot with the hash embedder: dates, versions, copies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from index.answer import Ask
from index.opening import Opened
from index.records import Answer, Post
from tests.index.runs import TODAY, Site, settings_of
from tests.sites import SEVERAL

SHARED = Path(__file__).resolve().parents[3] / "shared"


def opened_site(home: Path, cache: Path, *roots: Path) -> Iterator[Opened]:
    """An index that always answers, over `roots` or the posts that say different things."""
    site = Site(home, cache)
    site.settings = settings_of(site.index, answer={"threshold": 0.0})
    site.write(SEVERAL)
    site.reindex(*roots)
    with site.open() as opened:
        yield opened


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, warm_cache: Path) -> Iterator[Opened]:
    yield from opened_site(tmp_path_factory.mktemp("several"), warm_cache)


def ask(opened: Opened, text: str, **more: Any) -> Answer:
    answer = opened.answerer.ask(Ask(text, TODAY, **more))
    check_verbatim(answer)
    return answer


def check_verbatim(answer: Answer) -> None:
    """Every answer stands where its source says; the first one's is the answer itself."""
    assert [source.rank for source in answer.sources] == [*range(1, len(answer.sources) + 1)]
    for source in answer.sources:
        if source.highlight is not None:
            start, end = source.highlight
            assert source.text[start:end] == source.answer != ""
        elif source.answer is not None:
            assert source.answer and source.answer in source.title
    if answer.text is None:
        assert answer.statements == () and all(one.answer is None for one in answer.sources)
        return
    assert answer.text == answer.sources[0].answer == answer.statements[0].text
    ranks = sorted(rank for one in answer.statements for rank in one.sources)
    assert ranks == [source.rank for source in answer.sources if source.answer is not None]
    assert answer.by == "extract"


def said(answer: Answer) -> list[tuple[str, str]]:
    """Each distinct answer with the day and time that is shown for it."""
    return [(one.text, f"{one.date:%m-%d %H:%M}" if one.date else "") for one in answer.statements]


VERSIONS = {
    "超3万人次": "05-03 17:40",
    "超4万人次": "05-03 18:30",
    "超5万人次": "05-03 19:20",
}


@pytest.mark.parametrize(
    ("question", "order"),
    [
        ("轮渡公司载客多少人次？", "543"),
        ("5月3日轮渡公司载客多少人次？", "543"),
        ("轮渡公司最新载客多少人次？", "543"),
        ("5月3日18点半轮渡公司载客多少人次？", "453"),
        ("5月3日下午17:45轮渡公司载客多少人次？", "354"),
    ],
)
def test_an_evening_of_updated_figures(opened: Opened, question: str, order: str) -> None:
    texts = [f"超{figure}万人次" for figure in order]
    assert said(ask(opened, question)) == [(text, VERSIONS[text]) for text in texts]


def test_the_version_that_is_named_comes_before_the_readers_best(opened: Opened) -> None:
    found = opened.answerer.explain(Ask("5月3日18点半轮渡公司载客多少人次？", TODAY))
    assert found.choice == "version" and found.answer.sources[0].post == "ferry2.md"
    assert found.spans[0].score < max(span.score for span in found.spans)
    assert found.answer.text == found.spans[0].text


def test_two_brokers_prices_are_both_listed(opened: Opened) -> None:
    answer = ask(opened, "银帆港务目标价是多少？")
    assert sorted(said(answer)) == [("21港元", "05-10 09:00"), ("26港元", "05-12 15:00")]
    assert [source.post for source in answer.sources[:2]] == ["price1.md", "price2.md"]


def test_one_story_under_three_names_is_one_source(opened: Opened) -> None:
    answer = ask(opened, "南礁沉船残骸拖离航道了吗？", top_k=50)
    (wreck,) = [source for source in answer.sources if source.post.startswith("wreck")]
    dates = [copy.date for copy in wreck.copies if copy.date]
    assert len(dates) == 2 and dates == sorted(dates, reverse=True)
    assert {wreck.post, *(copy.post for copy in wreck.copies)} == {
        "wreck1.md",
        "wreck2.md",
        "wreck3.md",
    }
    assert len(answer.statements) == 1 and answer.as_of == datetime.fromisoformat(
        "2022-05-17T07:00:00+08:00"
    )


def test_the_newest_of_the_copies_is_shown_where_the_present_is_asked_for(opened: Opened) -> None:
    answer = ask(opened, "快讯：记者林知远：南礁沉船残骸最新消息")
    assert answer.sources[0].post == "wreck3.md"
    assert ask(opened, "快讯：记者林知远：南礁沉船残骸").sources[0].post == "wreck2.md"


def test_an_old_and_a_new_rate(opened: Opened) -> None:
    now = ask(opened, "青石银行现在一年期存款利率是多少？")
    assert said(now) == [("1.95%", "05-20 10:00"), ("2.25%", "09-01 10:00")]
    assert [source.old for source in now.sources[:2]] == [False, True] and not now.old
    then = ask(opened, "2021年9月青石银行一年期存款利率是多少？")
    assert said(then) == [("2.25%", "09-01 10:00")]
    either = ask(opened, "青石银行一年期存款利率是多少？")
    assert sorted(said(either)) == sorted(said(now))
    assert not any(source.old for source in either.sources)


def test_an_answer_about_the_present_from_old_news_is_marked(opened: Opened) -> None:
    later = Ask("青石银行现在一年期存款利率是多少？", TODAY.replace(year=2023))
    answer = opened.answerer.ask(later)
    assert answer.old and answer.as_of is not None and answer.as_of.year == 2022


@pytest.mark.parametrize("top_k", [1, 2, 3])
def test_only_what_is_shown_is_stated(opened: Opened, top_k: int) -> None:
    answer = ask(opened, "轮渡公司载客多少人次？", top_k=top_k)
    assert len(answer.sources) == len(answer.statements) == top_k


# What can be asked of any post: about the present, of a day, of an hour.
FORMS = (
    "{}",
    "{}最新是多少？",
    "{}现在怎么样？",
    "5月{}多少？",
    "上午10点{}是什么？",
    "{}为什么？",
)


@pytest.mark.parametrize("form", FORMS)
def test_whatever_is_asked_the_answers_are_verbatim(opened: Opened, form: str) -> None:
    for _, post in posts_of(opened):
        answer = ask(opened, form.format(post.title))
        shown = [source.post for source in answer.sources]
        shown += [copy.post for source in answer.sources for copy in source.copies]
        assert len(shown) == len(set(shown))


def posts_of(opened: Opened) -> list[tuple[object, Post]]:
    return list(opened.snapshot.content.iter_passages())


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, warm_cache: Path) -> Iterator[Opened]:
    if not (SHARED / "posts").is_dir():
        pytest.skip(f"{SHARED} has no posts")
    yield from opened_site(tmp_path_factory.mktemp("real"), warm_cache, SHARED / "posts")


@pytest.mark.parametrize("name", ["finews_dev.jsonl", "finews_dev2.jsonl"])
def test_answers_to_the_sample_questions_are_verbatim(real: Opened, name: str) -> None:
    path = SHARED / "qa" / name
    if not path.is_file():
        pytest.skip(f"{path} is missing")
    answered = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        asked = json.loads(line)
        answer = ask(real, asked["question"], history=tuple(asked.get("history", ())))
        answered += answer.text is not None
    assert answered > 30
