"""Paragraphs to passages, and what is matched of them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.passages import matched_text, passage_spans, search_text
from index.text import fold
from tests.factories import UNHURRIED, make_passage, make_post, ugly_texts


def passages(text, max_chars=40, min_chars=10):
    return [text[start:end] for start, end in passage_spans(text, max_chars, min_chars)]


@given(ugly_texts, st.integers(1, 60), st.integers(0, 80))
@UNHURRIED
def test_every_visible_character_is_in_exactly_one_passage_within_bounds(text, longest, shortest):
    spans = passage_spans(text, longest, shortest)
    place = 0
    for start, end in spans:
        assert text[place:start].strip() == ""  # nothing but white space between and before
        assert 0 < end - start <= longest
        assert text[start:end] == text[start:end].strip() != ""
        place = end
    assert text[place:].strip() == ""


@pytest.mark.parametrize("text", ["", " ", "\n\n", "　\u2028\t"])
def test_blank_text_has_no_passages(text):
    assert passage_spans(text, 40, 10) == []


def test_short_paragraphs_merge_until_they_are_long_enough():
    assert passages("甲乙丙\n丁戊己\n庚辛壬癸子丑\n寅卯", 40, 10) == [
        "甲乙丙\n丁戊己\n庚辛壬癸子丑\n寅卯"
    ]
    assert passages("一" * 12 + "\n" + "二" * 12, 40, 10) == ["一" * 12, "二" * 12]


def test_merging_stops_before_the_bound():
    assert passages("甲" * 6 + "\n" + "乙" * 15, max_chars=20, min_chars=8) == ["甲" * 6, "乙" * 15]


def test_a_short_last_passage_joins_the_one_before_where_it_fits():
    assert passages("甲" * 12 + "\n乙乙", 40, 10) == ["甲" * 12 + "\n乙乙"]
    assert passages("甲" * 12 + "\n乙乙", 13, 10) == ["甲" * 12, "乙乙"]


def test_a_long_paragraph_is_cut_at_sentence_ends_into_about_equal_pieces():
    text = "一二三四五六七八。" * 6  # 54 characters: two pieces of three sentences, no small tail
    assert passages(text, max_chars=40) == ["一二三四五六七八。" * 3] * 2


def test_a_sentence_over_the_bound_is_cut_at_a_comma():
    text = "甲" * 25 + "，" + "乙" * 25
    assert passages(text, max_chars=30) == ["甲" * 25 + "，", "乙" * 25]


def test_without_any_mark_it_is_cut_anywhere():
    assert passages("甲" * 100, max_chars=40) == ["甲" * 40, "甲" * 40, "甲" * 20]


@pytest.mark.parametrize("figure", ["12,345", "10:30", "HFO-1234yf", "3.75%", "2021/12/08"])
@pytest.mark.parametrize("before", range(20, 30))
def test_figures_and_codes_are_not_torn(figure, before):
    text = "甲" * before + figure + "乙" * 25
    assert any(figure in passage for passage in passages(text, max_chars=30))


@pytest.mark.parametrize("piece", ["甲", "甲 ", "1,", "a", "。", "甲\n", " \n", "，", "甲。\n\n"])
def test_long_texts_take_no_time(piece):
    text = piece * 100_000
    started = time.perf_counter()
    spans = passage_spans(text, 400, 80)
    assert time.perf_counter() - started < 10
    assert all(end - start <= 400 for start, end in spans)


def test_title_and_text_are_matched_folded():
    post = make_post(title="ＡＢ公司", text="漲3％")
    assert search_text(post, make_passage(text="漲3％")) == "ab公司\n涨3%"


@pytest.mark.parametrize(
    ("title", "text", "matched"),
    [
        ("渡轮复航", "渡轮复航 每天6班", "渡轮复航 每天6班"),
        ("渡輪復航", "渡轮复航 每天6班", "渡轮复航 每天6班"),  # said already, in another script
        ("", "每天6班", "每天6班"),
        ("\u200b", "每天6班", "每天6班"),
        ("复航", "渡轮复航", "复航\n渡轮复航"),
        ("渡轮", "", "渡轮\n"),
    ],
)
def test_a_title_is_not_said_twice(title, text, matched):
    assert matched_text(title, text) == matched


@given(ugly_texts, ugly_texts)
@UNHURRIED
def test_matched_text_holds_both(title, text):
    matched = matched_text(title, text)
    assert matched.startswith(fold(title)) and matched.endswith(fold(text))
