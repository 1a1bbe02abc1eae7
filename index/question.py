"""A question as the search needs it: cleaned, with the dates and categories that are said in it.

Dates and categories only move scores. They never remove a passage: people misremember dates, and
posts misstate them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from index.dates import DateRange, date_ranges
from index.errors import QuestionError
from index.text import fold

MAX_QUESTION_CHARS = 1_000

_LATEST = re.compile("最新|最近|近期|近日|现在|目前|当前|如今|眼下|此刻|今天|今日(?!头条|资本)")
_SPACE = re.compile(r"\s+")
_MIN_CATEGORY_CHARS = 2  # a one-character name would be "said" in half of all questions
# 去年 counts from today first; counted from the post's own date it agrees, but less.
_MEANT_FROM_POST = 0.5
# 将于1月20日召开 in a post of December is the January after it: news announces a quarter ahead.
_ANNOUNCED_AHEAD = timedelta(days=92)


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `folded` is what both legs search with."""

    text: str
    folded: str
    dates: tuple[DateRange, ...]
    wants_latest: bool
    categories: frozenset[str]  # category or tag names said in it

    @property
    def has_words(self) -> bool:
        """False for emoji and punctuation only: such a question is refused, not searched."""
        return any(unicodedata.category(char)[0] in "LN" for char in self.folded)


def parse_question(text: str, today: date, known_categories: Iterable[str] = ()) -> Question:
    """Clean `text` and find what it says about dates and categories.

    Relative dates count from `today`. Raises QuestionError when the text is blank or over
    `MAX_QUESTION_CHARS` characters.
    """
    cleaned = _SPACE.sub(" ", "".join(map(_printable, text))).strip()
    if not cleaned:
        raise QuestionError("The question is empty.", "Type a question.")
    if len(cleaned) > MAX_QUESTION_CHARS:
        raise QuestionError(
            f"The question has {len(cleaned):,} characters; {MAX_QUESTION_CHARS:,} are allowed.",
            "Ask it in fewer words.",
        )
    folded = fold(cleaned)
    said = frozenset(name for name in known_categories if _says(folded, fold(name).strip()))
    return Question(
        text=cleaned,
        folded=folded,
        dates=tuple(date_ranges(folded, today)),
        wants_latest=_LATEST.search(folded) is not None,
        categories=said,
    )


def _printable(char: str) -> str:
    """Control characters become blanks; half characters, from undecodable input, a mark."""
    category = unicodedata.category(char)
    return {"Cc": " ", "Cs": "\ufffd"}.get(category, char)


def _says(folded: str, name: str) -> bool:
    """True when the name stands in the text; a Latin one as a word: `it` is not in `credit`."""
    if len(name) < _MIN_CATEGORY_CHARS:
        return False
    before = "(?<![a-z0-9])" if name[0].isascii() else ""
    after = "(?![a-z0-9])" if name[-1].isascii() else ""
    return name in folded and bool(re.search(before + re.escape(name) + after, folded))


def date_agreement(question: Question, folded_text: str, post_day: date | None) -> float:
    """How well a passage fits the dates said in the question: -1 (contradicts) to 1 (says it).

    What the passage itself says counts first, read with the post's own date (今年 in a post of 2021
    is 2021); then the post's date. A passage without any date contradicts nothing: 0. So does every
    passage where the question says no date, or only a relative one: 去年 may be meant from today or
    from the post, so it can speak for a passage and not against it.
    """
    if not question.dates:
        return 0.0
    said = date_ranges(folded_text, post_day, _ANNOUNCED_AHEAD)
    scores = [
        _agreement(wanted, said, folded_text, post_day)
        if wanted.said[0].isnumeric()
        else _relative_agreement(wanted, said, folded_text, post_day)
        for wanted in question.dates
    ]
    return sum(scores) / len(scores)


def _relative_agreement(
    wanted: DateRange, said: list[DateRange], folded_text: str, post_day: date | None
) -> float:
    from_today = _agreement(wanted, said, folded_text, post_day)
    from_post = [
        _MEANT_FROM_POST * _agreement(one, said, folded_text, post_day)
        for one in (date_ranges(wanted.said, post_day) if post_day else [])
    ]
    return max(0.0, from_today, *from_post)


def _agreement(
    wanted: DateRange, said: list[DateRange], folded_text: str, post_day: date | None
) -> float:
    if any(wanted.first <= one.first and one.last <= wanted.last for one in said):
        return 1.0
    if post_day is not None and wanted.holds(post_day):
        return 0.7
    if any(wanted.meets(one) for one in said):
        return 0.4
    if post_day is None:
        return 1.0 if _in_same_words(wanted, folded_text) else 0.0
    return -1.0 if said else -0.5


def _in_same_words(wanted: DateRange, folded_text: str) -> bool:
    """For posts without a date: 12月8日 stands there, of whatever year. 1月 isn't in 11月."""
    if not wanted.said[0].isnumeric():
        return False
    return re.search(rf"(?<![\d十]){re.escape(wanted.said)}", folded_text) is not None
