"""Question sets as JSON lines, for `qinwen eval --questions`.

A line is `{"id"?, "question", "answers": [...], "sources": [...], "history"?: [...], "kind"?}`.
Unknown keys are ignored, so that people can keep notes in their set.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from index.evaluation.fields import identifier, parse_object, read_input, text, texts, wrong

MAX_QUESTION_CHARS = 1_000  # what `ask` accepts; better refused here than an hour into a run


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
    """The questions of a JSON lines file, in its order; blank lines are skipped.

    A line without an id gets its line number. Raises SettingsError that names file, line and fault
    for a missing, unreadable or empty file, a malformed line, a wrong type, an id used twice.
    """
    found: list[EvalQuestion] = []
    line_of: dict[str, int] = {}
    for number, raw in enumerate(read_input(path).split(b"\n"), start=1):
        if not raw.strip():
            continue
        question = _parse_line(raw, f"{path}, line {number}", number)
        if question.id in line_of:
            first = line_of[question.id]
            raise wrong(f"{path}, line {number}", f"id {question.id!r} was used in line {first}")
        line_of[question.id] = number
        found.append(question)
    if not found:
        raise wrong(str(path), "holds no questions", "Give a file with one JSON object a line.")
    return found


def check_length(question: str, where: str) -> str:
    """`question` itself; SettingsError where it is longer than `ask` accepts."""
    if len(question) > MAX_QUESTION_CHARS:
        raise wrong(
            where, f"the question has {len(question)} characters, at most {MAX_QUESTION_CHARS} go"
        )
    return question


def _parse_line(raw: bytes, where: str, number: int) -> EvalQuestion:
    record = parse_object(raw, where)
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
