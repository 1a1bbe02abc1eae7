"""Questions without a good answer, similar wordings together."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.storage.records import UnansweredGroup
from index.text import fold

# Share of common character pairs from which two wordings are one question. 海伦司的总市值多少 and
# 海伦司总市值是多少 have 6 of 10 in common, 海伦司总市值多少 and 海底捞总市值多少 4 of 10.
_SIMILAR = 0.5
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
    groups: list[tuple[set[str], UnansweredGroup]] = []
    groups_with: dict[str, list[int]] = {}
    for folded, wording in _ranked(_wordings(refusals)):
        pairs = _pairs(folded)
        common = Counter(number for pair in pairs for number in groups_with.get(pair, ()))
        number, share = max(
            ((n, both / len(pairs | groups[n][0])) for n, both in common.items()),
            key=lambda one: (one[1], -one[0]),
            default=(-1, 0.0),
        )
        if share >= _SIMILAR:
            theirs, group = groups[number]
            groups[number] = theirs, _joined(group, wording)
            continue
        for pair in pairs:
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
    return {folded[n : n + 2] for n in range(max(1, len(folded) - 1))}


def _joined(group: UnansweredGroup, wording: _Wording) -> UnansweredGroup:
    last = max(group.last, wording.last)
    return UnansweredGroup(group.example, group.count + wording.count, last)
