"""Question to hits over a real snapshot, with the hash embedder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from index import retrieve
from index.filters import NO_FILTERS, Filters
from index.opening import Opened
from index.question import parse_question
from index.records import Hit
from index.retrieve import CATEGORY_WEIGHT, EXAMINED, Query, Retriever
from index.settings import RetrievalSection
from tests.index.runs import TODAY, Site
from tests.sites import post_text, write_site

STORY = "青石市轮渡公司全年载客{}万人次，创下新高。"


def story(when: str, figure: int, **front: str) -> str:
    return post_text("轮渡年报", STORY.format(figure), date=when, **front)


POSTS = {
    "2019.md": story("2019-12-30", 310),
    "2020.md": story("2020-12-30", 320, categories="[交通]"),
    "2021.md": story("2021-12-30", 330, categories="[交通]"),
    "2022.md": story("2022-05-30", 340),
    "undated.md": story("", 350),
    "copy.md": story("2021-12-31", 330),
    "heron.md": post_text("白鹭归来", "湿地里的白鹭今年有46只。", categories="[生态]"),
    "long.md": post_text("渔港", "\n\n".join(f"渔港{n}号码头可停渔船{n}艘。" * 12 for n in (7, 8))),
    **{
        f"filler{n:02}.md": post_text(f"闲话{n}", f"第{n}篇闲话，讲天气第{n}回。")
        for n in range(60)
    },
}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, warm_cache: Path) -> Iterator[Opened]:
    site = Site(tmp_path_factory.mktemp("retrieve"), warm_cache)
    write_site(site.posts, POSTS)
    site.reindex()
    with site.open() as opened:
        yield opened


def search(
    opened: Opened, text: str, filters: Filters = NO_FILTERS, today: date = TODAY, **settings: float
) -> list[Hit]:
    """Hits for `text`; `settings` are those of the section `retrieval`."""
    snapshot = opened.snapshot
    retriever = Retriever(
        snapshot.content,
        snapshot.vectors,
        snapshot.lexical.index,
        RetrievalSection.model_validate(settings),
    )
    categories = frozenset().union(*snapshot.content.columns().category_sets)
    question = parse_question(text, today, categories)
    parts = opened.answerer._parts  # the embedder and tokenizer that the snapshot goes with
    tokens = parts.tokenizer.question_tokens(question.folded)
    (vector,) = parts.embedder.embed_queries([question.folded])
    return retriever.search(Query(question, tokens, vector), filters)


def posts(hits: list[Hit]) -> list[str]:
    return [hit.post.path for hit in hits]


def test_the_best_comes_first_with_both_legs_scores(opened: Opened) -> None:
    hits = search(opened, "湿地里白鹭多少只？")
    assert hits[0].post.path == "heron.md" and hits[0].dense > 0 and hits[0].lexical > 0
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len(hits) == EXAMINED


@pytest.mark.parametrize("candidates", [1, 5, 1000])
def test_filters_apply_before_top_k(opened: Opened, candidates: int) -> None:
    """Sixty other posts match the words better; the two that pass come back all the same."""
    traffic = Filters(categories=frozenset({"交通"}))
    hits = search(opened, "第3篇闲话讲天气", traffic, candidates=candidates)
    assert len(hits) <= 2 and {*posts(hits)} <= {"2020.md", "2021.md"}
    if candidates > 1:
        assert len(hits) == 2


@pytest.mark.parametrize(
    "filters",
    [
        Filters(categories=frozenset()),
        Filters(categories=frozenset({"没有的"})),
        Filters(since=date(2050, 1, 1)),
        Filters(until=date(1990, 1, 1)),
        Filters(since=date(2022, 1, 1), until=date(2021, 1, 1)),
    ],
)
def test_where_nothing_passes_nothing_comes_back(opened: Opened, filters: Filters) -> None:
    assert search(opened, "轮渡公司载客多少？", filters) == []


def test_filters_by_date_take_both_ends_and_no_undated_post(opened: Opened) -> None:
    limits = Filters(since=date(2019, 12, 30), until=date(2020, 12, 30))
    assert {*posts(search(opened, "轮渡公司载客多少？", limits))} == {"2019.md", "2020.md"}
    all_days = Filters(since=date(1900, 1, 1))
    assert "undated.md" not in posts(search(opened, "轮渡公司载客350万人次？", all_days))


def test_a_filter_and_a_date_said_in_the_question_go_together(opened: Opened) -> None:
    limits = Filters(until=date(2020, 12, 31))
    hits = search(opened, "2021年12月轮渡公司载客多少？", limits)
    assert {*posts(hits)} == {"2019.md", "2020.md"}


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("2019年轮渡公司载客多少？", "2019.md"),
        ("2020年12月30日轮渡公司载客多少？", "2020.md"),
        ("去年轮渡公司载客多少？", "2021.md"),
        ("前年轮渡公司载客多少？", "2020.md"),
        ("今年轮渡公司载客多少？", "2022.md"),
        ("上个月轮渡公司载客多少？", "2022.md"),
        ("最新的轮渡载客是多少？", "2022.md"),
        ("轮渡公司现在载客多少？", "2022.md"),
    ],
)
def test_dates_said_in_the_question_lift_the_right_post(
    opened: Opened, question: str, best: str
) -> None:
    assert posts(search(opened, question))[0] == best


def test_relative_dates_count_from_today(opened: Opened) -> None:
    assert posts(search(opened, "去年轮渡公司载客多少？", today=date(2020, 6, 1)))[0] == "2019.md"


@pytest.mark.parametrize("said", ["2019年", "1950年", "去年", "最新", "本周", "2021年12月8日"])
def test_a_date_never_removes_a_passage(opened: Opened, said: str) -> None:
    plain = search(opened, "轮渡公司载客多少？", candidates=1000)
    dated = search(opened, f"{said}轮渡公司载客多少？", candidates=1000)
    ferries = {path for path in posts(plain) if path[0].isdigit() or path == "undated.md"}
    assert ferries == {"2019.md", "2020.md", "2021.md", "2022.md", "undated.md"}
    copies = {copy.path for hit in dated for copy in hit.copies}
    assert ferries <= {*posts(dated)} | copies


def test_a_post_of_the_days_asked_for_is_found_beyond_the_candidates(opened: Opened) -> None:
    """Of 60 alike posts each leg brings one; the one of that day is looked for on its own."""
    hits = search(opened, "2019年12月30日的闲话讲什么天气", candidates=1)
    assert "2019.md" in posts(hits)


def test_near_copies_collapse_into_the_better_one(opened: Opened) -> None:
    hits = search(opened, "轮渡公司载客330万人次", candidates=1000)
    (ferry,) = [hit for hit in hits if hit.post.path in ("2021.md", "copy.md")]
    assert {ferry.post.path, *(copy.path for copy in ferry.copies)} == {"2021.md", "copy.md"}


def test_disagreeing_figures_stay_apart(opened: Opened) -> None:
    hits = search(opened, "轮渡公司载客多少万人次", candidates=1000)
    for path in ("2019.md", "2020.md", "2022.md", "undated.md"):
        (hit,) = [hit for hit in hits if hit.post.path == path]
        assert hit.copies == ()


def test_passages_of_one_post_are_no_copies_of_each_other(opened: Opened) -> None:
    hits = [hit for hit in search(opened, "渔港码头可停渔船多少艘？") if hit.post.path == "long.md"]
    assert len(hits) == 2 and {hit.passage.number for hit in hits} == {0, 1}
    assert all(hit.copies == () for hit in hits)


def test_a_category_said_in_the_question_lifts(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the same for every post that is in it, and no other post."""

    def scores() -> dict[str, float]:
        return {hit.post.path: hit.score for hit in search(opened, "交通方面轮渡载客多少")}

    lifted = scores()
    monkeypatch.setattr(retrieve, "CATEGORY_WEIGHT", 0.0)
    plain = scores()
    gains = {path: lifted[path] - plain[path] for path in ("2019.md", "2020.md", "2022.md")}
    assert gains == pytest.approx({"2019.md": 0, "2020.md": CATEGORY_WEIGHT, "2022.md": 0})


