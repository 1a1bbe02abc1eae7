"""Standard scores and their weighted sum."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fusion import fuse, standardised
from tests.factories import UNHURRIED

scores = st.lists(st.floats(-1e6, 1e6), max_size=20)


def test_by_hand():
    # Mean 2, deviation sqrt(2/3).
    assert standardised([1, 2, 3]) == pytest.approx([-(1.5**0.5), 0, 1.5**0.5])
    assert fuse([1, 3], [5, 1], 0.5) == pytest.approx([0, 0])
    assert fuse([1, 3], [5, 1], 0.25) == pytest.approx([-0.5, 0.5])


@pytest.mark.parametrize("values", [[], [3.0], [2, 2, 2], [0.1, 0.1, 0.1]])
def test_scores_that_do_not_differ_are_zero(values):
    assert standardised(values).tolist() == [0.0] * len(values)


@given(scores)
@UNHURRIED
def test_mean_and_deviation(values):
    standard = standardised(values)
    assert standard.shape == (len(values),) and standard.dtype == np.float64
    if standard.any():
        assert standard.mean() == pytest.approx(0, abs=1e-6)
        assert standard.std() == pytest.approx(1, abs=1e-6)
        assert (np.diff(standard) * np.sign(np.diff(values)) >= 0).all()  # the order stays


@given(scores, st.floats(0, 1))
@UNHURRIED
def test_each_leg_stands_alone_at_the_ends(values, weight):
    other = values[::-1]
    assert fuse(values, other, 0.0) == pytest.approx(standardised(values))
    assert fuse(values, other, 1.0) == pytest.approx(standardised(other))
    assert fuse(values, values, weight) == pytest.approx(standardised(values))


def test_legs_of_different_length_are_refused():
    with pytest.raises(ValueError):
        fuse([1, 2, 3], [1, 2], 0.5)
