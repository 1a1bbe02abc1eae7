"""Where the question word would stand in a sentence."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.reading.slot import Slot, slot_of
from index.reading.terms import Terms
from tests.factories import UNHURRIED, ugly_texts


def place_of(text, part):
    return text.index(part), text.index(part) + len(part)


def test_nearness_by_hand():
    slot = Slot((("承建", 1.0, False),), "", "")
    text = "集团承建大桥"
    assert slot.nearness(text, 0, 2, 5.0) == 1.0  # 承建 follows at once, as in the question
    assert slot.nearness(text, 4, 6, 5.0) == 0.5  # it stands on the other side
    assert slot.nearness("集团在此承建", 0, 2, 5.0) == pytest.approx(math.exp(-2 / 5))
    assert slot.nearness("集团", 0, 2, 5.0) == 0.0
    assert slot.nearness("承建", 0, 2, 5.0) == 0.0  # what the stretch says itself doesn't count


def test_terms_share_by_weight():
    slot = Slot((("甲", 3.0, True), ("乙", 1.0, False)), "", "")
    assert slot.nearness("甲丙", 1, 2, 5.0) == 0.75
    assert slot.nearness("甲丙乙", 1, 2, 5.0) == 1.0
    assert Slot((), "", "").nearness("甲丙乙", 1, 2, 5.0) == 0.0


def test_touching_by_hand():
    question = "规划由谁印发"
    slot = slot_of(question, place_of(question, "谁"), Terms({}))
    assert (slot.left, slot.right) == ("划由", "印发")
    text = "规划由国务院印发"
    assert slot.touches(text, *place_of(text, "国务院")) == 1.0
    text = "此前由国务院印制"
    assert slot.touches(text, *place_of(text, "国务院")) == 0.5  # 由 and 印, nothing further
    assert slot.touches("国务院", 0, 3) == 0.0


def test_at_the_ends_of_the_question_one_side_is_missing():
    slot = slot_of("谁承建", (0, 1), Terms({}))
    assert (slot.left, slot.right) == ("", "承建")
    assert slot.touches("集团承建", 0, 2) == 0.5
    slot = slot_of("", (0, 0), Terms({}))
    assert (slot.left, slot.right) == ("", "")


def test_terms_near_the_question_words_weigh_more():
    question = "青石大桥由谁承建"
    slot = slot_of(question, place_of(question, "谁"), Terms({"青石": 1.0, "承建": 1.0, "无": 1.0}))
    weights = {term: weight for term, weight, _ in slot.terms}
    # Distances 3 and 0; a term that isn't outside the question words counts as far away.
    assert weights["承建"] == pytest.approx(0.3 + 1.0)
    assert weights["青石"] == pytest.approx(0.3 + math.exp(-3 / 4))
    assert weights["无"] == pytest.approx(0.3 + math.exp(-30 / 4))
    assert {term: before for term, _, before in slot.terms if term != "无"} == {
        "青石": True,
        "承建": False,
    }


@given(ugly_texts, ugly_texts, st.data())
@UNHURRIED
def test_both_are_shares_for_any_text(question, text, data):
    def place(within):
        start = data.draw(st.integers(0, len(within)))
        return start, data.draw(st.integers(start, len(within)))

    slot = slot_of(question, place(question), Terms({"股价": 2.0, "1": 1.0, " ": 0.5}))
    start, end = place(text)
    assert 0.0 <= slot.nearness(text, start, end, 8.0) <= 1.0 + 1e-9
    assert 0.0 <= slot.touches(text, start, end) <= 1.0
