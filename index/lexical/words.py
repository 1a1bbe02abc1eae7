"""Words of a text with their places: jieba's, the shorter ones inside them, and mixed ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from index.lexical.runs import Run
from index.lexical.segmenter import cut, segmenter
from index.lexical.stopwords import STOP_WORDS


class Token(NamedTuple):
    """A token and the stretch of the folded text that it stands for."""

    text: str
    start: int
    end: int


def words_of(pieces: Iterable[Run]) -> list[Run]:
    """The pieces in order, those of CJK characters cut into jieba's words."""
    words: list[Run] = []
    for run in pieces:
        if run.is_code:
            words.append(run)
            continue
        start = run.start
        for word in cut(run.text):
            words.append(Run(word, start, start + len(word), False))
            start += len(word)
    return words


def search_words(words: Iterable[Run]) -> Iterator[Token]:
    """What jieba's search mode gives: known words of two or three characters inside longer ones.

    And the words themselves; single characters are left to others.
    """
    known = segmenter().FREQ.get
    for text, start, end, is_code in words:
        if is_code or len(text) < 2:
            continue
        for size in (2, 3):
            for at in range(len(text) - size + 1 if size < len(text) else 0):
                if known(inner := text[at : at + size]):
                    yield Token(inner, start + at, start + at + size)
        yield Token(text, start, end)


def mixed_words(words: Sequence[Run]) -> Iterator[Token]:
    """Codes with letters, together with the characters that belong to them: 琴岛e保 of 琴岛e保的.

    A word of several characters before it belongs, and a single character after it; function words
    belong to nothing.
    """
    for at, (text, start, end, is_code) in enumerate(words):
        if not is_code or not any(char.isalpha() for char in text):
            continue
        before = words[at - 1] if at else None
        after = words[at + 1] if at + 1 < len(words) else None
        if before and before.end == start and _belongs(before) and len(before.text) > 1:
            text, start = before.text + text, before.start
        if after and after.start == end and _belongs(after) and len(after.text) == 1:
            text, end = text + after.text, after.end
        if (start, end) != words[at][1:3]:
            yield Token(text, start, end)


def _belongs(word: Run) -> bool:
    return not word.is_code and word.text not in STOP_WORDS
