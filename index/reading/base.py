"""What a reader is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from index.question import Question
from index.reading.bounds import Bounds
from index.records import Hit, Span


class Reader(Protocol):
    """Finds answer spans in retrieved passages."""

    @property
    def name(self) -> str:
        """`trained` or `words`: whose coefficients the confidence takes."""
        ...

    @property
    def bounds(self) -> Bounds:
        """How good a span must be beside the best, on the scale of this reader's scores."""
        ...

    def warm_up(self) -> None:
        """Load now what the first question would load; raises what that raises."""
        ...

    def read(self, question: Question, hits: Sequence[Hit]) -> list[Span]:
        """Answer candidates, best first.

        Every span is verbatim: `Span.text` equals the stretch of its hit's passage (or title) that
        `start` and `end` name. No hits, no spans.
        """
        ...
