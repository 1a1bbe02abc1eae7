"""Which texts go through the model together."""

from __future__ import annotations

from collections.abc import Sequence


def plan_batches(lengths: Sequence[int], max_tokens: int) -> list[list[int]]:
    """Positions of `lengths` (tokens of each text) in batches, longest texts first.

    A batch costs its longest text times its size, because shorter ones are padded; that is at most
    `max_tokens`, except for a single text that is longer by itself. Every position stands in
    exactly one batch; empty in, empty out.

    Worked: lengths 5, 9, 4 and 10 with 20 tokens give `[[3, 1], [0, 2]]` (2 x 10; 2 x 5).
    Longest first, so that the workers run dry together and too large a batch fails at once.
    """
    batches: list[list[int]] = []
    room = 0
    for position in sorted(range(len(lengths)), key=lambda at: (-lengths[at], at)):
        if room == 0:
            batches.append([])
            room = max(1, max_tokens // max(1, lengths[position]))
        batches[-1].append(position)
        room -= 1
    return batches
