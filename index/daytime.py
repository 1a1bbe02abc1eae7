"""The time of day that a question says: 上午, 10点半, 14:05."""

from __future__ import annotations

import re
from datetime import time

# Until when each part of the day lasts, for news: 中午 takes in the report on the morning.
_PARTS = (
    (re.compile("凌晨"), time(6, 0, 59)),
    (re.compile("清晨|早[上间晨]"), time(9, 0, 59)),
    (re.compile("上午|早盘|午前"), time(12, 0, 59)),
    (re.compile("中午|午[间盘]"), time(13, 30, 59)),
    (re.compile("下午|午后|尾盘"), time(18, 0, 59)),
    (re.compile("傍晚|晚[上间]|夜[间盘里]"), time(23, 59, 59)),
)
_AFTERNOON = re.compile("下午|午后|傍晚|晚[上间]|夜[间盘里]")
# Subtle: 3600点 and 涨5.2点 are of an index, 10时 may be of no minute.
_CLOCK = re.compile(
    r"(?<![\d.,:])(?P<hour>[01]?\d|2[0-4])"
    r"(?::(?P<minute>[0-5]\d)|[点时](?:(?P<said>[0-5]?\d)分?|(?P<half>半))?)(?!\d)"
)


def until_when(folded: str) -> time | None:
    """The last moment of the time of day that the text says; None where it says none.

    A clock time comes before a part of the day. `until_when("下午2点半")` is 14:30:59,
    `until_when("上午涨了多少")` 12:00:59.
    """
    clock = _CLOCK.search(folded)
    if clock is None:
        return next((until for said, until in _PARTS if said.search(folded)), None)
    hour = int(clock["hour"])
    if hour < 12 and _AFTERNOON.search(folded, 0, clock.start()):
        hour += 12
    minute = 30 if clock["half"] else int(clock["minute"] or clock["said"] or 0)
    return time(hour, minute, 59) if hour < 24 else time(23, 59, 59)


def without_clock(folded: str) -> str:
    """The text with a blank for each clock time: what is left are other figures."""
    return _CLOCK.sub(" ", folded)
