"""The one normalisation that indexing and asking share.

Width (NFKC), case and script (Traditional to Simplified, OpenCC) are folded for matching only; what
is shown is always the original. `Folded.offsets` maps back.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from opencc import OpenCC

FOLD_VERSION = 2  # part of the tokenizer fingerprint: raise it when folding changes

# Unicode categories that are invisible in print: soft hyphens, zero-width marks, bells.
_DROPPED = {"Cf", "Cc"}
_REPLACEMENT = "\ufffd"
# Passes of the script conversion. Two are enough for all of OpenCC's phrases; a third proves it.
_MAX_PASSES = 3


@lru_cache(maxsize=1)
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=65536)
def _fold_char(char: str) -> str:
    """One character, width and case folded; format and control characters vanish."""
    if char.isspace():
        return char if char in "\n\t" else " "
    category = unicodedata.category(char)
    if category in _DROPPED:
        return ""
    if category == "Cs":  # half a character, from undecodable bytes: OpenCC refuses it
        return _REPLACEMENT
    return unicodedata.normalize("NFKC", char).lower()


def to_simplified(text: str) -> str:
    """Traditional to Simplified, always the same length as `text`.

    Subtle: one pass isn't the end: 畢昇 gives 毕昇, and 毕昇 gives 毕升. Converted until nothing
    changes, a Traditional text and a Simplified question meet. Simplified text takes one pass.
    """
    for _ in range(_MAX_PASSES):
        converted = _one_pass(text)
        if converted == text:
            break
        text = converted
    return text


def _one_pass(text: str) -> str:
    """Subtle: OpenCC converts by phrase and may in principle change the length.

    Then we convert character by character, so that offsets stay true.
    """
    converted: str = _simplifier().convert(text)
    if len(converted) == len(text):
        return converted
    return "".join(_one_simplified(char) for char in text)


@lru_cache(maxsize=65536)
def _one_simplified(char: str) -> str:
    converted: str = _simplifier().convert(char)
    return converted if len(converted) == 1 else char


def fold(text: str) -> str:
    """`text` folded for matching: `"ＦＦ　91"` gives `"ff 91"`. Empty in, empty out."""
    return to_simplified("".join(map(_fold_char, text)))


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and, for each of its characters, the index of the original character.

    `offsets` has one entry more than `text`: the length of the original.
    """

    text: str
    offsets: tuple[int, ...]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The original's `(start, end)` for a non-empty span of the folded text."""
        return self.offsets[start], self.offsets[end - 1] + 1


def fold_with_offsets(text: str) -> Folded:
    """As `fold`, with the way back. `"℃a"` folds to `"°ca"` with offsets `(0, 0, 1, 2)`."""
    parts: list[str] = []
    offsets: list[int] = []
    for position, char in enumerate(text):
        piece = _fold_char(char)
        parts.append(piece)
        offsets.extend([position] * len(piece))
    offsets.append(len(text))
    return Folded(to_simplified("".join(parts)), tuple(offsets))
