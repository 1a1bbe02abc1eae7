"""Question sets as JSON lines or as a table, for `qinwen eval --questions`.

A line is `{"id"?, "question", "answers": [...], "sources": [...], "history"?: [...], "kind"?}`.
A table (`.csv`, UTF-8, commas) has these as columns, and several answers, sources or questions of a
history in one cell, one a line of it. It is what the bot's `/unanswered csv` gives.
Unknown keys and columns are ignored, so that people can keep notes in their set.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.evaluation.fields import identifier, parse_object, read_input, text, texts, wrong

MAX_QUESTION_CHARS = 1_000  # what `ask` accepts; better refused here than an hour into a run

_TABLE = ".csv"
_LISTS = ("answers", "sources", "history")
# An apostrophe before one of these keeps a spreadsheet from taking the cell for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class EvalQuestion:
    """One question with what counts as right.

    No `answers` means that the right thing is to refuse. `sources` are URLs, file names, paths of
    posts, or the context's id in a SQuAD set; `context_id` is only set there. `history` holds the
    earlier questions, oldest first.
    """

    id: str
    question: str
    answers: tuple[str, ...]
    sources: tuple[str, ...]
    history: tuple[str, ...] = ()
    kind: str | None = None
    context_id: str | None = None

    @property
    def answerable(self) -> bool:
        """True where at least one answer counts as right."""
        return bool(self.answers)

    @property
    def group(self) -> str:
        """What the question shares with others: its context, else its first source, else itself."""
        if self.context_id is not None:
            return f"context {self.context_id}"
        return f"source {self.sources[0]}" if self.sources else f"question {self.id}"


def load_questions(path: Path) -> list[EvalQuestion]:
    """The questions of a file, in its order: JSON lines, or a table where its name ends in `.csv`.

    Blank lines are skipped; a line without an id gets its line number. Raises SettingsError that
    names file, line and fault for a missing, unreadable or empty file, a malformed line, a wrong
    type, an id used twice.
    """
    found: list[EvalQuestion] = []
    line_of: dict[str, int] = {}
    is_table = path.suffix.lower() == _TABLE
    for number, record in _rows(path) if is_table else _lines(path):
        question = _question(record, f"{path}, line {number}", number)
        if question.id in line_of:
            first = line_of[question.id]
            raise wrong(f"{path}, line {number}", f"id {question.id!r} was used in line {first}")
        line_of[question.id] = number
        found.append(question)
    if not found:
        raise wrong(str(path), "holds no questions", "Give a file with one question a line.")
    return found


def check_length(question: str, where: str) -> str:
    """`question` itself; SettingsError where it is longer than `ask` accepts."""
    if len(question) > MAX_QUESTION_CHARS:
        raise wrong(
            where, f"the question has {len(question)} characters, at most {MAX_QUESTION_CHARS} go"
        )
    return question


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a JSON lines file with their line numbers."""
    for number, raw in enumerate(read_input(path).split(b"\n"), start=1):
        if raw.strip():
            yield number, parse_object(raw, f"{path}, line {number}")


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows of a table as such objects, with the numbers of their first lines."""
    try:
        table = read_input(path).decode("utf-8")
    except UnicodeDecodeError as error:
        fault = f"not UTF-8 (byte {error.object[error.start]:#04x})"
        raise wrong(str(path), fault, "Save it as CSV UTF-8, then run again.") from error
    rows = csv.reader(io.StringIO(table, newline=""), strict=True)
    header: list[str] = []
    number = 1
    while True:
        try:
            cells = next(rows, None)
        except csv.Error as error:
            raise wrong(f"{path}, line {number}", f"not valid CSV ({error})") from error
        if cells is None:
            return
        if not header:
            header = [cell.strip() for cell in cells]
        elif any(cell.strip() for cell in cells):
            yield number, _record(header, cells, f"{path}, line {number}")
        number = rows.line_num + 1


def _record(header: list[str], cells: list[str], where: str) -> dict[str, Any]:
    if len(cells) > len(header):
        raise wrong(where, f"{len(cells)} cells under {len(header)} columns")
    record: dict[str, Any] = {}
    for name, cell in zip(header, cells, strict=False):
        value = cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
        if name in _LISTS:
            record[name] = [line.strip() for line in value.splitlines() if line.strip()]
        elif value.strip() or name == "question":
            record[name] = value
    return record


def _question(record: dict[str, Any], where: str, number: int) -> EvalQuestion:
    if record.get("answers") is None:
        raise wrong(where, '"answers" is missing (a list; empty where nothing answers)')
    answers = texts(record, "answers", where)
    # An unanswerable question has no source to find; for the others a forgotten (or misspelt)
    # "sources" would silently take the question out of recall.
    if answers and record.get("sources") is None:
        raise wrong(where, '"sources" is missing (a list; empty to leave recall out)')
    return EvalQuestion(
        id=identifier(record, where, str(number)),
        question=check_length(text(record, "question", where), where),
        answers=answers,
        sources=texts(record, "sources", where),
        history=texts(record, "history", where),
        kind=None if record.get("kind") is None else text(record, "kind", where),
    )
