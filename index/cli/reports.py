"""Reports of the admin's commands as text and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # these load numpy and more; reports only look at them
    from index.answer import Explanation
    from index.build import ReindexReport
    from index.checks import Check
    from index.snapshot.pointer import SnapshotInfo

_SHOWN_SKIPS = 20
_SHOWN_HITS = 10
_SHOWN_SPANS = 5
_SHOWN_CHARS = 60
_CHOICES = {
    "latest": "it is of the newest post, and the question asks for the present",
    "version": "of one story told with several figures its version counts",
}


def reindex_json(report: ReindexReport) -> dict[str, Any]:
    """The contract of `qinwen reindex --json` (docs/cli.md), in which renamed posts are changed."""
    values = asdict(report)
    del values["renamed"]
    return values


def reindex_text(report: ReindexReport, dry_run: bool) -> str:
    """What was, or would be, done; skipped posts with their reasons."""
    lines = [
        f"{'Would index' if dry_run else 'Indexed'} {report.posts} posts, "
        f"{report.passages} passages: {report.added} added, {report.changed} changed "
        f"({report.renamed} only renamed), {report.removed} removed, {report.unchanged} unchanged.",
        f"{'To embed' if dry_run else 'Embedded'}: {report.embedded} passages.",
    ]
    if report.skipped:
        lines.append(f"Skipped {len(report.skipped)}:")
        lines += [f"  {skip.post}: {skip.reason}" for skip in report.skipped[:_SHOWN_SKIPS]]
        left = len(report.skipped) - _SHOWN_SKIPS
        lines += [f"  … and {left} more (--json lists all)"] if left > 0 else []
    if report.snapshot:
        lines.append(f"Snapshot {report.snapshot} answers now.")
    lines.append(f"{report.seconds:.1f} s")
    return "\n".join(lines)


def explanation_json(found: Explanation) -> dict[str, Any]:
    """Everything that led to the decision."""
    return {
        "question": found.answer.question,
        "searched": found.question.text,
        "tokens": list(found.tokens),
        "terms": {term: round(weight, 3) for term, weight in found.terms.weights.items()},
        "dates": [
            {"said": one.said, "first": one.first.isoformat(), "last": one.last.isoformat()}
            for one in found.question.dates
        ],
        "wants_latest": found.question.wants_latest,
        "categories": sorted(found.question.categories),
        "hits": [
            {
                "rank": rank,
                "post": hit.post.path,
                "passage": hit.passage.number,
                "score": round(hit.score, 4),
                "dense": round(hit.dense, 4),
                "lexical": round(hit.lexical, 4),
                "copies": [post.path for post in hit.copies],
                "text": hit.passage.text,
            }
            for rank, hit in enumerate(found.hits, 1)
        ],
        "spans": [asdict(span) for span in found.spans],
        "choice": found.choice,
        "signs": asdict(found.signs) if found.signs else None,
        "confidence": round(found.answer.confidence, 4),
        "threshold": found.threshold,
        "answer": found.answer.text,
        "reason": found.answer.reason,
        "by": found.answer.by,
        "llm": _phrasing_json(found),
        "took_ms": {name: round(value, 2) for name, value in found.answer.took_ms.items()},
    }


def _phrasing_json(found: Explanation) -> dict[str, str | None] | None:
    phrasing = found.phrasing
    return {"said": phrasing.said, "unused": phrasing.unused} if phrasing else None


def explanation_text(found: Explanation) -> str:
    """The same for people."""
    terms = sorted(found.terms.weights.items(), key=lambda pair: -pair[1])
    lines = [
        f"searched   {found.question.text}",
        f"tokens     {' '.join(found.tokens)}",
        f"terms      {' '.join(f'{term}:{weight:.1f}' for term, weight in terms)}",
    ]
    lines += [f"date       {one.said}: {one.first} to {one.last}" for one in found.question.dates]
    lines += ["latest     newer posts are preferred"] if found.question.wants_latest else []
    lines += ["", "rank  score   dense   bm25  post"]
    lines += [
        f"{rank:>4} {hit.score:>6.2f} {hit.dense:>7.3f} {hit.lexical:>6.1f}  "
        f"{hit.post.path} #{hit.passage.number}: {_short(hit.passage.text)}"
        for rank, hit in enumerate(found.hits[:_SHOWN_HITS], 1)
    ]
    lines += ["", "hit  score  span"]
    lines += [
        f"{span.hit + 1:>3} {span.score:>6.2f}  {_short(span.text)}"
        for span in found.spans[:_SHOWN_SPANS]
    ]
    if found.choice != "best":
        lines += [f"The first span answers, not the best: {_CHOICES[found.choice]}."]
    if found.signs:
        lines += ["", *(f"{name:<10} {value:.3f}" for name, value in asdict(found.signs).items())]
    if found.phrasing:
        said, unused = found.phrasing.said, found.phrasing.unused
        lines += ["", f"llm said   {' '.join((said or 'nothing').split())}"]
        lines += [f"llm        {f'not used: {unused}' if unused else 'used'}"]
    lines += [
        "",
        f"confidence {found.answer.confidence:.3f}, threshold {found.threshold:.3f}: "
        f"{found.answer.text or 'refused'} ({found.answer.reason})",
    ]
    return "\n".join(lines)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _SHOWN_CHARS else f"{flat[:_SHOWN_CHARS]}…"


def snapshots_json(found: Sequence[SnapshotInfo]) -> dict[str, Any]:
    """All snapshots, newest first."""
    return {
        "snapshots": [
            {
                "name": info.name,
                "current": info.is_current,
                "created": info.manifest.created if info.manifest else None,
                "posts": info.manifest.posts if info.manifest else None,
                "passages": info.manifest.passages if info.manifest else None,
                "problem": info.problem or None,
            }
            for info in found
        ]
    }


def snapshots_text(found: Sequence[SnapshotInfo]) -> str:
    """A line a snapshot; the one that answers has a star."""
    return "\n".join(
        f"{'*' if info.is_current else ' '} {info.name}  "
        + (
            f"{info.manifest.posts} posts, {info.manifest.passages} passages"
            if info.manifest
            else info.problem
        )
        for info in found
    )


def checks_text(checks: Sequence[Check]) -> str:
    """A line a check, and a remedy under each that failed."""
    lines = []
    for check in checks:
        lines.append(f"{'ok  ' if check.ok else 'FAIL'} {check.name}: {check.detail}")
        lines += [f"     {check.remedy}"] if check.remedy else []
    return "\n".join(lines)
