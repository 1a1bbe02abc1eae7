"""Front matter: YAML as strings, and headers that YAML refuses but people understand."""

from __future__ import annotations

import pytest
import yaml

from index.errors import PostError
from index.posts import front_matter
from index.posts.front_matter import read_mapping, split_front_matter
from index.posts.front_repair import read_front_matter
from tests.index.posts.case import parse_header

LOADERS = [yaml.BaseLoader, *([yaml.CBaseLoader] if yaml.__with_libyaml__ else [])]


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__)
def _each_loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """libyaml and the reader in Python must agree."""
    monkeypatch.setattr(front_matter, "LOADER", request.param)


def values(header: str) -> dict[str, front_matter.Value]:
    return dict(read_front_matter(f"---\n{header}\n---\n正文")[0].values)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\na: 1\n---\n正文", ("a: 1\n", "正文")),
        ("\n \n---\na: 1\n---\n正文", ("a: 1\n", "正文")),
        ("---  \na: 1\n...\n正文", ("a: 1\n", "正文")),
        ("---\n---\n正文", ("", "正文")),
        ("---\na: 1\n---", ("a: 1\n", "")),
        ("正文", (None, "正文")),
        ("", (None, "")),
        ("文\n---\na: 1\n---\n", (None, "文\n---\na: 1\n---\n")),
        ("---\n只有一条线", (None, "---\n只有一条线")),
        ("---\n两条线\n---\n之间的话", (None, "---\n两条线\n---\n之间的话")),
        ("----\na: 1\n----\n", (None, "----\na: 1\n----\n")),
    ],
)
def test_where_a_header_begins_and_ends(text: str, expected: tuple[str | None, str]) -> None:
    assert split_front_matter(text) == expected


def test_a_header_without_end_is_refused() -> None:
    with pytest.raises(PostError, match="has no closing ---"):
        split_front_matter("---\ntitle: 题\n正文")


def test_a_header_over_64_kb_is_refused() -> None:
    fits = "title: " + "x" * (front_matter.MAX_FRONT_MATTER_BYTES - len("title: \n"))
    assert split_front_matter(f"---\n{fits}\n---\n")[0] == f"{fits}\n"
    with pytest.raises(PostError, match="over 64 KB"):
        split_front_matter(f"---\n{fits}x\n---\n")
    with pytest.raises(PostError, match="over 64 KB"):  # bytes count, not characters
        split_front_matter(f"---\ntitle: {'汉' * 30_000}\n---\n")


@pytest.mark.usefixtures("_each_loader")
@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("title: 12:30", {"title": "12:30"}),
        ("a: no\nb: 1.50\nc: 2021-12-08\nd: true", {
            "a": "no", "b": "1.50", "c": "2021-12-08", "d": "true",
        }),
        ("title: 大摩：升评级", {"title": "大摩：升评级"}),
        ('title: "他说\\"好\\""', {"title": '他说"好"'}),
        ("title: ''", {"title": ""}),
        ("title:\nb: ~\nc: null\nd: 'null'", {"d": "null"}),
        ("date:  +0800", {"date": "+0800"}),
        ("tags: [甲, 乙 丙]", {"tags": ("甲", "乙 丙")}),
        ("tags:\n- 甲\n- 乙", {"tags": ("甲", "乙")}),
        ("tags: []", {"tags": ()}),
        ("tags: {a: b}\nx: [[深], 浅]", {"x": ("浅",)}),
        ("title: >-\n  折行的\n  标题", {"title": "折行的 标题"}),
        ("title: a\ntitle: b", {"title": "b"}),
        ("title: a\ntitle:", {}),
        ("title: a # 注", {"title": "a"}),
        ("title: 甲　乙  丙", {"title": "甲　乙 丙"}),
        ('title: "甲\\r乙\\v丙\\u2028丁\\a"', {"title": "甲 乙 丙 丁"}),
        ("# 注\n\ntitle: a", {"title": "a"}),
        ("", {}),
    ],
)  # fmt: skip
def test_yaml_gives_strings_and_lists(header: str, expected: dict[str, front_matter.Value]) -> None:
    assert values(header) == expected
    assert read_mapping(header) == expected


