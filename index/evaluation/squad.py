"""Reading-comprehension files in SQuAD 1.1 or 2.0 form, asked as an open domain.

Titles are not used. Contexts with the same text are pooled once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import SettingsError
from index.evaluation.draw import unit_hash
from index.evaluation.fields import (
    identifier,
    objects,
    parse_object,
    read_input,
    shown,
    text,
    wrong,
)
from index.evaluation.questions import EvalQuestion, check_length


@dataclass(frozen=True, slots=True)
class SquadContext:
    """A paragraph. `id` is its place among the pooled contexts, `c00000` for the first."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class SquadSet:
    """All contexts and all questions of a file, both in its order.

    Each question's `sources` and `context_id` name its context.
    """

    contexts: tuple[SquadContext, ...]
    questions: tuple[EvalQuestion, ...]

    def texts(self) -> dict[str, str]:
        """Context id to text."""
        return {context.id: context.text for context in self.contexts}


def load_squad(path: Path) -> SquadSet:
    """The contexts and questions of `path`.

    `is_impossible` makes a question unanswerable, whatever else its `answers` say; so does an empty
    `answers`. Blank questions (CMRC's trial set has two) are kept, so that shares are over the
    whole file. Raises SettingsError that names file, place and fault.
    """
    contexts: dict[str, SquadContext] = {}
    questions: dict[str, EvalQuestion] = {}
    for paragraph, where in _paragraphs(path):
        body = text(paragraph, "context", where)
        context = contexts.setdefault(body, SquadContext(f"c{len(contexts):05d}", body))
        for number, record in enumerate(objects(paragraph, "qas", where)):
            place = f"{where}, qas[{number}]"
            question = _question(record, place, context.id, f"{context.id}-{number}")
            if question.id in questions:
                raise wrong(place, f"id {question.id!r} was used before")
            questions[question.id] = question
    if not questions:
        raise wrong(str(path), "holds no questions", "Give a file in SQuAD form.")
    return SquadSet(tuple(contexts.values()), tuple(questions.values()))


def sample(
    questions: Sequence[EvalQuestion], limit: int | None, seed: int
) -> tuple[EvalQuestion, ...]:
    """`limit` questions drawn by `seed`, in their old order; all where `limit` is None or larger.

    The draw depends on ids only: the same on every machine, and a larger limit holds the smaller
    one's questions. SettingsError for a limit under 1.
    """
    if limit is None:
        return tuple(questions)
    if limit < 1:
        raise SettingsError(f"The limit of questions is {limit}.", "Give 1 or more.")
    order = sorted(questions, key=lambda question: unit_hash(question.id, str(seed)))
    chosen = {question.id for question in order[:limit]}
    return tuple(question for question in questions if question.id in chosen)


def _paragraphs(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    record = parse_object(read_input(path), str(path))
    for a, article in enumerate(objects(record, "data", str(path))):
        where = f"{path}, data[{a}]"
        for p, paragraph in enumerate(objects(article, "paragraphs", where)):
            yield paragraph, f"{where}, paragraphs[{p}]"


def _question(record: dict[str, Any], where: str, context_id: str, default_id: str) -> EvalQuestion:
    impossible = record.get("is_impossible", False)
    if not isinstance(impossible, bool):
        raise wrong(where, f'"is_impossible" must be true or false, not {shown(impossible)}')
    answers = [
        text(answer, "text", f"{where}, answers[{n}]")
        for n, answer in enumerate(objects(record, "answers", where))
    ]
    return EvalQuestion(
        id=identifier(record, where, default_id),
        question=check_length(text(record, "question", where, blank_ok=True), where),
        answers=() if impossible else tuple(dict.fromkeys(answers)),
        sources=(context_id,),
        context_id=context_id,
    )
