"""Records as rows of the tables, and back."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from bot.storage.answers import answer_from_json, answer_to_json
from bot.storage.records import FeedbackRow, StoredTurn, Turn
from bot.storage.salt import Names
from index.records import Answer

log = logging.getLogger(__name__)


def row_of(turn: Turn, names: Names, now: datetime) -> dict[str, Any]:
    """The row of `turns` for what was asked `now`."""
    answer = turn.answer
    return {
        "token": turn.token,
        "chat": names.chat(turn.chat),
        "thread": turn.thread,
        "user": names.user(turn.user),
        "question_message": turn.question_message,
        "answer_message": turn.answer_message,
        "replied_to": turn.replied_to,
        "language": turn.language,
        "asked_at": now,
        "question": _storable(answer.question),
        "searched": _storable(answer.searched),
        "reason": answer.reason,
        "refused": answer.text is None,
        "followed": True,
        "answer": answer_to_json(answer),
    }


def turn_of(row: Row[Any]) -> StoredTurn | None:
    """The turn in a row of `turns`; None where its answer can't be read."""
    answer = _answer_in(row)
    if answer is None:
        return None
    return StoredTurn(
        token=row.token,
        thread=row.thread,
        question_message=row.question_message,
        answer_message=row.answer_message,
        replied_to=row.replied_to,
        language=row.language,
        asked_at=row.asked_at,
        answer=answer,
    )


def feedback_of(row: Row[*tuple[Any, ...]]) -> FeedbackRow | None:
    """From a row with `answer`, `up`, `down` and `last`; None where the answer can't be read."""
    answer = _answer_in(row)
    return FeedbackRow(answer.question, answer.text, row.up, row.down, row.last) if answer else None


def _answer_in(row: Row[Any]) -> Answer | None:
    """To whoever wants an answer that can't be read, it is gone."""
    try:
        return answer_from_json(row.answer)
    except ValueError as error:
        log.warning("A stored answer can't be read: %s", error)
        return None


def _storable(text: str) -> str:
    """`text` without NULs and half characters, which databases don't take."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")
