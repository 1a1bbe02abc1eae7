"""Dates said in text, as ranges of days.

Used on questions (with today as a parameter) and on passages (with the post's own date), so that
去年 in a passage of 2022 and 2021年 in a question can meet.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_DIGITS = {char: str(value) for value, char in enumerate("〇一二三四五六七八九")} | {"零": "0"}
_YEAR = r"(?P<year>(?:19|20)\d\d|[〇零一二三四五六七八九]{4})"
_MONTH = r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])"
_ABSOLUTE = re.compile(
    rf"{_YEAR}\s*年(?:\s*{_MONTH}\s*月(?:份|\s*{_DAY}\s*[日号])?)?"
    rf"|(?P<iso>(?<!\d)(?:19|20)\d\d[-/.](?:1[0-2]|0?[1-9])[-/.](?:3[01]|[12]\d|0?[1-9])(?!\d))"
)
_MONTH_DAY = re.compile(rf"{_MONTH}\s*月(?:份|\s*{_DAY}\s*[日号])?")
_LONE_MONTH_DAY = re.compile(rf"(?<![\d年]){_MONTH_DAY.pattern}")
_RELATIVE = re.compile(
    "前年|去年|上年|今年|本年|明年|上上个?月|上个?月|本月|这个?月|当月|上个?(?:周|星期)|本周|这个?(?:周|星期)"
    "|前天|昨天|昨日|今天|今日|当日"
)


@dataclass(frozen=True, slots=True)
class DateRange:
    """Days from `first` to `last`, both inclusive; `said` are the words that named them."""

    first: date
    last: date
    said: str

    def meets(self, other: DateRange) -> bool:
        """True when the two share a day."""
        return self.first <= other.last and other.first <= self.last

    def holds(self, day: date) -> bool:
        """True when `day` lies in the range."""
        return self.first <= day <= self.last

    def year_only(self) -> bool:
        """True for a whole calendar year."""
        return (self.first.month, self.first.day, self.last.month, self.last.day) == (1, 1, 12, 31)


def date_ranges(text: str, today: date) -> list[DateRange]:
    """Every date said in folded `text`, in order of place; relative words count from `today`.

    A month or day without a year is the latest one not after `today`. Nothing found, empty list.
    `date_ranges("去年12月", date(2022, 4, 18))` gives one range, December 2021.
    """
    found: list[tuple[int, DateRange]] = []
    taken: list[tuple[int, int]] = []
    for match in _ABSOLUTE.finditer(text):
        span = _absolute(match)
        if span:
            found.append((match.start(), DateRange(*span, match.group())))
            taken.append(match.span())
    found.extend(_relative_and_short(text, today, taken))
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _relative_and_short(
    text: str, today: date, taken: list[tuple[int, int]]
) -> Iterator[tuple[int, DateRange]]:
    joined: set[int] = set()
    for match in _RELATIVE.finditer(text):
        year = {"前年": -2, "去年": -1, "上年": -1, "今年": 0, "本年": 0, "明年": 1}.get(
            match.group()
        )
        short = _MONTH_DAY.match(text, match.end()) if year is not None else None
        if year is not None and short:
            joined.add(short.start())
            span = _month_day(short, today.year + year)
            if span:
                yield match.start(), DateRange(*span, match.group() + short.group())
                continue
        yield match.start(), DateRange(*_relative(match.group(), today), match.group())
    for match in _LONE_MONTH_DAY.finditer(text):
        inside = any(start <= match.start() < end for start, end in taken)
        if inside or match.start() in joined:
            continue
        span = _month_day(match, today.year)
        if span and span[0] > today:
            span = _month_day(match, today.year - 1)
        if span:
            yield match.start(), DateRange(*span, match.group())


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    if text.startswith("十"):
        return 10 + (int(_DIGITS[text[1]]) if len(text) > 1 else 0)
    return int("".join(_DIGITS[char] for char in text))


def _absolute(match: re.Match[str]) -> tuple[date, date] | None:
    if match["iso"]:
        year, month, day = map(int, re.split(r"[-/.]", match["iso"]))
        return _days(year, month, day)
    year = _number(match["year"])
    if not 1900 <= year <= 2100:
        return None
    if not match["month"]:
        return date(year, 1, 1), date(year, 12, 31)
    return _days(year, _number(match["month"]), int(match["day"] or 0))


def _month_day(match: re.Match[str], year: int) -> tuple[date, date] | None:
    return _days(year, _number(match["month"]), int(match["day"] or 0))


def _days(year: int, month: int, day: int) -> tuple[date, date] | None:
    """The day, or the whole month where `day` is 0; None for a day that doesn't exist."""
    length = calendar.monthrange(year, month)[1]
    if day > length:
        return None
    return date(year, month, day or 1), date(year, month, day or length)


def _relative(word: str, today: date) -> tuple[date, date]:
    years = {"前年": -2, "去年": -1, "上年": -1, "今年": 0, "本年": 0, "明年": 1}
    if word in years:
        year = today.year + years[word]
        return date(year, 1, 1), date(year, 12, 31)
    if "月" in word:
        back = word.count("上")
        months = today.year * 12 + today.month - 1 - back
        year, month = divmod(months, 12)
        return date(year, month + 1, 1), date(
            year, month + 1, calendar.monthrange(year, month + 1)[1]
        )
    if "周" in word or "星期" in word:
        monday = today - timedelta(days=today.weekday() + 7 * word.count("上"))
        return monday, monday + timedelta(days=6)
    day = today - timedelta(days={"前": 2, "昨": 1}.get(word[0], 0))
    return day, day
