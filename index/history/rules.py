"""The rules by which an elliptic question takes over from the one before, tried in order.

Each takes both turns and gives the full question in pieces, or None where it doesn't apply.
"""

from __future__ import annotations

from collections.abc import Callable

from index.history.dates import with_dates
from index.history.parts import (
    BLANK,
    OF,
    Pieces,
    about,
    carried_dates,
    ending,
    inner,
    like,
    meant,
    statement,
    trimmed,
    unasked,
    undated,
)
from index.history.pieces import Piece
from index.history.standing import has_subject, is_named, is_short, is_unknown, leads
from index.history.turns import Span, Turn
from index.history.words import NAMES, NOMINAL, Kind

Rule = Callable[[Turn, Turn], Pieces | None]

_EMPTY = frozenset((Kind.LIGHT, Kind.PRONOUN, Kind.OF, Kind.SIGN))
_BARE = frozenset((Kind.ASK, Kind.LIGHT, Kind.OF, Kind.SIGN))
# Asked of an event, they stand before its verb.
_INSERTED = frozenset(("time", "place", "reason"))
_OWNED = NOMINAL | {Kind.ATTRIBUTE}
_EVENT_WORDS = frozenset(("事", "事情", "时候", "消息", "新闻"))
# They may stand before a noun or between two of them.
_QUALIFYING = frozenset(("最新", "最高", "最低", "最", "每", "每股", "和", "与", "及", "跟"))


def again(before: Turn, turn: Turn) -> Pieces | None:
    """它呢, 最新的呢: nothing of its own, so the question before is meant."""
    said = all(piece.kind in _EMPTY for piece in inner(turn))
    return before.pieces if said else None


def bare(before: Turn, turn: Turn) -> Pieces | None:
    """为什么, 什么时候的事, 谁说的: asked of all that the question before says.

    海伦司今天涨了多少, then 为什么: 海伦司今天为什么涨了.
    """
    rest = inner(turn)
    asks = [piece for piece in rest if piece.kind is Kind.ASK]
    for piece in rest:
        known = piece.kind in _BARE or piece.what in ("event", "said")
        if not known and piece.folded not in _EVENT_WORDS:
            return None
    if len(asks) != 1:
        return None
    if any(piece.what == "said" for piece in rest):
        return (*statement(before), BLANK, *rest)
    if asks[0].what not in _INSERTED:
        return None
    at = before.predicate
    where = [piece for piece in rest if piece in asks or piece.folded == "在"]
    return (*unasked(before.pieces[:at]), *where, *statement(Turn(before.pieces[at:])))


def pronoun(before: Turn, turn: Turn) -> Pieces | None:
    """它, 他, 该公司: put what is meant in its place. 它的总部在哪里: 海伦司的总部在哪里."""
    pieces = inner(turn)
    first = next((at for at, p in enumerate(turn.pieces) if p.kind is Kind.PRONOUN), None)
    # 巨化股份和它的对手: it is said in the same question what is meant.
    if first is None or 0 < turn.subject[1] <= first or is_named(turn.pieces[:first]):
        return None
    whom = [piece for piece in pieces if piece.kind is Kind.PRONOUN and piece.what != "event"]
    if not whom:
        return (*statement(before), BLANK, *pieces)
    done: list[Piece] = []
    for at, piece in enumerate(pieces):
        if piece not in whom:
            done.append(piece)
            continue
        done += meant(before, whom[0].what)
        if at == 0:
            done += carried_dates(before, turn)
        if piece.folded == "其" and pieces[at + 1 :] and pieces[at + 1].kind in _OWNED:
            done.append(OF)
    return (*done, *ending(turn))


