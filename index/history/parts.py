"""Parts of turns that the rules put together: what is said, of whom, and what ends a question."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from index.history.pieces import Piece
from index.history.turns import Span, Turn
from index.history.words import Kind

Pieces = tuple[Piece, ...]

BLANK = Piece(Kind.SIGN, " ", " ")
OF = Piece(Kind.OF, "的", "的")
_TOWARDS = Piece(Kind.TOWARDS, "对", "对", "kept")
# What asks for an attribute. 多少 without 是: news write 是 before other things.
ENDINGS = {
    "figure": "多少", "person": "是谁", "thing": "是什么", "time": "是什么时候", "place": "在哪里",
}  # fmt: skip

_LEADING = frozenset((Kind.LEAD, Kind.SIGN, Kind.END, Kind.OF))
_TRAILING = frozenset((Kind.SIGN, Kind.END))
_BRACKETS = frozenset("()")
# Said of an entity by somebody: that somebody is meant again. 高盛对腾讯的评级, then 目标价呢.
_RATED = frozenset(("评级", "目标价", "目标价格", "评分"))
_REPLACEABLE = frozenset(
    (Kind.BROKER, Kind.PLACE, Kind.CODE, Kind.ORDINAL, Kind.SCOPE, Kind.GROWTH)
)


def inner(turn: Turn) -> Pieces:
    """The turn without leads, particles and marks at its ends."""
    return trimmed(turn.pieces)


def trimmed(pieces: Sequence[Piece]) -> Pieces:
    """Without leads, particles and marks at the ends; brackets stay."""
    start, stop = 0, len(pieces)
    while start < stop and pieces[start].kind in _LEADING and pieces[start].folded not in _BRACKETS:
        start += 1
    while start < stop and pieces[stop - 1].kind in _TRAILING:
        if pieces[stop - 1].folded in _BRACKETS:
            break
        stop -= 1
    return tuple(pieces[start:stop])


def undated(pieces: Pieces) -> Pieces:
    """Without dates, and without the 的 that joined them: 今年的|班次."""
    return trimmed([piece for piece in pieces if piece.kind is not Kind.DATE])


def statement(turn: Turn) -> Pieces:
    """What the question says: 海伦司涨了 for 海伦司涨了多少."""
    said = unasked(inner(turn))
    while said and said[-1].kind is Kind.LIGHT and said[-1].folded not in ("了", "过"):
        said = said[:-1]
    return said


def unasked(pieces: Pieces) -> Pieces:
    """Without question words and the measure words or 的 behind them."""
    done: list[Piece] = []
    asking = False
    for piece in pieces:
        asking = piece.kind is Kind.ASK or (asking and piece.kind in (Kind.COUNT, Kind.OF))
        if not asking and piece.kind is not Kind.LEAD:
            done.append(piece)
    return tuple(done)


def about(before: Turn, rest: Pieces) -> Pieces:
    """What the question before was about, as far as `rest` can be asked of it, with a joint."""
    start, stop = before.focus
    spoken = before.pieces[before.topic[0] : before.topic[1]]
    if start == stop:
        return (*statement(before), BLANK)
    if before.focus == before.topic or not any(piece.folded in _RATED for piece in rest):
        return (*before.pieces[start:stop], BLANK)
    if before.topic[1] <= start:  # 高盛为什么看好腾讯
        return (*spoken, _TOWARDS, *before.pieces[start:stop], OF)
    return (*map(_plainly, spoken), OF)


def _plainly(piece: Piece) -> Piece:
    """大摩把腾讯(的目标价)上调 is the same as 大摩对腾讯的目标价."""
    return _TOWARDS if piece.what == "turned" else piece


def meant(before: Turn, what: str) -> Pieces:
    """What a pronoun means; a person is who was asked for, or who does something."""
    start, stop = before.focus
    if what == "person":
        first, last = before.asked
        named = first < last and before.pieces[last - 1].what == "person"
        stop = last if named else before.topic[1]
    return before.pieces[start:stop] or statement(before)


def carried_dates(before: Turn, turn: Turn) -> Pieces:
    """The dates of the question before, for a figure; 谁给的评级 isn't asked of a day."""
    asks = {piece.what for piece in turn.pieces if piece.kind is Kind.ASK}
    yes_no = any(piece.folded == "吗" for piece in turn.pieces)
    return () if turn.dates or yes_no or asks - {"figure"} else before.dates


def like(before: Turn, rest: Pieces) -> Span | None:
    """The last piece before that is of the kind of all in `rest`: P5 for P7, CPI for PPI."""
    kinds = {_likeness(piece) for piece in rest if piece.kind is not Kind.LIGHT}
    kind = kinds.pop() if len(kinds) == 1 else None
    if kind is None:
        return None
    # CEO呢 asks for another person, but takes the place of a CFO who did something.
    first, last = before.topic if kind == "person" else (0, len(before.pieces))
    for at in reversed(range(first, last)):
        old, after = before.pieces[at], before.pieces[at + 1 : at + 2]
        # 贵州茅台 is no 茅台 of some place.
        part = kind == Kind.PLACE and after and after[0].what == "company"
        if _likeness(old) == kind and not part and (kind != Kind.CODE or _same_make(old, rest[0])):
            return at, at + 1
    return None


def _same_make(one: Piece, other: Piece) -> bool:
    """P5 and G9, Model 3 and Model Y, not MINI EV and Model 3."""
    numbered = all(any(map(str.isdecimal, piece.folded)) for piece in (one, other))
    return numbered or one.folded[:2] == other.folded[:2]


def _likeness(piece: Piece) -> str | None:
    """What a piece can only be replaced by; None where it has no such likes."""
    if piece.kind in _REPLACEABLE:
        return piece.kind
    listed = piece.kind is Kind.NAME and piece.what not in ("", "company", "alone")
    return piece.what if listed or piece.what in ("person", "both") else None


def ending(turn: Turn) -> Pieces:
    """What makes a question of 总市值: 多少. Its own particle where it isn't known what answers it.

    Nothing where it asks by itself.
    """
    rest = inner(turn)
    if not rest or turn.has(Kind.ASK):
        return ()
    last = rest[-1]
    what = "figure" if last.kind is Kind.GROWTH else last.what
    tail = takewhile(lambda piece: piece.kind in _TRAILING, reversed(turn.pieces))
    particles = [piece for piece in tail if piece.kind is Kind.END][:1]
    yes_no = any(piece.folded == "吗" for piece in particles)
    if yes_no or last.kind not in (Kind.GROWTH, Kind.ATTRIBUTE):
        return tuple(particles)
    return (Piece(Kind.ASK, ENDINGS[what], ENDINGS[what], what),)
