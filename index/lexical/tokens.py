"""Text to tokens: one function for passages and questions.

Four views of the folded text, all in one list: jieba's words (search mode) and the site's own
words; pairs of neighbours (characters, or a character and a code: 2021年, a股, iphone13); single
characters; codes whole, without joiners, and in parts. A word of two characters is a pair as well
and counts twice, which is measured to be right (docs/lexical.md).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from importlib import metadata
from itertools import chain, pairwise
from typing import NamedTuple

from index.lexical.dictionary import WordFinder
from index.lexical.runs import Run, code_tokens, plain_code, runs
from index.lexical.segmenter import tagger
from index.lexical.stopwords import STOP_CHARS, STOP_WORDS
from index.lexical.words import Token, mixed_words, search_words, words_of
from index.text import FOLD_VERSION, fold, fold_with_offsets

RULES_VERSION = 2  # part of the fingerprint: raise it when any token of any text changes


class Tagged(NamedTuple):
    """A word, jieba's part-of-speech flag, and its place: `text[start:end]` of the given text."""

    word: str
    flag: str
    start: int
    end: int


class Tokenizer:
    """Cuts texts into tokens; the same words and versions always give the same tokens.

    Loads jieba when first used. Safe to share between threads.
    """

    def __init__(self, words: Sequence[str]) -> None:
        """`words`: the site's own (`site_words`), in any order."""
        self._words = tuple(sorted({fold(word) for word in words}))
        self._finder = WordFinder(self._words)

    @property
    def fingerprint(self) -> str:
        """Names the rules, the folding, jieba's version and the words."""
        digest = hashlib.sha256("\n".join(self._words).encode("utf-8")).hexdigest()[:16]
        jieba = metadata.version("jieba")
        return f"rules{RULES_VERSION}-fold{FOLD_VERSION}-jieba{jieba}-words{digest}"

    def passage_tokens(self, text: str) -> list[str]:
        """All tokens of a text, repeats included; empty where it has no letter or digit."""
        folded = fold(text)
        pieces = list(runs(folded))
        return [token.text for token in self._tokens(folded, pieces, words_of(pieces))]

    def question_tokens(self, text: str) -> list[str]:
        """The tokens of a question, each once, without those made of stop words only.

        Empty where nothing is left, as for emoji or 是什么.
        """
        folded = fold(text)
        pieces = list(runs(folded))
        words = words_of(pieces)
        stopped: set[int] = set()
        for word, start, end in chain(search_words(words), (word[:3] for word in words)):
            if word in STOP_WORDS:
                stopped.update(range(start, end))
        tokens = self._tokens(folded, pieces, words)
        kept = (word for word, start, end in tokens if not stopped.issuperset(range(start, end)))
        return list(dict.fromkeys(kept))

    def tagged(self, text: str) -> list[Tagged]:
        """Words with part-of-speech flags, in order, without overlap; site words and codes whole.

        Flags are jieba's (nr person, ns place, nt organisation, m number, eng, x other); a site
        word is nz. Loads the tagger when first used.
        """
        folded = fold_with_offsets(text)
        words: list[Tagged] = []
        for flag, start, end in _tags(folded.text, self._wholes(folded.text)):
            start, end = folded.original_span(start, end)
            # Subtle: one sign may fold to several (℃ to °c); it must not be told twice.
            if not words or start >= words[-1].end:
                words.append(Tagged(text[start:end], flag, start, end))
        return words

    def _tokens(self, folded: str, pieces: list[Run], words: list[Run]) -> list[Token]:
        tokens = [*search_words(words), *_singles(pieces), *_codes(pieces), *_pairs(pieces, folded)]
        tokens += mixed_words(words)
        tokens += self._finder.find(folded)
        return tokens

    def _wholes(self, folded: str) -> dict[int, tuple[int, str]]:
        """Where codes and site words start, with their end and flag; the longer one wins."""
        wholes: dict[int, tuple[int, str]] = {}
        for run in runs(folded):
            if run.is_code:
                wholes[run.start] = run.end, "eng" if any(map(str.isalpha, run.text)) else "m"
        for _, start, end in self._finder.find(folded):
            if end > wholes.get(start, (0, ""))[0]:
                wholes[start] = end, "nz"
        return wholes


def _codes(pieces: Iterable[Run]) -> Iterator[Token]:
    for run in pieces:
        if run.is_code:
            for code in code_tokens(run.text):
                yield Token(code, run.start, run.end)


def _singles(pieces: Iterable[Run]) -> Iterator[Token]:
    for run in pieces:
        if not run.is_code:
            for at, char in enumerate(run.text, run.start):
                if char not in STOP_CHARS:
                    yield Token(char, at, at + 1)


def _pairs(pieces: Iterable[Run], folded: str) -> Iterator[Token]:
    """Neighbours: two characters, or a code and a character or code, blanks between them or not.

    Codes stand without joiners, so that iPhone 13 and iPhone13 meet.
    """
    units: list[Run] = []
    for run in pieces:
        if run.is_code:
            units.append(run._replace(text=plain_code(run.text)))
        else:
            units += (Run(char, at, at + 1, False) for at, char in enumerate(run.text, run.start))
    for one, two in pairwise(units):
        gap = folded[one.end : two.start]
        if gap and (gap.strip(" \t") or not (one.is_code or two.is_code)):
            continue
        if one.text.isdecimal() and two.text.isdecimal():
            continue  # two numbers in a row are a table, not one number
        yield Token(one.text + two.text, one.start, two.end)


def _tags(folded: str, wholes: dict[int, tuple[int, str]]) -> Iterator[Token]:
    """jieba's words and flags in order, `text` being the flag; those inside a whole are joined."""
    words, at = [], 0
    for pair in tagger().cut(folded):
        words.append(Token(pair.flag, at, at + len(pair.word)))
        at += len(pair.word)
    ends = {word.end for word in words}
    done = 0
    for flag, start, end in words:
        if end <= done:
            continue
        start = max(start, done)
        whole, whole_flag = wholes.get(start, (0, ""))
        # Subtle: characters that end inside one of jieba's words are another word that only looks
        # alike, unless a letter or digit is among them: then jieba has cut 琴岛e|保用 wrongly.
        if whole in ends or folded[start:whole].upper() != folded[start:whole].lower():
            flag, end = whole_flag, whole
        yield Token(flag, start, end)
        done = end
