"""A new date in the place of the old one."""

from __future__ import annotations

from collections.abc import Sequence

from index.history.pieces import Piece
from index.history.turns import Turn
from index.history.words import Kind

_FINENESS = {"year": 0, "quarter": 1, "month": 2, "day": 3, "hour": 4, "now": 5}


def with_dates(turn: Turn, dates: Sequence[Piece]) -> tuple[Piece, ...]:
    """The turn's pieces with `dates` where its own were, or else behind what it is about.

    Parts of the old date that the new one doesn't say stay: 10月 after 2021年11月 is 2021年10月.
    """
    first = min(dates, key=lambda date: _FINENESS[date.what])
    places = [at for at, piece in enumerate(turn.pieces) if piece.kind is Kind.DATE]
    kept = [turn.pieces[at] for at in places if _stays(turn.pieces[at], first)]
    at = places[0] if places else turn.topic[1]
    rest = [piece for piece in turn.pieces[at:] if piece.kind is not Kind.DATE]
    return (*turn.pieces[:at], *kept, *dates, *rest)


def _stays(old: Piece, new: Piece) -> bool:
    partial = new.what in ("quarter", "hour") or new.folded[0].isnumeric()
    return partial and _FINENESS[old.what] < _FINENESS[new.what]
