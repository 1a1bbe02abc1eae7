"""How good a span must be to be shown beside the best, on the scale of the reader that found it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits on `Span.score`; each reader has its own, as each has a scale of its own."""

    margin: float  # at most so far below the best span of the question
    floor: float  # and never below this

    def least(self, best: float) -> float:
        """The least score that is good enough beside a best one."""
        return max(best - self.margin, self.floor)


# A score is a sum of shares of some 5 at most. On the 97 questions about the sample site's posts
# each further span of an answered question within these bounds was right, most below were not.
WORDS_READER = Bounds(margin=1.0, floor=2.0)
# Log-odds: a further answer is itself more likely right than not, and not far behind.
TRAINED_READER = Bounds(margin=4.0, floor=3.0)
