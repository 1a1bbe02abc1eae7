"""Which span answers and what is shown beside it, on hits and spans made by hand.

Whole questions over an index are in `test_statements.py`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.merge import Merged, merge, statements
from index.question import parse_question
from index.reading.bounds import WORDS_READER, Bounds
from index.records import Hit, Post, Span
from tests.factories import (
    NOON,
    SITE_ZONE,
    UNHURRIED,
    make_answer,
    make_copy,
    make_hit,
    make_passage,
    make_post,
    make_source,
    ugly_texts,
)

TODAY = date(2022, 3, 5)
BOUNDS = Bounds(margin=1.0, floor=0.0)
FERRY = "渡轮今日载客超{}万人次。"
ASKED = "渡轮载客多少人次？"


def at(clock: str, day: int = 1) -> datetime:
    """That time of 1 March 2022 (or another day) at the site."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2022, 3, day, hour, minute, tzinfo=SITE_ZONE)


def post(name: str, when: datetime | None = NOON, title: str = "渡轮", text: str = "") -> Post:
    return make_post(id=f"posts/{name}.md", title=title, date=when, text=text)


def hit(name: str, text: str, when: datetime | None = NOON, **more: Any) -> Hit:
    number = more.pop("number", 0)
    one = post(name, when, more.pop("title", "渡轮"), text)
    passage = make_passage(text=text, post_id=one.id, number=number)
    return make_hit(post=one, passage=passage, **more)


def span(hits: list[Hit], number: int, text: str, score: float) -> Span:
    """The span `text` where it stands in that hit's passage, else in its title."""
    found = hits[number]
    in_title = text not in found.passage.text
    start = (found.post.title if in_title else found.passage.text).index(text)
    return Span(number, in_title, start, start + len(text), text, score)


def merged(question: str, hits: list[Hit], *said: tuple[int, str, float]) -> Merged:
    """Merges spans given as hit, text and score, best first."""
    spans = [span(hits, *one) for one in said]
    return merge(parse_question(question, TODAY), hits, spans, BOUNDS)


def shown(found: Merged) -> list[tuple[int, str | None]]:
    """Hit numbers in order with what each says."""
    return [(one.hit, one.span.text if one.span else None) for one in found.shown]


def test_without_spans_the_hits_keep_their_order() -> None:
    hits = [hit("a", "甲"), hit("b", "乙"), hit("a", "丙", number=1)]
    found = merged(ASKED, hits)
    assert (found.spans, found.choice) == ((), "best")
    assert shown(found) == [(0, None), (1, None)]
    assert merge(parse_question(ASKED, TODAY), [], [], BOUNDS).shown == ()


def test_the_best_span_comes_first_then_the_good_ones_then_the_rest() -> None:
    hits = [
        hit("none", "白鹭归来。"),
        hit("weak", "渡轮票价12元。"),
        hit("same", "全年运送五百名游客，渡轮载客6万人次。"),
        hit("best", "渡轮公司说，去年载客6万人次。"),
        hit("other", "有人统计，渡轮载客约7万人次。"),
    ]
    found = merged(
        ASKED,
        hits,
        (3, "6万人次", 3.0),
        (4, "约7万人次", 2.6),
        (2, "6万人次", 2.2),
        (1, "12元", 1.9),
    )
    assert found.choice == "best" and found.spans[0].hit == 3
    assert shown(found) == [
        (3, "6万人次"),
        (4, "约7万人次"),
        (2, "6万人次"),
        (0, None),
        (1, None),
    ]


@pytest.mark.parametrize(
    ("best", "other", "margin", "floor", "is_shown"),
    [
        (3.0, 2.0, 1.0, 0.0, True),
        (3.0, 1.9, 1.0, 0.0, False),
        (0.5, 0.4, 1.0, 0.4, True),
        (0.5, 0.3, 1.0, 0.4, False),  # under the floor
        (-2.0, -2.0, 1.0, 0.0, False),  # the best is shown whatever its score
    ],
)
def test_margin_and_floor(
    best: float, other: float, margin: float, floor: float, is_shown: bool
) -> None:
    hits = [hit("a", "渡轮公司说载客6万人次。"), hit("b", "有人统计，载客约7万人次。")]
    spans = [span(hits, 0, "6万人次", best), span(hits, 1, "约7万人次", other)]
    found = merge(parse_question(ASKED, TODAY), hits, spans, Bounds(margin, floor))
    assert shown(found) == [(0, "6万人次"), (1, "约7万人次" if is_shown else None)]


EVENING = [
    hit("three", FERRY.format(3), at("17:40")),
    hit("five", "截至目前，" + FERRY.format(5), at("19:20")),
    hit("four", FERRY.format(4), at("18:30")),
]
SPANS = ((0, "超3万人次", 3.0), (1, "超5万人次", 2.8), (2, "超4万人次", 2.7))


