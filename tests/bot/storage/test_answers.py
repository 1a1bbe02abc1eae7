import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.storage.answers import answer_from_json, answer_to_json
from index.records import Answer, Copy, Source, Statement
from tests.factories import UNHURRIED, make_answer, make_source, ugly_texts

# JSON can't tell them from the whole character. No program but a test writes such a text.
_TWO_HALVES = re.compile(r"\\ud[89ab]..\\ud[c-f]..")

_optional_texts = st.none() | ugly_texts
_numbers = st.floats(allow_nan=False)
_dates = st.none() | st.datetimes(
    timezones=st.none()
    | st.integers(-1_439, 1_439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
)
_copies = st.builds(Copy, ugly_texts, _dates, _optional_texts, ugly_texts)
_sources = st.builds(
    Source,
    rank=st.integers(1, 50),
    text=ugly_texts,
    highlight=st.none() | st.tuples(st.integers(0, 99), st.integers(0, 99)),
    title=ugly_texts,
    date=_dates,
    url=_optional_texts,
    post=ugly_texts,
    score=_numbers,
    answer=_optional_texts,
    publisher=_optional_texts,
    copies=st.lists(_copies, max_size=2).map(tuple),
    old=st.booleans(),
)
_statements = st.builds(
    Statement, ugly_texts, st.lists(st.integers(1, 9), max_size=3).map(tuple), _dates
)
_answers = st.builds(
    Answer,
    question=ugly_texts,
    searched=ugly_texts,
    text=_optional_texts,
    confidence=_numbers,
    sources=st.lists(_sources, max_size=3).map(tuple),
    reason=ugly_texts,
    by=ugly_texts,
    took_ms=st.dictionaries(ugly_texts, _numbers, max_size=2),
    statements=st.lists(_statements, max_size=2).map(tuple),
)


@UNHURRIED
@given(_answers)
def test_any_answer_comes_back_as_it_was(answer):
    assume(not _TWO_HALVES.search(repr(answer)))
    text = answer_to_json(answer)
    assert answer_from_json(text) == answer
    assert text.encode()  # a database can hold it
    assert "\0" not in text


@UNHURRIED
@given(_dates)
def test_the_zone_of_a_date_comes_back_too(date):
    answer = make_answer(sources=(make_source(date=date),))
    (source,) = answer_from_json(answer_to_json(answer)).sources
    # Equal times in different zones are equal to Python.
    assert repr(source.date and source.date.isoformat()) == repr(date and date.isoformat())


def test_chinese_is_stored_as_it_is_written():
    assert "渡轮" in answer_to_json(make_answer())


def test_the_types_are_the_records_own():
    answer = make_answer(
        sources=(make_source(copies=(Copy("t", datetime(2022, 1, 1, tzinfo=UTC), None, "p"),)),),
        statements=(Statement("6班", (1,), None),),
    )
    back = answer_from_json(answer_to_json(answer))
    assert back == answer
    assert type(back.sources[0].copies[0]) is Copy
    assert hash(replace(back, took_ms=())) is not None  # tuples all the way down


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "1", "null", "{}", '{"version": 2}', '{"version": 1}', "[" * 100_000),
        answer_to_json(make_answer()).replace('"rank"', '"rang"'),
        answer_to_json(make_answer()).replace("2022-03-01T", "gestern "),
        answer_to_json(make_answer()).replace('"version": 1', '"version": 2'),
        answer_to_json(make_answer())[:-9],
    ],
)
def test_what_is_no_answer_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        answer_from_json(text)
