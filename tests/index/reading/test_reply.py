"""What a model wrote becomes plain text with citations of one kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.reading.reply import Sentence, cited, clean, renumbered, sentences
from tests.factories import UNHURRIED, ugly_texts


@pytest.mark.parametrize(
    ("reply", "plain"),
    [
        ("大桥通车[1]。", "大桥通车[1]。"),
        ("  大桥通车[1]。\n\n\n", "大桥通车[1]。"),
        ("大桥通车。[1]", "大桥通车[1]。"),
        ("“大桥通车。” [1][2]投资27亿元[2]。", "“大桥通车[1][2]。”投资27亿元[2]。"),
        ("大桥通车【1】。", "大桥通车[1]。"),
        ("大桥通车［１］［2］。", "大桥通车[1][2]。"),
        ("大桥通车[1, 2，3、04]。", "大桥通车[1][2][3][4]。"),
        ("大桥通车[[1]]。", "大桥通车[1]。"),
        ("大桥通车[1](http://a.example/x?y=z)。", "大桥通车[1]。"),
        ("大桥通车[[1]](http://a.example)。", "大桥通车[1]。"),
        ("[大桥](http://a.example)通车[1]，见https://b.example/路。", "大桥通车[1]，见路。"),
        ("见www.a.example/b[1]（http://c.example）。", "见[1]。"),
        ("**大桥**`通车`__今天__[1]。", "大桥通车今天[1]。"),
        ("## 回答\n- 大桥通车[1]。\n2. 投资27亿元[1]。", "回答\n大桥通车[1]。\n投资27亿元[1]。"),
        ("<b>大桥</b>通车<br/>[1]", "大桥通车[1]"),
        ("跌幅<1%，超>2%[1]", "跌幅<1%，超>2%[1]"),
        ("大桥\u200b通\x07车\u202e[1]\udcff", "大桥通车[1]"),
        ("大\t桥\r\n通车[1]", "大 桥\n通车[1]"),
        ("<think>先看[9]。\n再看</think>\n\n大桥通车[1]", "大桥通车[1]"),
        ("想完了</think>大桥通车[1]", "大桥通车[1]"),
        ("*ST海雾[1]", "*ST海雾[1]"),
        ("ht<b>tp://a.example/x[1]", "[1]"),
        ("[2022]年", "[2022]年"),
        ("", ""),
    ],
)
def test_clean(reply: str, plain: str) -> None:
    assert clean(reply) == plain


@pytest.mark.parametrize("piece", ["长", "[", "。[1]", "<a ", "[1,", "http://a", "</think>", "( "])
def test_a_flood_is_cut_and_takes_no_time(piece: str) -> None:
    assert len(clean(piece * 300_000)) <= 3_000


@UNHURRIED
@given(st.lists(st.one_of(ugly_texts, st.sampled_from(["<b>", "http://", "[1]", "**"]))))
def test_nothing_that_is_clickable_or_invisible_is_left(parts: list[str]) -> None:
    text = clean("".join(parts))
    assert "http://" not in text and "<b>" not in text
    assert not any(char in text for char in "\x00\u200b\ufeff\udcff\r\t")
    assert text == text.strip()


def test_sentences_with_what_they_cite() -> None:
    text = "大桥通车[2][1]。投资27亿元；时速80公里[1]！\n——[3]\n是吗？”好"
    assert sentences(text) == [
        Sentence("大桥通车。", (2, 1)),
        Sentence("投资27亿元；时速80公里！", (1,)),
        Sentence("是吗？”", ()),
        Sentence("好", ()),
    ]
    assert sentences("") == sentences("[1]。……") == []


def test_citations_in_their_order() -> None:
    assert cited("甲[3]乙[1][3]丙[12]。") == [3, 1, 12]
    assert cited("没有[2022]") == []


def test_renumbering_is_one_swap() -> None:
    assert renumbered("甲[1]乙[2]丙[1]", {1: 2, 2: 1}) == "甲[2]乙[1]丙[2]"
