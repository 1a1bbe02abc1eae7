"""The signs of an answer and the confidence they add up to."""

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.reading.confidence import Signs, coefficients, confidence, signs_of
from index.reading.terms import Terms
from tests.factories import UNHURRIED, make_hit, make_post, make_question, make_span

NAMES = {field.name for field in dataclasses.fields(Signs)}
NOTHING = Signs(0, 0, 0, 0, 0, 0)
TEXT = "渡轮票价12元，FF91停航。"


def signs(question="渡轮票价多少", hits=None, weights=None, sentence=TEXT, span=None):
    terms = Terms(weights or {"渡轮": 3.0, "票价": 1.0})
    given_hits = hits or [make_hit(TEXT)]
    return signs_of(make_question(question), terms, given_hits, span or make_span(), sentence)


def test_coverage_of_passage_and_sentence():
    found = signs(sentence="票價不变。")
    assert found.coverage == 1.0
    assert found.sentence == 0.25  # of 渡轮 (3) and 票价 (1) the sentence has the latter


def test_the_title_counts_for_the_passage():
    hit = make_hit(post=make_post(title="渡轮", text="票价12元"), text="票价12元")
    assert signs(hits=[hit]).coverage == 1.0


@pytest.mark.parametrize(
    ("question", "share"),
    [
        ("渡轮票价多少", 1.0),  # no codes
        ("票价12元吗", 1.0),
        ("票价2元吗", 0.0),  # 12 isn't 2
        ("ＦＦ　91停航吗", 1.0),
        ("f停航吗", 0.0),
        ("FF92停航吗", 0.0),
        ("票价12元还是13元", 0.5),
        ("2022年3月1日票价多少", 1.0),  # dates are a sign of their own
    ],
)
def test_codes_and_figures_of_the_question(question, share):
    assert signs(question).codes == share


def test_decimals_are_whole():
    assert signs("5%", hits=[make_hit("涨1.5%")]).codes == 0.0
    assert signs("1.5%", hits=[make_hit("涨1.5%")]).codes == 1.0
    assert signs("1.5%", hits=[make_hit("涨11.5%")]).codes == 0.0


def test_margin_is_to_the_best_hit_of_another_post():
    own, twin = make_hit(TEXT, score=2.0), make_hit(TEXT, score=1.9)
    other = make_hit(post=make_post(id="posts/b.md"), score=0.5)
    assert signs(hits=[own, twin, other]).margin == 1.5
    assert signs(hits=[own, twin]).margin == 0.0
    assert signs(hits=[own, other], span=make_span(hit=1)).margin == -1.5


def test_cosine_and_dates_are_the_hits_own():
    assert signs(hits=[make_hit(TEXT, dense=0.7)]).cosine == 0.7
    assert signs("2022年3月1日票价", hits=[make_hit(TEXT)]).dates == 0.7  # the post's day
    assert signs("2019年票价", hits=[make_hit(TEXT)]).dates == -0.5
    assert signs("票价").dates == 0.0


def test_confidence_by_hand():
    weights = {"bias": -1.0, "cosine": 2.0, "margin": 0.5}
    found = dataclasses.replace(NOTHING, cosine=0.5, margin=2.0, codes=1.0)
    assert confidence(found, weights) == pytest.approx(1 / (1 + math.exp(-1.0)))  # -1 + 1 + 1
    assert confidence(NOTHING, {"bias": 0.0}) == 0.5


def test_a_contradicted_date_halves_it():
    plain = confidence(NOTHING, {"bias": 2.0})
    assert confidence(dataclasses.replace(NOTHING, dates=-0.5), {"bias": 2.0}) == plain / 2
    assert confidence(dataclasses.replace(NOTHING, dates=0.5), {"bias": 2.0}) == plain


@pytest.mark.parametrize(("bias", "sure"), [(1e9, 1.0), (-1e9, 0.0)])
def test_extremes_do_not_overflow(bias, sure):
    assert confidence(NOTHING, {"bias": bias}) == pytest.approx(sure)


@given(st.lists(st.floats(-10, 10), min_size=len(NAMES), max_size=len(NAMES)))
@UNHURRIED
def test_confidence_is_between_none_and_full(values):
    assert 0.0 <= confidence(Signs(*values), coefficients()) <= 1.0


def test_the_shipped_coefficients_name_signs_only():
    weights = coefficients()
    assert weights.keys() <= NAMES | {"bias"} and "bias" in weights
    assert all(math.isfinite(weight) for weight in weights.values())
