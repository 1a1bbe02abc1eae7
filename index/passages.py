"""Paragraphs to passages: short ones merged, long ones split at sentence ends.

Bounds are characters of the original text, not words or tokens: Chinese has no spaces, and a
character is what a reader sees. A passage is always a contiguous stretch of `Post.text`.
"""

from __future__ import annotations

import re

from index.records import Passage, Post
from index.sentences import sentence_spans
from index.text import fold

PASSAGE_VERSION = 2  # raise it when the cutting below changes: old passages are then cut anew

# Subtle: a comma or colon between digits is part of a figure or a time (12,345 and 9:30).
_SOFT_BREAK = re.compile(r"[，、：\s]|[,:](?!\d)|(?<!\d)[,:]")
# Nor is a code or a figure torn where nothing better is near.
_INSIDE_CODE = re.compile(r"[0-9A-Za-z.,:%/_-]{2}")


def passage_spans(text: str, max_chars: int, min_chars: int) -> list[tuple[int, int]]:
    """`(start, end)` of each passage in order, none longer than `max_chars`, none blank.

    A paragraph ends a passage once that has `min_chars`. A paragraph that is too long is cut into
    pieces of about equal length at sentence ends. Surrounding white space is left out, so spans may
    have gaps of white space between them. Blank text gives an empty list.
    """
    spans: list[tuple[int, int]] = []
    open_start: int | None = None
    end = 0
    for start, stop in _paragraph_spans(text):
        if open_start is not None and stop - open_start > max_chars:
            spans.append((open_start, end))
            open_start = None
        if stop - start > max_chars:
            spans.extend(_split_paragraph(text, start, stop, max_chars))
            continue
        open_start = start if open_start is None else open_start
        end = stop
        if end - open_start >= min_chars:
            spans.append((open_start, end))
            open_start = None
    if open_start is not None:
        spans.append((open_start, end))
    return _join_short_tail(spans, max_chars, min_chars)


def _paragraph_spans(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"\S(?:[^\n]*\S)?", text)]


def _join_short_tail(
    spans: list[tuple[int, int]], max_chars: int, min_chars: int
) -> list[tuple[int, int]]:
    """A last passage under `min_chars` joins the one before it where that stays within bounds."""
    if len(spans) > 1:
        (before, _), (start, end) = spans[-2:]
        if end - start < min_chars and end - before <= max_chars:
            return [*spans[:-2], (before, end)]
    return spans


def _split_paragraph(text: str, start: int, stop: int, max_chars: int) -> list[tuple[int, int]]:
    pieces = -(-(stop - start) // max_chars)
    target = (stop - start) / pieces  # equal pieces, so that no tail of one short sentence is left
    spans: list[tuple[int, int]] = []
    open_start = start
    end = start
    for first, last in _bounded_sentences(text, start, stop, max_chars):
        if end > open_start and (
            last - open_start > max_chars
            or abs(end - open_start - target) <= abs(last - open_start - target)
        ):
            spans.append((open_start, end))
            open_start = first
        end = last
    spans.append((open_start, end))
    return [trimmed for span in spans if (trimmed := _trim(text, *span))]


def _bounded_sentences(text: str, start: int, stop: int, max_chars: int) -> list[tuple[int, int]]:
    """Sentences of `text[start:stop]`; one over `max_chars` is cut at commas, or anywhere."""
    bounded: list[tuple[int, int]] = []
    for first, last in sentence_spans(text[start:stop]):
        first, last = first + start, last + start
        while last - first > max_chars:
            cut = _last_soft_break(text, first, first + max_chars)
            bounded.append((first, cut))
            first = cut
        bounded.append((first, last))
    return bounded


def _last_soft_break(text: str, first: int, limit: int) -> int:
    """Where to cut `text[first:limit + 1]` at the latest: at a comma, else between words."""
    half = first + (limit - first) // 2
    for position in range(limit, half, -1):
        if _SOFT_BREAK.match(text, position - 1):
            return position
    for position in range(limit, half, -1):
        if not _INSIDE_CODE.match(text, position - 1):
            return position
    return limit


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    piece = text[start:end]
    lead = len(piece) - len(piece.lstrip())
    body = piece.strip()
    return (start + lead, start + lead + len(body)) if body else None


def search_text(post: Post, passage: Passage) -> str:
    """What both legs match of a passage: its title and text, folded.

    The title is carried along because figures and names may stand only there.
    """
    return matched_text(post.title, passage.text)


def matched_text(title: str, text: str) -> str:
    """As `search_text`, from the parts. A title that the text begins with is not said twice."""
    folded_title, folded = fold(title), fold(text)
    if not folded_title or folded.startswith(folded_title):
        return folded
    return f"{folded_title}\n{folded}"
