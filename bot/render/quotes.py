"""The stretch of a passage that is quoted, with the answer marked in it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.render.document import Block, Piece
from bot.render.wording import ending, flowing, one_line, shortened, units
from index.records import Source
from index.sentences import sentence_spans

# A short sentence gets its neighbours' company up to so many units: two or three lines on a phone.
_COMPANY = 120
_FOLDED_FROM = 300  # longer quotes unfold when pressed
_MARK = "…"


@dataclass(frozen=True, slots=True)
class Quote:
    """What is quoted. `said` is the answer, empty where the passage has none marked."""

    before: str
    said: str
    after: str


def whole(source: Source) -> Quote:
    """The whole passage, tidied."""
    text, place = source.text, source.highlight
    if place is None or not 0 <= place[0] < place[1] <= len(text):
        return Quote(flowing(text).strip(), "", "")
    before, said, after = text[: place[0]], text[slice(*place)], text[place[1] :]
    quote = Quote(flowing(before).lstrip(), flowing(said), flowing(after).rstrip())
    return quote if quote.said.strip() else Quote(flowing(text).strip(), "", "")


def sentence(source: Source) -> Quote:
    """The sentence that has the answer, and a short one's neighbours; else the first sentences."""
    quote = whole(source)
    if not quote.said:
        return Quote(shortened(one_line(quote.before), _COMPANY), "", "")
    text = f"{quote.before}{quote.said}{quote.after}"
    start, end = len(quote.before), len(quote.before) + len(quote.said)
    first, last = _stretch(text, start, end)
    before, after = text[first:start].lstrip(), text[end:last].rstrip()
    return Quote(
        f"{_MARK if first > 0 else ''}{before}",
        quote.said,
        f"{after}{_MARK if last < len(text) else ''}",
    )


def title(source: Source) -> Quote | None:
    """The title, where the answer stands in it and not in the passage."""
    answer = one_line(source.answer or "")
    if source.highlight or not answer:
        return None
    before, said, after = one_line(source.title).partition(answer)
    return Quote(before, said, after) if said else None


def _stretch(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentences around `text[start:end]` begin and end, neighbours included."""
    spans = sentence_spans(text)
    own = [number for number, span in enumerate(spans) if span[0] < end and start < span[1]]
    first, last = own[0], own[-1]
    room = _COMPANY - units(text[spans[first][0] : spans[last][1]])
    while True:
        if first > 0 and (more := _length(text, spans[first - 1])) <= room:
            first -= 1
        elif last + 1 < len(spans) and (more := _length(text, spans[last + 1])) <= room:
            last += 1
        else:
            return spans[first][0], spans[last][1]
        room -= more


def _length(text: str, span: tuple[int, int]) -> int:
    return units(text[slice(*span)])


def cut(quote: Quote, most: int) -> Quote:
    """`quote` in at most `most` units; the answer stays, and what stands right around it."""
    if not quote.said:
        return Quote(shortened(quote.before, most), "", "")
    said = shortened(quote.said, most)
    left = most - units(said)
    before = ending(quote.before, max(left // 2, left - units(quote.after)))
    after = shortened(quote.after, left - units(before))
    return Quote(before, said, after)


def block(quote: Quote, *, unfolds: bool = True, close: bool = True) -> Block:
    """As a block of a message."""
    pieces = (Piece(quote.before), Piece(quote.said, bold=True), Piece(quote.after))
    long = units(f"{quote.before}{quote.said}{quote.after}") > _FOLDED_FROM
    return Block(pieces, "folded" if long and unfolds else "quote", close)
