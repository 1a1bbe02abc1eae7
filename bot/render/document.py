"""A message before it is text: blocks of pieces with styles. Markup is made here and only here."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.render.wording import visible

# How a block looks: running text, a quote, a quote that unfolds when pressed.
Look = Literal["text", "quote", "folded"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text in one style. `link` is a checked address (`wording.web_link`)."""

    text: str
    bold: bool = False
    italic: bool = False
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph. `close`: it follows the one before without an empty line."""

    pieces: tuple[Piece, ...]
    look: Look = "text"
    close: bool = False


Document = Sequence[Block]


def text_block(*parts: str | Piece, close: bool = False) -> Block:
    """A paragraph of running text."""
    pieces = tuple(Piece(part) if isinstance(part, str) else part for part in parts)
    return Block(pieces, close=close)


def to_html(document: Document) -> str:
    """As Telegram's HTML. Whatever comes from outside is escaped here."""
    return _joined(document, ("".join(map(_html, block.pieces)) for block in document), _TAGS)


def to_plain(document: Document) -> str:
    """Without markup; a link's address follows its text."""
    return _joined(document, (_written_out(block.pieces) for block in document), {})


def bare(document: Document) -> str:
    """What Telegram counts of the HTML: its text alone."""
    texts = ("".join(visible(piece.text) for piece in block.pieces) for block in document)
    return _joined(document, texts, {})


def entities(document: Document) -> int:
    """How many entities the HTML has, at most."""
    styles = sum(
        piece.bold + piece.italic + bool(piece.link) for block in document for piece in block.pieces
    )
    return styles + sum(block.look != "text" for block in document)


_TAGS: dict[Look, tuple[str, str]] = {
    "quote": ("<blockquote>", "</blockquote>"),
    "folded": ("<blockquote expandable>", "</blockquote>"),
}


def _joined(document: Document, texts: Iterable[str], tags: dict[Look, tuple[str, str]]) -> str:
    parts: list[str] = []
    for block, text in zip(document, texts, strict=True):
        if not text.strip():
            continue
        if parts:
            parts.append("\n" if block.close else "\n\n")
        start, end = tags.get(block.look, ("", ""))
        parts += [start, text, end]
    return "".join(parts)


def _html(piece: Piece) -> str:
    text = html.escape(visible(piece.text), quote=False)
    if not text:
        return ""
    if piece.italic:
        text = f"<i>{text}</i>"
    if piece.bold:
        text = f"<b>{text}</b>"
    if piece.link:
        text = f'<a href="{html.escape(piece.link)}">{text}</a>'
    return text


def _written_out(pieces: Sequence[Piece]) -> str:
    parts: list[str] = []
    for number, piece in enumerate(pieces):
        text = visible(piece.text)
        parts.append(text)
        if text and piece.link:
            following = pieces[number + 1].text[:1] if number + 1 < len(pieces) else ""
            # A full-width comma would count as part of the address.
            parts.append(f" {piece.link}{' ' if following.strip() else ''}")
    return "".join(parts)
