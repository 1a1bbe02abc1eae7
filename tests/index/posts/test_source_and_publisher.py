"""Where a post came from: its source link and its publisher."""

from __future__ import annotations

import re

import pytest

from index.posts.source_link import valid_url
from tests.index.posts.case import parse, parse_body, parse_header

MARKDOWN_LINK = re.compile(r"\[([^]]+)\]\((http[^)]+)\)")
URL = "http://a.example.com/news/1,2.html"


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "https://a.com",
        "HTTPS://A.com/x",
        "http://a.com:8080/?infoCode=NW2022&b=c#d",
        "http://新闻.中国/路径",
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://a.com/%E4%B8%AD",
    ],
)
def test_addresses_are_kept_as_written(url: str) -> None:
    assert valid_url(url) == url
    assert valid_url(f" {url}\n") == url


@pytest.mark.parametrize(
    "text",
    [None, "", "a.com", "//a.com/b", "../b", "ftp://a.com", "javascript:alert(1)",
     "data:text/html,x", "http://", "http:///x", "http://...", "http://user@a.com/", "http://user:pw@a.com/",
     "http://a.com:port/", "http://a.com:99999/", "http://a b.com", "http://a.com/\u202ex",
     "http://a.com/\x00", "http://a.com/<b>", 'http://a.com/"', "http://a.com\\@b.com",
     "http://[::1", "http://a.com/" + "x" * 2_048],
)  # fmt: skip
def test_everything_else_is_no_address(text: str | None) -> None:
    assert valid_url(text) is None


@pytest.mark.parametrize(
    "tail",
    [
        f"\n\n<{URL}>",
        f"\n\n<{URL}>\n\n[返回首页](../)",
        f"\n\n<{URL}>\n[返回首页](../)",
        f"\n<{URL}>",
        f"\n\n{URL}",
        f"\n\n[原文链接]({URL})",
        f"\n\n原文链接：{URL}",
        f"\n\n来源：<{URL}>",
        f"\n\n阅读原文 [{URL}]({URL})",
        f"<{URL}>",
        f"（财联社） {URL}",
        f"\n\n（文章来源：新华社）\n\n<{URL}>",
        f"\n\n<{URL}>\n\n（文章来源：新华社）",
        f"\n\n<{URL}>\n\n<>",
        f'\n\n<p><a href="{URL}">原文</a></p>',
    ],
)
@pytest.mark.parametrize("suffix", ["md", "html"])
def test_the_link_at_the_end_is_the_source(tail: str, suffix: str) -> None:
    if suffix == "html":
        tail = tail.replace("\n\n", "\n<p>")
        tail = MARKDOWN_LINK.sub(r'<a href="\2">\1</a>', tail)
    post = parse_body(f"<p>正文。</p>\n\n正文。{tail}", f"site/2021-12-08-a.{suffix}")
    assert post.url == URL
    assert "http" not in post.text
    assert "原文" not in post.text


@pytest.mark.parametrize("suffix", ["md", "html"])
def test_the_link_is_found_inside_an_unclosed_paragraph(suffix: str) -> None:
    post = parse_body(f"<p>正文。\n<{URL}>\n[返回首页](../)", f"site/2021-12-08-a.{suffix}")
    assert (post.url, post.text) == (URL, "正文。")


def test_an_address_of_any_script_is_kept_as_written() -> None:
    assert parse_body("正文。\n\n<http://a.com/新闻?q=%E4>").url == "http://a.com/新闻?q=%E4"


def test_a_link_to_more_of_the_portal_is_not_the_source() -> None:
    post = parse_body("正文。\n\n[点击查看更多](http://portal.example.com/)")
    assert (post.url, post.text) == (None, "正文。")


def test_a_link_of_words_is_the_source_and_its_words_stay() -> None:
    post = parse_body(f"正文。\n\n[关于某事的公告]({URL})")
    assert (post.url, post.text) == (URL, "正文。\n关于某事的公告")


