"""Question to answer over real snapshots, with the hash embedder.

What the reader finds is `tests/index/reading`'s; here is what holds whatever it finds.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from index.answer import Answerer, Ask
from index.errors import QuestionError
from index.filters import Filters
from index.opening import Opened
from index.records import Answer
from index.settings import AnswerSection
from tests.index.runs import TODAY, Site, settings_of
from tests.sites import HARBOUR, post_text, write_site

SAMPLES = Path(__file__).resolve().parents[1] / "data" / "posts"

POSTS = {
    **HARBOUR,
    "title.md": post_text("银帆港务第三季度净利润2.7亿元", "银帆港务今日晚间发布了公告。"),
    "copy.md": HARBOUR["2021-12-08-bridge.md"],
    "twice.md": post_text(
        "灯塔", f"东岬灯塔建于1912年，{'高' * 250}。\n\n东岬灯塔重建于1955年，{'亮' * 250}。"
    ),
    "price1.md": post_text("铜价", "沪铜主力合约报68000元。", date="2021-12-01"),
    "price2.md": post_text("铜价", "沪铜主力合约报71000元。", date="2022-05-30"),
}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, warm_cache: Path) -> Iterator[Opened]:
    site = Site(tmp_path_factory.mktemp("answer"), warm_cache)
    write_site(site.posts, POSTS)
    site.reindex()
    with site.open() as opened:
        yield opened


def with_threshold(opened: Opened, threshold: float) -> Answerer:
    return Answerer(opened.answerer._parts, AnswerSection(threshold=threshold))


def ask(opened: Opened, text: str, threshold: float = 0.0, **more: Any) -> Answer:
    return with_threshold(opened, threshold).ask(Ask(text, **{"today": TODAY, **more}))


def check(answer: Answer) -> None:
    """What every answer keeps to."""
    assert [source.rank for source in answer.sources] == list(range(1, len(answer.sources) + 1))
    shown = [source.post for source in answer.sources]
    assert len(set(shown)) == len(shown)
    assert 0.0 <= answer.confidence <= 1.0 and answer.by == "extract"
    assert answer.took_ms.keys() == {"embed", "retrieve", "read", "total"}
    steps = [answer.took_ms[name] for name in ("embed", "retrieve", "read")]
    assert min(steps) >= 0 and answer.took_ms["total"] == pytest.approx(sum(steps), abs=0.01)
    for source in answer.sources:
        if source.highlight is not None:
            start, end = source.highlight
            assert source.text[start:end] == source.answer != ""
        else:
            assert source.answer is None or source.answer in source.title
    if answer.text is None:
        assert answer.reason in ("no_words", "no_passages", "low_confidence")
        assert all(one.answer is None and one.highlight is None for one in answer.sources)
        assert answer.statements == ()
        return
    assert answer.reason == "found" and answer.sources[0].answer == answer.text != ""
    assert answer.statements[0].text == answer.text and answer.statements[0].sources[0] == 1


QUESTIONS = [
    "海雾大桥全长多少公里？",
    "大桥由谁承建？",
    "绿色债券的票面利率是多少？",
    "云岭茶业董事长是谁？",
    "市图书馆藏书多少册？",
    "座头鲸是什么时候发现的？",
    "银帆港务净利润多少？",
    "东岬灯塔建于哪一年？",
    "為什麼海霧大橋通車？",
    "完全无关的问题：恐龙为什么灭绝？",
    "ＨＦＯ－１２３４ｙｆ",
]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("threshold", [0.0, 0.5, 1.0])
def test_every_answer_keeps_the_contract(opened: Opened, question: str, threshold: float) -> None:
    answer = ask(opened, question, threshold)
    check(answer)
    assert answer.question == question and answer.sources
    assert threshold < 1 or answer.text is None


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_refusal_shows_the_same_sources_in_the_same_order(opened: Opened, question: str) -> None:
    said, refused = ask(opened, question, 0.0), ask(opened, question, 1.0)
    plain = [replace(source, answer=None, highlight=None) for source in said.sources]
    assert plain == list(refused.sources) and said.confidence == refused.confidence


def test_the_threshold_decides(opened: Opened) -> None:
    sure = ask(opened, "海雾大桥全长多少公里？").confidence
    assert 0 < sure < 1
    assert ask(opened, "海雾大桥全长多少公里？", sure).text is not None
    assert ask(opened, "海雾大桥全长多少公里？", min(1.0, sure + 1e-9)).text is None


def test_a_figure_that_stands_only_in_the_title_is_answered(opened: Opened) -> None:
    answer = ask(opened, "银帆港务第三季度净利润多少？")
    check(answer)
    assert answer.sources[0].post == "title.md" and answer.sources[0].highlight is None
    assert answer.text is not None and "2.7亿元" in answer.text


def test_a_post_is_one_source_however_many_passages_match(opened: Opened) -> None:
    found = opened.answerer.explain(Ask("东岬灯塔建于哪一年？", TODAY))
    assert [hit.post.path for hit in found.hits].count("twice.md") > 1
    answer = ask(opened, "东岬灯塔建于哪一年？", top_k=50)
    assert [source.post for source in answer.sources].count("twice.md") == 1


@pytest.mark.parametrize("top_k", [1, 3, 50])
def test_top_k_bounds_the_sources(opened: Opened, top_k: int) -> None:
    answer = ask(opened, "海雾大桥", top_k=top_k)
    assert len(answer.sources) == min(top_k, len(POSTS) - 1)  # one of them is a copy


def test_copies_are_named_under_their_source(opened: Opened) -> None:
    source = ask(opened, "海雾大桥全长多少公里？").sources[0]
    (copy,) = source.copies
    assert {source.post, copy.post} == {"2021-12-08-bridge.md", "copy.md"}
    assert (copy.title, copy.url) == ("海雾大桥今日通车", "http://news.example.com/bridge")
    assert copy.date is not None and copy.date.isoformat() == "2021-12-08T10:46:18+08:00"


def test_a_source_says_where_it_comes_from(opened: Opened) -> None:
    source = ask(opened, "绿色债券的票面利率是多少？").sources[0]
    assert (source.title, source.url) == ("北湾市发行绿色债券", "http://news.example.com/bonds")
    assert source.post == "2021-12-10-bonds.md" and source.publisher == "北湾日报"
    assert source.date is not None and source.date.isoformat() == "2021-12-10T09:00:00+08:00"


def test_the_latest_figure_comes_first_and_older_ones_are_marked(opened: Opened) -> None:
    answer = ask(opened, "沪铜主力合约最新报多少？")
    new, old = (s for s in answer.sources if s.post.startswith("price"))
    assert (new.post, new.old, old.post, old.old) == ("price2.md", False, "price1.md", True)
    assert not any(source.old for source in ask(opened, "沪铜主力合约报多少？").sources)


def test_filters_bound_the_sources(opened: Opened) -> None:
    limits = Filters(since=date(2022, 4, 1), until=date(2022, 4, 30))
    answer = ask(opened, "海雾大桥全长多少公里？", filters=limits)
    assert [source.post for source in answer.sources] == ["2022-04-18-library.html"]
    nothing = ask(opened, "海雾大桥全长多少公里？", filters=Filters(until=date(1990, 1, 1)))
    check(nothing)
    assert (nothing.text, nothing.sources, nothing.reason) == (None, (), "no_passages")


@pytest.mark.parametrize("text", ["😀", "👨‍👩‍👧‍👦🎉", "？！。", "…", "★☆", "---"])
def test_no_words_no_search(opened: Opened, text: str) -> None:
    answer = ask(opened, text)
    check(answer)
    assert (answer.text, answer.sources, answer.reason) == (None, (), "no_words")
    assert answer.confidence == 0.0


@pytest.mark.parametrize("text", ["", " ", "\n\t　", "\x00", "字" * 1001, "问" * 10_000])
def test_what_is_no_question_is_refused_before_anything_is_loaded(
    opened: Opened, text: str
) -> None:
    with pytest.raises(QuestionError) as caught:
        ask(opened, text)
    assert caught.value.message.endswith(".") and caught.value.remedy


@pytest.mark.parametrize("text", ["字" * 1000, f"{'长' * 999}？", " " + "字" * 1000 + "\n"])
def test_a_thousand_characters_are_a_question(opened: Opened, text: str) -> None:
    check(ask(opened, text))


@pytest.mark.parametrize(
    "text", ["海雾\x00大桥", "海雾\udcff大桥", "\ud83d", "海雾大桥\u200b\u202e", "𠮷野家😀大桥"]
)
def test_odd_characters_do_no_harm(opened: Opened, text: str) -> None:
    answer = ask(opened, text)
    check(answer)
    assert answer.question == text
    answer.searched.encode()  # what was searched can be written down


def test_a_follow_up_takes_over_what_it_leans_on(opened: Opened) -> None:
    history = ("云岭茶业董事长是谁？",)
    answer = ask(opened, "那营业收入呢？", history=history)
    check(answer)
    assert "云岭茶业" in answer.searched and answer.question == "那营业收入呢？"
    assert answer.sources[0].post == "2022-03-01-tea.md"
    alone = ask(opened, "海雾大桥全长多少公里？", history=history)
    assert alone.searched == "海雾大桥全长多少公里？"


@pytest.mark.parametrize(
    "history", [("",), ("😀", "  "), ("问" * 10_000,), ("\udcff",), tuple("问" for _ in range(500))]
)
def test_no_history_can_break_a_question(opened: Opened, history: tuple[str, ...]) -> None:
    answer = ask(opened, "那它的总投资呢？", history=history)
    check(answer)
    assert len(answer.searched) <= 1000


def test_an_answer_is_the_same_for_eight_threads(opened: Opened) -> None:
    def facts(question: str) -> object:
        answer = ask(opened, question, 0.5)
        return answer.text, answer.confidence, answer.sources

    alone = {question: facts(question) for question in QUESTIONS}
    with ThreadPoolExecutor(8) as pool:
        asked = QUESTIONS * 16
        for question, found in zip(asked, pool.map(facts, asked), strict=True):
            assert found == alone[question]


def test_warm_up_and_explain(opened: Opened) -> None:
    opened.answerer.warm_up()
    found = opened.answerer.explain(Ask("海雾大桥全长多少公里？", TODAY))
    assert found.answer.sources[0].post == found.hits[found.spans[0].hit].post.path
    assert found.threshold == 0.45 and found.signs is not None and "海雾" in found.tokens


# What can be asked of any post, whatever stands in it.
FORMS = ("{}", "{}是多少？", "{}是谁？", "{}是什么时候？", "{}为什么？")


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory, warm_cache: Path) -> Iterator[Opened]:
    site = Site(tmp_path_factory.mktemp("samples"), warm_cache)
    site.settings = settings_of(site.index, answer={"threshold": 0.0})
    site.now = datetime(2024, 1, 1, tzinfo=UTC)  # after the newest of them but one
    site.reindex(SAMPLES)
    with site.open() as opened:
        yield opened


def test_answers_over_the_sample_posts_are_verbatim(samples: Opened) -> None:
    posts = [post for _, post in samples.snapshot.content.iter_passages()]
    subjects = {post.title or post.text[:20] for post in posts} | {post.text[:15] for post in posts}
    assert len(subjects) > 40
    answered = 0
    for subject in sorted(subjects):
        for form in FORMS:
            answer = samples.answerer.ask(Ask(form.format(subject), TODAY))
            check(answer)
            answered += answer.text is not None
    assert answered > 100


def test_each_sample_post_is_found_by_its_title(samples: Opened) -> None:
    titles = {
        post.title: post.path for _, post in samples.snapshot.content.iter_passages() if post.title
    }
    found = 0
    for title in titles:
        answer = samples.answerer.ask(Ask(title, TODAY))
        first = answer.sources[0]
        found += title in (first.title, *(copy.title for copy in first.copies))
    assert found >= 0.95 * len(titles) > 20
