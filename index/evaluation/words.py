"""English words as the CMRC 2018 script gets them from NLTK's `word_tokenize`.

Written anew from the Penn Treebank conventions that NLTK follows, for the one use here: stretches
between Chinese characters, in lower case, mostly numbers, units and names. It leaves out NLTK's
learned list of abbreviations: a full stop before a space is split off except after the few
abbreviations below, after initials and after numbers.
"""

from __future__ import annotations

import re

SPOKEN = {
    "cannot": ["can", "not"],
    "gimme": ["gim", "me"],
    "gonna": ["gon", "na"],
    "gotta": ["got", "ta"],
    "lemme": ["lem", "me"],
    "wanna": ["wan", "na"],
}

_KEEPS_STOP = re.compile(
    r"\w|\d+|a\.m|co|corp|d\.c|dr|e\.g|etc|i\.e|inc|jr|ltd|mrs?|ms|no|p\.m|prof|sr|st|u\.[kns]|vs"
)
# In order: dots in a row; marks that always stand alone (a comma unless a digit follows); words.
_PIECE = re.compile(
    r"""\.{2,} | [;@#$%&?!\[\](){}<>"«»‘„‒-―] | ,(?!\d) | (?:[^\s;@#$%&?!\[\](){}<>"«»‘„‒-―,.]
    | ,(?=\d) | \.(?!\.))+""",
    re.VERBOSE,
)
_CLITIC = re.compile(r"(?<=[^'])(n't|'(?:s|m|d|ll|re|ve)?)$")
_OPENING_QUOTE = re.compile(r"'(?!(?:re|ve|ll|m|t|s|d|n)\b)(?=\w)")
_CLOSERS = re.compile(r"[\])}>\"'»\s]*$")


def english_words(run: str) -> list[str]:
    """The words and marks of `run` in order; blank gives `[]`.

    `"1,234.5 kw, 16%."` gives `["1,234.5", "kw", ",", "16", "%", "."]`; quotes become the
    Treebank's two backticks (opening) and two apostrophes (closing).
    """
    found: list[str] = []
    after_opening = 0  # the place right after an opening quote: there a quote opens again
    for match in _PIECE.finditer(run):
        piece = match.group()
        if piece == '"' and (match.start() == after_opening or _opens(run, match.start())):
            found.append("``")
            after_opening = match.end()
        elif piece == '"':
            found.append("''")
        elif _ends_sentence(run, match.end(), piece):
            found.extend([*_clitics(piece[:-1]), "."])
        else:
            found.extend(_clitics(piece))
    return found


def _opens(run: str, place: int) -> bool:
    return run[place - 1] in " ([{<"


def _ends_sentence(run: str, end: int, piece: str) -> bool:
    """True if `piece`, which stops at `end`, ends with a full stop that is a mark of its own."""
    if len(piece) < 2 or not piece.endswith(".") or piece.startswith(".."):
        return False
    if _CLOSERS.match(run, end):
        return True
    return run[end].isspace() and not _KEEPS_STOP.fullmatch(piece[:-1])


def _clitics(piece: str) -> list[str]:
    """`it's` is `it` and `'s`, `don't` is `do` and `n't`, `cannot` is `can` and `not`."""
    if piece in SPOKEN:
        return SPOKEN[piece]
    quote = _OPENING_QUOTE.match(piece)
    if quote:
        return ["'", *_clitics(piece[1:])]
    clitic = _CLITIC.search(piece)
    return [piece[: clitic.start()], clitic.group()] if clitic else [piece]
