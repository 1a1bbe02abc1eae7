"""What goes into the store and comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from index.records import Answer


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and what was said to it; ids are Telegram's."""

    token: str  # unguessable: whoever has it may see the answer in its chat
    chat: int
    thread: int | None
    user: int
    question_message: int
    answer_message: int | None
    language: str  # of the answer's texts
    answer: Answer
    replied_to: int | None = None  # the message that the question answers, for `Store.chain`


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A turn as it is remembered: nothing in it tells who asked, or where."""

    token: str
    thread: int | None
    question_message: int
    answer_message: int | None
    replied_to: int | None
    language: str
    asked_at: datetime
    answer: Answer


@dataclass(frozen=True, slots=True)
class UnansweredGroup:
    """Questions of similar wording that were refused, or whose answers were voted down."""

    example: str  # the wording asked most, as it was searched
    count: int
    last: datetime


@dataclass(frozen=True, slots=True)
class FeedbackRow:
    """A turn that was voted on."""

    question: str
    answer: str | None  # None: it was refused
    up: int
    down: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """How much was asked, and how it was liked."""

    questions: int
    answered: int
    refused: int
    up: int
    down: int
