"""Training data for the span reader: reading-comprehension files to folded posts and questions.

A file is SQuAD 1.1 or 2.0. Its articles are split by a hash of their title, whole articles at a
time and alike across files, so that a paragraph of a held-back article is never trained on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.evaluation.draw import unit_hash
from index.passages import passage_spans
from index.settings import PassagesSection
from index.text import fold, fold_with_offsets

# Shares of articles kept from training: one part to choose and calibrate by, one to report. The
# site's own questions are few, and checked by sets of their own.
SHARES = {"": (0.06, 0.06), "finews_train": (0.3, 0.0)}


@dataclass(frozen=True, slots=True)
class Place:
    """An answer's place: `text[start:end]` of a document's folded text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """One paragraph (or post), folded; `title_end` is where its text begins after a title line."""

    id: str
    part: str  # train, tune or check
    source: str  # the file's stem
    heading: str  # the article's title, folded, whether or not it stands in the text
    text: str
    title_end: int
    passages: tuple[tuple[int, int], ...]

    @property
    def title(self) -> str:
        """The folded title line, empty where the text has none."""
        return self.text[: self.title_end].strip()


@dataclass(frozen=True, slots=True)
class Asked:
    """A folded question about a document; no `places` means that the document doesn't answer it."""

    id: str
    document: str
    text: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Data:
    """All documents by id, and all questions."""

    documents: dict[str, Document]
    questions: tuple[Asked, ...]


def part_of(source: str, title: str) -> str:
    """`tune`, `check` or `train`, by the article's title, which files of one kind share."""
    tune, check = SHARES.get(source, SHARES[""])
    place = unit_hash(fold(title).strip(), "reader split")
    if place < tune:
        return "tune"
    return "check" if place < tune + check else "train"


def load(paths: Sequence[Path], with_titles: Path | None, bounds: PassagesSection) -> Data:
    """The data of `paths`, and of `with_titles`, whose contexts begin with their title as a line.

    A text that several files hold is one document. Answers that aren't where the file says are left
    out, and so are questions that lose all of theirs.
    """
    documents: dict[str, Document] = {}
    questions: list[Asked] = []
    for path in [*paths, *([with_titles] if with_titles else [])]:
        for title, context, asked in _paragraphs(path):
            kept = title if path == with_titles and context.startswith(title) else ""
            one = _document(path.stem, title, kept, context, bounds)
            one = documents.setdefault(one.id, one)
            questions += _questions(one, context, asked)
    return Data(documents, tuple(questions))


def _paragraphs(path: Path) -> Iterator[tuple[str, str, list[dict[str, object]]]]:
    record = json.loads(path.read_text(encoding="utf-8-sig"))
    for article in record["data"]:
        for paragraph in article["paragraphs"]:
            yield article.get("title") or "", paragraph["context"], paragraph["qas"]


def _document(
    source: str, title: str, kept: str, context: str, bounds: PassagesSection
) -> Document:
    text = fold(context)
    title_end = len(fold(kept)) + 1 if kept else 0
    spans = passage_spans(text[title_end:], bounds.max_chars, bounds.min_chars)
    name = hashlib.sha256(text.encode()).hexdigest()[:16]
    passages = tuple((start + title_end, end + title_end) for start, end in spans)
    part = part_of(source, title or context)
    return Document(name, part, source, fold(title).strip(), text, title_end, passages)


def _questions(
    document: Document, context: str, asked: Iterable[dict[str, object]]
) -> Iterator[Asked]:
    offsets = fold_with_offsets(context).offsets
    folded_at = {original: place for place, original in reversed(list(enumerate(offsets)))}
    for number, one in enumerate(asked):
        question = fold(str(one["question"])).strip()
        answers = [] if one.get("is_impossible") else list(_answers(one))
        places = dict.fromkeys(
            place
            for text, start in answers
            if (place := _place(context, folded_at, text, start)) is not None
        )
        if question and (places or not answers):
            yield Asked(f"{document.id}-{number}", document.id, question, tuple(places))


def _answers(question: dict[str, object]) -> Iterator[tuple[str, int]]:
    answers = question.get("answers") or []
    assert isinstance(answers, list)
    for one in answers:
        yield str(one["text"]), int(one["answer_start"])


def _place(context: str, folded_at: dict[int, int], text: str, start: int) -> Place | None:
    """Where the answer stands in the folded text; white space around it left out."""
    if context[start : start + len(text)] != text or not text.strip():
        return None
    start += len(text) - len(text.lstrip())
    end = start + len(text.strip())
    while start < end and start not in folded_at:
        start += 1
    while end > start and end not in folded_at:
        end -= 1
    return Place(folded_at[start], folded_at[end]) if start < end else None
