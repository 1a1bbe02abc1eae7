"""看原文段落: one passage in full."""

from __future__ import annotations

from bot.render import quotes
from bot.render.citing import Citing
from bot.render.document import Document, Piece, text_block
from bot.render.message import Message
from bot.render.room import Room, fitted
from bot.texts import Texts
from index.records import Source

# A passage has the message to itself: so many times the room that a quote has beside sources.
_TIMES = 3


def render_passage(source: Source, texts: Texts) -> Message:
    """The passage with the answer marked, under its post's title, publisher and date.

    Whole, where Telegram takes it: passages have a few hundred characters.
    """
    return fitted(lambda room: _passage(source, texts, room))


def _passage(source: Source, texts: Texts, room: Room) -> Document:
    cites = Citing(texts, room, frozenset({source.date.date()} if source.date else ()))
    title, left_out = cites.title(source.title, source.url)
    facts = cites.facts(source.publisher, source.date, old=source.old).removeprefix(" · ")
    if left_out:
        facts += f" · {texts('link-too-long')}"
    quote = quotes.cut(quotes.whole(source), _TIMES * room.quote)
    return [
        text_block(Piece(title.text, bold=True, link=title.link)),
        text_block(facts, close=True),
        quotes.block(quote, unfolds=False),
    ]
