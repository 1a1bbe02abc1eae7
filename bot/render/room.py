"""How a message is made to fit: built with ever less room until it does.

Telegram takes 4,096 UTF-16 units of text and 100 entities, and refuses links that are too much
together ("ENTITIES_TOO_LONG", at about nine thousand bytes).
"""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass

from bot.render.document import Document, bare, entities, to_html, to_plain
from bot.render.message import Message
from bot.render.wording import shortened, units

MOST_UNITS = 4_096
MOST_ENTITIES = 100
MOST_BYTES = 9_000  # of the HTML, all addresses and escapes included
_LONGEST_ESCAPE = 5  # `&amp;`


@dataclass(frozen=True, slots=True)
class Room:
    """The most that parts of a message may have, in UTF-16 units where nothing else is said."""

    quote: int
    words: int  # of an answer, or of a question
    title: int
    copies: int  # how many other posts are named
    link_bytes: int  # of one link; a longer one is left out
    facts: bool = True  # publisher, time, and how many other posts there are


# Quotes give way first, then other posts' names, titles, and links that are too long; sources never
# do. The last room is such that fifty sources fit, and every text of three.
ROOMS = (
    Room(quote=1_000, words=1_000, title=200, copies=3, link_bytes=1_000),
    Room(quote=500, words=1_000, title=120, copies=3, link_bytes=600),
    Room(quote=240, words=800, title=80, copies=2, link_bytes=400),
    Room(quote=120, words=600, title=60, copies=1, link_bytes=300),
    Room(quote=60, words=400, title=40, copies=0, link_bytes=200),
    Room(quote=0, words=300, title=30, copies=0, link_bytes=150),
    Room(quote=0, words=200, title=24, copies=0, link_bytes=120, facts=False),
    Room(quote=0, words=150, title=12, copies=0, link_bytes=90, facts=False),
    Room(quote=0, words=150, title=12, copies=0, link_bytes=0, facts=False),
)


def fitted(build: Callable[[Room], Document]) -> Message:
    """The message that `build` makes with the most room in which it fits.

    What fits in no room is cut at its end, without markup.
    """
    return Message(_first(build, _fitting_html), _first(build, _fitting_plain))


def _first(build: Callable[[Room], Document], fit: Callable[[Document], str | None]) -> str:
    for room in ROOMS:
        text = fit(build(room))
        if text is not None:
            return text
    rest = shortened(bare(build(ROOMS[-1])), MOST_BYTES // _LONGEST_ESCAPE)
    return html.escape(rest, quote=False) if fit is _fitting_html else rest


def _fitting_html(document: Document) -> str | None:
    if units(bare(document)) > MOST_UNITS or entities(document) > MOST_ENTITIES:
        return None
    text = to_html(document)
    return text if len(text.encode()) <= MOST_BYTES else None


def _fitting_plain(document: Document) -> str | None:
    text = to_plain(document)
    return text if units(text) <= MOST_UNITS else None
