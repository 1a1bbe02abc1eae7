"""Folding: what meets what, and the way back to the original."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import text as text_module
from index.text import fold, fold_with_offsets, to_simplified
from tests.factories import UNHURRIED, ugly_texts


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("", ""),
        ("ＦＦ　91", "ff 91"),
        ("１２．５％", "12.5%"),
        ("漢語", "汉语"),
        ("頭髮", "头发"),
        ("發展", "发展"),
        ("乾隆年間", "乾隆年间"),  # a phrase: 乾 alone would become 干
        ("乾燥", "干燥"),
        ("25℃", "25°c"),
        ("3㎞", "3km"),
        ("½", "1⁄2"),
        ("ﬁne", "fine"),
        ("②", "2"),
        ("İ", "i\u0307"),
        ("𠮷野家", "𠮷野家"),
        ("a\u200bb\u00adc\ufeff", "abc"),
        ("a\x00b", "ab"),
        ("a\x0cb\x85c\u2028d\u00a0e", "a b c d e"),
        ("a\tb\nc", "a\tb\nc"),
        ("\udcffa", "\ufffda"),
        ("😀", "😀"),
    ],
)
def test_folding(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("畢昇", "毕昇"),
        ("臺灣積體電路", "台湾积体电路"),
        ("裡面", "里面"),
        ("裏面", "里面"),
        ("後來", "后来"),
    ],
)
def test_both_scripts_meet(traditional, simplified):
    assert fold(traditional) == fold(simplified)


@given(ugly_texts)
@UNHURRIED
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(ugly_texts)
@UNHURRIED
def test_offsets_belong_to_the_folded_text(text):
    folded = fold_with_offsets(text)
    assert folded.text == fold(text)
    assert len(folded.offsets) == len(folded.text) + 1
    assert list(folded.offsets) == sorted(folded.offsets)
    assert folded.offsets[-1] == len(text)
    assert all(offset < len(text) for offset in folded.offsets[:-1])


@given(st.text("aＢ１ 　℃㎞ﬁ½\u200b\x00中文é"), st.data())
@UNHURRIED
def test_a_span_maps_back_to_the_characters_it_came_from(text, data):
    # No Traditional phrases here, so that any stretch folds as it does within the whole.
    folded = fold_with_offsets(text)
    if not folded.text:
        return
    start = data.draw(st.integers(0, len(folded.text) - 1))
    end = data.draw(st.integers(start + 1, len(folded.text)))
    first, last = folded.original_span(start, end)
    assert 0 <= first < last <= len(text)
    assert folded.text[start:end] in fold(text[first:last])


def test_an_expanded_sign_maps_back_to_itself():
    folded = fold_with_offsets("约℃低")
    assert (folded.text, folded.offsets) == ("约°c低", (0, 1, 1, 2, 3))
    assert folded.original_span(1, 2) == folded.original_span(2, 3) == (1, 2)
    assert folded.original_span(0, 4) == (0, 3)


@given(st.text(st.characters(exclude_categories=("Cs",))))
@UNHURRIED
def test_script_conversion_keeps_the_length(text):
    assert len(to_simplified(text)) == len(text)


class _Lengthening:
    """A converter as OpenCC might one day be: phrases change their length."""

    def convert(self, text: str) -> str:
        return text.replace("軟體", "软件包").replace("國", "国").replace("零", "")


def test_a_phrase_that_changes_its_length_is_converted_by_character(monkeypatch):
    text_module._one_simplified.cache_clear()
    monkeypatch.setattr(text_module, "_simplifier", lambda: _Lengthening())
    assert to_simplified("國產軟體") == "国產軟體"
    assert to_simplified("零國") == "零国"
    folded = fold_with_offsets("國產軟體")
    assert folded.original_span(0, 1) == (0, 1)
    text_module._one_simplified.cache_clear()


@pytest.mark.parametrize("piece", ["股", "畢昇", "😀", "\u0301", "\u200b", "℃", "\udcff", " "])
def test_long_texts_take_no_time(piece):
    started = time.perf_counter()
    fold_with_offsets(piece * (100_000 // len(piece)))
    assert time.perf_counter() - started < 5
