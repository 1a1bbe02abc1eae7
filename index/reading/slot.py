"""Where in a sentence the question word would stand if the question were told as a statement."""

from __future__ import annotations

import math
from dataclasses import dataclass

from index.reading.terms import Terms

# 谁|牵头承保…: in a question, words within some four characters of 谁 say most about it. The rest
# keeps a share, for they may be what tells two candidates apart. Tuned with the reader's weights.
_QUESTION_DECAY_CHARS = 4.0
_FAR_SHARE = 0.3
_FAR_CHARS = 30  # the distance of a term that stands nowhere outside the question words
# A term on the other side of the candidate counts less: 谁是X and X是谁 are both asked.
_OTHER_SIDE = 0.5
_TOUCHING = 2  # characters next to the question words that are compared one to one


@dataclass(frozen=True, slots=True)
class Slot:
    """Terms with weights and whether they stand before the question words; their neighbours."""

    terms: tuple[tuple[str, float, bool], ...]
    left: str
    right: str

    def nearness(self, text: str, start: int, end: int, decay_chars: float) -> float:
        """How much of the question stands around `text[start:end]` as around its question words.

        0 to 1: each term counts with `exp(-distance / decay_chars)` from the stretch to its nearest
        occurrence outside it. 0 without terms.
        """
        total = sum(weight for _, weight, _ in self.terms)
        if not total:
            return 0.0
        near = 0.0
        for term, weight, before in self.terms:
            left, right = text.rfind(term, 0, start), text.find(term, end)
            on_left = math.exp((left + len(term) - start) / decay_chars) if left >= 0 else 0.0
            on_right = math.exp((end - right) / decay_chars) if right >= 0 else 0.0
            same, other = (on_left, on_right) if before else (on_right, on_left)
            near += weight * max(same, _OTHER_SIDE * other)
        return near / total

    def touches(self, text: str, start: int, end: int) -> float:
        """The share of the question words' neighbours that stand beside the stretch too, 0 to 1.

        由谁印发 and 由国务院印发 share all four: 由 and what is before it, 印 and 发.
        """
        same = 0
        for length in range(1, _TOUCHING + 1):
            same += len(self.left) >= length and text.endswith(self.left[-length:], 0, start)
            same += len(self.right) >= length and text.startswith(self.right[:length], end)
        return same / (2 * _TOUCHING)


def slot_of(question: str, place: tuple[int, int], terms: Terms) -> Slot:
    """The slot at the question words' `place` in the folded question."""
    start, end = place
    weighted = []
    for term, weight in terms.weights.items():
        left, right = question.rfind(term, 0, start), question.find(term, end)
        before = start - left - len(term) if left >= 0 else _FAR_CHARS
        after = right - end if right >= 0 else _FAR_CHARS
        share = _FAR_SHARE + math.exp(-min(before, after) / _QUESTION_DECAY_CHARS)
        weighted.append((term, weight * share, before <= after))
    left_side = question[max(0, start - _TOUCHING) : start]
    return Slot(tuple(weighted), left_side, question[end : end + _TOUCHING])
