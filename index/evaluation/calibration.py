"""How far confidences can be believed, and where to draw the line between answering and refusing.

Made for a run with threshold 0, where every question has an answer and its confidence. The rule
everywhere: answer when confidence >= threshold. Fitting is in `logistic`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from index.evaluation.scores import Refusal, refusal_of_counts

Floats = npt.NDArray[np.float64]
BINS = 10  # as in Guo et al. 2017's figures; more leaves too few questions in a bin


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer: its confidence 0..1, whether it was right, whether a right one exists at all."""

    confidence: float
    right: bool
    answerable: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """Confidences in [low, high) (the last bin holds 1 too); the means are None where n is 0."""

    low: float
    high: float
    n: int
    mean_confidence: float | None
    share_right: float | None


@dataclass(frozen=True, slots=True)
class Point:
    """What one threshold does: counts of answers, refusal scores, mean utility of a question."""

    threshold: float
    answered: int
    wrong: int
    refusal: Refusal
    utility: float


def reliability(judged: Sequence[Judged], bins: int = BINS) -> tuple[Bin, ...]:
    """`bins` bins of equal width over 0..1, low to high: is what is called 0.8 right 8 times in 10?

    Source: Niculescu-Mizil and Caruana, ICML 2005. ValueError for fewer than 1 bin or a confidence
    outside 0..1.
    """
    if bins < 1:
        raise ValueError(f"bins must be 1 or more, not {bins}")
    confidences, right, _ = _columns(judged)
    edges = [number / bins for number in range(bins + 1)]
    # Subtle: int(0.29 * 100) is 28; comparing with the edges themselves gives 29.
    places = np.searchsorted(edges[1:-1], confidences, side="right")
    return tuple(
        _bin(low, high, confidences[places == number], right[places == number])
        for number, (low, high) in enumerate(pairwise(edges))
    )


def expected_calibration_error(judged: Sequence[Judged], bins: int = BINS) -> float | None:
    """The mean distance of confidence and truth over bins, weighted by n; None for nothing judged.

    Source: Naeini et al., AAAI 2015. Confidences 0.9 (right) and 0.7 (wrong) lie in bins of their
    own: (|0.9 - 1| + |0.7 - 0|) / 2 = 0.4.
    """
    total = 0.0
    for entry in reliability(judged, bins):
        if entry.mean_confidence is not None and entry.share_right is not None:
            total += entry.n * abs(entry.mean_confidence - entry.share_right)
    return total / len(judged) if judged else None


def threshold_curve(judged: Sequence[Judged], wrong_cost: float = 1.0) -> tuple[Point, ...]:
    """One point for every threshold that makes a difference, ascending; empty for nothing judged.

    Utility of a question: a right answer +1, a wrong one (any answer to an unanswerable question
    included) -`wrong_cost`, refusing an unanswerable question +1, refusing an answerable one 0. The
    first threshold is 0, the others lie half-way between neighbouring confidences, the last between
    the highest and 1 (left out where that is 1: no threshold up to 1 refuses it).
    """
    confidences, right, answerable = _columns(judged)
    order = np.argsort(confidences, kind="stable")
    confidences, right, answerable = confidences[order], right[order], answerable[order]
    points: list[Point] = []
    for cut, threshold in _thresholds(confidences):
        refused_well = int(np.sum(~answerable[:cut]))
        good = int(np.sum(right[cut:]))
        wrong = len(judged) - cut - good
        points.append(
            Point(
                threshold=threshold,
                answered=len(judged) - cut,
                wrong=wrong,
                refusal=refusal_of_counts(refused_well, cut, int(np.sum(~answerable))),
                utility=(good + refused_well - wrong_cost * wrong) / len(judged),
            )
        )
    return tuple(points)


def choose_threshold(judged: Sequence[Judged], wrong_cost: float = 1.0) -> Point | None:
    """The point of the curve with the highest utility; of equals the one that answers most.

    None for nothing judged.
    """
    # Subtle: max keeps the first of equals, and the curve ascends.
    return max(threshold_curve(judged, wrong_cost), key=lambda point: point.utility, default=None)


def _columns(
    judged: Sequence[Judged],
) -> tuple[Floats, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    confidences = np.array([item.confidence for item in judged], dtype=np.float64)
    # Subtle: written so that NaN, which compares false with everything, is refused as well.
    if not np.all((confidences >= 0) & (confidences <= 1)):
        raise ValueError("a confidence lies outside 0..1")
    right = np.array([item.right and item.answerable for item in judged], dtype=np.bool_)
    answerable = np.array([item.answerable for item in judged], dtype=np.bool_)
    return confidences, right, answerable


def _thresholds(ascending: Floats) -> list[tuple[int, float]]:
    """(how many of `ascending` are refused, threshold), from refusing none to refusing all."""
    if not len(ascending):
        return []
    found = [(0, 0.0)]
    upper = [*ascending[1:].tolist(), 1.0]
    for cut, (below, above) in enumerate(zip(ascending.tolist(), upper, strict=True), start=1):
        if below < above:
            middle = (below + above) / 2
            # Subtle: between neighbouring floats the middle rounds to one of them.
            found.append((cut, middle if middle > below else above))
    return found


def _bin(low: float, high: float, confidences: Floats, right: npt.NDArray[np.bool_]) -> Bin:
    if not len(confidences):
        return Bin(low, high, 0, None, None)
    return Bin(low, high, len(confidences), float(confidences.mean()), float(right.mean()))
