"""Formatted text on a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from tests.botapi.formatting import Entity
from tests.botapi.seen import Seen

_CODES = {
    "bold": "1",
    "italic": "3",
    "underline": "4",
    "strikethrough": "9",
    "text_link": "36",
    "url": "36",
    "mention": "36",
    "bot_command": "36",
    "code": "33",
    "pre": "33",
}
_QUOTES = frozenset({"blockquote", "expandable_blockquote"})
_RESET = "\x1b[0m"


def shown(message: Seen, *, colour: bool) -> str:
    """A message with its styles, quotes marked by a bar, links written out, buttons numbered."""
    parts = [styled(message.text, message.entities, colour=colour)]
    if message.file_name is not None:
        size = len(message.document or b"")
        parts.insert(0, _dim(f"[{message.file_name}, {size} bytes]", colour))
    if message.buttons:
        parts.append(_buttons(message, colour))
    return "\n".join(part for part in parts if part)


def styled(text: str, entities: Iterable[Entity], *, colour: bool) -> str:
    """Text with its entities as ANSI codes; without colour as bare text, bars and addresses."""
    entities = list(entities)
    lines: list[str] = []
    line, last, unit, quoted = "", "", 0, False
    for character in text:
        here = [one for one in entities if one["offset"] <= unit < one["offset"] + one["length"]]
        codes = ";".join(_CODES[one["type"]] for one in here if one["type"] in _CODES)
        if colour and codes != last:
            line += _RESET * bool(last) + (f"\x1b[{codes}m" if codes else "")
            last = codes
        if character == "\n":
            lines.append(_line(line + _RESET * bool(last), quoted, colour))
            line, last, quoted = "", "", False
        elif unicodedata.category(character) != "Cc":  # nobody steers this terminal
            line += character
            quoted = quoted or any(one["type"] in _QUOTES for one in here)
        unit += 1 + (character > "\uffff")
        for one in here:
            if one["type"] == "text_link" and unit == one["offset"] + one["length"]:
                line += _RESET * bool(last) + _dim(f" ({one['url']})", colour)
                last = ""
    return "\n".join([*lines, _line(line + _RESET * bool(last), quoted, colour)])


def _line(line: str, quoted: bool, colour: bool) -> str:
    return f"{_dim('│', colour)} {line}" if quoted else line


def _buttons(message: Seen, colour: bool) -> str:
    numbered: list[str] = []
    number = 0
    for row in message.buttons:
        cells = []
        for button in row:
            number += 1
            cells.append(f"[#{number} {button.text}]")
        numbered.append(" ".join(cells))
    return _dim("\n".join(numbered), colour)


def _dim(text: str, colour: bool) -> str:
    return f"\x1b[2m{text}{_RESET}" if colour else text
