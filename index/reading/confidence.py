"""How sure the best span is an answer: a small logistic model whose coefficients can be read.

Fitted by `scripts/calibrate.py` on the tuning data; `confidence.json` holds the outcome, for each
reader its own. A formula of a handful of signs can be argued with, which a number from nowhere
can't.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib import resources

from index.question import Question
from index.reading.agreement import agreement
from index.reading.candidate import Tagger
from index.reading.terms import Terms
from index.records import Hit, Span
from index.sentences import sentence_spans
from index.text import fold

# Scores beyond these say nothing more; a lone passage leads by the most.
_MAX_SCORE, _MAX_LEAD = 20.0, 10.0
# A rule, not a fit: the tuning data have too few such questions to learn a weight from.
_CONTRADICTED = 0.5


@dataclass(frozen=True, slots=True)
class Signs:
    """What the confidence is made of; every sign is a plain number that `explain` can show.

    Shares are 1 where the question says nothing of the kind; `other` is 1 where something else of
    the kind stands in its place (FF 91 for FF 92).
    """

    score: float  # the reader's, of the answer
    lead: float  # that score above the best of another post that says something else
    cosine: float  # dense score of the answering hit
    margin: float  # fused score above the best hit of another post, in standard deviations
    coverage: float  # weighted share of the question's terms in its passage and title
    sentence: float  # the same, of the sentence that answers
    names: float  # share of the question's names that stand in passage or title
    codes: float  # the same, of Latin words, stock codes and models
    numbers: float  # the same, of figures and ordinals
    other: float
    dates: float  # -1 … 1, see `date_agreement`


def signs_of(
    question: Question, terms: Terms, hits: Sequence[Hit], spans: Sequence[Span], tag: Tagger
) -> Signs:
    """The signs for the first of `spans`, all of them `hits`' own; at least one."""
    span = spans[0]
    hit = hits[span.hit]
    title, text = fold(hit.post.title), fold(hit.passage.text)
    others = [other.score for other in hits if other.post.id != hit.post.id]
    agrees = agreement(question, title, text, hit.post.day, tag)
    clashes = (
        agrees.other_name, agrees.other_code, agrees.other_ordinal, agrees.other_figure,
        agrees.other_date,
    )  # fmt: skip
    return Signs(
        score=max(-_MAX_SCORE, min(_MAX_SCORE, span.score)),
        lead=_lead(hits, spans),
        cosine=hit.dense,
        margin=hit.score - max(others, default=hit.score),
        coverage=terms.coverage(f"{title}\n{text}"),
        sentence=terms.coverage(fold(_sentence(hit, span))),
        names=agrees.names,
        codes=agrees.codes,
        numbers=min(agrees.figures, agrees.ordinals),
        other=max(clashes),
        dates=agrees.dates,
    )


def _lead(hits: Sequence[Hit], spans: Sequence[Span]) -> float:
    best, said = spans[0], fold(spans[0].text)
    for span in spans[1:]:
        elsewhere = hits[span.hit].post.id != hits[best.hit].post.id
        if elsewhere and fold(span.text) not in said and said not in fold(span.text):
            return min(_MAX_LEAD, best.score - span.score)
    return _MAX_LEAD


def _sentence(hit: Hit, span: Span) -> str:
    text = hit.post.title if span.in_title else hit.passage.text
    return next(text[start:end] for start, end in sentence_spans(text) if start <= span.start < end)


@lru_cache(maxsize=1)
def coefficients() -> Mapping[str, Mapping[str, float]]:
    """For each reader by its name the weight of each sign, and `bias`, as shipped."""
    text = (resources.files("index.reading") / "confidence.json").read_text(encoding="utf-8")
    return {
        reader: {name: float(weight) for name, weight in weights.items()}
        for reader, weights in json.loads(text).items()
    }


def confidence(signs: Signs, weights: Mapping[str, float]) -> float:
    """`1 / (1 + exp(-(bias + sum of weight times sign)))`, the logistic function; 0 to 1.

    A sign without a weight counts nothing. Halved where the passage contradicts a date that the
    question says: what held in 2021 is no answer about 2023, however well the words fit.
    """
    total = weights["bias"] + sum(
        weights.get(name, 0.0) * value for name, value in asdict(signs).items()
    )
    chance = 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, total))))
    return chance * _CONTRADICTED if signs.dates < 0 else chance
