"""When a post was published: the front matter's date, else the one in the file name."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

_DATE = re.compile(
    r"(?P<year>\d{4})(?:-|/|\.|年)(?P<month>\d{1,2})(?:-|/|\.|月)(?P<day>\d{1,2})日?"
    r"(?:(?:[T ]+|(?<=日))(?P<hour>\d{1,2})[:时](?P<minute>\d{1,2})分?"
    r"(?::?(?P<second>\d{1,2})秒?)?(?:[.,]\d+)?)?"
    r" *(?P<offset>Z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?",
    re.ASCII | re.IGNORECASE,
)
# Jekyll's own rule for the names of posts.
_NAME_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})-", re.ASCII)
# A running number that begins with a date, as in `-202205262391921712.md` or `NW2022….md`.
_CODE_DATE = re.compile(r"(?<!\d)(19[89]\d|20\d{2})(0[1-9]|1[0-2])([0-2]\d|3[01])", re.ASCII)


def parse_date(text: str, zone: ZoneInfo) -> datetime | None:
    """`text` as an aware time in `zone`; None where it holds no whole date.

    A date without an offset is meant in `zone`, one without a time means midnight there:
    `"2021-12-08 10:46:18"` and `"2021-12-08T02:46:18Z"` are the same in Shanghai.
    """
    match = _DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        return None
    numbers = (int(match[name] or 0) for name in ("year", "month", "day", "hour", "minute"))
    try:
        year, month, day, hour, minute = numbers
        local = datetime(year, month, day, hour, minute, int(match["second"] or 0))
        offset = match["offset"]
        if offset is None:
            return local.replace(tzinfo=zone)
        return local.replace(tzinfo=_offset(offset)).astimezone(zone)
    except (ValueError, OverflowError):
        return None


def _offset(text: str) -> timezone:
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def date_of_name(name: str, zone: ZoneInfo) -> datetime | None:
    """The date that a file name begins with, as Jekyll wants it (`2021-12-08-….md`), or None."""
    match = _NAME_DATE.match(name)
    return parse_date("-".join(match.groups()), zone) if match else None


def date_in_code(name: str, zone: ZoneInfo) -> datetime | None:
    """The date at the start of a running number in a file name, or None. A guess, if a good one."""
    match = _CODE_DATE.search(name)
    return parse_date("-".join(match.groups()), zone) if match else None
