"""What Telegram does to a text and its entities before a message is sent.

Control characters become spaces, some characters go, spaces at both ends go, and entities that may
not lie in each other are dropped.
"""

from __future__ import annotations

from typing import Any

from tests.botapi.errors import broken

Entity = dict[str, Any]

SPLITTABLE = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler"})
_BLOCKS = frozenset({"blockquote", "expandable_blockquote"})
_PRE = frozenset({"pre", "code"})
_GONE = frozenset("\r\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u0333\u033f\u030a")


def tidy(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Text and entities as they will stand in the message; the text may be empty afterwards."""
    places = _places(text)
    marks = [_to_characters(entity, places) for entity in entities]
    kept: list[str] = []
    moved = [0]
    for character in text:
        if character not in _GONE:
            kept.append(" " if character < " " and character != "\n" else character)
        moved.append(len(kept))
    clean = "".join(kept)
    spans = [(moved[begin], moved[end], entity) for begin, end, entity in marks]
    end = len(clean.rstrip(" \n"))
    first = min((begin for begin, stop, _ in spans if stop > begin), default=end)
    start = min(first, end - len(clean[:end].lstrip(" \n")))
    spans = [(max(a, start), min(b, end), entity) for a, b, entity in spans]
    spans = _allowed([span for span in spans if span[0] < span[1]])
    units = _units(clean)
    clean_entities = [
        {**entity, "offset": units[a] - units[start], "length": units[b] - units[a]}
        for a, b, entity in spans
    ]
    return clean[start:end], clean_entities


_Span = tuple[int, int, Entity]


def _units(text: str) -> list[int]:
    """UTF-16 offset of every character, and of the end."""
    offsets = [0]
    for character in text:
        offsets.append(offsets[-1] + 1 + (character > "\uffff"))
    return offsets


def _places(text: str) -> dict[int, int]:
    """Characters by their UTF-16 offset."""
    return {offset: place for place, offset in enumerate(_units(text))}


def _to_characters(entity: Entity, places: dict[int, int]) -> _Span:
    offset, end = entity["offset"], entity["offset"] + entity["length"]
    if offset not in places or end not in places or entity["length"] < 0:
        raise broken(
            f"can't parse entities: entity at UTF-16 offset {offset} with length"
            f" {entity['length']} begins or ends outside the text or inside a symbol"
        )
    return places[offset], places[end], entity


def _allowed(spans: list[_Span]) -> list[_Span]:
    """Without those that may not be: links in links, quotes in quotes, anything in code."""
    spans = sorted(spans, key=lambda span: (span[0], -span[1]))
    kept: list[_Span] = []
    for span in spans:
        kind = span[2]["type"]
        if kind in SPLITTABLE:
            continue
        around = [other for other in kept if other[1] > span[0]]
        if kind in _BLOCKS:
            around = [
                other for other in around if other[2]["type"] in _BLOCKS or other[1] < span[1]
            ]
        else:
            around = [
                other for other in around if other[2]["type"] not in _BLOCKS or other[1] < span[1]
            ]
        if not around:
            kept.append(span)
    code = [span for span in kept if span[2]["type"] in _PRE]
    styled = _merged([span for span in spans if span[2]["type"] in SPLITTABLE])
    kept += [span for span in styled if not any(a <= span[0] and span[1] <= b for a, b, _ in code)]
    return sorted(kept, key=lambda span: (span[0], -span[1]))


def _merged(spans: list[_Span]) -> list[_Span]:
    """Styles of one kind that touch become one."""
    merged: dict[str, list[_Span]] = {}
    for span in spans:
        runs = merged.setdefault(span[2]["type"], [])
        if runs and span[0] <= runs[-1][1]:
            runs[-1] = (runs[-1][0], max(runs[-1][1], span[1]), runs[-1][2])
        else:
            runs.append(span)
    return [span for runs in merged.values() for span in runs]
