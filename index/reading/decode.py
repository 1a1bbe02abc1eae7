"""Character scores to answer spans."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]

# In training data 98 of 100 answers are shorter; a longer one is a quotation, not an answer.
MAX_ANSWER_CHARS = 90
_EDGES_TRIED = 16  # best starts and best ends that are combined


@dataclass(frozen=True, slots=True)
class Found:
    """`text[start:end]` with the log-odds of "it answers" against "no answer here"."""

    start: int
    end: int
    score: float


def best_span(
    start: Scores, end: Scores, first: int, last: int, brevity: float = 0.0
) -> Found | None:
    """The best span within `text[first:last]`; None where none can begin or end there.

    Each character costs `brevity` when spans are compared, not in the score that is told.

    `start` and `end` are `(1 + chars)`, the first one "no answer"; a span's score is
    `start[i] + end[j] - start[none] - end[none]`, as for SQuAD 2.0 in Devlin et al. 2019, section
    4.3. With scores `[1, 3, 0]` and `[0, 0, 2]` the span of both characters has 3 + 2 - 1 - 0 = 4.
    """
    starts = _best(start[1 + first : 1 + last]) + first
    ends = _best(end[1 + first : 1 + last]) + first
    if not len(starts) or not len(ends):
        return None
    lengths = ends[None, :] - starts[:, None] + 1
    sums = start[1 + starts][:, None] + end[1 + ends][None, :]
    sums = np.where((lengths > 0) & (lengths <= MAX_ANSWER_CHARS), sums, -np.inf)
    best = int(np.argmax(sums - brevity * lengths))
    row, column = np.unravel_index(best, sums.shape)
    if not np.isfinite(sums[row, column]):
        return None
    score = float(sums[row, column] - start[0] - end[0])
    return Found(int(starts[row]), int(ends[column]) + 1, score)


def _best(scores: Scores) -> npt.NDArray[np.int64]:
    """Places of the highest finite scores, in order of place."""
    count = min(_EDGES_TRIED, len(scores))
    places = np.sort(np.argpartition(-scores, count - 1)[:count]) if count else np.empty(0, int)
    finite: npt.NDArray[np.int64] = places[np.isfinite(scores[places])]
    return finite
