"""The word lists hold together."""

import tomllib
from collections import Counter
from importlib import resources

from index.history.words import Kind, words
from index.text import fold


def listed():
    text = resources.files("index.history").joinpath("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def test_every_word_is_written_as_it_is_matched():
    found = [
        word for lists in listed().values() for text in lists.values() for word in text.split()
    ]
    assert [word for word in found if fold(word) != word] == []


def test_no_word_is_of_two_kinds():
    counts = Counter(
        word
        for section, lists in listed().items()
        if section not in ("talk", "lead", "more")
        for text in lists.values()
        for word in text.split()
    )
    assert [word for word, count in counts.items() if count > 1] == []


def test_a_word_has_its_section_as_its_kind():
    assert words().inside["总市值"] == (Kind.ATTRIBUTE, "figure")
    assert words().inside["高盛"] == (Kind.BROKER, "any")
    assert "谢谢" in words().whole[Kind.TALK] and "谢谢" not in words().inside
