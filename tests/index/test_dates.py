"""Dates said in text. Today is Saturday, 5 March 2022, where nothing else is said."""

import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.dates import DateRange, date_ranges
from index.text import fold
from tests.factories import TODAY, UNHURRIED, ugly_texts


def said(text, today=TODAY, ahead=0):
    """First and last day of each date, as ISO; one of them where they are the same."""
    found = date_ranges(text, today, timedelta(days=ahead))
    return [f"{one.first}" if one.first == one.last else f"{one.first}/{one.last}" for one in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021年", "2021-01-01/2021-12-31"),
        ("2021年12月", "2021-12-01/2021-12-31"),
        ("2021年12月份", "2021-12-01/2021-12-31"),
        ("2021年12月8日", "2021-12-08"),
        ("2021 年 12 月 8 号", "2021-12-08"),
        ("2021年02月", "2021-02-01/2021-02-28"),
        ("2020年2月29日", "2020-02-29"),
        ("2021-12-08", "2021-12-08"),
        ("2021/12/8", "2021-12-08"),
        ("2021.12.08", "2021-12-08"),
        ("http://news.example.com/2021/12/08/a.html", "2021-12-08"),
        ("二〇二一年", "2021-01-01/2021-12-31"),
        ("二零二一年", "2021-01-01/2021-12-31"),
        ("二〇二二年十二月三十一日", "2022-12-31"),
        ("二〇二一年十月二十号", "2021-10-20"),
        ("2021年十二月八日", "2021-12-08"),
        ("2021年13月", "2021-01-01/2021-12-31"),
        ("2021年12月35日", "2021-12-01/2021-12-31"),
    ],
)
def test_dates_with_their_year(text, expected):
    assert said(text) == [expected]
    assert said(text, today=None) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12月8日", "2021-12-08"),  # asked in March: the one before
        ("3月5日", "2022-03-05"),  # today
        ("3月6日", "2021-03-06"),  # tomorrow hasn't been yet
        ("3月", "2022-03-01/2022-03-31"),  # has begun
        ("4月", "2021-04-01/2021-04-30"),
        ("2月29日", "2020-02-29"),
        ("十一月", "2021-11-01/2021-11-30"),
        ("11月", "2021-11-01/2021-11-30"),
        ("一月", "2022-01-01/2022-01-31"),
        ("十二月三十一日", "2021-12-31"),
        ("十月一号", "2021-10-01"),
    ],
)
def test_months_and_days_without_a_year_are_the_latest(text, expected):
    assert said(text) == [expected]
    assert said(text, today=None) == []


def test_leap_days_are_found_across_a_century_without_one():
    assert said("2月29日", date(1903, 5, 1)) == ["1896-02-29"]


@pytest.mark.parametrize(
    ("text", "today", "ahead", "expected"),
    [
        ("1月20日", date(2021, 12, 8), 0, "2021-01-20"),
        ("1月20日", date(2021, 12, 8), 92, "2022-01-20"),
        ("12月20日", date(2021, 12, 8), 92, "2021-12-20"),
        ("12月20日", date(2022, 3, 5), 92, "2021-12-20"),
        ("12月20日", date.max, 92, "9999-12-20"),
    ],
)
def test_news_looks_ahead(text, today, ahead, expected):
    assert said(text, today, ahead) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("前年", "2020-01-01/2020-12-31"),
        ("去年", "2021-01-01/2021-12-31"),
        ("今年", "2022-01-01/2022-12-31"),
        ("明年", "2023-01-01/2023-12-31"),
        ("去年12月", "2021-12-01/2021-12-31"),
        ("去年的 12月8日", "2021-12-08"),
        ("今年2月", "2022-02-01/2022-02-28"),
        ("上个月", "2022-02-01/2022-02-28"),
        ("上月", "2022-02-01/2022-02-28"),
        ("上上个月", "2022-01-01/2022-01-31"),
        ("这个月", "2022-03-01/2022-03-31"),
        ("本周", "2022-02-28/2022-03-06"),  # Monday to Sunday
        ("上周", "2022-02-21/2022-02-27"),
        ("上上周", "2022-02-14/2022-02-20"),
        ("上个星期", "2022-02-21/2022-02-27"),
        ("今天", "2022-03-05"),
        ("昨日", "2022-03-04"),
        ("前天", "2022-03-03"),
        ("当日", "2022-03-05"),
    ],
)
def test_relative_dates(text, expected):
    assert said(text) == [expected]
    assert said(text, today=None) == []


