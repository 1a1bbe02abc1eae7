"""Texts from outside made fit to be shown: what is invisible goes, what is long is cut.

Lengths are UTF-16 units, in which Telegram counts: 1 for most characters, 2 for an emoji or a rare
Han character.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import urlsplit

from index.sentences import sentence_spans

_LINE_END = re.compile("\r\n|[\r\n\v\f\x85\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]+")
_LINE_BREAK = re.compile(r" ?\n[ \n]*")  # once blanks in a row are one
_SPACE = re.compile(r"\s+")
# Zero-width joiners hold emoji together, and letters of some scripts.
_JOINERS = "\u200c\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_CLUSTER = 16  # no character on a screen is made of more than so many; a pile of accents may be cut
_ELLIPSIS = "…"


@lru_cache(maxsize=65536)
def _shown(char: str) -> str:
    if char in ("\n", *_JOINERS):
        return char
    if char == "\t":
        return " "
    # Controls, marks of direction, zero-width spaces, tags; and halves of characters.
    return {"Cc": "", "Cf": "", "Cs": "\ufffd"}.get(unicodedata.category(char), char)


def visible(text: str) -> str:
    """Without characters that can't be seen or that turn the text around; all line ends `\\n`."""
    if text.isprintable():  # most are, and this is many times faster
        return text
    return "".join(map(_shown, _LINE_END.sub("\n", text)))


def flowing(text: str) -> str:
    """As `visible`, without indents, blank lines and blanks in a row. Ends are left as they are."""
    return _LINE_BREAK.sub("\n", _BLANKS.sub(" ", visible(text)))


def one_line(text: str) -> str:
    """As `visible`, on a single line without blanks around it."""
    return _SPACE.sub(" ", visible(text)).strip()


def units(text: str) -> int:
    """The length as Telegram counts it."""
    return len(text) + sum(char > "\uffff" for char in text)


def shortened(text: str, most: int) -> str:
    """`text` where it has at most `most` units, else its beginning and `…`, `most` together.

    Cut at a sentence's end where there is one in the second half, and never within a character.
    Empty for a `most` below 1.
    """
    if units(text) <= most:
        return text
    if most < 1:
        return ""
    head = _beginning(text, most - 1)
    ends = [end for _, end in sentence_spans(head)[:-1]]
    if ends and 2 * ends[-1] >= len(head):
        head = head[: ends[-1]]
    return f"{head.rstrip()}{_ELLIPSIS}"


def ending(text: str, most: int) -> str:
    """As `shortened`, but what is kept is the end."""
    if units(text) <= most:
        return text
    if most < 1:
        return ""
    start = len(text) - len(_cut(text[::-1], most - 1))
    while start < len(text) and _joined(text, start):
        start += 1
    return f"{_ELLIPSIS}{text[start:].lstrip()}"


def _beginning(text: str, most: int) -> str:
    end = len(_cut(text, most))
    for step in range(min(_CLUSTER, end) + 1):
        if not _joined(text, end - step):
            return text[: end - step]
    return text[:end]


def _cut(text: str, most: int) -> str:
    """Subtle: 32-bit characters cut in half by the slice are dropped by `ignore`."""
    return text[:most].encode("utf-16-le", "replace")[: 2 * most].decode("utf-16-le", "ignore")


def _joined(text: str, place: int) -> bool:
    """Whether the character before `place` and that at `place` are one on the screen."""
    if not 0 < place < len(text):
        return False
    char = text[place]
    return (
        unicodedata.category(char)[0] == "M"
        or char in _JOINERS
        or text[place - 1] == "\u200d"
        or ord(char) in _SKIN_TONES
    )


def web_link(url: str | None) -> str | None:
    """`url` where it is one that may be offered to press: http or https, a host, nothing hidden."""
    if not url or visible(url) != url or _SPACE.search(url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    # `http://bank.example@other.example` leads to the other.
    fit = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    return url if fit else None
