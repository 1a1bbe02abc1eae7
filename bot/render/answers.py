"""The message of an answer or a refusal: the same content as `qinwen ask` prints."""

from __future__ import annotations

from collections.abc import Sequence

from bot.render import quotes
from bot.render.citing import Citing, citing, lines
from bot.render.document import Block, Document, Piece, text_block
from bot.render.message import Message
from bot.render.room import Room, fitted
from bot.render.wording import flowing, one_line, shortened
from bot.texts import Texts
from index.records import Answer, Source, Statement

SOURCES_PER_PAGE = 3

_STATEMENTS = 5  # of those listed; the sources have all
_STATEMENT_SHARE = 5  # each gets a fifth of the answer's room
_LEAST_QUOTE = 20  # shorter ones say nothing


def page_count(answer: Answer) -> int:
    """How many pages of sources there are; 1 where there are none."""
    return max(1, -(-len(answer.sources) // SOURCES_PER_PAGE))


def render_answer(answer: Answer, texts: Texts, page: int = 0) -> Message:
    """The answer in bold, the sentence that says so, and the sources of one page.

    Every page has the answer; one that isn't there is the nearest that is. A refusal has its reason
    and, as sources, the nearest posts.
    """
    page = min(max(page, 0), page_count(answer) - 1)
    return fitted(lambda room: _page(answer, citing(answer, texts, room), page))


def render_with_question(answer: Answer, texts: Texts) -> Message:
    """The first page below its question: for chats where nobody has seen that."""

    def build(room: Room) -> Document:
        question = shortened(one_line(answer.question), room.words // 2)
        asked = text_block(texts("asked", question=question))
        return [asked, *_answer(answer, citing(answer, texts, room), 0)]

    return fitted(build)


def refusal(answer: Answer, texts: Texts) -> str:
    """Why there is no answer."""
    if answer.reason == "no_words":
        return texts("refused-no-words")
    if answer.reason == "off_topic":
        return texts("refused-off-topic")
    return texts("refused" if answer.sources else "refused-no-passages")


def _page(answer: Answer, cites: Citing, page: int) -> Document:
    said = one_line(answer.searched)
    if said == one_line(answer.question):
        return _answer(answer, cites, page)
    question = shortened(said, cites.room.words // 2)
    searched = text_block(Piece(cites.texts("searched", question=question), italic=True))
    return [searched, *_answer(answer, cites, page)]


def _answer(answer: Answer, cites: Citing, page: int) -> Document:
    texts, room = cites.texts, cites.room
    if answer.text is None:
        blocks = [text_block(refusal(answer, texts))]
    else:
        said = shortened(flowing(answer.text).strip(), room.words)
        blocks = [text_block(Piece(said, bold=True))]
        if answer.old:
            note = texts("old-answer", date=cites.when(answer.as_of))
            blocks.append(text_block(Piece(note, italic=True), close=True))
        blocks += _quote(answer.sources, room)
        blocks += _statements(answer.statements, cites)
    return [*blocks, *_sources(answer, cites, page)]


def _quote(sources: Sequence[Source], room: Room) -> list[Block]:
    if not sources or room.quote < _LEAST_QUOTE:
        return []
    quote = quotes.title(sources[0]) or quotes.sentence(sources[0])
    return [quotes.block(quotes.cut(quote, room.quote))]


def _statements(statements: Sequence[Statement], cites: Citing) -> list[Block]:
    """Each of several answers with its date."""
    if len(statements) < 2:
        return []
    texts = cites.texts
    most = cites.room.words // _STATEMENT_SHARE
    entries = [[Piece(texts("statements"))]]
    for one in statements[:_STATEMENTS]:
        said = shortened(one_line(one.text), most)
        ranks = "".join(f"[{rank}]" for rank in one.sources)
        entries.append([Piece(f"· {said} · {cites.when(one.date)} {ranks}")])
    left = len(statements) - _STATEMENTS
    entries += [[Piece(texts("statements-more", count=left))]] if left > 0 else []
    return [text_block(*lines(entries))]


def _sources(answer: Answer, cites: Citing, page: int) -> list[Block]:
    """Those that say the answer, then those that are only near: nobody shall take one for proof."""
    first = page * SOURCES_PER_PAGE
    shown = answer.sources[first : first + SOURCES_PER_PAGE]
    saying = [source for source in shown if source.answer is not None]
    near = [source for source in shown if source.answer is None]
    blocks = []
    if saying:
        blocks.append(_listed(cites.texts("sources"), saying, cites))
    if near:
        total = len(answer.sources)
        heading = cites.texts(
            "nearest" if total == len(shown) else "nearest-some",
            first=near[0].rank,
            last=near[-1].rank,
            total=total,
        )
        blocks.append(_listed(heading, near, cites))
    return blocks


def _listed(heading: str, sources: Sequence[Source], cites: Citing) -> Block:
    return text_block(*lines([[Piece(heading)], *map(cites.source, sources)]))
