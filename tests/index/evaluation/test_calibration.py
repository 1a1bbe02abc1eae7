import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.evaluation.calibration import (
    Bin,
    Judged,
    choose_threshold,
    expected_calibration_error,
    reliability,
    threshold_curve,
)
from index.evaluation.scores import Refusal


def _judged(*rows):
    return [Judged(*row) for row in rows]


def test_bins_by_hand():
    judged = _judged((0.1, False, True), (0.3, True, True), (0.5, True, True), (1.0, True, True))
    low, high = reliability(judged, bins=2)
    assert low == Bin(0.0, 0.5, 2, pytest.approx(0.2), 0.5)
    assert high == Bin(0.5, 1.0, 2, pytest.approx(0.75), 1.0)


def test_an_empty_bin_has_no_means():
    assert reliability([], bins=1) == (Bin(0.0, 1.0, 0, None, None),)


def test_a_confidence_on_an_edge_lies_in_the_bin_that_starts_there():
    # int(0.29 * 100) would be 28.
    found = reliability(_judged((0.29, True, True)), bins=100)
    assert [(entry.low, entry.n) for entry in found if entry.n] == [(0.29, 1)]


def test_an_answer_to_an_unanswerable_question_is_never_right():
    (entry,) = reliability(_judged((0.9, True, False)), bins=1)
    assert entry.share_right == 0


def test_calibration_error_by_hand():
    # Bins of their own: (|0.9 - 1| + |0.7 - 0|) / 2.
    judged = _judged((0.9, True, True), (0.7, False, True))
    assert expected_calibration_error(judged) == pytest.approx(0.4)
    # One bin: mean confidence 0.8, share 1/2.
    assert expected_calibration_error(judged, bins=1) == pytest.approx(0.3)
    assert expected_calibration_error([]) is None


def test_a_believable_confidence_has_no_error():
    judged = [Judged(0.75, n < 3, True) for n in range(4)]
    assert expected_calibration_error(judged) == pytest.approx(0)


ROWS = _judged(
    (0.2, False, False),  # better refused
    (0.4, True, True),
    (0.6, False, False),  # better refused
    (0.8, True, True),
)


def test_the_curve_by_hand():
    found = threshold_curve(ROWS, wrong_cost=2)
    assert [point.threshold for point in found] == pytest.approx([0, 0.3, 0.5, 0.7, 0.9])
    assert [(point.answered, point.wrong) for point in found] == [
        (4, 2), (3, 1), (2, 1), (1, 0), (0, 0),
    ]  # fmt: skip
    # Right answers + good refusals - 2 * wrong: 2+0-4, 2+1-2, 1+1-2, 1+2-0, 0+2-0; over 4.
    assert [point.utility for point in found] == pytest.approx([-0.5, 0.25, 0, 0.75, 0.5])
    assert [point.refusal for point in found] == [
        Refusal(None, 0, 0),
        Refusal(1, 0.5, pytest.approx(2 / 3)),
        Refusal(0.5, 0.5, 0.5),
        Refusal(pytest.approx(2 / 3), 1, 0.8),
        Refusal(0.5, 1, pytest.approx(2 / 3)),
    ]


def test_the_threshold_with_the_best_utility_is_chosen():
    assert choose_threshold(ROWS, wrong_cost=2).threshold == pytest.approx(0.7)
    # Wrong answers free: 2+0, 2+1, 1+1, 1+2, 0+2. The first of the equal bests answers more.
    assert choose_threshold(ROWS, wrong_cost=0).threshold == pytest.approx(0.3)
    assert choose_threshold([]) is None


def test_equal_confidences_are_never_parted():
    judged = _judged((0.5, True, True), (0.5, False, True), (0.5, False, False))
    assert [point.threshold for point in threshold_curve(judged)] == [0, 0.75]


def test_a_confidence_of_1_can_not_be_refused():
    assert [point.threshold for point in threshold_curve(_judged((1.0, True, True)))] == [0]


def test_a_threshold_between_neighbouring_floats_refuses_the_lower():
    below = 0.5
    above = math.nextafter(below, 1)
    point = threshold_curve(_judged((below, False, False), (above, True, True)))[1]
    assert below < point.threshold <= above


@pytest.mark.parametrize("confidence", [-0.1, 1.1, float("nan")])
def test_a_confidence_out_of_bounds_is_refused(confidence):
    with pytest.raises(ValueError, match="outside"):
        reliability(_judged((confidence, True, True)))


def test_no_bins_are_refused():
    with pytest.raises(ValueError, match="bins"):
        reliability([], bins=0)


JUDGED = st.builds(
    Judged, st.floats(0, 1) | st.sampled_from([0.0, 0.5, 1.0]), st.booleans(), st.booleans()
)


@given(st.lists(JUDGED, min_size=1, max_size=20), st.floats(0, 10))
def test_the_curve_says_what_its_thresholds_do(judged, cost):
    for point in threshold_curve(judged, cost):
        answered = [item for item in judged if item.confidence >= point.threshold]
        refused = [item for item in judged if item.confidence < point.threshold]
        good = sum(item.right and item.answerable for item in answered)
        wrong = len(answered) - good
        saved = sum(not item.answerable for item in refused)
        assert (point.answered, point.wrong) == (len(answered), wrong)
        assert point.utility == pytest.approx((good + saved - cost * wrong) / len(judged))
        assert 0 <= point.threshold <= 1


@given(st.lists(JUDGED, max_size=20), st.integers(1, 12))
def test_bins_hold_everything_once(judged, bins):
    found = reliability(judged, bins)
    assert sum(entry.n for entry in found) == len(judged)
    for entry in found:
        inside = [x for x in judged if entry.low <= x.confidence < entry.high]
        if entry.high == 1:
            inside += [x for x in judged if x.confidence == 1]
        assert entry.n == len(inside)
