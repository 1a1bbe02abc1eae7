"""Brackets and quotation marks at the ends of a span: balanced, or stripped."""

from __future__ import annotations

import re

_PARTNERS = {
    "《": "》", "〈": "〉", "“": "”", "‘": "’", "「": "」", "『": "』",
    "(": ")", "[": "]", "【": "】",
}  # fmt: skip
_OPENERS = {closer: opener for opener, closer in _PARTNERS.items()}
_QUOTES = frozenset("“‘「『")  # they show that something is quoted; a title's marks belong to it
_TITLE = re.compile("《[^《》\n]{1,60}》")
# Partners further off belong to something else.
_MAX_CHARS = 60


def whole_title(text: str, start: int, end: int) -> tuple[int, int]:
    """The title with its marks, where the span is half of it at least or ends in its midst."""
    for match in _TITLE.finditer(text, max(0, start - _MAX_CHARS), end + _MAX_CHARS):
        first, last = match.span()
        if end <= first or last <= start:
            continue
        inside = first <= start and end <= last
        if not inside or 2 * (end - start) >= last - first - 2:
            start, end = min(start, first), max(end, last)
    return start, end


def balanced(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without a bracket at its ends that has no partner in it, or with the partner.

    A partner that follows closely is taken in (`四氟丙烯(hfo` to `四氟丙烯(hfo)`); a bracket that
    is the span's first or last character is left out otherwise.
    """
    opened, closed = _unmatched(text, start, end)
    while closed and closed[0] == start:
        start, closed = start + 1, closed[1:]
    while closed and closed[-1] == end - 1:
        end, closed = end - 1, closed[:-1]
    while opened and opened[-1] == end - 1:
        end, opened = end - 1, opened[:-1]
    if opened and not closed:
        found = _partner(text, opened[-1], end)
        if found is not None:
            return start, found + 1
        if opened[0] == start:
            return start + 1, end
    return start, end


def unquoted(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without quotation marks around all of it."""
    while end - start > 2 and _is_quoted(text[start:end]):
        start, end = start + 1, end - 1
    return start, end


def _is_quoted(said: str) -> bool:
    if said[0] == said[-1] == '"':
        return said.count('"') == 2
    if said[0] not in _QUOTES or said[-1] != _PARTNERS[said[0]]:
        return False
    return said.find(said[-1]) == len(said) - 1 and said.rfind(said[0]) == 0


def _unmatched(text: str, start: int, end: int) -> tuple[list[int], list[int]]:
    """Places of openers and of closers without a partner in the span."""
    opened: list[int] = []
    closed: list[int] = []
    for at in range(start, end):
        char = text[at]
        if char in _PARTNERS:
            opened.append(at)
        elif char in _OPENERS:
            if opened and text[opened[-1]] == _OPENERS[char]:
                opened.pop()
            else:
                closed.append(at)
    return opened, closed


def _partner(text: str, opener: int, end: int) -> int | None:
    """Where the closer of `opener` stands after `end`, on the same line and not far off."""
    stretch = text[end : opener + _MAX_CHARS].split("\n")[0]
    at = stretch.find(_PARTNERS[text[opener]])
    other = stretch.find(text[opener])
    return end + at if at >= 0 and not 0 <= other < at else None
