"""What stands behind `/search` and `/latest`: words, dates and a category."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from index.filters import Filters

# Full-width colons and letters are their ASCII twins here, as everywhere.
_COLON = str.maketrans("：", ":")
_SINCE = {"since", "from", "自", "从", "從"}
_UNTIL = {"until", "to", "至", "到"}
_CATEGORY = {"category", "cat", "分类", "分類", "类", "類"}
MOST_LATEST = 10
_LATEST = 5


class WordsError(ValueError):
    """What was typed can't be meant; `value` is the word at fault, empty where none are there."""

    def __init__(self, value: str = "") -> None:
        super().__init__(value)
        self.value = value


@dataclass(frozen=True, slots=True)
class Search:
    """The words to search, and the limits."""

    words: str
    filters: Filters


def search_of(typed: str) -> Search:
    """`since:2022-04-01 until:2022-04-30 category:财经 保险`, in any order; 自: 至: 分类: as well.

    Raises WordsError for a date that is none, an unknown year-month-day, or no words at all.
    """
    words: list[str] = []
    since: date | None = None
    until: date | None = None
    categories: set[str] = set()
    for part in typed.split():
        name, colon, value = part.translate(_COLON).partition(":")
        key = name.lower() if colon and value else ""
        if key in _SINCE:
            since = _day(value)
        elif key in _UNTIL:
            until = _day(value)
        elif key in _CATEGORY:
            categories.add(value)
        else:
            words.append(part)
    if not words:
        raise WordsError
    if since and until and since > until:
        raise WordsError(f"{since} > {until}")
    return Search(" ".join(words), Filters(since, until, frozenset(categories) or None))


@dataclass(frozen=True, slots=True)
class Latest:
    """How many of the newest posts, and of which category."""

    most: int
    category: str | None


def latest_of(typed: str) -> Latest:
    """`/latest`, `/latest 8`, `/latest 财经`, `/latest 财经 8`. Raises WordsError otherwise."""
    most, category = _LATEST, None
    for part in typed.split():
        if part.isdecimal():
            most = int(part[:4])
            if not 1 <= most <= MOST_LATEST:
                raise WordsError(part)
        elif category is None:
            name, colon, value = part.translate(_COLON).partition(":")
            category = value if colon and name.lower() in _CATEGORY else part
        else:
            raise WordsError(part)
    return Latest(most, category)


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise WordsError(value) from None
