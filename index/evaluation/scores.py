"""Measures of retrieval, answers, refusals and time: pure functions, shares 0..1.

A share that has nothing to be a share of is None, never 0. Exact match and F1 are in `cmrc`.
"""

from __future__ import annotations

import math
import string
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from index.text import fold

MRR_DEPTH = 10  # as in MS MARCO's MRR@10
SHORT_ANSWER_CHARS = 24  # an answer this short may hold any gold: about one clause
LONGEST_PER_GOLD = 3  # longer ones may have this many characters for each of the gold's
RESAMPLES = 2_000  # bounds then move by about 0.001 from seed to seed on 500 questions
CONFIDENCE_LEVEL = 0.95
_BLOCK_DRAWS = 1_000_000  # random numbers at a time, so that the bootstrap needs 8 MB, not 80


def mean(values: Sequence[float]) -> float | None:
    """The arithmetic mean; None for no values."""
    return math.fsum(values) / len(values) if values else None


def recall_at_k(rank: int | None, k: int) -> float:
    """1.0 if the first right result is among the first `k`, else 0.0; `rank` counts from 1.

    With one right source it is recall, with several the "success" or "hit rate" of TREC. Ranks 1, 4
    and None at k = 3 give 1, 0 and 0: a mean of 1/3.
    """
    return float(rank is not None and rank <= k)


def reciprocal_rank(rank: int | None, depth: int = MRR_DEPTH) -> float:
    """1 / `rank`, 0.0 beyond `depth` or without a right result (Voorhees, TREC-8, 1999).

    Ranks 1, 4 and None give 1, 1/4 and 0: a mean reciprocal rank of 5/12.
    """
    return 1.0 / rank if rank is not None and rank <= depth else 0.0


def contains(answer: str, golds: Sequence[str]) -> float:
    """1.0 if `answer` holds a gold and is short, or is itself a good part of a gold; else 0.0.

    Both are compared bare (`bare_text`). A gold of g characters counts inside an answer of at most
    max(24, 3 g) characters; an answer inside a gold counts from g / 2 characters on. Marks alone
    are never right. For the gold 「青岛国寿」 the answers 「由青島國壽承保」 and 「国寿」 (2 of 4)
    give 1.0, 「青」 gives 0.0, and so do 25 characters, whatever they hold.
    """
    said = bare_text(answer)
    return float(bool(said) and any(_covers(said, bare_text(gold)) for gold in golds))


def _covers(said: str, gold: str) -> bool:
    if not gold:
        return False
    if gold in said:
        return len(said) <= max(SHORT_ANSWER_CHARS, LONGEST_PER_GOLD * len(gold))
    return said in gold and 2 * len(said) >= len(gold)


@lru_cache(maxsize=4096)  # golds come back for every run and kind
def bare_text(text: str) -> str:
    """`text` after NFKC, Traditional to Simplified and lower case, without marks and spaces.

    Marks are Unicode's punctuation and the rest of ASCII's (such as `+` and `$`); other symbols
    stay. `bare_text("「ＥＴ７」 萬輛。")` is `"et7万辆"`.
    """
    folded = fold(unicodedata.normalize("NFKC", text))
    return "".join(char for char in folded if not _is_mark(char))


def _is_mark(char: str) -> bool:
    return char.isspace() or char in string.punctuation or unicodedata.category(char)[0] == "P"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Precision, recall and F1 of refusing, where refusing is the positive class."""

    precision: float | None
    recall: float | None
    f1: float | None


def refusal_scores(refused: Sequence[bool], answerable: Sequence[bool]) -> Refusal:
    """How well refusals (`refused[i]`) fit the unanswerable questions (not `answerable[i]`).

    Precision: unanswerable among the refused, None where nothing was refused. Recall: refused among
    the unanswerable, None where all are answerable; then F1 is None too. F1 is 2tp / (2tp + fp +
    fn), so refusing nothing scores 0. Refused y y n, answerable n y n: tp 1, fp 1, fn 1, all 1/2.
    """
    pairs = list(zip(refused, answerable, strict=True))
    hits = sum(no and not can for no, can in pairs)
    said_no = sum(no for no, _ in pairs)
    should = sum(not can for _, can in pairs)
    return refusal_of_counts(hits, said_no, should)


def refusal_of_counts(hits: int, refused: int, unanswerable: int) -> Refusal:
    """`refusal_scores` from counts; `hits` are the refused unanswerable questions."""
    return Refusal(
        precision=hits / refused if refused else None,
        recall=hits / unanswerable if unanswerable else None,
        f1=2 * hits / (refused + unanswerable) if unanswerable else None,
    )


def percentile(values: Sequence[float], share: float) -> float | None:
    """The value below which `share` (0..1) of `values` lie; None for no values.

    Linear interpolation between the neighbours of place share · (n − 1), counted from 0 (type 7 of
    Hyndman and Fan, 1996; numpy's default). p50 of 10, 20, 40, 80 is at place 1.5: 30.
    """
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def interval(
    values: Sequence[float], seed: int = 0, resamples: int = RESAMPLES
) -> tuple[float, float] | None:
    """The 95 % interval of the mean by the percentile bootstrap; None for no values.

    `resamples` times as many values as there are, are drawn with replacement; the bounds are the
    2.5 and 97.5 percentiles of their means (Efron, 1979). Values that are all equal give that value
    twice: ten right answers of ten do not prove that the eleventh is right. Of 0 and 1 the resample
    means are 0, 1/2, 1 with chances 1/4, 1/2, 1/4: the interval is (0, 1).
    """
    if not values:
        return None
    data = np.asarray(values, dtype=np.float64)
    generator = np.random.default_rng(seed)
    rows = max(1, _BLOCK_DRAWS // len(data))
    means: list[float] = []
    for start in range(0, resamples, rows):
        shape = (min(rows, resamples - start), len(data))
        means.extend(data[generator.integers(len(data), size=shape)].mean(axis=1).tolist())
    tail = (1 - CONFIDENCE_LEVEL) / 2
    low, high = percentile(means, tail), percentile(means, 1 - tail)
    return (low, high) if low is not None and high is not None else None
