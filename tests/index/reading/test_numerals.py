"""Numbers in words and figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.reading.numerals import value


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("30亿", 3e9),
        ("1,234.5", 1234.5),
        ("2百万", 2e6),
        ("四十九", 49),
        ("十二", 12),
        ("二十", 20),
        ("一百零五", 105),
        ("两千三百", 2300),
        ("五十亿", 5e9),
        ("三亿五千万", 3.5e8),
        ("十万亿", 1e13),
        ("万亿", 1e12),
        ("二〇二二", 2022),
        ("一二三", 123),
    ],
)
def test_amounts(text, amount):
    assert value(text) == amount


@pytest.mark.parametrize("text", ["", "渡轮", "12元", "1.2.3", "-5", "一渡", "9" * 40])
def test_what_is_no_number(text):
    assert value(text) is None


@given(st.text(st.sampled_from("〇零一二两三九十百千万亿1,.2 渡"), max_size=40))
def test_any_text_has_an_amount_or_none(text):
    found = value(text)
    assert found is None or found >= 0
