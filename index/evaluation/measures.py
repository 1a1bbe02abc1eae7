"""What a run is measured by. Every share is a sum over a sum, so that one bootstrap fits all."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.evaluation.bootstrap import interval
from index.evaluation.calibration import Judged
from index.evaluation.run import Report, Scored
from index.evaluation.scores import recall_at_k, reciprocal_rank

RECALL_DEPTHS = (1, 3, 10)


@dataclass(frozen=True, slots=True)
class Ratio:
    """sum(tops) / sum(bottoms) over the questions that count; every bottom is above 0."""

    tops: tuple[float, ...]
    bottoms: tuple[float, ...]
    groups: tuple[str, ...]

    @property
    def questions(self) -> int:
        """How many questions count."""
        return len(self.tops)

    @property
    def value(self) -> float | None:
        """The share, 0..1; None where no question counts."""
        return math.fsum(self.tops) / math.fsum(self.bottoms) if self.tops else None

    def interval(self) -> tuple[float, float] | None:
        """Its 95 % interval, the same on every call; None for fewer than two groups."""
        return interval(self.tops, self.bottoms, self.groups)


Ratios = dict[str, Ratio]


def measures(report: Report) -> dict[str, Ratios]:
    """`retrieval`, `answer` and `refusal`, each with its measures by name.

    Always all of them: with `given_context`, where nothing is searched or refused, no question
    counts for retrieval and refusal.
    """
    asked = () if report.given_context else report.scored
    return {
        "retrieval": _retrieval(asked),
        "answer": _answer(report.scored),
        "refusal": _refusal(asked),
    }


def by_kind(report: Report) -> dict[str, Report]:
    """Each kind's part of the run, in the order in which kinds first appear."""
    kinds: dict[str, list[Scored]] = {}
    for item in report.scored:
        if item.question.kind is not None:
            kinds.setdefault(item.question.kind, []).append(item)
    return {kind: Report(tuple(items), report.given_context) for kind, items in kinds.items()}


def citation(report: Report) -> Ratio:
    """The share of answers whose citation holds, over those that have one to check."""
    checked = [item for item in report.scored if item.outcome.cited is not None]
    return _mean(checked, lambda item: bool(item.outcome.cited))


def followups(report: Report) -> tuple[int, int]:
    """How many questions that follow others were got right, and how many there are."""
    found = [item.right for item in report.scored if item.question.history]
    return sum(found), len(found)


def latencies_ms(report: Report) -> list[float]:
    """Milliseconds of the questions that were asked."""
    return [item.outcome.took_ms for item in report.scored if item.outcome.took_ms is not None]


def judged(report: Report) -> list[Judged]:
    """Every question's best span with its confidence, whether given or kept back by a refusal.

    So the thresholds between 0 and 1 can be tried on a run with any threshold. A question for which
    no span was found is judged wrong at its confidence, which is 0. Empty with `given_context`,
    where there is no confidence.
    """
    if report.given_context:
        return []
    return [
        Judged(item.outcome.confidence, item.span_right, item.question.answerable)
        for item in report.scored
    ]


def _retrieval(scored: Sequence[Scored]) -> Ratios:
    """Over answerable questions that name sources."""
    counted = [item for item in scored if item.question.answerable and item.question.sources]

    def recall(depth: int) -> Ratio:
        return _mean(counted, lambda item: recall_at_k(item.rank, depth))

    found = {f"recall@{depth}": recall(depth) for depth in RECALL_DEPTHS}
    return {**found, "mrr@10": _mean(counted, lambda item: reciprocal_rank(item.rank))}


def _answer(scored: Sequence[Scored]) -> Ratios:
    """Over answerable questions; a refused one counts 0."""
    counted = [item for item in scored if item.question.answerable]
    return {
        "em": _mean(counted, lambda item: item.em),
        "f1": _mean(counted, lambda item: item.f1),
        "contains": _mean(counted, lambda item: item.contains),
    }


def _refusal(scored: Sequence[Scored]) -> Ratios:
    """As `scores.refusal_of_counts`: refusing is the positive class."""
    refused = [item for item in scored if item.refused]
    unanswerable = [item for item in scored if not item.question.answerable]
    # F1 is 2tp over all that were refused or should have been; none of the latter, no F1.
    either = [i for i in scored if i.refused or not i.question.answerable] if unanswerable else []
    return {
        "precision": _mean(refused, lambda item: not item.question.answerable),
        "recall": _mean(unanswerable, lambda item: item.refused),
        "f1": Ratio(
            tuple(2.0 * (item.refused and not item.question.answerable) for item in either),
            tuple(float(item.refused + (not item.question.answerable)) for item in either),
            tuple(item.question.group for item in either),
        ),
    }


def _mean(scored: Sequence[Scored], mark: Callable[[Scored], float]) -> Ratio:
    return Ratio(
        tuple(float(mark(item)) for item in scored),
        (1.0,) * len(scored),
        tuple(item.question.group for item in scored),
    )
