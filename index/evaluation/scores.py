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

from index.text import fold

MRR_DEPTH = 10  # as in MS MARCO's MRR@10
SHORT_ANSWER_CHARS = 24  # an answer this short may hold any gold: about one clause
LONGEST_PER_GOLD = 3  # longer ones may have this many characters for each of the gold's


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


def refusal_of_counts(hits: int, refused: int, unanswerable: int) -> Refusal:
    """How well refusals fit the unanswerable questions; `hits` are the refused among them.

    Precision is None where nothing was refused; recall and F1 are None where all are answerable. F1
    is 2tp / (2tp + fp + fn), so refusing nothing scores 0. With 1 hit, 2 refused and 2 unanswerable
    all are 1/2.
    """
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
