"""What candidates are, and the words they are found by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Token = tuple[str, str, int, int]  # word, part of speech (jieba's flag), start, end
Tagger = Callable[[str], Sequence[Token]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """`text[start:end]` of a sentence; `fit` up to 1 says how well it suits what is asked."""

    start: int
    end: int
    fit: float
    whole: bool = False  # a clause: question terms inside it speak for it, not against it
