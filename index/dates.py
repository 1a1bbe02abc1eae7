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

_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0}
_HAN = "[一二三四五六七八九]"
_YEAR = r"(?P<year>(?<!\d)(?:19|20)\d\d|[〇零○一二三四五六七八九]{4})"
_MONTH = rf"(?P<month>1[0-2]|0?[1-9]|十[一二]?|{_HAN})"
_DAY = rf"(?P<day>3[01]|[12]\d|0?[1-9]|三十一?|二?十{_HAN}?|{_HAN})"
_MONTH_DAY = re.compile(rf"{_MONTH}\s*月(?:份|\s*{_DAY}\s*[日号])?")
_ABSOLUTE = re.compile(
    rf"{_YEAR}\s*年(?:\s*{_MONTH_DAY.pattern})?"
    r"|(?P<iso>(?<![\d.])(?:19|20)\d\d[-/.](?:1[0-2]|0?[1-9])[-/.](?:3[01]|[12]\d|0?[1-9])(?!\.?\d))"
)
_LONE_MONTH_DAY = re.compile(rf"(?<![\d年二三四五六七八九]){_MONTH_DAY.pattern}")
# Subtle: what stands before keeps apart 目前|年产能, 如今|年轻人, 以上|年龄, 成本|年均, 说明|年报,
# 目前|天然气 and the like, which only look as if they said a date; 今日头条 is a company.
_RELATIVE = re.compile(
    "(?<![目此之以当年月日天税盘])前[年天]|(?<!过)去年|(?<![说证表聪])明年"
    "|(?<![以网线马晚早史场础])上(?:年|上?个?(?:月|周|星期))|(?<![成日基资样版])本[年月周]"
    "|(?<![如当])今(?:年|天|日(?!头条|资本))|这个?(?:月|周|星期)|昨[天日]|(?<![应相])当[月日]"
)
_YEARS = {"前年": -2, "去年": -1, "上年": -1, "今年": 0, "本年": 0, "明年": 1}
_OF = re.compile(r"的?\s*")
# 29 February comes back after eight years at the latest (1896, 1904).
_LEAP_GAP = 8


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


def date_ranges(text: str, today: date | None, ahead: timedelta = timedelta(0)) -> list[DateRange]:
    """Every date said in folded `text`, in order of place; relative words count from `today`.

    A month or day without a year is the latest one that begins no later than `ahead` after `today`.
    当日 and 当月 count only where nothing else is said. Without `today`, only dates with a year.
    Days that don't exist are left out; nothing found, empty list.
    `date_ranges("去年12月", date(2022, 4, 18))` gives one range, December 2021.
    """
    found: list[tuple[int, DateRange]] = []
    taken: set[int] = set()
    for match in _ABSOLUTE.finditer(text):
        span = _absolute(match)
        if span:
            found.append((match.start(), DateRange(*span, match.group())))
            taken.update(range(*match.span()))
    if today:
        found.extend(_relative_dates(text, today, taken))
        found.extend(_lone_dates(text, today + min(ahead, date.max - today), taken))
    if any(one.said[0] != "当" for _, one in found):
        found = [(place, one) for place, one in found if one.said[0] != "当"]
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _relative_dates(text: str, today: date, taken: set[int]) -> Iterator[tuple[int, DateRange]]:
    """去年, 上周, 昨天; a month right after a year's word (去年12月) belongs to it and is taken."""
    for match in _RELATIVE.finditer(text):
        word, end = match.group(), match.end()
        short = None
        if word in _YEARS:
            gap = _OF.match(text, end)
            short = _MONTH_DAY.match(text, gap.end() if gap else end)
        if short:
            taken.update(range(*short.span()))
            end = short.end()
        try:
            span = _month_day(short, today.year + _YEARS[word]) if short else _relative(word, today)
        except (ValueError, OverflowError):  # before year 1 or after 9999: no such days
            continue
        if span:
            yield match.start(), DateRange(*span, text[match.start() : end])


def _lone_dates(text: str, limit: date, taken: set[int]) -> Iterator[tuple[int, DateRange]]:
    """Months and days without a year: the latest that don't begin after `limit`."""
    for match in _LONE_MONTH_DAY.finditer(text):
        if match.start() in taken:
            continue
        for year in range(limit.year, max(0, limit.year - _LEAP_GAP - 1), -1):
            span = _month_day(match, year)
            if span and span[0] <= limit:
                yield match.start(), DateRange(*span, match.group())
                break


def _number(text: str) -> int:
    """Arabic digits, Han digits one by one (二〇二二), or up to 99 with 十 (三十一)."""
    if text.isdecimal():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return 10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0)
    return int("".join(str(_DIGITS[char]) for char in text))


def _absolute(match: re.Match[str]) -> tuple[date, date] | None:
    if match["iso"]:
        year, month, day = map(int, re.split(r"[-/.]", match["iso"]))
        return _days(year, month, day)
    year = _number(match["year"])
    if not 1900 <= year <= 2100:
        return None
    if not match["month"]:
        return date(year, 1, 1), date(year, 12, 31)
    return _month_day(match, year)


def _month_day(match: re.Match[str], year: int) -> tuple[date, date] | None:
    return _days(year, _number(match["month"]), _number(match["day"] or "0"))


def _days(year: int, month: int, day: int) -> tuple[date, date] | None:
    """The day, or the whole month where `day` is 0; None for a day that doesn't exist."""
    length = calendar.monthrange(year, month)[1]
    if day > length:
        return None
    return date(year, month, day or 1), date(year, month, day or length)


def _relative(word: str, today: date) -> tuple[date, date] | None:
    if word in _YEARS:
        year = today.year + _YEARS[word]
        return date(year, 1, 1), date(year, 12, 31)
    if "月" in word:
        year, month = divmod(today.year * 12 + today.month - 1 - word.count("上"), 12)
        return _days(year, month + 1, 0)
    if "周" in word or "星期" in word:
        monday = today - timedelta(days=today.weekday() + 7 * word.count("上"))
        return monday, monday + timedelta(days=6)
    day = today - timedelta(days={"前": 2, "昨": 1}.get(word[0], 0))
    return day, day