@pytest.mark.parametrize(
    ("question", "order", "choice"),
    [
        (ASKED, "543", "version"),
        ("3月1日渡轮载客多少人次？", "543", "version"),  # all versions are of that day
        ("3月1日18点半渡轮载客多少？", "453", "version"),
        ("下午5点45分渡轮载客多少？", "354", "best"),
        ("上午渡轮载客多少？", "354", "best"),  # none is of the morning: as the reader has it
        ("渡轮现在载客多少？", "543", "latest"),
        ("渡轮载客超4万人次了吗", "4", "version"),  # the figure names it; others are of no interest
        ("渡轮载客超3万人次了吗", "3", "best"),
    ],
)
def test_of_a_figure_updated_over_the_evening_the_newest_counts(
    question: str, order: str, choice: str
) -> None:
    found = merged(question, EVENING, *SPANS)
    said = [text for _, text in shown(found) if text]
    assert ("".join(text[1] for text in said), found.choice) == (order, choice)
    assert found.spans[0].text == said[0] and {one.text for one in found.spans} == {
        text for _, text, _ in SPANS
    }


@pytest.mark.parametrize(
    ("later", "text"),
    [
        ("渡轮今日载客超3万人次，开航8班。", "3万人次"),  # another figure has changed
        ("渡轮今日载客超4万人次，开航8班。", "8班"),  # of something else
        ("渡轮今日载客超4万人次，开航8班。", "渡轮今日载客超4万人次"),  # no figure alone
    ],
)
def test_a_later_report_is_no_update_of_what_it_leaves_alone(later: str, text: str) -> None:
    hits = [
        hit("first", "渡轮今日载客超3万人次，开航6班。", at("17:40")),
        hit("later", later, at("18:30")),
    ]
    found = merged(ASKED, hits, (0, "超3万人次", 3.0), (1, text, 2.8))
    assert shown(found) == [(0, "超3万人次"), (1, text)] and found.choice == "best"


def test_nothing_undated_is_of_the_hour_asked_for() -> None:
    hits = [hit("a", FERRY.format(3), at("17:40")), hit("b", "另据统计，渡轮载客4万人次。", None)]
    found = merged("上午渡轮最新载客多少？", hits, SPANS[0], (1, "4万人次", 2.9))
    assert found.choice == "best" and shown(found)[0] == (0, "超3万人次")


def test_a_daily_report_is_no_update_of_yesterdays() -> None:
    hits = [
        hit("new", FERRY.format(4), at("18:30", day=2)),
        hit("old", FERRY.format(3), at("18:30")),
    ]
    found = merged(ASKED, hits, (1, "超3万人次", 3.0), (0, "超4万人次", 2.8))
    assert shown(found) == [(1, "超3万人次"), (0, "超4万人次")]
    assert found.choice == "best"


def test_an_update_past_midnight_and_one_without_date() -> None:
    hits = [
        hit("late", FERRY.format(4), at("0:30", day=2)),
        hit("first", FERRY.format(3), at("22:30")),
        hit("undated", FERRY.format(9), None),
    ]
    found = merged(ASKED, hits, (1, "超3万人次", 3.0), (2, "超9万人次", 2.9), (0, "超4万人次", 2.8))
    assert [text for _, text in shown(found)] == ["超4万人次", "超3万人次", "超9万人次"]


def test_a_copy_tells_when_a_figure_was_last_reported() -> None:
    copy = post("again", at("20:00"))
    hits = [
        replace(EVENING[0], copies=(copy,)),
        EVENING[1],
    ]
    found = merged(ASKED, hits, SPANS[1], SPANS[0])
    assert shown(found) == [(0, "超3万人次"), (1, "超5万人次")] and found.choice == "version"
    said = merged("下午5点45分渡轮载客多少？", hits, SPANS[1], SPANS[0])
    assert shown(said)[0] == (0, "超3万人次")


@pytest.mark.parametrize(
    ("second", "texts"),
    [
        ("东港渡轮今日载客超5万人次。", ["超3万人次"]),  # the same sentence about another one
        ("西港渡轮今日载客超5万人次。", ["超5万人次", "超3万人次"]),
    ],
)
def test_the_same_sentence_about_another_one_is_no_answer(second: str, texts: list[str]) -> None:
    hits = [
        hit("a", "西港渡轮今日载客超3万人次。", at("9:00")),
        hit("b", second, at("10:00")),
    ]
    found = merged("西港渡轮载客多少？", hits, SPANS[0], SPANS[1])
    assert [text for _, text in shown(found) if text] == texts


