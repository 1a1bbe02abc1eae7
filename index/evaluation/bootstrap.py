"""How far a measure would move if other documents had been asked about: the cluster bootstrap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

RESAMPLES = 1_000  # over 500 groups the bounds then move by some 0.002 from seed to seed
CONFIDENCE_LEVEL = 0.95
MIN_GROUPS = 2  # one document says nothing about how much documents differ
_BLOCK_DRAWS = 1_000_000  # random numbers at a time, so that the bootstrap needs some 20 MB


def interval(
    tops: Sequence[float],
    bottoms: Sequence[float],
    groups: Sequence[str],
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> tuple[float, float] | None:
    """The 95 % interval of sum(tops) / sum(bottoms); None for fewer than two groups.

    Questions about one document stand and fall together, so whole groups are drawn, with
    replacement and as many as there are; the bounds are the 2.5 and 97.5 percentiles of the
    resamples' ratios (Efron, 1979; for groups Field and Welsh, JRSS B, 2007). Every bottom is above
    0. Tops 1 1 1 0 over bottoms of 1, in groups a a a b: the resamples aa, ab, ba and bb give 1,
    3/4, 3/4 and 0, so the interval is (0, 1). Values that are all equal give that value twice: ten
    right answers of ten do not prove that the eleventh is right.
    """
    places = {group: place for place, group in enumerate(sorted(set(groups)))}
    if len(places) < MIN_GROUPS:
        return None
    at = [places[group] for group in groups]
    top, bottom = np.bincount(at, tops), np.bincount(at, bottoms)
    generator = np.random.default_rng(seed)
    rows = max(1, _BLOCK_DRAWS // len(places))
    ratios: list[float] = []
    for start in range(0, resamples, rows):
        shape = (min(rows, resamples - start), len(places))
        drawn = generator.integers(len(places), size=shape)
        ratios.extend((top[drawn].sum(axis=1) / bottom[drawn].sum(axis=1)).tolist())
    tail = (1 - CONFIDENCE_LEVEL) / 2
    low, high = np.quantile(ratios, [tail, 1 - tail]).tolist()
    return low, high
