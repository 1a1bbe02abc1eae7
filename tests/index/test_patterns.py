"""No regular expression of the text modules takes long on a hostile line, whatever it repeats."""

import importlib
import re
import time

import pytest

MODULES = (
    *("copies", "dates", "history", "history.pieces", "passages", "question", "sentences"),
    *("reading.candidates", "reading.confidence", "reading.expect", "reading.figures"),
    *("reading.names", "reading.units", "reading.mentions", "reading.standing"),
    *("reading.numerals", "reading.agreement", "reading.boundaries", "reading.brackets"),
)
PIECES = (
    *(
        "一",
        "二十",
        "1",
        "1,",
        "1.",
        "1-",
        "2021",
        "2021年",
        "12月",
        "12月8",
        "上",
        "去年的 ",
        "第",
        "近",
    ),
    *(
        " ",
        "\n",
        " \n",
        "a",
        "a.",
        "a-1",
        "…",
        "。”",
        "“",
        "“a",
        "(1",
        "、",
        "甲、",
        "，",
        "是",
        "哪",
        "什么",
    ),
    *("多少", "怎么", "谁", "呢", "那", "它", "的", "一分之", "几", "?", "何", "率", "百"),
)
LENGTH = 30_000
# A linear scan of a line this long takes a hundredth of it; a quadratic one many times it.
LIMIT_S = 1.5


def patterns(value):
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from patterns(part)


FOUND = [
    pytest.param(pattern, id=f"{module}.{name}.{number}")
    for module in MODULES
    for name, value in vars(importlib.import_module(f"index.{module}")).items()
    for number, pattern in enumerate(patterns(value))
]


def test_there_are_patterns():
    assert len(FOUND) > 40


@pytest.mark.parametrize("pattern", FOUND)
def test_pattern_is_linear(pattern):
    for piece in PIECES:
        # The odd character at the end makes whatever matched so far fail.
        line = (piece * LENGTH)[:LENGTH] + "\x01"
        started = time.perf_counter()
        for _ in pattern.finditer(line):
            pass
        assert time.perf_counter() - started < LIMIT_S, repr(piece)
