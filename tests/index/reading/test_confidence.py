"""The signs of an answer and the confidence they add up to."""

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.lexical.tokens import Tokenizer
from index.reading.confidence import Signs, coefficients, confidence, signs_of
from index.reading.terms import Terms
from tests.factories import UNHURRIED, make_hit, make_post, make_question, make_span

NAMES = {field.name for field in dataclasses.fields(Signs)}
NOTHING = Signs(*(0.0 for _ in NAMES))
TEXT = "渡轮票价12元，FF91停航。"
TAG = Tokenizer(()).tagged


def span_of(**fields):
    return make_span(**{"start": 4, "end": 7, "text": "12元"} | fields)


def signs(question="渡轮票价多少", hits=None, weights=None, spans=None):
    terms = Terms(weights or {"渡轮": 3.0, "票价": 1.0})
    given_hits = hits or [make_hit(TEXT)]
    given_spans = spans or [span_of()]
    return signs_of(make_question(question), terms, given_hits, given_spans, TAG)


def test_coverage_of_passage_and_sentence():
    text = "渡轮周二复航。票價12元。"
    found = signs(hits=[make_hit(text)], spans=[make_span(start=9, end=12, text="12元")])
    assert found.coverage == 1.0
    assert found.sentence == 0.25  # of 渡轮 (3) and 票价 (1) the sentence has the latter


def test_the_title_counts_for_the_passage():
    hit = make_hit(post=make_post(title="渡轮", text="票价12元"), text="票价12元")
    assert signs(hits=[hit], spans=[make_span(start=2, end=5, text="12元")]).coverage == 1.0


def test_an_answer_in_the_title_has_the_titles_sentence():
    hit = make_hit("全文见附件。", post=make_post(title="渡轮票价12元"))
    span = make_span(in_title=True, start=4, end=7, text="12元")
    assert signs(hits=[hit], spans=[span]).sentence == 1.0


@pytest.mark.parametrize(
    ("question", "codes", "numbers", "other"),
    [
        ("渡轮票价多少", 1.0, 1.0, 0.0),  # says neither
        ("ＦＦ　91停航吗", 1.0, 1.0, 0.0),
        ("FF92停航吗", 0.0, 1.0, 1.0),  # 91 stands in its place
        ("票价12元吗", 1.0, 1.0, 0.0),
        ("票价2元吗", 1.0, 0.0, 1.0),
        ("2022年3月1日票价多少", 1.0, 1.0, 0.0),  # dates are a sign of their own
    ],
)
def test_what_the_question_says_must_stand(question, codes, numbers, other):
    found = signs(question)
    assert (found.codes, found.numbers, found.other) == (codes, numbers, other)


def test_names_of_another_place_are_missed():
    hit = make_hit("李安说，青岛的渡轮票价12元。")
    span = [make_span(start=10, end=13, text="12元")]
    assert signs("青岛的渡轮票价多少", hits=[hit], spans=span).names == 1.0
    assert signs("上海的渡轮票价多少", hits=[hit], spans=span).names == 0.0


def test_margin_is_to_the_best_hit_of_another_post():
    own, twin = make_hit(TEXT, score=2.0), make_hit(TEXT, score=1.9)
    other = make_hit(post=make_post(id="posts/b.md"), score=0.5)
    assert signs(hits=[own, twin, other]).margin == 1.5
    assert signs(hits=[own, twin]).margin == 0.0
    assert signs(hits=[own, other], spans=[span_of(hit=1)]).margin == -1.5


def test_the_lead_is_over_another_posts_other_answer():
    hits = [make_hit(TEXT), make_hit(TEXT), make_hit(post=make_post(id="posts/b.md"))]
    best = span_of(score=6.0)
    own = span_of(hit=1, text="13元", score=5.0)
    same = span_of(hit=2, text="约12元", score=4.0)
    other = span_of(hit=2, text="6班", score=1.5)
    assert signs(hits=hits, spans=[best, own, same, other]).lead == 4.5
    assert signs(hits=hits, spans=[best, own, same]).lead == 10.0
    assert signs(hits=hits, spans=[best, dataclasses.replace(other, score=-90)]).lead == 10.0


def test_score_cosine_and_dates_are_the_spans_and_the_hits_own():
    assert signs(spans=[span_of(score=2.5)]).score == 2.5
    assert signs(spans=[span_of(score=99.0)]).score == 20.0
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


@pytest.mark.parametrize("reader", ["trained", "words"])
@given(st.lists(st.floats(-20, 20), min_size=len(NAMES), max_size=len(NAMES)))
@UNHURRIED
def test_confidence_is_between_none_and_full(reader, values):
    assert 0.0 <= confidence(Signs(*values), coefficients()[reader]) <= 1.0


@pytest.mark.parametrize("reader", ["trained", "words"])
def test_the_shipped_coefficients_name_signs_only(reader):
    weights = coefficients()[reader]
    assert weights.keys() <= NAMES | {"bias"} and "bias" in weights
    assert all(math.isfinite(weight) for weight in weights.values())