@pytest.mark.usefixtures("_each_loader")
@pytest.mark.parametrize(
    ("header", "title"),
    [
        ("title: FF: 现金充足", "FF: 现金充足"),
        ('title: "他说"好"了"', '他说"好"了'),
        ('title: "引号没关', "引号没关"),
        ("title: [快讯] 某某公司", "[快讯] 某某公司"),
        ("title: {看图} 某某", "{看图} 某某"),
        ("title: *ST某某 停牌", "*ST某某 停牌"),
        ("title: *ST", "*ST"),
        ("title: &某某", "&某某"),
        ("title: &A 股", "&A 股"),
        ('title: "甲"说乙', '"甲"说乙'),
        ("title: % 某某", "% 某某"),
        ("title: @某某", "@某某"),
        ("title: `某某`", "`某某`"),
        ("title：全角冒号", "全角冒号"),
        ("title: > 某某", "> 某某"),
        ("title: 'It's'", "It's"),
        ("title: 一:\t二 : 三", "一: 二 : 三"),
    ],
)
def test_titles_that_yaml_refuses_are_read_as_meant(header: str, title: str) -> None:
    found = values(f"layout: post\n{header}\ntags:\n  - 甲\n  - 乙\ndate: 2021-12-08")
    assert found == {"layout": "post", "title": title, "tags": ("甲", "乙"), "date": "2021-12-08"}


@pytest.mark.usefixtures("_each_loader")
@pytest.mark.parametrize(
    "header",
    [
        "title: 题\n  date: [2021\ntags: }{",
        "- 甲\n- 乙",
        "? [甲]\n: 乙",
        "title: 题\n没有冒号的一行",
        "\ttitle: 题",
    ],
)
def test_what_is_not_plain_is_refused(header: str) -> None:
    with pytest.raises(PostError, match="broken YAML in the front matter: "):
        read_front_matter(f"---\n# 注\n{header}\n---\n正文")


@pytest.mark.usefixtures("_each_loader")
def test_the_line_of_the_fault_is_named() -> None:
    with pytest.raises(PostError, match=r"\(line 4\)$"):
        read_front_matter("---\na: 1\nb: 2\n\tc: 3\n---\n正文")


@pytest.mark.usefixtures("_each_loader")
def test_aliases_are_refused_before_they_can_grow() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{new}: &{new} [*{old}, *{old}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with pytest.raises(PostError, match="uses YAML aliases"):
        read_front_matter(f"---\n{bomb}---\n正文")


@pytest.mark.usefixtures("_each_loader")
@pytest.mark.parametrize("nest", ["[" * 20_000, "{a: " * 10_000, "- " * 10_000, "a: " * 10_000])
def test_deep_nesting_ends_well(nest: str) -> None:
    assert values(f"title: {nest}")["title"] == f"title: {nest}".removeprefix("title: ").strip()


@pytest.mark.usefixtures("_each_loader")
def test_tags_of_yaml_build_nothing() -> None:
    assert values("title: !!python/object/apply:os.getcwd []\nb: !!int 7") == {
        "title": (),
        "b": "7",
    }


@pytest.mark.parametrize(
    ("header", "tags", "categories"),
    [
        ("tags: 东财滚动新闻\ncategories: emnews", ("东财滚动新闻",), ("emnews",)),
        ("tags: a b\ncategories: x  y", ("a", "b"), ("x", "y")),
        ("tag: a b\ncategory: x y", ("a b",), ("x y",)),
        ("tag: a\ntags: [b, a, c]", ("a", "b", "c"), ()),
        ("tags: [a b, '']\ncategories:\n- x", ("a b",), ("x",)),
        ("tags:\ncategories: ''", (), ()),
        ("tags: {a: b}", (), ()),
    ],
)
def test_names_are_split_as_jekyll_does(
    header: str, tags: tuple[str, ...], categories: tuple[str, ...]
) -> None:
    post = parse_header(header)
    assert (post.tags, post.categories) == (tags, categories)
