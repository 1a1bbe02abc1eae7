"""Sentence ends."""

import time

import pytest
from hypothesis import given

from index.sentences import sentence_spans
from tests.factories import UNHURRIED, ugly_texts


def sentences(text):
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("涨了。跌了", ["涨了。", "跌了"]),
        ("真的？！是的。", ["真的？！", "是的。"]),
        ("他说：“涨了。”又说：“跌了！”", ["他说：“涨了。”", "又说：“跌了！”"]),
        ("（已停牌。）复牌", ["（已停牌。）", "复牌"]),
        ("等等……后来", ["等等……", "后来"]),
        ("甲；乙;丙", ["甲；", "乙;", "丙"]),
        ("报6.3512元，00700.HK涨1.5%", ["报6.3512元，00700.HK涨1.5%"]),
        ("第一段\n第二段\n\n第三段", ["第一段\n", "第二段\n\n", "第三段"]),
        ("\n\n开头", ["\n\n开头"]),
        ("结尾。\n\n", ["结尾。\n\n"]),
        ("甲。\n乙。", ["甲。", "\n乙。"]),
        ("   ", ["   "]),
        ("\n", ["\n"]),
    ],
)
def test_sentences(text, expected):
    assert sentences(text) == expected


@given(ugly_texts)
@UNHURRIED
def test_spans_cover_the_text_without_gaps(text):
    spans = sentence_spans(text)
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(start < end for start, end in spans)
    assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]
    if text.strip():
        assert all(text[start:end].strip() for start, end in spans)


@pytest.mark.parametrize("piece", ["。", "…", "\n", " \n", "。”", "”", "甲", "?)", " "])
def test_long_texts_take_no_time(piece):
    started = time.perf_counter()
    sentence_spans(piece * 100_000)
    assert time.perf_counter() - started < 2
