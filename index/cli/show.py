"""Answers and reports as text for people and as JSON for programs. The only place that prints."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import datetime
from typing import Any

from index.cli import texts
from index.records import Answer, Source

_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
_SHOWN_CHARS = 160  # of a passage without a marked answer


def print_json(value: object) -> None:
    """Exactly one JSON object on standard output."""
    print(json.dumps(value, ensure_ascii=False))


def print_text(text: str) -> None:
    """Text for people, on standard output. What the terminal can't show becomes `?`."""
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding))


def note(text: str) -> None:
    """One line beside the result, on standard error."""
    encoding = sys.stderr.encoding or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding), file=sys.stderr)


def answer_json(answer: Answer) -> dict[str, Any]:
    """The contract of `qinwen ask --json` (docs/cli.md)."""
    return {
        "question": answer.question,
        "answer": answer.text,
        "confidence": round(answer.confidence, 4),
        "sources": [_source_json(source) for source in answer.sources],
        "took_ms": {name: round(value, 2) for name, value in answer.took_ms.items()},
        "searched": answer.searched,
        "reason": answer.reason,
        "by": answer.by,
    }


def _source_json(source: Source) -> dict[str, Any]:
    values = asdict(source)
    values["date"] = _iso(source.date)
    values["highlight"] = list(source.highlight) if source.highlight else None
    values["score"] = round(source.score, 4)
    values["copies"] = [
        {"title": copy.title, "date": _iso(copy.date), "url": copy.url} for copy in source.copies
    ]
    return values


def _iso(when: datetime | None) -> str | None:
    return when.isoformat() if when else None


def answer_text(answer: Answer, *, colour: bool) -> str:
    """The answer, the passage that says so with the answer marked, and the numbered sources."""
    lines = []
    if answer.searched != answer.question.strip():
        lines.append(texts.SEARCHED.format(question=answer.searched))
    if answer.text is None:
        lines.append(_refusal(answer))
    else:
        lines.append(f"{_BOLD}{answer.text}{_PLAIN}" if colour else answer.text)
        lines.append("")
        lines.append(_quote(answer.sources[0], colour))
        lines.append("")
        lines.append(texts.SOURCES)
    lines.extend(_source_line(source) for source in answer.sources)
    total_ms = answer.took_ms.get("total", 0.0)
    lines.append(texts.CONFIDENCE.format(value=answer.confidence, milliseconds=total_ms))
    return "\n".join(lines)


def _refusal(answer: Answer) -> str:
    if answer.reason == "no_words":
        return texts.NO_WORDS
    if not answer.sources:
        return texts.NO_PASSAGES
    return f"{texts.REFUSAL}{texts.NEAREST}"


def _quote(source: Source, colour: bool) -> str:
    if source.highlight is None:
        return f"  {_shortened(source.text)}"
    start, end = source.highlight
    before, said, after = source.text[:start], source.text[start:end], source.text[end:]
    marked = f"{_BOLD}{said}{_PLAIN}" if colour else f"【{said}】"
    return f"  {before}{marked}{after}".replace("\n", "\n  ")


def _shortened(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _SHOWN_CHARS else flat[:_SHOWN_CHARS] + "…"


def _source_line(source: Source) -> str:
    when = source.date.strftime("%Y-%m-%d %H:%M") if source.date else texts.NO_DATE
    facts = [source.title or texts.UNTITLED]
    facts += [source.publisher] if source.publisher else []
    facts.append(when)
    facts += [texts.OLD] if source.old else []
    facts += [texts.COPIES.format(count=len(source.copies))] if source.copies else []
    return f"[{source.rank}] {' · '.join(facts)}\n    {source.url or texts.NO_LINK}"
