import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.evaluation import bootstrap
from index.evaluation.bootstrap import interval


def _of(values, groups=None, **options):
    """The interval of a mean; without `groups` every value is on its own."""
    groups = groups or [str(place) for place in range(len(values))]
    return interval(values, [1.0] * len(values), groups, **options)


def test_a_group_stands_and_falls_together():
    # The resamples aa, ab, ba and bb: 3/3, 3/4, 3/4 and 0/1, a quarter each.
    assert _of([1, 1, 1, 0], ["a", "a", "a", "b"]) == (0, 1)
    # On their own, three of four right all fall to 0 in 1 resample of 256: under 2.5 %.
    assert _of([1, 1, 1, 0]) == (0.25, 1)


def test_groups_of_two_values_by_hand():
    # Both groups are half right: whatever is drawn is half right.
    assert _of([1, 0, 0, 1], ["a", "a", "b", "b"]) == (0.5, 0.5)


def test_a_ratio_of_sums_is_no_mean_of_ratios():
    # Resamples aa, ab, ba, bb: 2/2, 2/6, 2/6, 0/10; their outer quarters are the interval.
    assert interval([1, 0], [1, 5], ["a", "b"]) == (0, 1)
    # Three groups of 2/1, 0/1, 0/1: most often 2/3; none 8/27, all 1/27 (both over 2.5 %).
    assert interval([2, 0, 0], [1, 1, 1], ["a", "b", "c"]) == (0, 2)


def test_values_that_are_all_equal_give_that_value():
    assert _of([1.0] * 10) == (1, 1)
    assert _of([0.3, 0.3], ["a", "b"]) == pytest.approx((0.3, 0.3))
    assert interval([2, 4], [4, 8], ["a", "b"]) == pytest.approx((0.5, 0.5))


def test_fewer_than_two_groups_tell_nothing():
    assert _of([]) is None
    assert _of([1.0]) is None
    assert _of([1.0, 0.0, 1.0], ["a"] * 3) is None


def test_the_interval_of_a_share_is_near_the_normal_one():
    # 0.9 -+ 1.96 * sqrt(0.9 * 0.1 / 400) = 0.9 -+ 0.0294
    assert _of([1.0] * 360 + [0.0] * 40) == pytest.approx((0.8706, 0.9294), abs=0.006)


def test_groups_widen_the_interval():
    # 40 documents of ten questions, of which 36 are all right: 0.9 -+ 1.96 * sqrt(0.09 / 40).
    groups = [str(place // 10) for place in range(400)]
    found = _of([1.0] * 360 + [0.0] * 40, groups)
    assert found == pytest.approx((0.9 - 0.093, 0.9 + 0.093), abs=0.02)


def test_the_seed_decides():
    values = [0.0, 0.25, 0.5, 1.0, 1.0, 0.75]
    assert _of(values, seed=3) == _of(values, seed=3)
    assert _of(values, seed=3, resamples=101) != _of(values, seed=4, resamples=101)


def test_the_order_of_the_questions_does_not_matter():
    values, groups = [0.0, 0.2, 0.9, 1.0, 0.5], ["d", "a", "c", "a", "b"]
    turned = _of(values[::-1], groups[::-1])
    assert _of(values, groups) == pytest.approx(turned)


def test_drawing_in_blocks_gives_the_same(monkeypatch):
    values = [float(place % 3) for place in range(60)]
    whole = _of(values)
    monkeypatch.setattr(bootstrap, "_BLOCK_DRAWS", 60 * 7)  # 142 blocks of 7, and one of 6
    assert _of(values) == whole


ROWS = st.tuples(st.floats(0, 1), st.floats(0.5, 2), st.sampled_from("abcd"))


@given(st.lists(ROWS, min_size=1, max_size=20))
def test_bounds_lie_between_the_least_and_the_best_group(rows):
    tops, bottoms, groups = zip(*rows, strict=True)
    found = interval(tops, bottoms, groups, resamples=50)
    names = sorted(set(groups))
    if len(names) < 2:
        assert found is None
        return
    ratios = [
        np.sum(np.array(tops)[[group == name for group in groups]])
        / np.sum(np.array(bottoms)[[group == name for group in groups]])
        for name in names
    ]
    low, high = found
    assert min(ratios) - 1e-9 <= low <= high <= max(ratios) + 1e-9
