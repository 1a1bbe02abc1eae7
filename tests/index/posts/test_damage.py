"""Hostile and broken posts: always a post or a reason, and never a long wait."""

from __future__ import annotations

import time
import unicodedata

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import PostError
from index.posts import front_matter
from index.posts.html_guard import MAX_TAGS
from index.posts.lines import MAX_LINES
from index.posts.liquid import MAX_TAG_CHARS, MAX_UNCLOSED
from index.posts.markdown import MAX_MARKS
from index.posts.source_link import valid_url
from index.records import Post
from tests.index.posts.case import NOW, parse, parse_body

# The aim is 2 s on an idle machine; CPU time on a busy one is up to three times that.
MAX_CPU_S = 6.0
MEGABYTE = 1_000_000
ZH = "今天青岛市政府宣布了新的计划，预计投资额达到三十亿元。"


def fill(piece: str, size: int = 5 * MEGABYTE) -> str:
    """`piece` over and over, about `size` bytes."""
    return piece * (size // len(piece.encode()))


def attributes(count: int, value: str) -> str:
    return "".join(f" a{number}='{value}'" for number in range(count))


SLOW = {
    "5 MB of paragraphs": fill(ZH * 4 + "\n\n"),
    "5 MB on one line": fill(ZH),
    "a line of 100,000": ZH * 3_600,
    "5 MB of HTML": fill(f"<p>{ZH}</p>\n"),
    "5 MB of Markdown": fill(f"**{ZH}** [链接](http://a.com/b) {ZH}\n\n- {ZH}\n\n"),
    "10,000 div": "<div>" * 10_000 + ZH,
    "190,000 div": "<div>" * 190_000 + ZH,
    "div and closing p": "<div>" * 90_000 + "</p>" * 90_000 + ZH,
    "190,000 li in ul": "<ul><li>" * 95_000 + ZH,
    "span around divs": "<span>" * 90_000 + "<div>x</div>" * 45_000,
    "unclosed fonts": "".join(f"<p><font a={number}>x</p>" for number in range(60_000)),
    "600,000 attributes": f"<p{attributes(600_000, '')}>{ZH}",
    "attributes with <": f"<p{attributes(150_000, '<')}>{ZH}",
    "many long tags": f"<p{attributes(300, '')}>x" * 1_400,
    "90,000 links": "<p>" + "<a href=b>返回c</a>" * 90_000,
    "10,000 quotes": ">" * 10_000 + ZH,
    "a million quotes": ">" * MEGABYTE + ZH,
    "quotes by line": ((">" * 100) + "\n") * 40_000 + ZH,
    "brackets": "[" * 29_000,
    "5 MB of brackets": "[" * 5 * MEGABYTE,
    "images": "![" * 14_000,
    "open links": "[a](" * 9_000,
    "crossed brackets": "[a" * 14_000 + "]" * 14_000,
    "stars": "*a **b " * 9_000,
    "ticks": "".join("`" * number + " " for number in range(240)),
    "short headings": "# a\n" * 14_000,
    "soft breaks": f"{ZH * 3}，甲\n" * 9_000,
    "a table": "|a|b|\n|-|-|\n" + "|1|2|\n" * 5_000,
    "liquid": "{%" * 2 * MEGABYTE,
    "liquid comments": "{% comment %}" * 300_000,
    "open comments": "<!--" * MEGABYTE + ZH,
    "kramdown": "{:" * 2 * MEGABYTE,
    "spaces": " " * 5 * MEGABYTE + ZH,
    "full-width spaces": "\u3000" * 1_600_000 + ZH + "\u3000" * 1_600,
    "line ends": "\n" * 5 * MEGABYTE + ZH,
    "addresses": "http://" * 600_000,
    "addresses by line": "http://a.com/b\n" * 200_000,
    "glued sources": "（文章来源：甲）" * 200_000,
    "navigation": "[返回a](b)\n" * 100_000,
    "pipes": "|a" * 14_000,
}


@pytest.mark.parametrize("name", SLOW)
@pytest.mark.parametrize("suffix", ["md", "html"])
def test_no_post_takes_long(name: str, suffix: str) -> None:
    started = time.process_time()
    try:
        assert parse_body(SLOW[name], f"site/2021-12-08-a.{suffix}").text.strip()
    except PostError as error:
        assert error.message in {
            "no text in the body",
            f"more than {MAX_TAGS:,} HTML tags",
            f"more than {MAX_LINES:,} lines",
        }
    assert time.process_time() - started < MAX_CPU_S


@pytest.mark.parametrize(
    "name",
    ["5 MB of paragraphs", "5 MB on one line", "a line of 100,000", "5 MB of HTML", "10,000 div",
     "190,000 div", "600,000 attributes", "10,000 quotes", "spaces", "full-width spaces"],
)  # fmt: skip
def test_the_words_of_a_large_post_survive(name: str) -> None:
    assert parse_body(SLOW[name]).text.count(ZH) == SLOW[name].count(ZH)


@pytest.mark.parametrize(
    "header",
    ["? " * 30_000, "a: [" * 15_000, "{" * 60_000, "- " * 30_000, "!" * 60_000, "&a " * 20_000,
     "a: &a\n" * 10_000, "'" * 60_000, "#" * 60_000, "a:\n" * 20_000, "%YAML " * 10_000],
)  # fmt: skip
@pytest.mark.parametrize("loader", ["BaseLoader", "CBaseLoader"])
def test_no_front_matter_takes_long(
    header: str, loader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front_matter, "LOADER", getattr(yaml, loader, yaml.BaseLoader))
    started = time.process_time()
    with pytest.raises(PostError):
        parse(f"---\ntitle: 题\n{header}\n---\n")
    assert time.process_time() - started < MAX_CPU_S


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<br>" * (MAX_TAGS + 1) + ZH, "more than 200,000 HTML tags"),
        ("<pre>" + "一\n" * (MAX_LINES + 1), "more than 100,000 lines"),
    ],
)
def test_a_data_dump_is_no_post(body: str, reason: str) -> None:
    with pytest.raises(PostError) as caught:
        parse_body(body)
    assert caught.value.message == reason


