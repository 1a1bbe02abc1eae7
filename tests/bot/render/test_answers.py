"""Messages as people see them, word by word."""

from dataclasses import replace
from datetime import datetime

import pytest

from bot.render import inline_results, page_count, render_answer
from bot.texts import texts_for
from index.merge import statements
from tests.bot.render.strategies import seen
from tests.factories import SITE_ZONE, make_answer, make_copy, make_source

ZH = texts_for("zh-Hans")
EN = texts_for("en")
TEXT = (
    "沪深两市今日小幅高开。截至收盘，上证指数收报3256.39点，跌1.12%。\n"
    "北向资金全天净卖出56.11亿元。"
)
SAID = TEXT.index("3256.39点"), TEXT.index("3256.39点") + len("3256.39点")


def at(day, hour=12, minute=0):
    return datetime(2022, 3, day, hour, minute, tzinfo=SITE_ZONE)


def market(**fields):
    defaults = {
        "text": TEXT,
        "highlight": SAID,
        "answer": "3256.39点",
        "title": "收评：沪指跌1.12%",
        "date": at(10, 15, 3),
        "publisher": "财联社",
        "url": "https://news.example.com/a?x=1&y=2",
    }
    return make_source(**defaults | fields)


def answered(*sources, **fields):
    defaults = {
        "question": "上证指数收于多少点？",
        "searched": "上证指数收于多少点？",
        "text": sources[0].answer if sources else "3256.39点",
        "sources": sources,
        "statements": statements(sources),
    }
    return make_answer(**defaults | fields)


def test_an_answer():
    assert render_answer(answered(market()), ZH).html == (
        "<b>3256.39点</b>\n"
        "<blockquote>沪深两市今日小幅高开。截至收盘，上证指数收报<b>3256.39点</b>，跌1.12%。\n"
        "北向资金全天净卖出56.11亿元。</blockquote>\n"
        "\n"
        "来源：\n"
        '[1] <a href="https://news.example.com/a?x=1&amp;y=2">收评：沪指跌1.12%</a>'
        " · 财联社 · 2022-03-10"
    )


def test_the_same_without_markup():
    assert render_answer(answered(market()), ZH).plain == (
        "3256.39点\n"
        "沪深两市今日小幅高开。截至收盘，上证指数收报3256.39点，跌1.12%。\n"
        "北向资金全天净卖出56.11亿元。\n"
        "\n"
        "来源：\n"
        "[1] 收评：沪指跌1.12% https://news.example.com/a?x=1&y=2 · 财联社 · 2022-03-10"
    )


def test_a_follow_up_shows_what_was_searched():
    answer = answered(market(), question="那上证呢？", searched="上证指数收于<多少点？")
    assert render_answer(answer, ZH).html.startswith("<i>检索：上证指数收于&lt;多少点？</i>\n\n<b>")
    same = answered(market(), question=" 上证指数\n收于多少点？ ", searched="上证指数 收于多少点？")
    assert render_answer(same, ZH).html.startswith("<b>3256.39点</b>")


def test_other_statements_are_listed_with_date_and_time():
    first = market(date=at(10, 15, 3))
    second = market(rank=2, answer="3250点", date=at(10, 14, 1))
    third = market(rank=3, answer="3,256.39点", date=at(9))
    shown = seen(render_answer(answered(first, second, third), ZH))
    assert (
        "各篇报道的说法：\n"
        "· 3256.39点 · 2022-03-10 15:03 [1][3]\n"
        "· 3250点 · 2022-03-10 14:01 [2]\n\n"
    ) in shown.text
    assert "[3] 收评：沪指跌1.12% · 财联社 · 2022-03-09" in shown.text


def test_many_statements_are_counted():
    many = tuple(market(rank=n, answer=f"{n}00{n}点") for n in range(1, 8))
    shown = seen(render_answer(answered(*many), ZH))
    assert shown.text.count("点 · 2022") == 5
    assert "\n另有 2 种说法，见各篇来源。\n" in shown.text


def test_an_old_answer_is_marked():
    source = market(old=True)
    shown = seen(render_answer(answered(source), ZH))
    assert shown.text.startswith("3256.39点\n（2022-03-10 的报道，此后可能已有变化）\n")
    assert shown.all("italic") == ["（2022-03-10 的报道，此后可能已有变化）"]
    assert shown.text.endswith(" · 2022-03-10 · 较早的报道")


