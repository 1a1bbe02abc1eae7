"""Messages as an SVG picture, the way Telegram's clients show them.

Nobody knows with which fonts it will be seen, so lines are broken by widths on the safe side.
Quotes that unfold are drawn unfolded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import groupby
from xml.sax.saxutils import escape

from tests.botapi.formatting import Entity, utf16
from tests.botapi.seen import Button, Seen

WIDTH = 660.0
PADDING = 12.0  # of a bubble, left and right
_MARGIN = 14.0
_GAP = 10.0
_MOST = 560.0  # a bubble's width
_SIZE = 15.0
_LINE = 23.0
_INSET = 12.0  # of quoted text, each side
_AROUND_QUOTE = 5.0
_ABOVE = 7.0  # a bubble's text, and below it
_TIME_SIZE = 11.0
_BUTTON = 34.0
_BUTTON_GAP = 4.0
_QUOTES = frozenset({"blockquote", "expandable_blockquote"})
_STYLE = """
text { font: 15px -apple-system, "Segoe UI", Roboto, "PingFang SC", "Hiragino Sans GB",
  "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC",
  "WenQuanYi Micro Hei", "Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji", sans-serif;
  fill: #0f1419; }
.bold { font-weight: bold; }
.italic { font-style: italic; }
.underline { text-decoration: underline; }
.strikethrough { text-decoration: line-through; }
.code, .pre { font-family: monospace; }
.text_link, .url, .mention, .bot_command, .hashtag { fill: #1a73b8; }
.time { font-size: 11px; fill: #6b7c8a; }
.own .time { fill: #4a8f3c; }
.replied { fill: #5b7284; }
.button { fill: #ffffff; text-anchor: middle; }
""".strip()

# Widths in ems where the font isn't known: rather too wide than beyond the bubble's edge.
_NARROW = frozenset(" !'(),-./:;I[]`fijlrt|")
_BROAD = frozenset("%@MWmw&")
_OPENING = "“‘（《「『【〔"
_CLOSING = "，。？！、；：…”’）》」』】〕"
# What stays on one line: a Latin word, or one other character, with the marks that go with it.
_UNIT = re.compile(rf"[{_OPENING}]*(?:[!-~]+|[^\s{_OPENING}]|$)[{_CLOSING}]*\s*|.\s*")

Styles = frozenset[str]


@dataclass(frozen=True, slots=True)
class Row:
    """A line as it is drawn: its text by styles, and whether it is quoted."""

    runs: tuple[tuple[str, Styles], ...]
    quoted: bool

    @property
    def width(self) -> float:
        inset = 2 * _INSET if self.quoted else 0.0
        return inset + width("".join(text for text, _ in self.runs).rstrip())


def width(text: str, size: float = _SIZE) -> float:
    """How wide that text is drawn at most."""
    return size * sum(map(_ems, text))


def _ems(character: str) -> float:
    if character.isascii():
        if character in _NARROW:
            return 0.4
        return 0.95 if character in _BROAD else 0.7 if character.isupper() else 0.6
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return 0.0
    return 1.3 if unicodedata.category(character) == "So" else 1.0  # emoji


def wrapped(text: str, entities: Iterable[Entity], room: float) -> list[Row]:
    """The lines of a message that are no wider than that."""
    styles = _styles(text, list(entities))
    rows: list[Row] = []
    begin = 0
    for line in text.split("\n"):
        quoted = any(one & _QUOTES for one in styles[begin : begin + len(line) + 1])
        for start, end in _cuts(line, room - (2 * _INSET if quoted else 0)):
            part = zip(line[start:end], styles[begin + start : begin + end], strict=True)
            runs = groupby(part, key=lambda one: one[1])
            rows.append(Row(tuple(("".join(c for c, _ in run), key) for key, run in runs), quoted))
        begin += len(line) + 1
    return rows


def _styles(text: str, entities: list[Entity]) -> list[Styles]:
    """Entity types by character; entities count UTF-16 units."""
    found: list[Styles] = []
    unit = 0
    for character in text:
        here = (one for one in entities if one["offset"] <= unit < one["offset"] + one["length"])
        found.append(frozenset(one["type"] for one in here))
        unit += utf16(character)
    return found


def _cuts(line: str, room: float) -> Iterator[tuple[int, int]]:
    """Where the line is cut so that each part fits."""
    start = 0
    for unit in _UNIT.finditer(line):
        begin, end = unit.span()
        if begin > start and width(line[start:end].rstrip()) > room:
            yield start, begin
            start = begin
        while width(line[start:end].rstrip()) > room:  # an address, wider than a line by itself
            cut = start + 1
            while width(line[start : cut + 1]) <= room:
                cut += 1
            yield start, cut
            start = cut
    yield start, len(line)


def drawn(messages: Sequence[Seen], zone: tzinfo | None = None) -> str:
    """The messages as an SVG picture, oldest on top; times in that zone, else in the local one."""
    parts: list[str] = []
    texts = {one.id: one.text for one in messages}
    bottom = _MARGIN
    for message in messages:
        replied = texts.get(message.reply_to or 0, "")
        shapes, bottom = _message(message, replied, bottom, zone)
        parts += ["<g>" if message.from_bot else '<g class="own">', *shapes, "</g>"]
        bottom += _GAP
    height = bottom - _GAP + _MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH:g}" height="{height:g}"'
            f' viewBox="0 0 {WIDTH:g} {height:g}" xml:space="preserve">',
            f"<style>\n{_STYLE}\n</style>",
            _box(0, 0, WIDTH, height, "#c3d3df", corner=14),
            *parts,
            "</svg>\n",
        ]
    )


def _message(
    message: Seen, replied: str, top: float, zone: tzinfo | None
) -> tuple[list[str], float]:
    """The shapes of a message, which may reply to a text, and where they end."""
    rows = wrapped(message.text, message.entities, _MOST - 2 * PADDING)
    sent = datetime.fromtimestamp(message.date, zone).strftime("%H:%M")
    last = rows[-1].width + _GAP + width(sent, _TIME_SIZE)
    beside = not rows[-1].quoted and last <= _MOST - 2 * PADDING
    lines = [row.width for row in rows] + [last] * beside
    keys = [len(row) * max(width(one.text) for one in row) for row in message.buttons]
    header = _header(replied)
    wide = min(_MOST, max([*lines, *keys, width(header) + _INSET]) + 2 * PADDING)
    left = _MARGIN if message.from_bot else WIDTH - _MARGIN - wide
    shapes, bottom = _replied(header, left + PADDING, top + _ABOVE)
    text, bottom = _text(rows, left + PADDING, bottom, wide - 2 * PADDING)
    shapes += text
    bottom += _ABOVE + (0 if beside else _TIME_SIZE)
    ground = "#ffffff" if message.from_bot else "#e3fbd0"
    shapes.insert(0, _box(left, top, wide, bottom - top, ground, corner=12))
    at = left + wide - PADDING - width(sent, _TIME_SIZE) + 4
    shapes.append(f'<text class="time" x="{at:g}" y="{bottom - 8:g}">{sent}</text>')
    for row in message.buttons:
        bottom += _BUTTON_GAP
        shapes += _buttons(row, left, bottom, wide)
        bottom += _BUTTON
    return shapes, bottom


def _header(replied: str) -> str:
    """What a reply shows of the text that it replies to: as much as fits into a line."""
    line = " ".join(replied.split())
    room = _MOST - 2 * PADDING - _INSET
    end = next((end for end in range(len(line)) if width(line[: end + 1] + "…") > room), len(line))
    return line if width(line) <= room else line[:end] + "…"


def _replied(header: str, left: float, top: float) -> tuple[list[str], float]:
    if not header:
        return [], top
    middle = f'x="{left + _INSET:g}" y="{top + _LINE / 2 + _SIZE * 0.36:g}"'
    shapes = [
        _box(left, top + 2, 3, _LINE - 4, "#3390d4", corner=1.5),
        f'<text class="replied" {middle}>{_safe(header)}</text>',
    ]
    return shapes, top + _LINE + _AROUND_QUOTE


def _text(rows: list[Row], left: float, top: float, wide: float) -> tuple[list[str], float]:
    """Lines, those quoted on a tinted ground with a bar, and where they end."""
    shapes: list[str] = []
    for quoted, block in groupby(rows, key=lambda row: row.quoted):
        lines = list(block)
        inset = _INSET if quoted else 0.0
        if quoted:
            height = _LINE * len(lines) + _AROUND_QUOTE
            top += _AROUND_QUOTE
            shapes.append(_box(left, top, wide, height, "#e7f1f9", corner=4))
            shapes.append(_box(left, top, 3, height, "#3390d4", corner=1.5))
            top += _AROUND_QUOTE / 2
        for line in lines:
            baseline = top + _LINE / 2 + _SIZE * 0.36
            top += _LINE
            spans = "".join(_span(text, styles) for text, styles in line.runs)
            if spans.strip():
                shapes.append(f'<text x="{left + inset:g}" y="{baseline:g}">{spans}</text>')
        if quoted:
            top += _AROUND_QUOTE * 1.5
    return shapes, top


def _span(text: str, styles: Styles) -> str:
    kinds = " ".join(sorted(styles - _QUOTES))
    return f'<tspan class="{kinds}">{_safe(text)}</tspan>' if kinds else _safe(text)


def _buttons(row: tuple[Button, ...], left: float, top: float, wide: float) -> list[str]:
    each = (wide - _BUTTON_GAP * (len(row) - 1)) / len(row)
    shapes: list[str] = []
    for number, button in enumerate(row):
        at = left + number * (each + _BUTTON_GAP)
        shapes.append(_box(at, top, each, _BUTTON, "#55788f", corner=8))
        middle = f'x="{at + each / 2:g}" y="{top + _BUTTON / 2 + _SIZE * 0.36:g}"'
        shapes.append(f'<text class="button" {middle}>{_safe(button.text)}</text>')
    return shapes


def _box(x: float, y: float, wide: float, high: float, fill: str, *, corner: float) -> str:
    where = f'x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}"'
    return f'<rect {where} rx="{corner:g}" fill="{fill}"/>'


def _safe(text: str) -> str:
    """Escaped, without what XML doesn't allow."""
    return escape("".join(one for one in text if _is_shown(one)))


def _is_shown(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cs"} and character not in "\ufffe\uffff"
