from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from index.embedding.batches import plan_batches


def test_worked_by_hand() -> None:
    assert plan_batches([5, 9, 4, 10], 20) == [[3, 1], [0, 2]]


def test_a_text_longer_than_a_batch_goes_alone() -> None:
    assert plan_batches([3, 50, 3], 10) == [[1], [0, 2]]


def test_nothing_in_nothing_out() -> None:
    assert plan_batches([], 100) == []


@given(st.lists(st.integers(0, 600), max_size=60), st.integers(1, 5_000))
def test_every_text_once_and_never_too_much(lengths: list[int], max_tokens: int) -> None:
    batches = plan_batches(lengths, max_tokens)
    assert sorted(at for batch in batches for at in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or max(lengths[at] for at in batch) * len(batch) <= max_tokens
    longest = [max(lengths[at] for at in batch) for batch in batches]
    assert longest == sorted(longest, reverse=True)
