"""Question terms with their weights, and how well a text covers them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

_PAIR = re.compile("[\u3400-\u9fff]{2}")
_NOWHERE = "\0"  # no text has it as a token


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


def question_terms(tokens: Iterable[str], idf: Callable[[str], float]) -> Terms:
    """Terms of the question's tokens, each once, weighted by `idf`.

    Left out are pairs of characters that stand nowhere and that the question doesn't mean either:
    half of 桥什 in 大桥什么时候通车 is a stop word. They would be the rarest terms of all.
    """
    found = list(tokens)
    singles = frozenset(token for token in found if len(token) == 1)
    nowhere = idf(_NOWHERE)
    return Terms(
        {
            token: weight
            for token in found
            if (weight := idf(token)) > 0
            and (weight < nowhere or singles.issuperset(token) or not _PAIR.fullmatch(token))
        }
    )
