"""The bot's own texts as messages."""

from __future__ import annotations

from bot.render.document import Document, Piece, text_block
from bot.render.message import Message
from bot.render.room import Room, fitted
from bot.render.wording import shortened, visible

_COLONS = ("：", ":")


def render_notice(text: str) -> Message:
    """A text of `bot.texts`, whatever values stand in it.

    Headings are bold: a line that ends with a colon and has lines below it, and a first line with
    an empty one below it. Very long lines are cut first: they come from outside.
    """
    return fitted(lambda room: _notice(visible(text), room))


def _notice(text: str, room: Room) -> Document:
    lines = text.split("\n")
    pieces: list[Piece] = []
    for number, line in enumerate(lines):
        below = lines[number + 1] if number + 1 < len(lines) else None
        opens = number == 0 and below == ""
        heading = opens or bool(below and line.endswith(_COLONS))
        shown = shortened(line, room.words)
        pieces += [Piece("\n")] if number else []
        pieces.append(Piece(shown, bold=heading))
    return [text_block(*pieces)]
