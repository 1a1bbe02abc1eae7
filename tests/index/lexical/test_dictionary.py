from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import SettingsError
from index.lexical.dictionary import (
    MAX_FILE_BYTES,
    WordFinder,
    read_dictionary_file,
    site_words,
)


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("海伦司：小酒馆第一股", ["海伦司"]),
        ("海伦司:小酒馆第一股", ["海伦司"]),
        ("東財滾動新聞：發布公告", ["东财滚动新闻"]),
        ("公告：小酒馆第一股", []),  # jieba knows 公告
        ("这是一个很长很长的句子：小酒馆", []),
        ("《流浪小酒馆》上映", ["流浪小酒馆"]),
        ("「流浪小酒馆」上映", ["流浪小酒馆"]),
        ("“流浪小酒馆”上映", ["流浪小酒馆"]),
        ("“保险公司”上市", []),
        ("“100亿”来了，“HFO-1234yf”也来了", ["100亿"]),
        ("琴岛e保上线", ["琴岛e保"]),
        ("“。。”“a，b，c，d”", []),
        ("“什么”“哪家”", []),
        ("", []),
    ],
)
def test_words_of_a_title(title: str, words: list[str]) -> None:
    assert list(site_words([title], [], [])) == words


def test_tags_of_two_to_eight_characters_are_words() -> None:
    tags = [
        "A股动态",
        "股",
        "东财滚动新闻",
        "一二三四五六七八九十",
        "2021",
        "保险公司",
        "第 一 财经",
    ]
    assert site_words([], tags, []) == ("a股动态", "东财滚动新闻", "第 一 财经")


def test_the_admin_s_words_come_in_unjudged() -> None:
    assert site_words([], [], ["保险公司", "ＡＢ", "什么", " "]) == ("ab", "什么", "保险公司")


def test_the_order_of_posts_is_nothing() -> None:
    titles = ["海伦司：公告", "琴岛e保上线", "《流浪小酒馆》", "“小米之家”开业", "“第一酒馆”"]
    shuffled = titles * 2
    random.Random(7).shuffle(shuffled)
    words = site_words(titles, ["东财新闻", "青岛e保"], ["某某"])
    assert words == site_words(shuffled, ["青岛e保", "东财新闻"], ["某某", "某某"])
    assert list(words) == sorted(set(words))


@given(st.lists(st.text(max_size=30)), st.lists(st.text(max_size=9)))
def test_any_title_and_tag_is_taken(titles: list[str], tags: list[str]) -> None:
    for word in site_words(titles, tags, []):
        assert 2 <= len(word) <= 10
        assert word == word.strip()


def test_finding_overlapping_words_with_their_places() -> None:
    finder = WordFinder(["海伦", "海伦司", "伦司", "缺席"])
    assert [tuple(found) for found in finder.find("看海伦司")] == [
        ("海伦", 1, 3),
        ("海伦司", 1, 4),
        ("伦司", 2, 4),
    ]
    assert list(WordFinder([]).find("看海伦司")) == []
    assert list(finder.find("")) == []


def test_a_file_of_words(tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_bytes("\ufeff# 公司\r\n海伦司\r\n霍尼韋爾 # 美国\n\n海伦司\nFF  91\n".encode())
    assert read_dictionary_file(file) == ("ff 91", "海伦司", "霍尼韦尔")


def test_an_empty_file_holds_no_words(tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_text("# nothing\n\n")
    assert read_dictionary_file(file) == ()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("海伦司".encode("gb18030"), "can't be read"),
        ("海伦司\n" + "长" * 31, "line 2: '长长"),
        ("海", "line 1: '海' has 1 characters"),
        (b"#" * (MAX_FILE_BYTES + 1), "larger than 5,000,000 bytes"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, content: str | bytes, said: str) -> None:
    file = tmp_path / "words.txt"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(SettingsError, match=said) as caught:
        read_dictionary_file(file)
    assert caught.value.remedy


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.txt can't be read"):
        read_dictionary_file(tmp_path / "none.txt")
    with pytest.raises(SettingsError, match="can't be read"):
        read_dictionary_file(tmp_path)
