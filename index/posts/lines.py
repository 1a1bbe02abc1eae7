"""Lines: what a body becomes on its way to text. Each is a paragraph, a heading, a table row…"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from index.errors import PostError

# A line of source text that is at least this wide (a Chinese character is 2) and ends within a
# sentence was wrapped by an editor; shorter ones were meant as lines. Editors wrap at 72 to 80.
WRAPPED_COLUMNS = 60
MAX_LINES = 100_000  # of one post; 5 MB of news have some 50,000. A data dump is no post
MAX_LINKS = 50  # remembered of one line; lines that are nothing but links have five at most

_SPACES = re.compile(r"[ \t\n\r\f\v\xa0\u2028\u2029]+")
_SENTENCE_END = "。！？!?….；;：:”’」』）)》"
_WIDE = frozenset("WF")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of visible text; `links` are (words, address) in order."""

    text: str
    links: tuple[tuple[str, str], ...] = ()
    quoted: bool = False
    heading: bool = False

    def outside_links(self) -> str:
        """The text without the words of its links."""
        rest = self.text
        for words, _ in self.links:
            rest = rest.replace(words, " ", 1)
        return rest.strip()


class LineCollector:
    """Gathers words into lines; white space collapses as in a browser."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._parts: list[str] = []
        self._links: list[tuple[str, str]] = []
        self._open_link: tuple[str, int] | None = None  # address, index into _parts
        self._soft = False
        self._soft_start = 0  # index into _parts: where the source's last line begins
        self.number = ""  # of a list item, to stand before its first words
        self.quoted = 0
        self.heading = False

    def text(self, words: str) -> None:
        """Add words to the line at hand."""
        if self._soft and words.strip():
            self._end_soft_break(words.lstrip())
        if self.number and words.strip():
            words, self.number = f"{self.number} {words}", ""
        self._parts.append(words)

    def soft_break(self) -> None:
        """A line end of the source within a paragraph: decided when the next words are known."""
        self._soft = True

    def _end_soft_break(self, words: str) -> None:
        self._soft = False
        before = _tidy("".join(self._parts[self._soft_start :]))
        if not before:
            return
        if _columns(before) < WRAPPED_COLUMNS or before[-1] in _SENTENCE_END:
            self.end_line()
        elif not (_is_wide(before[-1]) and _is_wide(words[0])):
            self._parts.append(" ")
        self._soft_start = len(self._parts)

    def open_link(self, address: str) -> None:
        """Words from here on belong to a link."""
        self._open_link = (address, len(self._parts))

    def close_link(self) -> None:
        """The link's words are complete; a link without words is no link."""
        if self._open_link is None:
            return
        address, start = self._open_link
        words = _tidy("".join(self._parts[start:]))
        if words and len(self._links) < MAX_LINKS:
            self._links.append((words, address))
        self._open_link = None

    def end_line(self) -> None:
        """Close the line at hand; an empty one leaves no trace. Raises PostError past 100,000."""
        text = _tidy("".join(self._parts))
        if text:
            if len(self.lines) >= MAX_LINES:
                raise PostError(f"more than {MAX_LINES:,} lines")
            line = Line(text, tuple(self._links), self.quoted > 0, self.heading)
            self.lines.append(line)
        self._parts.clear()
        self._links.clear()
        self._soft = False
        self._soft_start = 0
        if self._open_link is not None:
            self._open_link = (self._open_link[0], 0)


def _tidy(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in _WIDE


def _columns(text: str) -> int:
    return sum(2 if _is_wide(char) else 1 for char in text)
