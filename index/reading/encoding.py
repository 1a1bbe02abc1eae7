"""Question and text to token ids, and which characters a token's edges stand for.

The model scores every character as a possible start or end of the answer, though a token is often
a word of several characters: 4 % of the answers in training data begin or end inside one. Each
token has scores for its first (last) `EDGES` characters; `start_at` and `end_at` say where in the
flat token scores the score of a character is found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Ints = npt.NDArray[np.int64]

EDGES = 4  # longer pieces are nearly always Latin or whole names, which answers don't begin inside
MAX_TOKENS = 512  # positions of the base model
MAX_QUESTION_TOKENS = 96  # a question of 1,000 characters leaves room for a passage


@dataclass(frozen=True, slots=True)
class Encoded:
    """One question with one text.

    `start_at[c]` is the place in the flat `(tokens * EDGES)` start scores of an answer that begins
    at character c of the text; `end_at[c]` likewise of one that ends right after it; -1: none does.
    """

    ids: list[int]
    start_at: Ints
    end_at: Ints


class Encoding:
    """The tokenizer of the base model for pairs of question and text."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        pair = tokenizer.encode("a", "b")
        # Subtle: the marks between the two parts are asked of the tokenizer, not written down.
        self._begin, self._end = pair.ids[0], pair.ids[-1]
        pad = tokenizer.token_to_id("<pad>")
        assert pad is not None
        self.pad: int = pad

    @staticmethod
    def from_folder(folder: Path) -> Encoding:
        """From the unpacked base model's `tokenizer.json`."""
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return Encoding(tokenizer)

    def encode(self, question: str, texts: Sequence[str]) -> list[Encoded]:
        """The question with each of the texts, all folded.

        A text too long for the model is read up to `MAX_TOKENS`; no answer can lie in the rest.
        """
        plain = self._tokenizer.encode_batch([question, *texts], add_special_tokens=False)
        asked = plain[0].ids[:MAX_QUESTION_TOKENS]
        head = [self._begin, *asked, self._end, self._end]
        return [
            _encoded(head, one.ids, one.offsets, text, self._end)
            for one, text in zip(plain[1:], texts, strict=True)
        ]


def _encoded(
    head: list[int], ids: list[int], offsets: list[tuple[int, int]], text: str, end: int
) -> Encoded:
    room = MAX_TOKENS - len(head) - 1
    start_at = np.full(len(text), -1, dtype=np.int64)
    end_at = np.full(len(text), -1, dtype=np.int64)
    for number, (first, last) in enumerate(offsets[:room]):
        # Subtle: a piece's place may take in the white space before it.
        while first < last and text[first].isspace():
            first += 1
        base = (len(head) + number) * EDGES
        for edge in range(min(EDGES, last - first)):
            start_at[first + edge] = base + edge
            end_at[last - 1 - edge] = base + edge
    return Encoded([*head, *ids[:room], end], start_at, end_at)
