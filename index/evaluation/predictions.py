"""The predictions file: one JSON line a question, so that anyone can score a run their own way."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.evaluation.output_file import write_output
from index.evaluation.ranking import PostRef, distinct_posts
from index.evaluation.run import Scored

RANKED_SOURCES = 10  # as deep as the deepest recall that is reported


def write_predictions(path: Path, scored: Sequence[Scored]) -> None:
    """Write `path` whole or not at all, replacing what was there; lines in the run's order.

    Raises SettingsError where `path` can't be a file, StorageError where the disk refuses.
    """
    write_output(path, "predictions", "".join(map(prediction_line, scored)))


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