def test_a_question_of_stop_words_still_finds_by_meaning(opened: Opened) -> None:
    assert search(opened, "是什么？") != []


def test_ties_go_to_the_lower_id(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where not all of the equal ones are looked at."""
    monkeypatch.setattr(retrieve, "EXAMINED", 30)
    hits = search(opened, "？龘", candidates=1000)
    order = [(-hit.score, hit.passage.id) for hit in hits]
    assert order == sorted(order) and len(hits) == 30
    found = {hit.passage.id for hit in hits}
    (vector,) = opened.answerer._parts.embedder.embed_queries(["?龘"])
    ids = opened.snapshot.content.columns().ids
    scores = opened.snapshot.vectors.scores(vector, ids)
    tied = [number for number, score in zip(ids, scores, strict=True) if score == hits[-1].dense]
    taken = [number for number in tied if number in found]
    assert 5 < len(taken) < len(tied) and tied[: len(taken)] == taken


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_one_leg_alone(opened: Opened, weight: float) -> None:
    assert posts(search(opened, "湿地里的白鹭", lexical_weight=weight))[0] == "heron.md"


WORDS = ["今年", "去年", "明年", "前年", "上周", "本周", "昨天", "前天", "今天", "上个月", "本月"]
WORDS += ["2月29日", "12月31日", "最新", "2100年"]


@pytest.mark.parametrize("today", [date.min, date(1, 1, 8), date(9999, 12, 25), date.max])
def test_no_calendar_can_break_a_search(opened: Opened, today: date) -> None:
    for word in WORDS:
        assert search(opened, f"{word}轮渡公司载客多少？", today=today)
    limits = Filters(since=date.min, until=date.max)
    assert search(opened, "今年轮渡公司载客多少？", limits, today=today)