def test_too_many_marks_leave_them_in_the_text_and_keep_the_lines() -> None:
    body = "一[*\n" * (MAX_MARKS // 3 + 1)
    assert parse_body(body).text.split("\n") == ["一[*"] * (MAX_MARKS // 3 + 1)


def test_after_many_open_braces_a_post_is_no_template() -> None:
    rest = "。" * MAX_TAG_CHARS + "{{ a }}"
    assert "{{ a }}" not in parse_body("{% " * (MAX_UNCLOSED - 1) + rest).text
    assert "{{ a }}" in parse_body("{% " * MAX_UNCLOSED + rest).text


BREAKING = {"Cc", "Zl", "Zp"}  # controls, line and paragraph separators


def check(post: Post) -> None:
    """What holds for every post, whatever it was made of."""
    for field in (post.title, post.text, post.url or "", post.publisher or "", *post.tags):
        field.encode()  # no lone surrogates
        assert not any(unicodedata.category(char) in BREAKING for char in field if char != "\n")
    assert post.text
    for line in post.text.split("\n"):
        assert line.strip(" \t") == line != ""
    assert "\n" not in post.title
    assert post.url is None or valid_url(post.url) == post.url
    assert post.date is None or (post.date.tzinfo is not None and post.date <= NOW)


def parses_or_says_why(raw: bytes, post_id: str) -> None:
    try:
        check(parse(raw, post_id))
    except PostError as error:
        assert error.message


NAMES = st.sampled_from(["site/2021-12-08-a.md", "site/-20220526.html", "site/_posts/x.markdown"])
FUZZ = settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
HEADERS = [
    "---\n", "---\r\n", "\n---\n", "title: ", "date: ", "tags: ", "published: ", "2021-12-08",
    "+0800", "[a, b]", '"', "'", ": ", "- ", "*a", "&a", "|", ">", "{", "}", "#", "\\ud800", "!!x",
    "source: http://a.com", "\t",
]  # fmt: skip
BODIES = [
    "<p>", "</p>", "<p style='display:none'>", "<div hidden>", "</div>", "<span id='quote_1'>",
    "<a href='http://a.com/b'>", "</a>", "<br>", "<!--", "-->", "<!-- EM_StockImg_Start -->",
    "<!-- EM_StockImg_End -->", "<script>", "</script>", "<style>", "<title>", "<textarea>",
    "<table>", "<td>", "<tr>", "<ul>", "<li>", "<pre>", "<h1>", "<svg>", "<template>", "<select>",
    "<1%", "<>", "<http://a.com/b>", "<javascript:x>", "&lt;", "&#0;", "&#xd800;", "&bogus;", "**",
    "*", "_", "`", "```\n", "> ", "# ", "- ", "1. ", "|a|b|\n|-|-|\n", "[", "](", ")", "![", "[^1]",
    "{%", "%}", "{{", "}}", "{% raw %}", "{% comment %}", "{: .a}", "\\", "\n", "\n\n", "    ",
    "\u3000", "*ST甲", "中文。", "（财联社）", "（文章来源：甲）", "（责任编辑：乙）", "返回首页",
    "[返回](../)", "图片来源：丙", "郑重声明：", "http://a.com/b", "原文链接：", "\ufdd0", "\ufdd1",
    "\ufdd2", "\x00", "\u202e", "\ud7ff", "😀",
]  # fmt: skip


@FUZZ
@given(st.binary(max_size=600), NAMES)
def test_any_bytes_are_a_post_or_an_error(raw: bytes, post_id: str) -> None:
    parses_or_says_why(raw, post_id)


@FUZZ
@given(st.text(max_size=300), st.sampled_from(["utf-8", "gb18030", "utf-16"]), NAMES)
def test_any_text_is_a_post_or_an_error(text: str, encoding: str, post_id: str) -> None:
    parses_or_says_why(text.encode(encoding, "ignore"), post_id)


@FUZZ
@given(
    st.lists(st.sampled_from(HEADERS) | st.text(max_size=5), max_size=12),
    st.lists(st.sampled_from(BODIES) | st.text(max_size=5), max_size=25),
    NAMES,
)
def test_any_mixture_of_marks_is_a_post_or_an_error(
    header: list[str], body: list[str], post_id: str
) -> None:
    raw = f"---\n{''.join(header)}\n---\n{''.join(body)}"
    parses_or_says_why(raw.encode("utf-8", "replace"), post_id)
