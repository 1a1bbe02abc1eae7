"""`/search`, `/sources`, `/latest`, passages and the bot's own notices, word by word."""

from datetime import datetime

from bot.render import (
    render_hits,
    render_latest,
    render_notice,
    render_passage,
    render_sources,
)
from bot.render.document import text_block
from bot.render.room import fitted
from bot.texts import LANGUAGES, texts_for
from tests.bot.render.strategies import seen
from tests.factories import SITE_ZONE, make_answer, make_copy, make_post, make_source

ZH = texts_for("zh-Hans")


def test_hits():
    found = make_answer(
        sources=(
            make_source(copies=(make_copy(),)),
            make_source(rank=2, text="长" * 200, highlight=None, title="另一篇", publisher=None),
        )
    )
    assert render_hits(found, ZH).html == (
        "<b>搜索：渡轮每天几班？</b>\n\n"
        '[1] <a href="http://news.example.com/ferry">渡轮复航</a> · 青石晚报 · 2022-03-01 12:00\n'
        "    另见 1 篇\n"
        "<blockquote>青石港的渡轮周二复航，每天往返<b>6班</b>。</blockquote>\n\n"
        '[2] <a href="http://news.example.com/ferry">另一篇</a> · 2022-03-01 12:00\n'
        f"<blockquote>{'长' * 99}…</blockquote>"
    )


def test_hits_come_ten_a_page():
    found = make_answer(sources=tuple(make_source(rank=n) for n in range(1, 13)))
    assert "[10] " in seen(render_hits(found, ZH)).text
    assert "[11] " not in seen(render_hits(found, ZH)).text
    assert seen(render_hits(found, ZH, 1)).text.count("] 渡轮") == 2


def test_nothing_found():
    nothing = make_answer(sources=(), text=None, reason="no_passages")
    for render in (render_hits, render_sources):
        assert render(nothing, ZH).html == "没有找到：没有符合条件的文章。"
    odd = make_answer(sources=(), text=None, reason="no_words")
    assert render_hits(odd, ZH).html == "没有找到：问题里没有可以检索的文字。"


def test_all_sources():
    answer = make_answer(
        sources=(make_source(copies=(make_copy(title="又一篇"),)), make_source(rank=2, old=True))
    )
    assert seen(render_sources(answer, ZH)).text == (
        "全部来源：渡轮每天几班？\n\n"
        "[1] 渡轮复航 · 青石晚报 · 2022-03-01 12:00\n"
        "    另见 1 篇：又一篇（2022-03-02）\n"
        "[2] 渡轮复航 · 青石晚报 · 2022-03-01 12:00 · 较早的报道"
    )


def test_the_newest_posts():
    posts = [
        make_post(),
        make_post(title="", url=None, publisher=None, date=None),
        make_post(title="<快讯>", date=datetime(2022, 2, 28, 9, 30, tzinfo=SITE_ZONE)),
    ]
    assert render_latest(posts, ZH).html == (
        "<b>最新文章：</b>\n\n"
        '· <a href="http://news.example.com/ferry">渡轮复航</a> · 青石晚报 · 2022-03-01 12:00\n'
        "· （无标题） · 日期不详\n"
        '· <a href="http://news.example.com/ferry">&lt;快讯&gt;</a> · 青石晚报 · 2022-02-28 09:30'
    )


def test_a_passage():
    text = "第一段。\n\n　　青石港的渡轮每天往返6班。\n第三段。" + "后" * 900
    place = text.index("6班"), text.index("6班") + 2
    assert render_passage(make_source(text=text, highlight=place, old=True), ZH).html == (
        '<a href="http://news.example.com/ferry"><b>渡轮复航</b></a>\n'
        "青石晚报 · 2022-03-01 12:00 · 较早的报道\n"
        f"<blockquote>第一段。\n青石港的渡轮每天往返<b>6班</b>。\n第三段。{'后' * 900}</blockquote>"
    )


def test_a_passage_without_link_or_date():
    shown = seen(render_passage(make_source(url=None, date=None, publisher=None), ZH))
    assert shown.text.startswith("渡轮复航\n日期不详\n青石港")
    long = make_source(url="http://a.example/" + "a" * 3_000)
    assert (
        "\n青石晚报 · 2022-03-01 12:00 · 链接过长，已略去\n" in seen(render_passage(long, ZH)).text
    )


def test_a_very_long_passage_is_cut_around_the_answer():
    text = "前" * 6_000 + "答案" + "后" * 6_000
    shown = seen(render_passage(make_source(text=text, highlight=(6_000, 6_002)), ZH))
    assert "前答案后" in shown.text
    assert "\n…前" in shown.text and shown.text.endswith("后…")


def test_headings_of_notices_are_bold():
    shown = seen(render_notice("说明\n\n随便问。\n\n命令：\n/ask · <提问>\n\n没有下文："))
    assert shown.text == "说明\n\n随便问。\n\n命令：\n/ask · <提问>\n\n没有下文："
    assert shown.all("bold") == ["说明", "命令："]
    assert render_notice("就一行：").html == "就一行："
    assert render_notice("两行\n一段").html == "两行\n一段"


def test_start_and_help_look_right():
    for language in LANGUAGES:
        texts = texts_for(language)
        assert len(seen(render_notice(texts("start"))).all("bold")) == 2
        both = f"{texts('help')}\n\n{texts('help-admin')}"
        assert len(seen(render_notice(both)).all("bold")) == 4


def test_a_notice_keeps_to_the_limits():
    """Ten questions without an answer, of a thousand characters each."""
    asked = "\n".join(f"· {'问' * 1_000}（{n} 次）" for n in range(10))
    shown = seen(render_notice(f"没有答案的问题：\n{asked}\n\n导出全部。"))
    assert shown.text.count("· 问") == 10
    assert shown.text.endswith("\n\n导出全部。")


def test_what_fits_in_no_room_is_cut_without_markup():
    message = fitted(lambda room: [text_block("<&>" * 3_000)])
    shown = seen(message)
    assert shown.text == shown.plain == ("<&>" * 600)[:1_799] + "…"
    assert shown.entities == []
