"""A run as the JSON of `qinwen eval --json` and as a table for people.

The JSON's shape is a contract: all keys are always there, what is undefined is null, shares are
0..1. `by_kind` alone is left out where no question has a kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from index.evaluation.run import Report, Scored
from index.evaluation.scores import (
    Refusal,
    interval,
    mean,
    percentile,
    recall_at_k,
    reciprocal_rank,
    refusal_scores,
)

DECIMALS = 4  # of every number in the JSON: 1 in 10,000 is finer than any set can tell
RECALL_DEPTHS = (1, 3, 10)
NO_REFUSAL = Refusal(None, None, None)
Values = dict[str, list[float]]


def report_json(report: Report) -> dict[str, Any]:
    """The contract's object, with `by_kind` in the order in which kinds first appear."""
    result = _figures(report.scored, report.given_context)
    kinds = _by_kind(report.scored)
    if kinds:
        result["by_kind"] = {
            kind: _figures(scored, report.given_context) for kind, scored in kinds.items()
        }
    return result


def retrieval_values(scored: Sequence[Scored]) -> Values:
    """Each retrieval measure's values over answerable questions that name sources."""
    ranks = [item.rank for item in scored if item.question.answerable and item.question.sources]
    values = {f"recall@{k}": [recall_at_k(rank, k) for rank in ranks] for k in RECALL_DEPTHS}
    return {**values, "mrr@10": [reciprocal_rank(rank) for rank in ranks]}


def answer_values(scored: Sequence[Scored]) -> Values:
    """Each answer measure's values over answerable questions."""
    marked = [item for item in scored if item.question.answerable]
    return {
        "em": [item.em for item in marked],
        "f1": [item.f1 for item in marked],
        "contains": [item.contains for item in marked],
    }


def latency_values(scored: Sequence[Scored]) -> list[float]:
    """Milliseconds of the questions that were asked."""
    return [item.outcome.took_ms for item in scored if item.outcome.took_ms is not None]


def refusal_of(report_scored: Sequence[Scored], given_context: bool) -> Refusal:
    """Refusal scores; all None with `given_context`, where refusing is switched off."""
    if given_context:
        return NO_REFUSAL
    return refusal_scores(
        [item.refused for item in report_scored],
        [item.question.answerable for item in report_scored],
    )


def report_text(report: Report, seed: int = 0) -> str:
    """A table of shares with their 95 % intervals (bootstrap, drawn by `seed`), then the kinds."""
    scored = report.scored
    answerable = sum(item.question.answerable for item in scored)
    lines = [
        f"{len(scored)} questions: {answerable} answerable, {len(scored) - answerable} not",
        "",
        f"{'':<18} {'share':>6}  {'95 % interval':<15} {'of':>6}",
    ]
    values = {} if report.given_context else retrieval_values(scored)
    for name, marks in {**values, **answer_values(scored)}.items():
        lines.append(_share_line(name, marks, seed))
    if not report.given_context:
        lines.extend(_refusal_lines(scored, seed))
    times = latency_values(scored)
    lines.append(
        f"{'latency':<18} p50 {_ms(percentile(times, 0.5))}, p95 {_ms(percentile(times, 0.95))}"
    )
    kinds = _by_kind(scored)
    return "\n".join([*lines, *(_kind_lines(kinds, report.given_context) if kinds else [])])


def _figures(scored: Sequence[Scored], given_context: bool) -> dict[str, Any]:
    answerable = sum(item.question.answerable for item in scored)
    retrieval = retrieval_values(() if given_context else scored)
    refusal = refusal_of(scored, given_context)
    times = latency_values(scored)
    return {
        "questions": len(scored),
        "answerable": answerable,
        "unanswerable": len(scored) - answerable,
        "retrieval": {name: _rounded(mean(marks)) for name, marks in retrieval.items()},
        "answer": {name: _rounded(mean(marks)) for name, marks in answer_values(scored).items()},
        "refusal": {
            "precision": _rounded(refusal.precision),
            "recall": _rounded(refusal.recall),
            "f1": _rounded(refusal.f1),
        },
        "latency_ms": {
            "p50": _rounded(percentile(times, 0.5)),
            "p95": _rounded(percentile(times, 0.95)),
        },
    }


def _by_kind(scored: Sequence[Scored]) -> dict[str, list[Scored]]:
    kinds: dict[str, list[Scored]] = {}
    for item in scored:
        if item.question.kind is not None:
            kinds.setdefault(item.question.kind, []).append(item)
    return kinds


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)


def _refusal_lines(scored: Sequence[Scored], seed: int) -> list[str]:
    """Precision is a mean over the refused, recall one over the unanswerable: each has an interval.

    F1 is no mean; it stands without one.
    """
    precision = [float(not item.question.answerable) for item in scored if item.refused]
    recall = [float(item.refused) for item in scored if not item.question.answerable]
    both = refusal_of(scored, given_context=False).f1
    return [
        _share_line("refusal precision", precision, seed),
        _share_line("refusal recall", recall, seed),
        f"{'refusal f1':<18} {_share(both):>6}",
    ]


def _share_line(name: str, marks: list[float], seed: int) -> str:
    bounds = interval(marks, seed)
    between = f"{bounds[0]:.3f} - {bounds[1]:.3f}" if bounds else "-"
    return f"{name:<18} {_share(mean(marks)):>6}  {between:<15} {len(marks):>6}"


def _kind_lines(kinds: dict[str, list[Scored]], given_context: bool) -> list[str]:
    # The kind comes last: it may be Chinese, whose width no format string knows.
    columns = ("n", "r@1", "r@3", "em", "f1", "contains", "refused", "kind")
    lines = ["", " ".join(f"{name:>8}" for name in columns[:-1]) + "  " + columns[-1]]
    for kind, scored in kinds.items():
        retrieval = retrieval_values(() if given_context else scored)
        answer = answer_values(scored)
        refused = mean([float(item.refused) for item in scored])
        marks = [mean(retrieval["recall@1"]), mean(retrieval["recall@3"])]
        marks += [*(mean(values) for values in answer.values()), refused]
        cells = [str(len(scored)), *map(_share, marks)]
        lines.append(" ".join(f"{cell:>8}" for cell in cells) + "  " + kind)
    return lines


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} ms"
