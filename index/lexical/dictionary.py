"""The site's own words: names that a general dictionary lacks, from titles, tags and a file.

They are tokens beside jieba's words and leave its segmentation alone, so a word that comes or goes
changes the tokens of those texts only that hold it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from index.errors import SettingsError
from index.lexical.runs import runs
from index.lexical.segmenter import cut, is_word
from index.lexical.stopwords import STOP_WORDS
from index.lexical.words import Token, mixed_words, words_of
from index.text import fold

MIN_WORD_CHARS = 2
MAX_WORD_CHARS = 10  # of a name found in a title; the longest real ones in ../shared have 9
MAX_TAG_CHARS = 8  # longer tags are phrases
MAX_FILE_WORD_CHARS = 30  # the admin knows best, but a sentence is no word
MAX_FILE_BYTES = 5_000_000  # some 400,000 words

_QUOTED = re.compile(r"[「『《“\"]([^「」『』《》“”\"]{2,20})[」』》”\"]")
_BEFORE_COLON = re.compile(r"^\s*([^:,;。!?|]{2,12}?)\s*:")


def site_words(titles: Iterable[str], tags: Iterable[str], extra: Iterable[str]) -> tuple[str, ...]:
    """Words to keep whole, folded, sorted, each once; `extra` comes in unjudged.

    Of a title: the name before a colon, what stands in quotes, codes mixed with characters
    (琴岛e保); tags of 2 to 8 characters. Left out: what jieba or the rules for codes keep whole
    anyway, numbers, question and function words.
    """
    found = {word for title in titles for word in _in_title(fold(title))}
    found |= {word for tag in tags if len(word := _spaced(fold(tag))) <= MAX_TAG_CHARS}
    kept = {word for word in found if _is_name(word)}
    kept |= {_spaced(fold(word)) for word in extra}
    return tuple(sorted(word for word in kept if word))


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _in_title(title: str) -> Iterator[str]:
    if match := _BEFORE_COLON.match(title):
        yield _spaced(match.group(1))
    for match in _QUOTED.finditer(title):
        yield _spaced(match.group(1))
    yield from (word for word, _, _ in mixed_words(words_of(runs(title))))


def _is_name(word: str) -> bool:
    if not MIN_WORD_CHARS <= len(word) <= MAX_WORD_CHARS or word in STOP_WORDS:
        return False
    pieces = list(runs(word))
    whole = bool(pieces) and pieces[0].start == 0 and pieces[-1].end == len(word)
    if not whole or any(b.start - a.end > 1 for a, b in pairwise(pieces)):
        return False  # punctuation at an end, or much of it inside
    if all(piece.is_code for piece in pieces):
        return False  # kept whole as a code, or a number
    return len(cut(word)) > 1 or not is_word(word)


class WordFinder:
    """Finds every occurrence of some folded words, overlapping ones too."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_start: defaultdict[str, list[str]] = defaultdict(list)
        for word in sorted(set(words)):
            self._by_start[word[:MIN_WORD_CHARS]].append(word)

    def find(self, folded: str) -> Iterator[Token]:
        """Occurrences in order of start, then of the words.

        A word that starts or ends with a letter or digit must not go on with another: `ai` does not
        stand in `aim`.
        """
        if not self._by_start:
            return
        for start in range(len(folded) - MIN_WORD_CHARS + 1):
            for word in self._by_start.get(folded[start : start + MIN_WORD_CHARS], ()):
                end = start + len(word)
                if folded.startswith(word, start) and not _cuts_code(folded, start, end):
                    yield Token(word, start, end)


def _cuts_code(folded: str, start: int, end: int) -> bool:
    return _same_code(folded[start - 1 : start + 1]) or _same_code(folded[end - 1 : end + 1])


def _same_code(two: str) -> bool:
    return len(two) == 2 and two.isascii() and two.isalnum()


def read_dictionary_file(path: Path) -> tuple[str, ...]:
    """The admin's words, folded, sorted, each once: one a line, UTF-8, `#` starts a comment.

    Raises SettingsError where the file is missing, unreadable, not UTF-8 or too large, and for a
    word of one character or of more than 30.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise SettingsError(
                f"The dictionary {path} is larger than {MAX_FILE_BYTES:,} bytes.",
                "Keep only the words that matter, one a line.",
            )
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"The dictionary {path} can't be read: {error}.",
            "Give a UTF-8 text file with one word a line in lexical.dictionary.",
        ) from error
    words = {_file_word(path, at, line) for at, line in enumerate(lines, 1)}
    return tuple(sorted(words - {""}))


def _file_word(path: Path, at: int, line: str) -> str:
    word = _spaced(fold(line.partition("#")[0]))
    if word and not MIN_WORD_CHARS <= len(word) <= MAX_FILE_WORD_CHARS:
        raise SettingsError(
            f"{path}, line {at}: {word[:40]!r} has {len(word)} characters.",
            f"A word has {MIN_WORD_CHARS} to {MAX_FILE_WORD_CHARS}; take it out.",
        )
    return word
