"""One file to one post: title, categories, what is refused, and in which words."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest

from index.errors import PostError
from index.posts.parse import parse_file, parse_post
from index.posts.walk import walk_posts
from tests.index.posts.case import NOW, ZONE, parse, parse_body, parse_header


def test_a_whole_post_of_the_site() -> None:
    raw = (
        '\n---\nlayout: post\ntitle: "某公司(00388.HK)涨超10%"\ndate: 2021-12-08 10:41:52\n'
        "categories: emnews\ntags: 滚动新闻\n---\n\n"
        "某公司(00388.HK)涨超10%，现报17.96港元。（财联社）\n\n"
        "<http://hk.example.com/news/1533,1.html>\n\n[返回滚动新闻](../emnews/)\n[返回首页](../)"
    )
    post = parse_post("posts/a/2021-12-08-1.md", raw.encode(), ZONE, NOW)
    assert asdict(post) | {"date": post.date and post.date.isoformat()} == {
        "id": "posts/a/2021-12-08-1.md",
        "title": "某公司(00388.HK)涨超10%",
        "date": "2021-12-08T10:41:52+08:00",
        "categories": ("emnews",),
        "tags": ("滚动新闻",),
        "url": "http://hk.example.com/news/1533,1.html",
        "publisher": "财联社",
        "text": "某公司(00388.HK)涨超10%，现报17.96港元。（财联社）",
    }


@pytest.mark.parametrize(
    ("raw", "name", "title", "text"),
    [
        ("---\ntitle: 题\n---\n# 头\n\n文", "a.md", "题", "头\n文"),
        ("---\ntitle: ''\n---\n# 头\n\n文", "a.md", "", "头\n文"),
        ("---\ntitle:\n---\n# 头\n\n文", "a.md", "头", "文"),
        ("# 头\n\n文", "a.md", "头", "文"),
        ("# 头", "a.md", "头", "头"),
        ("<h1>头</h1><p>文</p>", "a.html", "头", "文"),
        ("文\n\n# 头", "2021-12-08-kai-zhan_da.md", "kai zhan da", "文\n头"),
        ("文", "2021-12-08-开站 大吉.md", "开站 大吉", "文"),
        ("文", "2021-12-08-202112082206672930.md", "", "文"),
        ("文", "-202205262391921712.md", "", "文"),
        ("文", "NW202204182346937638.md", "", "文"),
        ("---\ntitle: R&amp;D &lt;新&gt; &copy\n---\n文", "a.md", "R&D <新> &copy", "文"),
    ],
)
def test_titles(raw: str, name: str, title: str, text: str) -> None:
    post = parse(raw, f"site/{name}")
    assert (post.title, post.text) == (title, text)


def test_a_figure_only_in_the_title_is_kept() -> None:
    assert parse_header("title: 净流入达30亿元").title == "净流入达30亿元"


@pytest.mark.parametrize(
    ("post_id", "categories"),
    [
        ("site/_posts/2021-12-08-a.md", ("c",)),
        ("site/news/qd/_posts/x/2021-12-08-a.md", ("news", "qd", "c")),
        ("site/c/_posts/2021-12-08-a.md", ("c",)),
        ("site/news/2021-12-08-a.md", ("c",)),
        ("_posts/2021-12-08-a.md", ("c",)),
    ],
)
def test_folders_above_posts_are_categories(post_id: str, categories: tuple[str, ...]) -> None:
    assert parse_header("category: c", post_id).categories == categories


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("published: false", "published: false"),
        ("published: 'False'", "published: false"),
        ("published: no", "published: false"),
        ("draft: true", "draft: true"),
    ],
)
def test_what_the_site_would_not_show_is_refused(header: str, reason: str) -> None:
    with pytest.raises(PostError) as caught:
        parse_header(header)
    assert caught.value.message == reason


@pytest.mark.parametrize("header", ["published: true", "draft: false", "published: yes"])
def test_what_the_site_would_show_is_read(header: str) -> None:
    assert parse_header(header).text == "正文。"


def test_an_unpublished_post_says_so_before_anything_else() -> None:
    with pytest.raises(PostError, match="published: false"):
        parse("---\npublished: false\ndate: 2099-01-01\n---\n")


def test_reasons_are_one_short_line() -> None:
    for raw in (b"", b"\0" * 100, b"---\ntitle: x", "---\n- 甲\n---\n".encode(), b"\xff" * 9):
        with pytest.raises(PostError) as caught:
            parse(raw)
        assert "\n" not in str(caught.value)
        assert 5 < len(str(caught.value)) < 100


def test_parse_file_reads_what_the_walk_found(tmp_path: Path) -> None:
    path = tmp_path / "site" / "2021-12-08-a.md"
    path.parent.mkdir()
    path.write_text("---\ntitle: 题\n---\n正文。", encoding="utf-8")
    (file,) = walk_posts([path.parent], 1_000).files
    post = parse_file(file, ZONE, NOW)
    assert (post.id, post.path, post.text) == ("site/2021-12-08-a.md", "2021-12-08-a.md", "正文。")
    path.unlink()
    with pytest.raises(PostError, match="can't be read"):
        parse_file(file, ZONE, NOW)


def test_crlf_and_bom_change_nothing() -> None:
    raw = "---\ntitle: 题\ntags:\n- 甲\n---\n一\n\n<p>二\n三</p>\n\n<http://a.com/b>\n"
    plain = parse(raw)
    assert parse(raw.replace("\n", "\r\n")) == plain
    assert parse(b"\xef\xbb\xbf" + raw.encode()) == plain
    assert parse((raw + "更多的中文字，足够辨认编码。").encode("gb18030")) == parse(
        raw + "更多的中文字，足够辨认编码。"
    )


def test_text_is_as_written_nothing_folded() -> None:
    assert parse_body("ＦＦ　９１，臺灣，ＡＢＣ").text == "ＦＦ　９１，臺灣，ＡＢＣ"
