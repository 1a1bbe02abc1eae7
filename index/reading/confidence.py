"""How sure the best span is an answer: a small logistic model whose coefficients can be read.

Fitted by `scripts/calibrate.py` on the tuning data; `confidence.json` holds the outcome. A formula
of a handful of signs can be argued with, which a number from nowhere can't.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib import resources

from index.question import Question, date_agreement
from index.reading.terms import Terms
from index.records import Hit, Span
from index.text import fold

# Codes, years and figures said in a question: an answer about another year or code is no answer.
_CODE = re.compile(r"[a-z0-9]+(?:[.\-/][a-z0-9]+)*%?")

# A rule, not a fit: the tuning data have too few such questions to learn a weight from.
_CONTRADICTED = 0.5


@dataclass(frozen=True, slots=True)
class Signs:
    """What the confidence is made of; every sign is a plain number that `explain` can show."""

    cosine: float  # dense score of the answering hit
    coverage: float  # weighted share of the question's terms in its passage and title
    sentence: float  # the same, of the sentence that answers
    codes: float  # share of the question's codes and figures that stand there; 1 where none
    margin: float  # fused score above the best hit of another post, in standard deviations
    dates: float  # -1 … 1, see `date_agreement`


def signs_of(
    question: Question, terms: Terms, hits: Sequence[Hit], span: Span, sentence: str
) -> Signs:
    """The signs for `span`, one of `hits`' own; `sentence` is the one around it."""
    hit = hits[span.hit]
    text = fold(f"{hit.post.title}\n{hit.passage.text}")
    others = [other.score for other in hits if other.post.id != hit.post.id]
    codes = _codes(question)
    return Signs(
        cosine=hit.dense,
        coverage=terms.coverage(text),
        sentence=terms.coverage(fold(sentence)),
        codes=sum(_stands(code, text) for code in codes) / len(codes) if codes else 1.0,
        margin=hit.score - max(others, default=hit.score),
        dates=date_agreement(question, text, hit.post.day),
    )


def _codes(question: Question) -> list[str]:
    """Codes and figures of the question but for what names its dates: those are a sign too."""
    text = question.folded
    for one in question.dates:
        text = text.replace(one.said, " ")
    return _CODE.findall(text)


def _stands(code: str, text: str) -> bool:
    """True where the text has the code as such: 5 isn't in 1.5 or 15, nor `ff` in `offer`.

    `ff` and `91` are in `ff91`: a blank there is a matter of taste.
    """
    before = r"(?<!\d)(?<!\d[.,])" if code[0].isdecimal() else "(?<![a-z])"
    after = r"(?!\d|[.,]\d)" if code[-1].isdecimal() else "(?![a-z])"
    return re.search(before + re.escape(code) + after, text) is not None


@lru_cache(maxsize=1)
def coefficients() -> Mapping[str, float]:
    """Weight of each sign, and `bias`, as shipped."""
    text = (resources.files("index.reading") / "confidence.json").read_text(encoding="utf-8")
    return {name: float(weight) for name, weight in json.loads(text)["weights"].items()}


def confidence(signs: Signs, weights: Mapping[str, float]) -> float:
    """`1 / (1 + exp(-(bias + sum of weight times sign)))`, the logistic function; 0 to 1.

    Halved where the passage contradicts a date that the question says: what held in 2021 is no
    answer about 2023, however well the words fit.
    """
    total = weights["bias"] + sum(
        weights.get(name, 0.0) * value for name, value in asdict(signs).items()
    )
    chance = 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, total))))
    return chance * _CONTRADICTED if signs.dates < 0 else chance
