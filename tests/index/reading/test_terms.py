"""Question terms: which they are, and what they cover."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.reading.terms import Terms, question_terms
from tests.factories import UNHURRIED, ugly_texts

IDF = {"渡轮": 3.0, "票价": 1.0, "的": 0.0, "轮": 0.5, "渡": 0.5, "价": 0.5}


def idf(token):
    return IDF.get(token, 4.0)  # a token that stands nowhere weighs most


def test_terms_are_weighted_and_counted_once():
    terms = question_terms(["渡轮", "票价", "渡轮", "的"], idf)
    assert dict(terms.weights) == {"渡轮": 3.0, "票价": 1.0}
    assert terms.total == 4.0


def test_pairs_with_half_a_stop_word_that_stand_nowhere_are_left_out():
    terms = question_terms(["渡", "轮", "渡轮", "轮什", "轮渡", "知乎", "hfo"], idf)
    # 轮渡 is made of characters that the question means, 轮什 isn't; 知乎 has no single characters
    # among the tokens, and would be left out: a tokenizer gives them with every word.
    assert terms.weights.keys() == {"渡", "轮", "渡轮", "轮渡", "hfo"}
    assert question_terms(["知", "乎", "知乎"], idf).weights.keys() == {"知", "乎", "知乎"}


def test_a_pair_that_stands_somewhere_stays():
    assert question_terms(["票价"], idf).weights == {"票价": 1.0}


@pytest.mark.parametrize(
    ("text", "share"),
    [("渡轮票价", 1.0), ("渡轮停航", 0.75), ("票价上涨", 0.25), ("白鹭", 0.0), ("", 0.0)],
)
def test_coverage_by_hand(text, share):
    assert Terms({"渡轮": 3.0, "票价": 1.0}).coverage(text) == share


def test_without_terms_nothing_is_covered():
    assert Terms({}).coverage("渡轮") == 0.0
    assert question_terms([], idf) == Terms({})


@given(st.dictionaries(st.text(min_size=1), st.floats(0.01, 50)), ugly_texts)
@UNHURRIED
def test_coverage_is_a_share(weights, text):
    terms = Terms(weights)
    assert 0.0 <= terms.coverage(text) <= 1.0 + 1e-9
    assert terms.coverage(text + "".join(weights)) == pytest.approx(1.0 if weights else 0.0)
    assert math.isfinite(terms.total)
