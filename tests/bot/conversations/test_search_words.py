"""What stands behind /search and /latest."""

from __future__ import annotations

from datetime import date

import pytest

from bot.handlers.search_words import Latest, WordsError, latest_of, search_of
from index.filters import Filters

MARCH = date(2022, 3, 1)
APRIL = date(2022, 4, 1)


@pytest.mark.parametrize(
    ("typed", "words", "filters"),
    [
        ("北向资金", "北向资金", Filters()),
        ("  北向   资金 ", "北向 资金", Filters()),
        ("since:2022-03-01 北向", "北向", Filters(since=MARCH)),
        ("北向 自：2022-03-01 至：2022-04-01", "北向", Filters(MARCH, APRIL)),
        ("FROM:2022-03-01 北向 TO:2022-04-01", "北向", Filters(MARCH, APRIL)),
        ("北向 分类:股票 category:财经", "北向", Filters(categories=frozenset({"股票", "财经"}))),
        ("比分 3:2", "比分 3:2", Filters()),
        ("since: 北向", "since: 北向", Filters()),
    ],
)
def test_search(typed: str, words: str, filters: Filters) -> None:
    found = search_of(typed)
    assert (found.words, found.filters) == (words, filters)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("", ""),
        ("自:2022-03-01", ""),
        ("北向 自:昨天", "昨天"),
        ("北向 until:2022-02-30", "2022-02-30"),
        ("北向 自:2022-04-01 至:2022-03-01", "2022-04-01 > 2022-03-01"),
    ],
)
def test_search_that_cannot_be_meant(typed: str, value: str) -> None:
    with pytest.raises(WordsError) as raised:
        search_of(typed)
    assert raised.value.value == value


@pytest.mark.parametrize(
    ("typed", "latest"),
    [
        ("", Latest(5, None)),
        ("3", Latest(3, None)),
        ("股票", Latest(5, "股票")),
        ("股票 8", Latest(8, "股票")),
        ("8 分类：股票", Latest(8, "股票")),
    ],
)
def test_latest(typed: str, latest: Latest) -> None:
    assert latest_of(typed) == latest


@pytest.mark.parametrize("typed", ["0", "11", "99999999999", "股票 财经"])
def test_latest_that_cannot_be_meant(typed: str) -> None:
    with pytest.raises(WordsError):
        latest_of(typed)
