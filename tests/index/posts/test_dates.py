"""When a post was published."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from index.errors import PostError
from index.posts.dates import date_in_code, date_of_name, parse_date
from tests.index.posts.case import NOW, ZONE, parse_header


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021-12-08 10:46:18", "2021-12-08T10:46:18+08:00"),
        ("2022-04-18 17:04:40 +0800", "2022-04-18T17:04:40+08:00"),
        ("2021-12-08 10:46:18 -05:00", "2021-12-08T23:46:18+08:00"),
        ("2021-12-08T02:46:18Z", "2021-12-08T10:46:18+08:00"),
        ("2021-12-08T02:46:18.123Z", "2021-12-08T10:46:18+08:00"),
        ("2021-12-08 02:46 UTC", "2021-12-08T10:46:00+08:00"),
        ("2021-12-08", "2021-12-08T00:00:00+08:00"),
        ("2021-12-8 9:05", "2021-12-08T09:05:00+08:00"),
        ("2021/12/08 10:46", "2021-12-08T10:46:00+08:00"),
        ("2021.12.08", "2021-12-08T00:00:00+08:00"),
        ("2021年12月8日", "2021-12-08T00:00:00+08:00"),
        ("2021年12月8日10时46分", "2021-12-08T10:46:00+08:00"),
        ("２０２１-１２-０８　１０:４６", "2021-12-08T10:46:00+08:00"),
        ("2021-12-08 +08", "2021-12-08T00:00:00+08:00"),
    ],
)
def test_dates_as_people_write_them(text: str, expected: str) -> None:
    assert parse_date(text, ZONE) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    "text",
    ["", "+0800", " +0800", "today", "2021", "2021-13-01", "2021-02-30", "2021-12-08 25:00",
     "2021-12-18:30", "0000-00-00", "0001-01-01 00:00 +14:00", "9999-12-31 23:00 -14:00",
     "2021-12-08 10:00 +99:00"],
)  # fmt: skip
def test_what_is_no_date(text: str) -> None:
    assert parse_date(text, ZONE) is None


def test_the_site_zone_is_what_it_says() -> None:
    moscow = ZoneInfo("Europe/Moscow")
    date = parse_date("2021-12-08 10:00", moscow)
    assert date == datetime(2021, 12, 8, 7, 0, tzinfo=UTC)
    assert date is not None
    assert date.tzinfo is moscow


@pytest.mark.parametrize(
    ("name", "prefix", "code"),
    [
        ("2021-12-08-202112082206672930.md", "2021-12-08", "2021-12-08"),
        ("-202205262391921712.md", None, "2022-05-26"),
        ("NW202204182346937638.md", None, "2022-04-18"),
        ("2021-1-2-x.md", "2021-01-02", None),
        ("2021-12-08.md", None, None),
        ("20211208.md", None, "2021-12-08"),
        ("2021-02-30-x.md", None, None),
        ("20211332.md", None, None),
        ("12345678901234.md", None, None),
        ("readme.md", None, None),
    ],
)
def test_dates_in_file_names(name: str, prefix: str | None, code: str | None) -> None:
    def day(date: datetime | None) -> str | None:
        return f"{date:%Y-%m-%d}" if date else None

    assert day(date_of_name(name, ZONE)) == prefix
    assert day(date_in_code(name, ZONE)) == code


@pytest.mark.parametrize(
    ("header", "name", "expected"),
    [
        ("date: 2022-01-02 03:04", "2021-12-08-x.md", "2022-01-02T03:04:00+08:00"),
        ("date: +0800", "2021-12-08-x.md", "2021-12-08T00:00:00+08:00"),
        ("date: 2022-99-99", "2021-12-08-x.md", "2021-12-08T00:00:00+08:00"),
        ("title: 题", "-202205262391921712.md", "2022-05-26T00:00:00+08:00"),
        ("date: 2022-01-02", "-202205262391921712.md", "2022-01-02T00:00:00+08:00"),
        ("title: 题", "readme.md", None),
        ("title: 题", "20991231000000.md", None),  # a guess never makes a post a future one
    ],
)
def test_which_date_counts(header: str, name: str, expected: str | None) -> None:
    date = parse_header(header, f"site/{name}").date
    assert date == (datetime.fromisoformat(expected) if expected else None)


def test_the_present_moment_is_not_the_future() -> None:
    assert parse_header(f"date: {NOW:%Y-%m-%d %H:%M:%S}").date == NOW


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("date: 2024-01-01 00:00:01", "a.md"),
        ("date: 2099-01-01", "2021-12-08-x.md"),
        ("title: 题", "2099-01-01-x.md"),
    ],
)
def test_future_posts_are_refused_with_their_date(header: str, name: str) -> None:
    with pytest.raises(PostError, match=r"^dated 20\d\d-01-01 00:00, in the future$"):
        parse_header(header, f"site/{name}")
