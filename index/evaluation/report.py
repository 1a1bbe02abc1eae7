"""A run as the JSON of `qinwen eval --json` and as a table for people.

The JSON's shape is a contract: all keys are always there, what is undefined is null, shares are
0..1. Left out are only `by_kind` where no question has a kind, and `followup` where none follows
another.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from index.evaluation.measures import (
    Ratio,
    by_kind,
    citation,
    followups,
    latencies_ms,
    measures,
)
from index.evaluation.run import Report
from index.evaluation.scores import percentile

DECIMALS = 4  # of every number in the JSON: 1 in 10,000 is finer than any set can tell
KIND_COLUMNS = ("n", "r@1", "r@3", "em", "f1", "contains", "refused")


def report_json(report: Report) -> dict[str, Any]:
    """The contract's object, with `by_kind` in the order in which kinds first appear."""
    result = _figures(report)
    kinds = by_kind(report)
    if kinds:
        result["by_kind"] = {kind: _figures(part) for kind, part in kinds.items()}
    return result


def report_text(report: Report) -> str:
    """A table of shares with their 95 % intervals, then the kinds."""
    lines = [
        counts_text(report),
        "",
        f"{'':<18} {'share':>6}  {'95 % interval':<15} {'of':>6}",
    ]
    lines += [_share_line(name, ratio) for name, ratio in named_ratios(report).items()]
    times = latencies_ms(report)
    lines.append(
        f"{'latency':<18} p50 {_ms(percentile(times, 0.5))}, p95 {_ms(percentile(times, 0.95))}"
    )
    right, of = followups(report)
    if of:
        lines.append(f"{'follow-ups':<18} {right} of {of} right")
    kinds = by_kind(report)
    return "\n".join([*lines, *(_kind_lines(kinds) if kinds else [])])


def counts_text(report: Report) -> str:
    """How many questions there are, and how many of them have an answer."""
    total = len(report.scored)
    answerable = sum(item.question.answerable for item in report.scored)
    return f"{total} questions: {answerable} answerable, {total - answerable} not"


def named_ratios(report: Report) -> dict[str, Ratio]:
    """The measures that the run can have, by the name that people see."""
    found = measures(report)
    if report.given_context:
        return found["answer"]
    refusal = {f"refusal {name}": ratio for name, ratio in found["refusal"].items()}
    return found["retrieval"] | found["answer"] | refusal | {"citation valid": citation(report)}


def _figures(report: Report) -> dict[str, Any]:
    answerable = sum(item.question.answerable for item in report.scored)
    found = measures(report)
    times = latencies_ms(report)
    cited = citation(report)
    right, of = followups(report)
    return {
        "questions": len(report.scored),
        "answerable": answerable,
        "unanswerable": len(report.scored) - answerable,
        **{
            part: {name: _rounded(ratio.value) for name, ratio in ratios.items()}
            for part, ratios in found.items()
        },
        "latency_ms": {
            "p50": _rounded(percentile(times, 0.5)),
            "p95": _rounded(percentile(times, 0.95)),
        },
        "ci95": {
            part: {name: _bounds(ratio) for name, ratio in ratios.items()}
            for part, ratios in found.items()
        },
        "citation": {"valid": _rounded(cited.value), "checked": cited.questions},
        **({"followup": {"right": right, "of": of}} if of else {}),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)


def _bounds(ratio: Ratio) -> list[float] | None:
    bounds = ratio.interval()
    return None if bounds is None else [round(bound, DECIMALS) for bound in bounds]


def _share_line(name: str, ratio: Ratio) -> str:
    between = interval_text(ratio)
    return f"{name:<18} {share_text(ratio.value):>6}  {between:<15} {ratio.questions:>6}"


def _kind_lines(kinds: Mapping[str, Report]) -> list[str]:
    # The kind comes last: it may be Chinese, whose width no format string knows.
    lines = ["", " ".join(f"{name:>8}" for name in KIND_COLUMNS) + "  kind"]
    for kind, part in kinds.items():
        lines.append(" ".join(f"{cell:>8}" for cell in kind_cells(part)) + "  " + kind)
    return lines


def kind_cells(part: Report) -> list[str]:
    """One kind's row under `KIND_COLUMNS`."""
    found = measures(part)
    refused = sum(item.refused for item in part.scored) / len(part.scored)
    retrieval = [found["retrieval"][name].value for name in ("recall@1", "recall@3")]
    marks = [*retrieval, *(ratio.value for ratio in found["answer"].values()), refused]
    return [str(len(part.scored)), *map(share_text, marks)]


def share_text(value: float | None) -> str:
    """Three decimals; a dash where there is no share."""
    return "-" if value is None else f"{value:.3f}"


def interval_text(ratio: Ratio) -> str:
    """Both bounds; a dash where there are none."""
    bounds = ratio.interval()
    return f"{bounds[0]:.3f} - {bounds[1]:.3f}" if bounds else "-"


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} ms"
