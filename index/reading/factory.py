"""From settings to a reader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from index.embedding.bundled import BundledModel
from index.reading.artifact import WEIGHTS
from index.reading.base import Reader
from index.reading.candidate import Tagger
from index.reading.span_reader import SpanReader
from index.settings import HASH_MODEL, Settings


def open_reader(
    settings: Settings, cache: Path, tag: Tagger, by_words: Callable[[], Reader]
) -> Reader:
    """The reader that `settings.answer.reader` names; `by_words` makes the one without a model.

    Loads nothing heavy. `auto` is the trained one, but where nothing else needs a model either.
    """
    chosen = settings.answer.reader
    if chosen == "words" or (chosen == "auto" and settings.embedding.model == HASH_MODEL):
        return by_words()
    precision = settings.embedding.precision
    return SpanReader(
        BundledModel(cache),
        WEIGHTS,
        tag,
        bf16=None if precision == "auto" else precision == "bf16",
        threads=settings.embedding.threads,
    )