def change(before: Turn, turn: Turn) -> Pieces | None:
    """同比呢, 同比涨了多少: of the figure asked for before. 销量多少, then 同比呢: 销量同比."""
    if not turn.has(Kind.GROWTH) or turn.has(Kind.ATTRIBUTE, *NAMES):
        return None
    place = like(before, inner(turn))
    if place is not None:
        return _replaced(before, place, inner(turn))
    head = before.pieces[: before.predicate]
    if before.asked[0] == before.asked[1]:
        head = (*statement(before), BLANK)
    if turn.dates:
        head = with_dates(Turn(head), turn.dates)
    return (*head, *undated(inner(turn)), *ending(turn))


def fragment(before: Turn, turn: Turn) -> Pieces | None:
    """那11月呢, 那比亚迪呢, P7呢, 总市值呢: each takes the place of its like."""
    if not _is_phrase(turn):
        return None
    rest = inner(turn)
    if turn.dates:
        before, rest = Turn(with_dates(before, turn.dates)), undated(rest)
    while rest and rest[-1].kind is Kind.OF:
        rest = rest[:-1]
    if not rest:
        return before.pieces
    own = turn.subject != (0, 0)
    if own and rest[-1].kind is Kind.ATTRIBUTE:
        # 茅台市值 stands by itself; 那茶叶价格 and 今年的茶叶价格 hardly do.
        leans = (leads(turn) or turn.dates) and not is_named(rest)
        return _of(before, turn, rest) if leans else None
    if own and not (turn.has(Kind.LEAD, Kind.END) or turn.pieces[-1].folded == "?"):
        return None
    place = like(before, rest)
    if place is None and own and (is_named(rest) or is_unknown(rest)):
        place = before.focus
    if place is None:
        return _of(before, turn, rest)
    return _replaced(before, place, rest)


def parallel(before: Turn, turn: Turn) -> Pieces | None:
    """那海伦司呢，涨了多少: a subject of its own, asked the same, of the same day."""
    if turn.subject == (0, 0) or turn.dates or not before.dates:
        return None
    start, stop = turn.subject
    same = {p.folded for p in before.pieces if p.kind in (Kind.ATTRIBUTE, Kind.VERB)}
    shares = is_named(turn.pieces[start:stop]) and any(p.folded in same for p in turn.pieces[stop:])
    resumed = any(piece.kind is Kind.END for piece in inner(turn))
    if not resumed and not (shares and turn.has(Kind.LEAD, Kind.END)):
        return None
    rest = trimmed(turn.pieces[stop:])
    return (*turn.pieces[start:stop], *before.dates, *rest, *ending(turn))


def without_subject(before: Turn, turn: Turn) -> Pieces | None:
    """目标价是多少, 涨了多少, 什么时候上市: asked of what the question before was about."""
    if not (turn.has(Kind.ASK, Kind.END) and is_short(turn)) or has_subject(turn):
        return None
    rest = inner(turn)
    return (*about(before, rest), *carried_dates(before, turn), *rest, *ending(turn))


def _is_phrase(turn: Turn) -> bool:
    """Whether it is a noun phrase, with or without 呢: nothing is said or asked in it."""
    start, stop = turn.subject
    return not any(
        piece.kind in (Kind.ASK, Kind.VERB, Kind.TOWARDS)
        or (piece.kind is Kind.LIGHT and piece.folded not in _QUALIFYING)
        or piece.folded == "吗"
        for piece in (*turn.pieces[:start], *turn.pieces[stop:])
    )


def _replaced(before: Turn, place: Span, rest: Pieces) -> Pieces:
    return (*before.pieces[: place[0]], *rest, *before.pieces[place[1] :])


def _of(before: Turn, turn: Turn, rest: Pieces) -> Pieces:
    """总市值 of what the question before was about; 海外 of the figure that it asked for."""
    start, stop = before.asked
    if start < stop and all(piece.kind is Kind.SCOPE for piece in rest):
        return _replaced(before, (start, start), rest)
    return (*about(before, rest), *before.dates, *rest, *ending(turn))


RULES: tuple[Rule, ...] = (
    again, bare, pronoun, change, fragment, parallel, without_subject,
)  # fmt: skip
