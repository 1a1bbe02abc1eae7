"""Whatever an answer holds, its messages are valid, within Telegram's limits, and complete."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render import (
    SOURCES_PER_PAGE,
    inline_results,
    page_count,
    render_answer,
    render_hits,
    render_latest,
    render_notice,
    render_passage,
    render_sources,
)
from bot.render.wording import flowing, one_line, units, visible, web_link
from bot.texts import LANGUAGES, texts_for
from tests.bot.render.strategies import (
    answers,
    posts,
    seen,
    some_texts,
    sources,
    statements,
    texts,
)
from tests.factories import UNHURRIED, make_answer, make_copy, make_source

JOINERS = "\u200c\u200d"


def harmless(text):
    """No character that hides, or turns the text around."""
    hidden = {unicodedata.category(char) for char in text if char not in ("\n", *JOINERS)}
    return not hidden & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def addresses(source):
    return {source.url, *(copy.url for copy in source.copies)}


@UNHURRIED
@given(answers(), some_texts, st.integers(-1, 20))
def test_any_answer(answer, texts, page):
    message = render_answer(answer, texts, page)
    shown = seen(message)
    assert harmless(message.html) and harmless(message.plain)
    if answer.text is not None:
        said = flowing(answer.text).strip()
        head = visible(said[:60]).strip()
        assert head[:40] in shown.text and head[:40] in shown.plain
    page = min(max(page, 0), page_count(answer) - 1)
    first = page * SOURCES_PER_PAGE
    for source in answer.sources[first : first + SOURCES_PER_PAGE]:
        line = f"[{source.rank}] {one_line(source.title)[:5] or texts('untitled')}".strip()
        assert line in shown.text and line in shown.plain
    given_ = set().union(*map(addresses, answer.sources)) if answer.sources else set()
    taken = {one for url in given_ if (one := web_link(url))}
    assert len(shown.links) <= len(taken) * 50
    for url in shown.links.values():
        assert url.startswith(("http://", "https://"))


@UNHURRIED
@given(answers(), some_texts)
def test_any_list(answer, texts):
    for message in (render_hits(answer, texts), render_sources(answer, texts)):
        shown = seen(message)
        assert harmless(message.html) and harmless(message.plain)
        if not answer.sources:
            assert shown.text.startswith(texts("refused")[:4])
    shown = seen(render_sources(answer, texts))
    for source in answer.sources:
        assert f"[{source.rank}] " in shown.text
        assert f"[{source.rank}] " in shown.plain


@UNHURRIED
@given(sources(), some_texts)
def test_any_passage(source, texts):
    message = render_passage(source, texts)
    shown = seen(message)
    assert harmless(message.html) and harmless(message.plain)
    assert len(shown.all("blockquote")) <= 1


@UNHURRIED
@given(st.lists(posts, max_size=8), st.integers(1, 10), some_texts)
def test_any_posts(some, times, texts):
    message = render_latest(some * times, texts)
    seen(message)
    assert harmless(message.html) and harmless(message.plain)


@UNHURRIED
@given(texts(9_000))
def test_any_notice(text):
    message = render_notice(f"琴问{text}")
    shown = seen(message)
    assert shown.text.startswith("琴问")
    assert harmless(message.html) and harmless(message.plain)


@UNHURRIED
@given(answers(), some_texts)
def test_any_inline_result(answer, texts):
    items = inline_results(answer, texts)
    assert len(items) <= 50
    assert len({item.id for item in items}) == len(items)
    assert items == inline_results(answer, texts)
    for item in items:
        assert 1 <= len(item.id.encode()) <= 64
        assert item.title and units(item.title) <= 100 and units(item.description) <= 140
        assert harmless(item.title) and harmless(item.description)
        seen(item.message)


@UNHURRIED
@given(answers(), some_texts)
def test_plain_says_the_same(answer, texts):
    """Where nothing is linked, nothing has to give way for addresses."""
    bare = tuple(replace(one, url=None, copies=()) for one in answer.sources)
    message = render_answer(replace(answer, sources=bare), texts)
    shown = seen(message)
    if len(message.html.encode()) < 4_000:
        assert shown.text == shown.plain


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
@pytest.mark.parametrize(
    "filler", ["新", "&", "𠮷", "😀", "👨\u200d👩\u200d👧", "e\u0301\u0302", "<", "\u0300", "ﷺ"]
)
def test_everything_at_its_longest(language, filler):
    """Every part over its limit at once, in the dearest characters."""
    texts = texts_for(language)
    url = "https://example.com/" + "%E6%96%B0" * 400
    long = filler * 1_100
    copies = tuple(make_copy(title=long, url=f"{url}{n}") for n in range(8))
    source = make_source(
        text=long,
        highlight=(100, 1_000),
        title=long,
        url=url,
        publisher=long,
        copies=copies,
        old=True,
    )
    answer = make_answer(
        question=long,
        searched=f"x{long}",
        text=long,
        sources=tuple(replace(source, rank=n + 1, answer=f"{n}{long}") for n in range(50)),
    )
    answer = replace(answer, statements=statements(answer.sources))
    for page in (0, 7, page_count(answer) - 1):
        shown = seen(render_answer(answer, texts, page))
        for rank in range(page * 3 + 1, min(page * 3 + 3, 50) + 1):
            assert f"[{rank}] " in shown.text
    shown = seen(render_sources(answer, texts))
    assert all(f"[{rank}] " in shown.text for rank in range(1, 51))
    seen(render_hits(answer, texts))
    seen(render_passage(source, texts))
    seen(render_notice(long))
    for item in inline_results(answer, texts):
        seen(item.message)


@pytest.mark.parametrize("language", LANGUAGES)
def test_fifty_usual_sources_keep_their_links(language):
    shown_sources = tuple(
        make_source(
            rank=n,
            title=f"收评：沪指跌1.12%失守3300点 北向资金净卖出{n}亿元",
            url=f"https://finance.example.com.cn/stock/2022-03-{n:02}/doc-imcwipih{n:07}.shtml",
            publisher="证券时报网",
            copies=(make_copy(), make_copy()),
        )
        for n in range(1, 51)
    )
    shown = seen(render_sources(make_answer(sources=shown_sources), texts_for(language)))
    assert len([one for one in shown.entities if one["type"] == "text_link"]) == 50
