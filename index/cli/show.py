"""Answers and reports as text for people and as JSON for programs. The only place that prints."""

from __future__ import annotations

import codecs
import io
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from index.cli import texts
from index.errors import StorageError
from index.records import Answer, Copy, Source, Statement

_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
_SHOWN_CHARS = 160  # of a passage without a marked answer, or of one answer in a list
_SHOWN_COPIES = 3  # by name; the count is always said
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def ready_streams() -> None:
    """Make the three standard streams fit for use, whoever started us.

    A closed one leads nowhere. What is typed and isn't text becomes a mark.
    """
    # Subtle: in this order, so that each takes the number of the one that was closed, and no file
    # of ours ever gets it.
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115
    if isinstance(sys.stdin, io.TextIOWrapper):
        # ASCII is what is said where nobody has chosen; Chinese is typed as UTF-8 even there.
        ascii_only = codecs.lookup(sys.stdin.encoding).name == "ascii"
        encoding = "utf-8" if ascii_only else sys.stdin.encoding
        sys.stdin.reconfigure(encoding=encoding, errors="replace")


def print_json(value: object) -> None:
    """Exactly one JSON object on standard output."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:  # another locale, or half a character in what was asked
        text = json.dumps(value)
    _write(sys.stdout, text)


def print_text(text: str) -> None:
    """Text for people, on standard output. What the terminal can't show becomes `?`."""
    _write(sys.stdout, showable(text, sys.stdout))


def note(text: str) -> None:
    """One line beside the result, on standard error."""
    _write(sys.stderr, showable(_CONTROLS.sub(" ", text), sys.stderr))


def showable(text: str, stream: TextIO) -> str:
    """`text` with `?` for what `stream` can't show."""
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)


def _write(stream: TextIO, text: str) -> None:
    """A line, out at once. Raises BrokenPipeError, StorageError where the disk behind is full."""
    try:
        stream.write(f"{text}\n")
        stream.flush()
    except OSError as error:
        # Subtle: or Python would try once more when it ends, and say so in its own way.
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if isinstance(error, BrokenPipeError):
            raise
        raise StorageError(
            f"The output can't be written: {error.strerror or error}.", "Make room, then repeat."
        ) from error


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
        "statements": [
            {"text": one.text, "sources": list(one.sources), "date": _iso(one.date)}
            for one in answer.statements
        ],
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
    """The answer, the passage that says so with the answer marked, and the numbered sources.

    Where sources say different things, all of them are listed with their dates.
    """
    lines = []
    if answer.searched != answer.question.strip():
        lines.append(texts.SEARCHED.format(question=answer.searched))
    if answer.text is None:
        lines.append(_refusal(answer))
    else:
        lines.append(f"{_BOLD}{answer.text}{_PLAIN}" if colour else answer.text)
        lines += [texts.OLD_ANSWER.format(date=_day(answer.as_of))] if answer.old else []
        lines += ["", _quote(answer.sources[0], colour), ""]
        lines += _statement_lines(answer.statements)
        lines.append(texts.SOURCES)
    lines.extend(_source_line(source) for source in answer.sources)
    total_ms = answer.took_ms.get("total", 0.0)
    lines.append(texts.CONFIDENCE.format(value=answer.confidence, milliseconds=total_ms))
    return "\n".join(lines)


def _refusal(answer: Answer) -> str:
    if answer.reason == "no_words":
        return texts.NO_WORDS
    if answer.reason == "off_topic":
        return texts.OFF_TOPIC
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


def _statement_lines(statements: Sequence[Statement]) -> list[str]:
    """Each of several answers with its date, and with its time where two are of one day."""
    if len(statements) < 2:
        return []
    days = Counter(_day(one.date) for one in statements)
    lines = [texts.STATEMENTS]
    for one in statements:
        when = _minute(one.date) if days[_day(one.date)] > 1 else _day(one.date)
        ranks = "".join(f"[{rank}]" for rank in one.sources)
        lines.append(f"  {_shortened(one.text)} · {when} {ranks}")
    return [*lines, ""]


def _source_line(source: Source) -> str:
    facts = [source.title or texts.UNTITLED]
    facts += [source.publisher] if source.publisher else []
    facts.append(_minute(source.date))
    facts += [texts.OLD] if source.old else []
    lines = [f"[{source.rank}] {' · '.join(facts)}", f"    {source.url or texts.NO_LINK}"]
    lines += [f"    {_copies(source.copies)}"] if source.copies else []
    return "\n".join(lines)


def _copies(copies: Sequence[Copy]) -> str:
    named = texts.LISTED.join(
        texts.COPY.format(title=copy.title or texts.UNTITLED, date=_minute(copy.date))
        for copy in copies[:_SHOWN_COPIES]
    )
    more = "…" if len(copies) > _SHOWN_COPIES else ""
    return texts.COPIES.format(count=len(copies), named=f"{named}{more}")


def _day(when: datetime | None) -> str:
    return when.strftime("%Y-%m-%d") if when else texts.NO_DATE


def _minute(when: datetime | None) -> str:
    return when.strftime("%Y-%m-%d %H:%M") if when else texts.NO_DATE
