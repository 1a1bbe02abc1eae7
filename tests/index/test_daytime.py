"""Times of day said in a question."""

from datetime import time

import pytest
from hypothesis import given

from index.daytime import until_when, without_clock
from index.text import fold
from tests.factories import UNHURRIED, ugly_texts


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("10点47分渡轮运了多少人", time(10, 47, 59)),
        ("10:47渡轮运了多少人", time(10, 47, 59)),
        ("截至9时30分", time(9, 30, 59)),
        ("10点半运了多少人", time(10, 30, 59)),
        ("8点运了多少人", time(8, 0, 59)),
        ("下午2点半运了多少人", time(14, 30, 59)),
        ("下午14:05", time(14, 5, 59)),
        ("晚上8点", time(20, 0, 59)),
        ("24点", time(23, 59, 59)),
        ("上午运了多少人", time(12, 0, 59)),
        ("午间报多少", time(13, 30, 59)),
        ("下午运了多少人", time(18, 0, 59)),
        ("今晚上", time(23, 59, 59)),
    ],
)
def test_said(text: str, until: time) -> None:
    assert until_when(text) == until


@pytest.mark.parametrize(
    "text",
    [
        "",
        "渡轮运了多少人",
        "几点开船",
        "指数报3600点",
        "报3,625点",
        "涨5.2点",
        "比分为11:123",
        "25点",
    ],
)
def test_not_said(text: str) -> None:
    assert until_when(text) is None and without_clock(text) == text


def test_figures_are_left_when_the_clock_is_out() -> None:
    assert without_clock("上午10点47分超40亿元") == "上午 超40亿元"


@given(ugly_texts)
@UNHURRIED
def test_any_text(text: str) -> None:
    folded = fold(text)
    bare = without_clock(folded)
    assert without_clock(bare) == bare
    assert until_when(folded) is not None or bare == folded