@pytest.mark.parametrize(
    "tail",
    ["", "<>", "<javascript:alert(1)>", "<http://user:pw@a.com/>", "<ftp://a.com/b>", "<http://>",
     "[原文链接](../a.html)", "<mailto:a@b.com>"],
)  # fmt: skip
def test_no_valid_link_is_none_and_leaves_no_trace(tail: str) -> None:
    post = parse_body(f"正文。\n\n{tail}")
    assert (post.url, post.text) == (None, "正文。")


def test_links_within_the_news_are_not_the_source() -> None:
    post = parse_body(f"见[公告]({URL})第一条。\n\n<http://b.com/c>")
    assert (post.url, post.text) == ("http://b.com/c", "见公告第一条。")
    post = parse_body(f"见[公告]({URL})第一条。")
    assert (post.url, post.text) == (None, "见公告第一条。")


def test_an_address_within_the_last_sentence_stays_there() -> None:
    for sentence in ("详情请登录 http://a.com/b 查询。", "详情请登录 http://a.com/b"):
        post = parse_body(f"正文。\n\n{sentence}")
        assert (post.url, post.text) == (None, f"正文。\n{sentence}")


@pytest.mark.parametrize("key", ["source_url", "original_url", "source", "link", "canonical_url"])
def test_front_matter_may_name_the_source(key: str) -> None:
    post = parse_header(f"{key}: {URL}")
    assert (post.url, post.publisher) == (URL, None)
    both = parse(f"---\n{key}: {URL}\n---\n正文。\n\n<http://b.com/c>")
    assert (both.url, both.text) == (URL, "正文。")
    assert parse_header(f"{key}: javascript:x\nlink: https://b.com").url == "https://b.com"


@pytest.mark.parametrize(
    ("tail", "publisher", "text"),
    [
        ("\n\n（文章来源：上海证券报）", "上海证券报", "正文。"),
        ("\n\n(文章来源:上海证券报)", "上海证券报", "正文。"),
        ("\n\n<p>（文章来源：上海<span><a href='/q'>证券</a></span><i></i>报）</p>",
         "上海证券报", "正文。"),
        ("\n\n来源：新华社 2021-12-08", "新华社", "正文。"),
        ("\n\n（文章来源：证券时报 作者：张三）", "证券时报", "正文。"),
        ("（文章来源：财联社）", "财联社", "正文。"),
        ("（来源：财联社）", "财联社", "正文。"),
        ("（财联社）", "财联社", "正文。（财联社）"),
        (" （证券时报）", "证券时报", "正文。 （证券时报）"),
        ("(央视新闻)", "央视新闻", "正文。(央视新闻)"),
        ("（e公司）", "e公司", "正文。（e公司）"),
        ("\n\n（财联社）", "财联社", "正文。"),
        ("\n\n(央视新闻)", "央视新闻", "正文。"),
        ("（财联社）\n\n（文章来源：新华网）", "新华网", "正文。（财联社）"),
        ("（第四十九批）", "标签", "正文。（第四十九批）"),
        ("（完）", "标签", "正文。（完）"),
        ("（互联网）", "标签", "正文。（互联网）"),
        ("（记者 张三）", "标签", "正文。（记者 张三）"),
        ("\n\n（文章来源：）", "标签", "正文。"),
        ("", "标签", "正文。"),
    ],
)  # fmt: skip
def test_the_publisher_of_a_tail(tail: str, publisher: str, text: str) -> None:
    post = parse_body(f"正文。{tail}\n\n<{URL}>")
    tagged = post.publisher or "标签"
    assert (tagged, post.text, post.url) == (publisher, text, URL)


def test_a_digest_may_name_the_publisher() -> None:
    assert parse_body("> 摘要。（财联社）\n\n一。\n\n二。").publisher == "财联社"


def test_front_matter_comes_before_the_tail_and_the_tag_last() -> None:
    header = "---\ntags: [标签, 二]\n{}\n---\n正文。（财联社）"
    assert parse(header.format("publisher: 某报")).publisher == "某报"
    assert parse(header.format("source: 某网")).publisher == "某网"
    assert parse(header.format(f"source: {URL}")).publisher == "财联社"
    assert parse(header.format("").replace("（财联社）", "")).publisher == "标签"
