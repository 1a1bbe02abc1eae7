"""The predictions file: one JSON line a question, so that anyone can score a run their own way."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.errors import SettingsError, StorageError
from index.evaluation.ranking import PostRef, distinct_posts
from index.evaluation.run import Scored

RANKED_SOURCES = 10  # as deep as the deepest recall that is reported


def check_predictions_path(path: Path) -> None:
    """Raise SettingsError where `path` can't become a file; worth asking before a long run."""
    try:
        _check(path)
    except OSError as error:
        raise SettingsError(
            f"{path} can't be used for the predictions: {error.strerror or error}.",
            "Give another --predictions.",
        ) from error


def _check(path: Path) -> None:
    if not path.parent.is_dir():
        raise SettingsError(
            f"The folder {path.parent} for the predictions does not exist.",
            "Create it, or give another --predictions.",
        )
    if path.exists() and not path.is_file():
        raise SettingsError(
            f"{path} is not an ordinary file.", "Give a file name with --predictions."
        )
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise SettingsError(
            f"The folder {path.parent} can't be written to.",
            "Change its permissions, or give another --predictions.",
        )


def write_predictions(path: Path, scored: Sequence[Scored]) -> None:
    """Write `path` whole or not at all, replacing what was there; lines in the run's order.

    Raises SettingsError as `check_predictions_path`, StorageError where the disk refuses.
    """
    check_predictions_path(path)
    # Subtle: a link is followed, so that its target is replaced and not the link.
    target = path.resolve()
    part = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        try:
            _write_durably(part, "".join(map(prediction_line, scored)))
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(
            f"The predictions can't be written to {path}: {error.strerror or error}.",
            "Make room or give another --predictions, then run again.",
        ) from error


def prediction_line(item: Scored) -> str:
    """`{"id", "kind", "searched", "answer", "confidence", "sources"}` with a line break.

    `sources` are the first ten distinct posts, best first, each `{"url", "post", "copies"}`;
    `copies` are `{"url", "post"}`.
    """
    sources = distinct_posts(item.outcome.sources)[:RANKED_SOURCES]
    record = {
        "id": item.question.id,
        "kind": item.question.kind,
        "searched": item.outcome.searched,
        "answer": item.outcome.answer,
        "confidence": item.outcome.confidence,
        "sources": [
            {**_ref(source.ref), "copies": [_ref(copy) for copy in source.copies]}
            for source in sources
        ],
    }
    return json.dumps(record, ensure_ascii=False) + "\n"


def _ref(ref: PostRef) -> dict[str, Any]:
    return {"url": ref.url, "post": ref.post}


def _write_durably(path: Path, text: str) -> None:
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