@pytest.mark.parametrize(
    ("text", "today", "expected"),
    [
        ("本周", date(2022, 1, 1), "2021-12-27/2022-01-02"),
        ("上周", date(2021, 1, 3), "2020-12-21/2020-12-27"),
        ("本周", date(2022, 3, 7), "2022-03-07/2022-03-13"),  # a Monday
        ("上个月", date(2022, 1, 31), "2021-12-01/2021-12-31"),
        ("上上个月", date(2022, 1, 31), "2021-11-01/2021-11-30"),
        ("昨天", date(2020, 3, 1), "2020-02-29"),
        ("昨天", date(2022, 1, 1), "2021-12-31"),
        ("前天", date(2021, 1, 1), "2020-12-30"),
    ],
)
def test_year_and_month_boundaries(text, today, expected):
    assert said(text, today) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "2月30日",
            "2021年2月30日",
            "2021年2月29日",
            "4月31日",
            "13月",
            "0月",
            "0000年",
            "二十月",
        ),
        *(
            "一一一一年",
            "12021年",
            "20211208",
            "2021-13-01",
            "2021-02-30",
            "2021.1.2.3",
            "10.2021.1.2",
        ),
        *("600519", "000001.SZ", "002021", "6.3512", "3个月", "8日", "五年", "20年来"),
        # Words that only look as if they said a date.
        *(
            "目前天然气价格",
            "目前年产能",
            "当前年化收益",
            "如今年轻人",
            "60岁以上年龄",
            "成本年均",
            "日本周边",
        ),
        *(
            "说明年报",
            "聪明年轻",
            "历史上月均",
            "线上周活",
            "今日头条",
            "过去年均",
            "相当日常",
            "此前天猫",
        ),
    ],
)
def test_what_says_no_date(text):
    assert said(text) == []


def test_dates_come_in_the_order_of_the_text():
    found = date_ranges("去年12月和2021年3月，昨天，5月1日", TODAY)
    assert [one.said for one in found] == ["去年12月", "2021年3月", "昨天", "5月1日"]


def test_the_day_in_question_is_not_today_where_a_date_is_said():
    assert said("2021年12月8日当日收盘") == ["2021-12-08"]
    assert said("当月销量") == ["2022-03-01/2022-03-31"]


@pytest.mark.parametrize("today", [date.min, date.max, date(1, 12, 31), date(9999, 1, 1)])
def test_the_ends_of_the_calendar_are_survived(today):
    text = "前年去年今年明年本周上上周上上个月昨天前天12月8日2月29日前年2月29日"
    assert all(one.first <= one.last for one in date_ranges(text, today, timedelta(days=92)))


@given(ugly_texts, st.dates(), st.integers(0, 400))
@UNHURRIED
def test_every_date_is_a_range_and_stands_in_the_text(text, today, ahead):
    folded = fold(text)
    for one in date_ranges(folded, today, timedelta(days=ahead)):
        assert one.first <= one.last
        assert one.said in folded


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
@UNHURRIED
def test_every_day_is_read_back(day):
    for text in (f"{day.year}年{day.month}月{day.day}日", f"{day:%Y-%m-%d}", f"{day:%Y/%m/%d}"):
        assert date_ranges(text, None) == [DateRange(day, day, text)]
    assert said(f"{day.month}月{day.day}日", day) == [f"{day}"]


def test_ranges_meet_and_hold():
    march = DateRange(date(2022, 3, 1), date(2022, 3, 31), "3月")
    assert march.holds(date(2022, 3, 1)) and march.holds(date(2022, 3, 31))
    assert not march.holds(date(2022, 2, 28)) and not march.holds(date(2022, 4, 1))
    week = DateRange(date(2022, 3, 28), date(2022, 4, 3), "周")
    april = DateRange(date(2022, 4, 1), date(2022, 4, 30), "4月")
    assert march.meets(week) and week.meets(march) and week.meets(april)
    assert not march.meets(april)


@pytest.mark.parametrize(
    "piece", ["1月", "去年1月", "2021-01-01 1月", "一", "2021 ", "上", "去年的 "]
)
def test_long_texts_take_no_time(piece):
    started = time.perf_counter()
    date_ranges((piece * 100_000)[:100_000], TODAY)
    assert time.perf_counter() - started < 5