def test_the_name_may_stand_in_the_title() -> None:
    hits = [
        hit("a", "今日载客超3万人次。", at("9:00"), title="西港渡轮"),
        hit("b", "今日载客超5万人次。", at("10:00"), title="东港渡轮"),
        hit("c", "今日载客超4万人次。", at("11:00"), title="西港渡轮公司"),
    ]
    found = merged("西港渡轮载客多少？", hits, SPANS[0], SPANS[1], (2, "超4万人次", 2.7))
    assert [text for _, text in shown(found) if text] == ["超4万人次", "超3万人次"]


def test_figures_that_stand_only_in_titles_are_updates_too() -> None:
    hits = [
        hit("a", "渡轮公司发布消息。", at("9:00"), title="渡轮载客超3万人次"),
        hit("b", "渡轮公司发布消息。", at("10:00"), title="渡轮载客超5万人次"),
    ]
    found = merged(ASKED, hits, SPANS[0], SPANS[1])
    assert shown(found) == [(1, "超5万人次"), (0, "超3万人次")]
    assert found.spans[0].in_title


@pytest.mark.parametrize(
    ("scores", "first"),
    [((3.0, 2.5, 2.2), 2), ((3.0, 2.5, 1.9), 1), ((3.0, 1.0, 1.0), 0)],
)
def test_the_present_takes_the_newest_of_the_good_ones(
    scores: tuple[float, float, float], first: int
) -> None:
    hits = [
        hit("jan", "年初的利率为3.8%。", NOON - timedelta(days=60)),
        hit("feb", "央行把利率调到3.7%。", NOON - timedelta(days=20)),
        hit("mar", "今起利率降至3.5%。", NOON),
    ]
    said = [(number, f"3.{[8, 7, 5][number]}%", scores[number]) for number in range(3)]
    found = merged("最新的利率是多少？", hits, *said)
    assert found.spans[0].hit == first == shown(found)[0][0]
    assert merged("利率是多少？", hits, *said).spans[0].hit == 0
    good = [number for number, text in shown(found) if text]
    assert good == sorted(good, reverse=True)  # newest first


def test_the_present_with_the_same_figure_is_the_newest_post() -> None:
    hits = [hit("a", "年初的利率为3.8%。", NOON - timedelta(days=60)), hit("b", "利率仍是3.8%。")]
    found = merged("现在利率多少？", hits, (0, "3.8%", 3.0), (1, "3.8%", 2.9))
    assert shown(found) == [(1, "3.8%"), (0, "3.8%")] and found.choice == "latest"


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        ("2021年利率是多少？", ["3.8%"]),
        ("去年利率是多少？", ["3.8%"]),  # the best one is of last year, the other not
        ("利率是多少？", ["3.8%", "3.5%"]),
        ("2022年3月利率是多少？", ["3.8%", "3.5%"]),  # the reader's best stays, and the right one
    ],
)
def test_what_contradicts_the_date_asked_for_is_not_listed(question: str, texts: list[str]) -> None:
    hits = [
        hit("old", "2021年12月利率为3.8%。", datetime(2021, 12, 20, 9, tzinfo=SITE_ZONE)),
        hit("new", "2022年3月起利率降至3.5%。", NOON),
    ]
    found = merged(question, hits, (0, "3.8%", 3.0), (1, "3.5%", 2.9))
    assert [text for _, text in shown(found) if text] == texts


def test_what_lacks_the_figure_asked_about_is_not_listed() -> None:
    hits = [
        hit("a", "5年期贷款利率为4.6%。"),
        hit("b", "央行说，1年期贷款利率为3.7%。"),
        hit("c", "银行的5年期贷款利率已到4.4%。"),
        hit("d", "多家机构估计短期借款成本会在3.9%上下。"),
    ]
    said = ((0, "4.6%", 3.0), (1, "3.7%", 2.9), (2, "4.4%", 2.8), (3, "3.9%", 2.7))
    found = merged("5年期贷款利率是多少", hits, *said)
    assert [text for _, text in shown(found) if text] == ["4.6%", "4.4%"]


def test_a_post_is_shown_once_by_its_good_passage() -> None:
    hits = [
        hit("a", "渡轮公司简介。"),
        hit("b", "渡轮公司说载客6万人次。"),
        hit("a", "另据统计，载客约7万人次。", number=1),
        hit("b", "前年载客5万人次。", number=1),
    ]
    said = ((1, "6万人次", 3.0), (3, "5万人次", 2.9), (2, "约7万人次", 2.8))
    found = merged(ASKED, hits, *said)
    assert shown(found) == [(1, "6万人次"), (2, "约7万人次")]