def test_copies_are_named_up_to_three():
    copies = (
        make_copy(title="沪指收跌", url="http://a.example/1", date=at(10, 15, 10)),
        make_copy(title="", date=None),
        make_copy(title="A股收盘", date=at(11)),
        make_copy(title="第四篇", date=at(12)),
    )
    shown = seen(render_answer(answered(market(copies=copies)), ZH))
    assert shown.text.endswith(
        "2022-03-10 15:03\n"
        "    另见 4 篇：沪指收跌（2022-03-10 15:10）、（无标题）（日期不详）、"
        "A股收盘（2022-03-11）等"
    )
    assert shown.links["沪指收跌"] == "http://a.example/1"
    assert "    另见 4 篇：沪指收跌 http://a.example/1 （2022-03-10 15:10）、" in shown.plain
    english = seen(render_answer(answered(market(copies=copies[:1])), EN))
    assert english.text.endswith("Also in one more article: 沪指收跌 (2022-03-10 15:10)")


def test_what_is_only_near_is_no_source():
    near = tuple(market(rank=n, title=f"第{n}篇", answer=None, highlight=None) for n in (2, 3, 4))
    first = seen(render_answer(answered(market(rank=1, title="第1篇"), *near), ZH)).text
    assert "来源：\n[1] 第1篇" in first
    assert "可能相关（2–3 / 4）：\n[2] 第2篇" in first and "[4]" not in first


def test_sources_come_in_pages():
    sources = tuple(market(rank=n, title=f"第{n}篇") for n in range(1, 9))
    answer = answered(*sources)
    assert page_count(answer) == 3
    first, last = seen(render_answer(answer, ZH)), seen(render_answer(answer, ZH, 2))
    assert "来源：\n[1] 第1篇" in first.text and "[4]" not in first.text
    assert "来源：\n[7] 第7篇" in last.text and "[6]" not in last.text
    assert last.text.startswith("3256.39点\n沪深两市")  # the answer's own quote, on every page
    assert render_answer(answer, ZH, 9) == render_answer(answer, ZH, 2)
    assert render_answer(answer, ZH, -1) == render_answer(answer, ZH, 0)


@pytest.mark.parametrize(("sources", "pages"), [(0, 1), (1, 1), (3, 1), (4, 2), (6, 2), (50, 17)])
def test_pages_are_counted(sources, pages):
    assert page_count(make_answer(sources=(make_source(),) * sources)) == pages


@pytest.mark.parametrize(
    ("reason", "sources", "begins"),
    [
        ("low_confidence", 1, "没有找到答案。\n\n可能相关：\n[1] 收评"),
        ("low_confidence", 5, "没有找到答案。\n\n可能相关（1–3 / 5）：\n[1] 收评"),
        ("no_passages", 0, "没有找到：没有符合条件的文章。"),
        ("no_words", 0, "没有找到：问题里没有可以检索的文字。"),
        ("off_topic", 0, "没有找到：这不像是在问新闻。"),
    ],
)
def test_refusals(reason, sources, begins):
    given = tuple(market(rank=n + 1, answer=None, highlight=None) for n in range(sources))
    shown = seen(render_answer(answered(*given, text=None, reason=reason, statements=()), ZH))
    assert shown.text.startswith(begins)
    assert "blockquote" not in {one["type"] for one in shown.entities}
    if sources:
        assert shown.links["收评：沪指跌1.12%"] == "https://news.example.com/a?x=1&y=2"


def test_an_answer_from_the_title_is_marked_there():
    source = market(highlight=None, answer="跌1.12%")
    html = render_answer(answered(source), ZH).html
    assert "<blockquote>收评：沪指<b>跌1.12%</b></blockquote>" in html
    elsewhere = market(highlight=None, answer="别处")
    assert "<blockquote>沪深两市今日小幅高开。" in render_answer(answered(elsewhere), ZH).html


def test_a_long_sentence_unfolds_and_a_very_long_one_is_cut_around_the_answer():
    long = f"{'涨' * 200}3256.39点{'跌' * 200}。"
    html = render_answer(answered(market(text=long, highlight=(200, 208))), ZH).html
    assert f"<blockquote expandable>{'涨' * 200}<b>3256.39点</b>{'跌' * 200}。</blockquote>" in html
    endless = f"{'涨' * 2000}3256.39点{'跌' * 2000}。"
    html = render_answer(answered(market(text=endless, highlight=(2000, 2008))), ZH).html
    assert "<blockquote expandable>…涨涨" in html and "涨<b>3256.39点</b>跌" in html
    assert "跌跌…</blockquote>" in html


