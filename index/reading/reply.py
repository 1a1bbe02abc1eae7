"""What a language model wrote, as plain text whose citations all look alike: `…通车[1][2]。`"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

_READ_CHARS = 2_000  # far above what an answer may have; what is behind it isn't looked at
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")  # Markdown's
_URL = re.compile(r"(?:https?://|www\.)[^\s()<>\[\]\u3000-\uffff]*", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")  # `<1%` is none
_MARKUP = re.compile(r"\*\*|__|`+|^[ \t]*(?:#+|[-*•>]|\d{1,2}\.)[ \t]+", re.MULTILINE)
_EMPTY = re.compile(r"\(\s*\)|（\s*）")  # what is left around one
_CITED = re.compile(r"[\[［【]+\s*(\d{1,3}(?:\s*[,，、]\s*\d{1,3})*)\s*[\]］】]+")
_CITATION = re.compile(r"\[(\d{1,3})\]")
_END = r"[。！？!?]+[”’」』）)】》\"']*"
_LATE = re.compile(rf"({_END})\s*((?:\[\d{{1,3}}\])+)")  # 通车。[1] is 通车[1]。
_SENTENCE = re.compile(rf"[^。！？!?\n]+(?:{_END})?")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence without its citations, and the numbers that it cites."""

    text: str
    cites: tuple[int, ...]


def clean(reply: str) -> str:
    """The reply without thoughts, markup, URLs and invisible characters, citations as `[1][2]`.

    Lines stay apart; what is far too long for an answer is cut.
    """
    text = reply.rpartition("</think>")[2].strip()[:_READ_CHARS]
    text = "".join(map(_printed, text))
    text = _LINK.sub(_link_text, text)
    for markup in (_TAG, _MARKUP, _URL, _EMPTY):  # a URL can be hidden by tags, not the reverse
        text = markup.sub("", text)
    text = _CITED.sub(_alike, text)
    text = _LATE.sub(r"\2\1", text)
    return "\n".join(filter(None, map(str.strip, text.split("\n"))))


def _printed(char: str) -> str:
    if char.isspace():
        return char if char == "\n" else " "
    return "" if unicodedata.category(char) in ("Cc", "Cf", "Cs") else char


def _link_text(match: re.Match[str]) -> str:
    return f"[{match[1]}]" if match[1].isdigit() else match[1]


def _alike(match: re.Match[str]) -> str:
    return "".join(f"[{int(number)}]" for number in re.findall(r"\d+", match[1]))


def sentences(text: str) -> list[Sentence]:
    """The sentences of a cleaned text. Stretches without a letter or figure are left out."""
    found = []
    for piece in _SENTENCE.findall(text):
        said = _CITATION.sub("", piece).strip()
        if any(char.isalnum() for char in said):
            found.append(Sentence(said, tuple(cited(piece))))
    return found


def cited(text: str) -> list[int]:
    """The numbers that a cleaned text cites, each once, in the order in which they come first."""
    return list(dict.fromkeys(map(int, _CITATION.findall(text))))


def renumbered(text: str, numbers: Mapping[int, int]) -> str:
    """A cleaned text whose citations are replaced by what `numbers` has for them."""
    return _CITATION.sub(lambda match: f"[{numbers[int(match[1])]}]", text)
