"""Fusing the dense and the lexical leg into one score."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float64]


def standardised(scores: npt.ArrayLike) -> Scores:
    """Zero mean, unit deviation; all zeros where the scores don't differ or there are none.

    `standardised([1, 2, 3])` is about `[-1.22, 0, 1.22]`.
    """
    values = np.asarray(scores, dtype=np.float64)
    spread = values.std() if values.size else 0.0
    if spread < 1e-9:
        return np.zeros_like(values)
    return np.asarray((values - values.mean()) / spread, dtype=np.float64)


def fuse(dense: npt.ArrayLike, lexical: npt.ArrayLike, lexical_weight: float) -> Scores:
    """Weighted sum of standard scores, `(n,)`, over one pool of candidates.

    Both legs score every candidate, so neither is a rank nor a guess for the other. Standard-score
    fusion ("z-score" in Wu, Data Fusion in Information Retrieval, 2012) was better here than
    reciprocal ranks, which throw away how clearly a leg decided; docs/quality.md has the figures.
    Weight 0.5 of `[1, 3]` and `[5, 1]` gives `[0, 0]`: the legs cancel out.
    """
    return (1.0 - lexical_weight) * standardised(dense) + lexical_weight * standardised(lexical)