def test_a_sentence_keeps_short_company_only():
    company = "这一句话很长，" * 20 + "。"
    text = f"{company}截至收盘，上证指数收报3256.39点。{company}"
    place = text.index("3256"), text.index("3256") + 8
    html = render_answer(answered(market(text=text, highlight=place)), ZH).html
    assert "<blockquote>…截至收盘，上证指数收报<b>3256.39点</b>。…</blockquote>" in html


@pytest.mark.parametrize("place", [(5, 5), (7, 3), (-1, 4), (0, 10_000), (1_000, 1_001)])
def test_a_place_that_is_none_marks_nothing(place):
    shown = seen(render_answer(answered(market(highlight=place)), ZH))
    assert "沪深两市今日小幅高开。" in shown.text
    assert shown.all("bold") == ["3256.39点"]


def test_what_comes_from_outside_is_text():
    evil = '<b>&amp;</blockquote><a href="tg://user?id=1">x</a>'
    source = market(
        text=evil,
        highlight=(3, 8),
        title=evil,
        publisher=evil,
        answer=evil,
        url='http://a.example/"><b>',
    )
    answer = answered(source, question=evil, searched=f"{evil}!", text=evil)
    shown = seen(render_answer(answer, ZH))
    assert shown.text.count(evil) == 5
    assert shown.all("bold") == [evil, "&amp;"]
    assert list(shown.links.values()) == ['http://a.example/"><b>']


def test_links_that_are_too_long_are_left_out_and_that_is_said():
    url = "https://news.example.com/" + "a" * 1_200
    shown = seen(render_answer(answered(market(url=url), market(rank=2)), ZH))
    assert "[1] 收评：沪指跌1.12% · 财联社 · 2022-03-10 15:03 · 链接过长，已略去\n" in shown.text
    assert len(shown.links) == 1
    assert url not in shown.plain and "链接过长" in shown.plain


def test_long_links_cost_nothing_else():
    url = "https://news.example.com/" + "a" * 950
    sources = tuple(market(rank=n, url=url) for n in range(1, 4))
    shown = seen(render_answer(answered(*sources), ZH))
    assert len(shown.all("text_link")) == 3
    assert "北向资金全天净卖出" in shown.text
    assert shown.plain.count(url) == 3


def test_a_source_without_anything():
    source = market(title=" ", url=None, publisher=None, date=None)
    shown = seen(render_answer(answered(source), ZH))
    assert shown.text.endswith("来源：\n[1] （无标题） · 日期不详")


def test_a_told_answer_keeps_its_lines_and_citations():
    source = market()
    answer = answered(source, text="收报3256.39点[1]。\n\n跌1.12%[1]。", by="llm")
    assert seen(render_answer(answer, ZH)).all("bold")[0] == "收报3256.39点[1]。\n跌1.12%[1]。"


def test_inline_mode_offers_the_answer_and_the_passages():
    sources = (market(), market(rank=2, text="另一段。", highlight=None, answer=None, post="b.md"))
    items = inline_results(answered(*sources), ZH)
    assert [item.title for item in items] == ["3256.39点", "收评：沪指跌1.12%", "收评：沪指跌1.12%"]
    assert items[0].description.startswith("沪深两市今日小幅高开。截至收盘，上证指数")
    assert items[2].description == "2022-03-10 · 另一段。"
    assert items[0].message.html.startswith("问：上证指数收于多少点？\n\n<b>3256.39点</b>\n")
    assert items[1].message.html.startswith(
        '<a href="https://news.example.com/a?x=1&amp;y=2"><b>收评'
    )
    refused = inline_results(answered(*sources, text=None, statements=()), ZH)
    assert [item.id for item in refused] == [item.id for item in items[1:]]


def test_inline_ids_stay_while_the_content_does():
    one = inline_results(answered(market()), ZH)
    other = inline_results(answered(replace(market(), score=2.0, rank=3)), EN)
    assert [item.id for item in one] == [item.id for item in other]
