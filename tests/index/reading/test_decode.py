import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from index.reading.decode import MAX_ANSWER_CHARS, Found, best_span

NEVER = -np.inf


def scores(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def test_the_score_is_start_and_end_against_no_answer():
    # characters 0 and 1; "no answer" has 1 and 0
    assert best_span(scores(1, 3, 0), scores(0, 0, 2), 0, 2) == Found(0, 2, 4.0)


def test_an_end_before_the_start_is_no_span():
    # the best start is character 1, the best end character 0
    found = best_span(scores(0, 1, 5), scores(0, 6, 2), 0, 2)
    assert found == Found(0, 1, 7.0) or found == Found(1, 2, 7.0)


def test_only_the_part_asked_for_is_searched():
    start, end = scores(0, 9, 1, 2), scores(0, 9, 1, 2)
    assert best_span(start, end, 1, 3) == Found(2, 3, 4.0)


def test_characters_that_no_answer_begins_or_ends_at_are_left_out():
    assert best_span(scores(0, NEVER, 1), scores(0, 3, 1), 0, 2) == Found(1, 2, 2.0)
    assert best_span(scores(0, NEVER), scores(0, 1), 0, 1) is None
    assert best_span(scores(0, 1, NEVER), scores(0, NEVER, NEVER), 0, 2) is None


def test_an_empty_part_has_no_span():
    assert best_span(scores(0, 1), scores(0, 1), 0, 0) is None
    assert best_span(scores(0), scores(0), 0, 0) is None


def test_longer_answers_than_the_limit_are_not_given():
    size = MAX_ANSWER_CHARS + 1
    start = np.full(1 + size, -9, dtype=np.float32)
    end = start.copy()
    start[0] = end[0] = 0
    start[1], end[size] = 5, 5  # together one character too long
    found = best_span(start, end, 0, size)
    assert found is not None
    assert found.end - found.start <= MAX_ANSWER_CHARS
    assert found.score == pytest.approx(-4.0)


def test_brevity_chooses_the_shorter_span_and_leaves_the_score():
    start, end = scores(0, 5, 4.9, -9), scores(0, -9, -9, 3)  # characters 0-2 against 1-2
    assert best_span(start, end, 0, 3) == Found(0, 3, 8.0)
    found = best_span(start, end, 0, 3, brevity=0.2)
    assert found is not None
    assert (found.start, found.end, found.score) == (1, 3, pytest.approx(7.9))


@given(
    hnp.arrays(np.float32, st.integers(1, 40), elements=st.floats(-20, 20, width=32)),
    st.integers(0, 2**32 - 1),
)
def test_it_is_the_best_of_all_spans(start, seed):
    end = np.random.default_rng(seed).normal(size=len(start)).astype(np.float32)
    chars = min(len(start) - 1, 16)  # within what is combined exhaustively
    found = best_span(start, end, 0, chars)
    sums = [
        float(start[1 + i]) + float(end[1 + j]) - float(start[0]) - float(end[0])
        for i in range(chars)
        for j in range(i, chars)
    ]
    assert (found is None) == (not sums)
    if found is not None:
        assert found.score == pytest.approx(max(sums), abs=1e-4)
