import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.evaluation.scores import (
    Refusal,
    bare_text,
    contains,
    percentile,
    recall_at_k,
    reciprocal_rank,
    refusal_of_counts,
)


def test_recall_and_reciprocal_rank_by_hand():
    ranks = [1, 4, None]
    assert [recall_at_k(rank, 3) for rank in ranks] == [1, 0, 0]
    assert [recall_at_k(rank, 4) for rank in ranks] == [1, 1, 0]
    assert [reciprocal_rank(rank) for rank in ranks] == [1, 0.25, 0]


def test_the_last_rank_that_counts():
    assert (recall_at_k(10, 10), recall_at_k(11, 10)) == (1, 0)
    assert (reciprocal_rank(10), reciprocal_rank(11)) == (0.1, 0)


CONTAINED = {
    "the gold itself": ("67.8万人", ["67.8万人"], 1),
    "inside a clause": ("由青岛国寿承保", ["青岛国寿"], 1),
    "traditional answer": ("由青島國壽承保", ["青岛国寿"], 1),
    "traditional gold": ("臺灣", ["台湾", "臺灣"], 1),
    "full-width gold": ("ET7", ["ＥＴ７"], 1),
    "full-width answer": ("６７.８万人", ["67.8万人"], 1),
    "case": ("katy huberty", ["Katy Huberty"], 1),
    "spaces": ("FF 91", ["FF91"], 1),
    "marks": ("“B乎”商标", ["B乎"], 1),
    "marks inside": ("百度在线（北京）", ["百度在线(北京)"], 1),
    "a mark tells numbers apart no longer": ("13", ["1.3"], 1),
    "24 characters": ("甲乙" + "字" * 22, ["甲乙"], 1),
    "25 characters": ("甲乙" + "字" * 23, ["甲乙"], 0),
    "25 characters, marks not counted": ("甲乙，" + "字" * 22 + "。", ["甲乙"], 1),
    "three times a long gold": ("金" * 10 + "字" * 20, ["金" * 10], 1),
    "more than three times": ("金" * 10 + "字" * 21, ["金" * 10], 0),
    "half of the gold": ("国寿", ["青岛国寿"], 1),
    "less than half": ("国寿", ["青岛的国寿"], 0),  # 2 of 5
    "scattered over the gold": ("青寿", ["青岛国寿"], 0),
    "another": ("济南国寿", ["青岛国寿"], 0),
    "any gold will do": ("买入", ["增持", "买入"], 1),
    "nothing said": ("", ["甲"], 0),
    "marks only": ("。", ["。"], 0),
    "a gold of marks only": ("甲", ["。"], 0),
    "no golds": ("甲", [], 0),
}


@pytest.mark.parametrize(("answer", "golds", "right"), CONTAINED.values(), ids=CONTAINED)
def test_contains(answer, golds, right):
    assert contains(answer, golds) == right


def test_bare_text():
    assert bare_text("「ＥＴ７」 萬輛。+$～\u200b\n") == "et7万辆"
    assert bare_text("20℃、￥5、Beyonce\u0301") == "20°c¥5beyoncé"


WORDS = st.text(alphabet="甲乙丙國国Ａa19.，《 ", min_size=1, max_size=30)


@given(WORDS)
def test_a_gold_contains_itself_unless_it_is_marks_only(gold):
    assert contains(gold, [gold]) == float(bool(bare_text(gold)))


@given(WORDS, WORDS, WORDS)
def test_a_gold_in_a_short_answer_counts(before, gold, after):
    answer = (before + gold + after)[:60]
    if bare_text(gold) and bare_text(gold) in bare_text(answer) and len(bare_text(answer)) <= 24:
        assert contains(answer, [gold]) == 1


def test_refusal_by_hand():
    assert refusal_of_counts(hits=1, refused=2, unanswerable=2) == Refusal(1 / 2, 1 / 2, 1 / 2)
    # tp 2, fp 1, fn 0: precision 2/3, recall 1, F1 4/5.
    scores = refusal_of_counts(hits=2, refused=3, unanswerable=2)
    assert (scores.precision, scores.recall, scores.f1) == pytest.approx((2 / 3, 1, 4 / 5))


def test_undefined_refusal_scores_are_none():
    assert refusal_of_counts(0, 0, 0) == Refusal(None, None, None)
    assert refusal_of_counts(0, 1, 0) == Refusal(0, None, None)
    assert refusal_of_counts(0, 0, 1) == Refusal(None, 0, 0)


def test_percentiles_by_hand():
    assert percentile([80, 10, 40, 20], 0.5) == 30
    assert percentile([80, 10, 40, 20], 0.95) == pytest.approx(40 + 0.85 * 40)  # place 2.85
    assert percentile([7], 0.95) == 7
    assert percentile([], 0.5) is None


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50),
    st.sampled_from([0, 0.025, 0.5, 0.95, 1]),
)
def test_percentiles_equal_numpys(values, share):
    assert percentile(values, share) == pytest.approx(np.percentile(values, share * 100), abs=1e-6)
