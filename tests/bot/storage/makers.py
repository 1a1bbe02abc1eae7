"""Stores and turns for tests, and the bytes that they leave on the disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.storage import open_engine
from bot.storage.inbox import Inbox
from bot.storage.store import Store, Turn
from tests.factories import make_answer

NOW = datetime(2022, 3, 5, 4, 0, tzinfo=UTC)
SALT = b"s" * 32
# As long as Telegram's are, so that they can't stand in a file by chance.
ANNA, BERT = 7_654_321_098, 6_543_210_987
GROUP, OTHER_GROUP = -1_001_234_567_890, -1_009_876_543_210


@dataclass
class Clock:
    """A clock that is set by hand; each reading is a second later than the one before."""

    now: datetime = NOW
    step: timedelta = field(default=timedelta(seconds=1))

    def __call__(self) -> datetime:
        self.now += self.step
        return self.now


def open_store(path: Path | None, clock: Clock | None = None, salt: bytes = SALT) -> Store:
    """In memory where there is no path."""
    return Store(open_engine(url(path)), salt, clock or Clock())


def open_inbox(path: Path) -> Inbox:
    return Inbox(open_engine(url(path)))


def url(path: Path | None) -> str:
    return f"sqlite:///{path}" if path else "sqlite://"


def make_turn(number: int = 1, **fields: Any) -> Turn:
    """Anna's in the group; the question stands in message `2 * number`, the answer below it."""
    question = fields.pop("question", f"第{number}问？")
    answer = {"question": question, "searched": fields.pop("searched", question)}
    answer |= {name: fields.pop(name) for name in ("text", "reason") if name in fields}
    defaults: dict[str, Any] = {
        "token": f"token-{number}",
        "chat": GROUP,
        "thread": None,
        "user": ANNA,
        "question_message": 2 * number,
        "answer_message": 2 * number + 1,
        "language": "zh-Hans",
        "answer": make_answer(**answer),
    }
    return Turn(**defaults | fields)


def make_refusal(number: int, question: str, **fields: Any) -> Turn:
    given = {"question": question, "text": None, "reason": "low_confidence"}
    return make_turn(number, **given | fields)


def bytes_in(folder: Path) -> bytes:
    """All files of a folder, logs of databases included."""
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())
