"""What the embedder asks of a model before it loads it: a folder, a name, a fingerprint."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Prefixes:
    """What is put before a question and before a passage."""

    query: str
    passage: str


@dataclass(frozen=True, slots=True)
class Golden:
    """What a model must make of one text: a tokenizer or an engine that differs is refused."""

    text: str  # with its prefix
    ids: tuple[int, ...]
    vector: tuple[float, ...]  # any length; empty: not checked


class ModelFolder(Protocol):
    """A model in the sentence-transformers format, not loaded."""

    @property
    def name(self) -> str:
        """What messages call it."""
        ...

    @property
    def fingerprint(self) -> str:
        """Names weights, tokenizer and prefixes; needs no model library."""
        ...

    @property
    def dimension(self) -> int | None:
        """The length of a vector; None where only the loaded model can say."""
        ...

    @property
    def prefixes(self) -> Prefixes:
        """What this model wants before its texts."""
        ...

    @property
    def golden(self) -> Golden | None:
        """A text whose tokens and vector are known."""
        ...

    def open(self) -> Path:
        """The folder, complete and checked; may take seconds the first time."""
        ...


def fingerprint_of(label: str, *parts: object) -> str:
    """`label` and 16 hex digits over `parts`, which are anything that JSON can hold."""
    text = json.dumps(parts, ensure_ascii=True, sort_keys=True)
    return f"{label}-{hashlib.sha256(text.encode('ascii')).hexdigest()[:16]}"
