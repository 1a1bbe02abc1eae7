"""Whether a question stands by itself: what it names or says enough of to be searched alone."""

from __future__ import annotations

from itertools import pairwise

from index.history.parts import BLANK, Pieces
from index.history.turns import Turn
from index.history.words import NAMES, NOMINAL, Kind

# Longer ones say what they are about. Characters of nouns and verbs; the follow-ups that were
# looked at have 8 at most (提供了多少人次的理赔服务).
_CONTENT_CHARS = 9
_PART_CHARS = 2  # longer nouns are subjects: 阿托伐他汀是什么药
_CONTENT = NOMINAL | {Kind.VERB, Kind.ATTRIBUTE}
_WORDS = frozenset((Kind.NOUN, Kind.VERB, Kind.COUNT))
_PLAIN = frozenset((Kind.LEAD, Kind.SIGN, Kind.END, Kind.OF, Kind.LIGHT, Kind.ASK, Kind.COUNT))
_ANYWHERE = frozenset((Kind.PLACE, "market"))  # 什么时候进入美国, 什么时候登陆A股
_PREPOSITIONS = frozenset("在和与跟比向")  # 和医保有什么区别
_MOST = frozenset(("最", "最高", "最低"))


def is_short(turn: Turn) -> bool:
    """Whether it says so little that it leans on something; with 那 before it, it does anyway."""
    if turn.has(Kind.LEAD):
        return True
    said = sum(len(piece.folded) for piece in turn.pieces if piece.kind in _CONTENT)
    return said <= _CONTENT_CHARS


def leads(turn: Turn) -> bool:
    """Whether it begins with 那."""
    return any(p.kind is Kind.LEAD and p.folded.startswith("那") for p in turn.pieces)


def is_named(pieces: Pieces, but: frozenset[str] = frozenset()) -> bool:
    """Whether a name is among them: a known one, or what ends as a company's does, as 禾木|科技."""
    return any(
        (piece.kind in NAMES and not {piece.kind, piece.what} & but)
        or (piece.what == "organisation" and old.kind in NOMINAL)
        for old, piece in pairwise((BLANK, *pieces))
    )


def is_unknown(pieces: Pieces) -> bool:
    """Whether they look like a name that jieba doesn't know, or like several.

    It cuts single characters off (联发|科) or sees nothing but plain nouns (蓝色|起源).
    """
    if len(pieces) == 1 or pieces[-1].kind is Kind.GENERIC:
        return False
    single = any(len(piece.folded) == 1 and piece.kind in _WORDS for piece in pieces)
    return single or all(piece.kind in (Kind.NOUN, Kind.LIGHT) for piece in pieces)


def has_subject(turn: Turn) -> bool:
    """Whether it names something to be asked about, which 那视场角能到多少度 hardly does."""
    start, stop = turn.subject
    if start == stop:
        return _asks_who(turn) or _is_definite(turn)
    if start and turn.pieces[start - 1].folded in _PREPOSITIONS:
        return False
    own = turn.pieces[start:stop]
    return is_named(own) or not (leads(turn) or _is_part(turn, own))


def _is_definite(turn: Turn) -> bool:
    """首次看好海伦司的是谁: a name or a number says enough, wherever it stands; a place doesn't."""
    counts = [piece.folded for piece in turn.pieces if piece.kind is Kind.COUNT]
    numbers = any(len(one) > 1 and one[0].isdecimal() for one in counts)
    return numbers or is_named(turn.pieces, but=_ANYWHERE)


def _is_part(turn: Turn, own: Pieces) -> bool:
    """期限多长, 跑道有几条: a short noun that nothing is said of is part of something.

    吉他多少钱 is not: goods have a price by themselves.
    """
    others = [piece for piece in turn.pieces if piece not in own]
    plain = all(piece.kind in _PLAIN and piece.folded != "多少钱" for piece in others)
    return plain and len(own) == 1 and len(own[0].folded) <= _PART_CHARS


def _asks_who(turn: Turn) -> bool:
    """Whether it asks who does something to something else: 哪家公司承建了海雾大桥, 谁最高."""
    first = (Kind.ASK, *_CONTENT)
    at = next((n for n, piece in enumerate(turn.pieces) if piece.kind in first), 0)
    if turn.pieces[at].what not in ("person", "thing"):
        return False
    after = turn.pieces[at + 1 :]
    deeds = [piece for piece in after if piece.kind is Kind.VERB and piece.what != "both"]
    return turn.topic != (0, 0) or len(deeds) > 1 or any(p.folded in _MOST for p in after)