def test_a_post_named_as_a_copy_is_not_shown_again() -> None:
    again, third = post("b"), post("c")
    hits = [
        hit("a", "渡轮公司说载客6万人次。", copies=(again, third)),
        hit("b", "票价12元。", number=1, copies=(post("a"), third)),
        hit("d", "白鹭归来。", copies=(third, post("e"))),
    ]
    found = merged(ASKED, hits, (0, "6万人次", 3.0))
    assert [(one.hit, [copy.id for copy in one.copies]) for one in found.shown] == [
        (0, ["posts/b.md", "posts/c.md"]),
        (2, ["posts/e.md"]),
    ]


def test_the_sentence_reader_has_bounds() -> None:
    assert WORDS_READER.least(4.0) == 3.0 and WORDS_READER.least(1.0) == 2.0


def test_statements_group_what_is_the_same() -> None:
    early, late = at("9:00"), at("11:00")
    sources = [
        make_source(rank=1, answer="超5万人次", date=early, copies=(make_copy(date=late),)),
        make_source(rank=2, answer="4万人次", date=None),
        make_source(rank=3, answer=None),
        make_source(rank=4, answer="5万人次", date=early),
    ]
    first, second = statements(sources)
    assert (first.text, first.sources, first.date) == ("超5万人次", (1, 4), late)
    assert (second.text, second.sources, second.date) == ("4万人次", (2,), None)
    assert statements([]) == statements([make_source(answer=None)]) == ()


def test_what_agrees_with_two_that_differ_joins_only_the_first() -> None:
    texts = ["40亿", "40亿元", "40亿美元"]
    sources = [make_source(rank=rank, answer=text) for rank, text in enumerate(texts, 1)]
    assert [one.sources for one in statements(sources)] == [(1, 2), (3,)]


@pytest.mark.parametrize(("marks", "old"), [((True, True), True), ((True, False), False)])
def test_an_answer_knows_its_age(marks: tuple[bool, bool], old: bool) -> None:
    sources = (
        make_source(rank=1, answer="6班", old=marks[0], date=NOON),
        make_source(rank=2, answer="6班", old=marks[1], date=NOON + timedelta(days=1)),
        make_source(rank=3, answer="8班", old=True),
    )
    answer = make_answer(sources=sources, statements=statements(sources))
    assert answer.old is old and answer.as_of == NOON + timedelta(days=1)


def test_a_refusal_has_no_age() -> None:
    sources = (make_source(answer=None, highlight=None, old=True),)
    answer = make_answer(text=None, sources=sources, statements=statements(sources))
    assert answer.as_of is None and answer.old is False


DATES = st.one_of(st.none(), st.integers(0, 5000).map(lambda n: NOON - timedelta(minutes=n)))
TEXTS = st.one_of(
    ugly_texts,
    st.integers(1, 9).map(FERRY.format),
    st.sampled_from(["渡轮公司说，去年载客6万人次。", "约7万人次", "票价12元"]),
).filter(bool)
POSTS = st.builds(post, st.sampled_from("abcdef"), DATES)
HITS = st.lists(
    st.builds(
        lambda name, text, when, copies: hit(
            name, text, when, copies=tuple(one for one in copies if one.id != f"posts/{name}.md")
        ),
        st.sampled_from("abcdef"),
        TEXTS,
        DATES,
        st.lists(POSTS, max_size=2, unique_by=lambda one: one.id),
    ),
    max_size=8,
)
QUESTIONS = st.sampled_from(
    [ASKED, "最新载客多少？", "3月1日渡轮载客超4万人次", "上午10点渡轮载客", "去年载客"]
)


@st.composite
def readings(draw: st.DrawFn) -> tuple[list[Hit], list[Span]]:
    """Hits and verbatim spans of them, best first."""
    hits = draw(HITS)
    spans = []
    for _ in range(draw(st.integers(0, 8)) if hits else 0):
        number = draw(st.integers(0, len(hits) - 1))
        text = hits[number].passage.text
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        score = draw(st.floats(-5, 5))
        spans.append(Span(number, False, start, end, text[start:end], score))
    return hits, sorted(spans, key=lambda one: -one.score)


@given(readings(), QUESTIONS)
@UNHURRIED
def test_nothing_is_lost_or_shown_twice(
    reading: tuple[list[Hit], list[Span]], question: str
) -> None:
    hits, spans = reading
    found = merge(parse_question(question, TODAY), hits, spans, BOUNDS)
    assert sorted(map(id, found.spans)) == sorted(map(id, spans))
    named = [one.id for part in found.shown for one in (hits[part.hit].post, *part.copies)]
    assert len(named) == len(set(named))
    assert {one.post.id for one in hits} <= set(named)
    assert all(part.span is None or part.span.hit == part.hit for part in found.shown)
    if spans:
        answer, first = found.spans[0], found.shown[0]
        assert first.span is answer and hits[first.hit].passage.text.count(answer.text)
        assert answer.score >= min(spans[0].score, BOUNDS.least(spans[0].score))
        assert (found.choice == "best") is (answer is spans[0])
