"""Question terms with their weights, and how well a text covers them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Terms:
    """The question's terms and their inverse document frequencies, none zero or negative."""

    weights: Mapping[str, float]

    @property
    def total(self) -> float:
        """Sum of all weights."""
        return sum(self.weights.values())

    def coverage(self, folded_text: str) -> float:
        """The weighted share of terms that stand in the text, 0 to 1; 0 without terms.

        With weights `{"海伦司": 3, "市值": 1}` a text that has only 海伦司 scores 0.75.
        """
        total = self.total
        if not total:
            return 0.0
        return sum(w for term, w in self.weights.items() if term in folded_text) / total

    def nearness(self, folded_text: str, start: int, end: int, decay_chars: float) -> float:
        """How much of the question stands close around `folded_text[start:end]`, 0 to 1.

        Each term counts with `exp(-distance / decay_chars)` from the stretch to its nearest
        occurrence outside it.
        """
        total = self.total
        if not total:
            return 0.0
        near = 0.0
        for term, weight in self.weights.items():
            distance = _distance(folded_text, term, start, end)
            if distance is not None:
                near += weight * math.exp(-distance / decay_chars)
        return near / total


def question_terms(tokens: Iterable[str], idf: Callable[[str], float]) -> Terms:
    """Terms of the question's tokens, each once, weighted by `idf`."""
    return Terms({token: weight for token in tokens if (weight := idf(token)) > 0})


def _distance(text: str, term: str, start: int, end: int) -> int | None:
    before = text.rfind(term, 0, start)
    after = text.find(term, end)
    distances = []
    if before >= 0:
        distances.append(start - before - len(term))
    if after >= 0:
        distances.append(after - end)
    return max(0, min(distances)) if distances else None
