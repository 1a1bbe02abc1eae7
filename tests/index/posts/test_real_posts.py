"""The real posts of the site, where they are at hand."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from index.posts.parse import parse_file
from index.posts.walk import walk_posts
from index.records import Post
from tests.index.posts.case import NOW, REAL_POSTS, ZONE

pytestmark = pytest.mark.skipif(not REAL_POSTS.is_dir(), reason="the real posts are not here")

NOT_TEXT = re.compile(
    r"返回.{0,12}新闻|返回首页|</?[a-z]|http|图片来源|文章来源|EmImage|&lt;|&nbsp;|\r|\t|---|layout:"
)


@pytest.fixture(scope="module")
def posts() -> dict[str, Post]:
    files = walk_posts([REAL_POSTS], 5_000_000).files
    return {post.path: post for post in (parse_file(file, ZONE, NOW) for file in files)}


def test_all_of_them_parse(posts: dict[str, Post]) -> None:
    assert len(posts) == len(list(REAL_POSTS.glob("*.md"))) == 68


def test_nothing_of_the_page_reaches_the_text(posts: dict[str, Post]) -> None:
    for post in posts.values():
        assert not NOT_TEXT.search(post.text), post.id
        for line in post.text.split("\n"):
            assert line == line.strip() != "", post.id


def test_each_has_the_address_that_its_file_names(posts: dict[str, Post]) -> None:
    without = {"2021-12-01-init.md", "-202205262391921712.md"}
    for name, post in posts.items():
        raw = (REAL_POSTS / name).read_text(encoding="utf-8")
        named = re.findall(r"^<(http[^>]+)>$", raw, re.MULTILINE)
        assert named == ([] if name in without else [post.url])
        assert (post.url is None) == (name in without)


def test_each_has_the_date_that_its_file_names(posts: dict[str, Post]) -> None:
    for name, post in posts.items():
        raw = (REAL_POSTS / name).read_text(encoding="utf-8")
        named = re.search(r"^date: (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)", raw, re.MULTILINE)
        expected = datetime(2022, 5, 26)
        if named is not None:
            expected = datetime.strptime(named[1], "%Y-%m-%d %H:%M:%S")
        assert post.date == expected.replace(tzinfo=ZONE), name


def test_titles_categories_and_tags_are_as_written(posts: dict[str, Post]) -> None:
    for name, post in posts.items():
        raw = (REAL_POSTS / name).read_text(encoding="utf-8")
        fields = dict(re.findall(r"^(title|categories|tags): ?(.*)$", raw, re.MULTILINE))
        assert post.title == fields["title"].strip('"')
        assert post.categories == (fields["categories"],)
        assert post.tags == (fields["tags"],)


def test_publishers(posts: dict[str, Post]) -> None:
    found = {post.publisher for post in posts.values()}
    assert found == {
        "上海证券报", "青岛财经日报", "站长消息", "东财滚动新闻", "央视新闻", "澎湃新闻",
        "发改委网站", "天天基金网", "财联社", "证券时报网", "证券时报", "新华社", "e公司",
        "中国基金报",
    }  # fmt: skip
    by_tag = [post for post in posts.values() if post.publisher in post.tags]
    assert len(by_tag) == 68 - 2 - 13  # two say 文章来源, thirteen end in a medium in brackets


def test_plain_posts_lose_nothing(posts: dict[str, Post]) -> None:
    """What stands between front matter and link is the text, character by character."""
    plain = 0
    for name, post in posts.items():
        raw = (REAL_POSTS / name).read_text(encoding="utf-8")
        body = raw.split("---\n", 2)[2].split("\n<http")[0].strip()
        if "<p" not in body:
            plain += 1
            assert post.text == body, name
    assert plain == 66


def test_the_two_html_posts(posts: dict[str, Post]) -> None:
    cooling = posts["-202205262391921712.md"]
    assert cooling.title == ""
    assert cooling.text.startswith("据霍尼韦尔官网消息，5月24日")
    assert "据了解，《<蒙特利尔议定书>基加利修正案》" in cooling.text
    assert "巨化股份、联创股份已有HFO-1234yf产品" in cooling.text
    # 20 <p> in the file, less hidden, chart, caption and source; the digest before them.
    assert len(cooling.text.split("\n")) == 20 - 4 + 1
    insurer = posts["2022-04-18-NW202204182346937638.md"]
    assert "青岛国寿作为首席承保方" in insurer.text
    assert len(insurer.text.split("\n")) == 20 - 1  # all but the source
    assert insurer.text.endswith("一流大中城市寿险分公司。")
