"""Lists: passages found, all sources of an answer, the newest posts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.render import quotes
from bot.render.answers import refusal
from bot.render.citing import Citing, citing, lines
from bot.render.document import Block, Document, Piece, text_block
from bot.render.message import Message
from bot.render.room import Room, fitted
from bot.render.wording import one_line, shortened
from bot.texts import Texts
from index.records import Answer, Post, Source

_HITS_PER_PAGE = 10
_MOST_LISTED = 50  # as many fit in the smallest room
_SNIPPET = 100
_HEADING_SHARE = 5


def render_hits(answer: Answer, texts: Texts, page: int = 0) -> Message:
    """`/search`: the passages found, shortened, each under its title; or why there are none."""
    first = max(page, 0) * _HITS_PER_PAGE
    shown = answer.sources[first : first + _HITS_PER_PAGE]

    def build(room: Room) -> Document:
        if not shown:
            return [text_block(refusal(answer, texts))]
        cites = citing(answer, texts, replace(room, copies=0))
        blocks = [_heading(texts("hits", question=_brief(answer.searched, room)))]
        for source in shown:
            blocks += _hit(source, cites)
        return blocks

    return fitted(build)


def _hit(source: Source, cites: Citing) -> list[Block]:
    line = text_block(*cites.source(source), close=cites.room.quote == 0)
    most = min(_SNIPPET, cites.room.quote)
    quote = quotes.cut(quotes.sentence(source), most)
    return [line, quotes.block(quote)] if most else [line]


def render_sources(answer: Answer, texts: Texts) -> Message:
    """`/sources`: all of them, with the posts that say the same; or why there are none."""

    def build(room: Room) -> Document:
        if not answer.sources:
            return [text_block(refusal(answer, texts))]
        cites = citing(answer, texts, room)
        heading = _heading(texts("sources-of", question=_brief(answer.searched, room)))
        shown = answer.sources[:_MOST_LISTED]
        return [heading, text_block(*lines(map(cites.source, shown)))]

    return fitted(build)


def render_latest(posts: Sequence[Post], texts: Texts) -> Message:
    """`/latest`: the newest posts, in the order given, each with its time."""

    def build(room: Room) -> Document:
        cites = Citing(texts, room, frozenset(post.day for post in posts if post.day))
        shown = posts[:_MOST_LISTED]
        return [_heading(texts("latest")), text_block(*lines(_post(one, cites) for one in shown))]

    return fitted(build)


def _post(post: Post, cites: Citing) -> list[Piece]:
    title, _ = cites.title(post.title, post.url)
    return [Piece("· "), title, Piece(cites.facts(post.publisher, post.date, old=False))]


def _heading(text: str) -> Block:
    return text_block(Piece(text, bold=True))


def _brief(question: str, room: Room) -> str:
    return shortened(one_line(question), room.words // _HEADING_SHARE)
