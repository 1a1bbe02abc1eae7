"""Questions without a good answer, similar wordings together."""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.storage.records import UnansweredGroup
from index.text import fold

# Share of common character pairs from which two wordings are one question. 海伦司总市值多少 and
# 海伦司现在总市值多少 have 6 of 10 in common, 海伦司总市值多少 and 海底捞总市值多少 4 of 10.
_SIMILAR = 0.5
# They come and go from wording to wording.
_PARTICLES = frozenset("的了吗呢吧啊呀嘛是")
_COLUMNS = ("id", "question", "answers", "sources", "kind", "count", "last")
_ID_DIGITS = 12
# Cells that begin so are formulas to a spreadsheet; with an apostrophe before them they are text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One question, as it was searched; not `refused`: its answer was voted down."""

    question: str
    asked_at: datetime
    refused: bool


@dataclass(slots=True)
class _Wording:
    """All questions that differ in nothing but script, width, case, spaces and punctuation."""

    question: str  # as it was asked last
    count: int
    last: datetime
    refused: bool


def grouped(refusals: Iterable[Refusal]) -> list[UnansweredGroup]:
    """Groups of similar wordings, the largest first, of equal ones the newest.

    Each wording goes to the group whose most asked wording is nearest, if near enough.
    """
    wordings = [(_pairs(folded), one) for folded, one in _ranked(_wordings(refusals))]
    frequency = Counter(pair for pairs, _ in wordings for pair in pairs)
    groups: list[tuple[set[str], UnansweredGroup]] = []
    groups_with: dict[str, list[int]] = {}
    for pairs, wording in wordings:
        telling = _telling(pairs, frequency)
        near = {number for pair in telling for number in groups_with.get(pair, ())}
        shares = ((_share(pairs, groups[number][0]), -number) for number in near)
        share, minus_number = max(shares, default=(0.0, 0))
        if share >= _SIMILAR:
            theirs, group = groups[-minus_number]
            groups[-minus_number] = theirs, _joined(group, wording)
            continue
        for pair in telling:
            groups_with.setdefault(pair, []).append(len(groups))
        groups.append((pairs, UnansweredGroup(wording.question, wording.count, wording.last)))
    found = [group for _, group in groups]
    return sorted(found, key=lambda one: (one.count, one.last), reverse=True)


def as_csv(refusals: Iterable[Refusal]) -> str:
    """One line a wording, for spreadsheets and `index.evaluation.questions`.

    No answers: as it is, the right thing is to refuse. Whoever knows better fills them in.
    """
    out = io.StringIO()
    out.write("\ufeff")  # so that spreadsheets read it as UTF-8
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for folded, one in _ranked(_wordings(refusals)):
        name = hashlib.sha256(folded.encode()).hexdigest()[:_ID_DIGITS]
        kind = "refused" if one.refused else "disliked"
        question = f"'{one.question}" if one.question.startswith(_FORMULA) else one.question
        day = one.last.date().isoformat()
        writer.writerow((f"u{name}", question, "", "", kind, one.count, day))
    return out.getvalue()


def _wordings(refusals: Iterable[Refusal]) -> dict[str, _Wording]:
    """By their folded letters."""
    found: dict[str, _Wording] = {}
    for one in sorted(refusals, key=lambda one: one.asked_at):
        folded = "".join(filter(str.isalnum, fold(one.question))) or one.question
        before = found.get(folded)
        count = before.count + 1 if before else 1
        found[folded] = _Wording(one.question, count, one.asked_at, one.refused)
    return found


def _ranked(wordings: dict[str, _Wording]) -> list[tuple[str, _Wording]]:
    """The most asked first, of equal ones the newest."""
    return sorted(wordings.items(), key=lambda one: (one[1].count, one[1].last), reverse=True)


def _pairs(folded: str) -> set[str]:
    """Neighbouring characters without particles; what is too short for a pair stands alone."""
    said = "".join(char for char in folded if char not in _PARTICLES) or folded
    return {said[n : n + 2] for n in range(max(1, len(said) - 1))}


def _telling(pairs: set[str], frequency: Counter[str]) -> list[str]:
    """So many of the rarest that two similar sets have one of them in common.

    Of 10 pairs a similar set has at least 5, so it can't miss all of any 6: only those need to be
    looked up, and 多少, which everybody asks, isn't among them (prefix filtering: Bayardo et al.,
    Scaling Up All Pairs Similarity Search, 2007).
    """
    most = len(pairs) - math.ceil(_SIMILAR * len(pairs)) + 1
    return sorted(pairs, key=lambda pair: (frequency[pair], pair))[:most]


def _share(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other)


def _joined(group: UnansweredGroup, wording: _Wording) -> UnansweredGroup:
    last = max(group.last, wording.last)
    return UnansweredGroup(group.example, group.count + wording.count, last)
