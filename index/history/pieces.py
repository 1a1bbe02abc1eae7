"""A turn cut into pieces of known kinds: names, attributes, dates, question words."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, replace

from index.history.words import Kind, words
from index.text import Folded, fold_with_offsets

# Words with jieba's flags and their places in the text, in order, without overlap.
Tagger = Callable[[str], Sequence[tuple[str, str, int, int]]]

_DIGITS = "一二三四五六七八九"
_MONTH = rf"(?:1[0-2]|0?[1-9]|十[一二]?|[{_DIGITS}])"
# In this order, with how fine each is; 2021年11月8日 is three dates, of which each can be replaced.
_DATES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}"), "day"),
    (re.compile(rf"(?:(?:19|20)\d\d|[〇零{_DIGITS}]{{4}})年[度底末初]?"), "year"),
    (re.compile(rf"(?:过去|未来|近|最近)[{_DIGITS}两十\d]个?[年月周天]"), "now"),
    (re.compile(rf"前(?:1[0-2]|[1-9{_DIGITS}十])个?月"), "quarter"),
    (re.compile(r"(?:第?[一二三四1-4]|前[三3])季度|q[1-4](?![a-z0-9])"), "quarter"),
    (re.compile(rf"{_MONTH}月(?:份|底|末|初|中旬|上旬|下旬)?"), "month"),
    (re.compile(r"(?:3[01]|[12]?\d)[日号](?![线楼店])"), "day"),
)  # fmt: skip
_ORDINAL = re.compile(rf"第?[{_DIGITS}十\d]{{1,3}}[代期批轮届](?![理货价])")
# What ends so is a figure, known to the lists or not: 吞吐量, 上座率.
_FIGURE_NOUN = re.compile("[率额量价费幅]$|(?<!指)(?<!多)(?<!少)数$")
_FIGURE_SUFFIX = re.compile("[率额量价费]")  # 复购|率, 中标|价: jieba knows the stem only
_STEMS = frozenset((Kind.VERB, Kind.NOUN, Kind.GENERIC))
_QUOTES = {"《": "》", "“": "”", "「": "」", "『": "』"}
_QUOTED_PIECES = 12  # a title has no more
_COMMODITY = re.compile("[\u4e00-\u9fff]价")  # 油价, 铜价: asked for by themselves
# They stand in words that jieba makes up of unknown ones: 谁给了, 那它.
_LOOSE = frozenset("它她他谁呢吗哪几")
_LETTERS_IN = re.compile("[0-9a-z]")
# What is told apart even inside of one of jieba's words, and what only at its end.
_SPLITTING = frozenset((Kind.ASK, Kind.PRONOUN, Kind.END, Kind.NAME, Kind.BROKER))
_AT_END = frozenset((Kind.ATTRIBUTE, Kind.GROWTH))


@dataclass(frozen=True, slots=True)
class Piece:
    """`text` as typed, `folded` for matching; `what` of the kind: which date, what answers it."""

    kind: Kind
    text: str
    folded: str
    what: str = ""


def cut(turn: str, tag: Tagger) -> tuple[Piece, ...]:
    """The pieces of a turn in order; together they are the turn, but for invisible characters."""
    folded = fold_with_offsets(turn)
    leads = list(_leads(folded.text))
    # Subtle: jieba must not see 那 before a name, or it makes one of both: 那小鹏.
    found = [*leads, *_Cutter(folded.text, leads[-1][2] if leads else 0, tag)]
    return tuple(_joined([_piece(turn, folded, one) for one in found]))


def is_all(turn: str, kind: Kind) -> bool:
    """True where a folded turn is nothing but words of the kind and signs, as 好的，谢谢！ is talk.

    A turn of signs alone is none.
    """
    listed, found, at = words().whole[kind], False, 0
    while at < len(turn):
        if not turn[at].isalnum():
            at += 1
            continue
        end = _longest(turn, at, listed)
        if not end:
            return False
        found, at = True, end
    return found


_Found = tuple[Kind, int, int, str]


def _leads(text: str) -> Iterator[_Found]:
    """那, 请问 and the like at the beginning; a courtesy only with a mark behind it."""
    listed, at = words().whole, 0
    while at < len(text):
        end = _longest(text, at, listed[Kind.LEAD])
        if end and _longest(text, at, words().inside) > end:
            return  # 那曲, 那家
        if not end:
            end = _longest(text, at, listed[Kind.TALK])
            end = 0 if text[end : end + 1].isalnum() else end
        if end:
            yield Kind.LEAD, at, end, ""
        elif text[at].isalnum():
            return
        else:
            end = at + 1
            yield Kind.SIGN, at, end, ""
        at = end


class _Cutter:
    """Walks over a folded text from `begin` on: dates first, then listed words, then jieba's."""

    def __init__(self, text: str, begin: int, tag: Tagger) -> None:
        self._text, self._begin = text, begin
        self._flags = ["x"] * len(text)
        self._ends = list(range(1, len(text) + 1))
        self._starts = list(range(len(text)))
        for _, flag, start, end in tag(text[begin:]):
            for at in range(begin + start, begin + end):
                self._flags[at], self._starts[at], self._ends[at] = flag, begin + start, begin + end

    def __iter__(self) -> Iterator[_Found]:
        at = self._begin
        while at < len(self._text):
            found = self._known(at) or self._unknown(at)
            yield found
            at = found[2]

    def _known(self, at: int) -> _Found | None:
        if not self._text[at].isalnum():
            return None
        return self._date(at) or self._listed(at)

    def _date(self, at: int) -> _Found | None:
        if at and self._text[at - 1].isdecimal() and self._text[at].isdecimal():
            return None
        for pattern, what in _DATES:
            if match := pattern.match(self._text, at):
                return Kind.DATE, at, match.end(), what
        if match := _ORDINAL.match(self._text, at):
            return Kind.ORDINAL, at, match.end(), ""
        return None

    def _listed(self, at: int) -> _Found | None:
        inside = words().inside
        for end in range(min(len(self._text), at + words().longest), at, -1):
            listed = inside.get(self._text[at:end])
            if listed and self._fits(at, end, listed[0]):
                return listed[0], at, end, listed[1]
        return None

    def _fits(self, start: int, end: int, kind: Kind) -> bool:
        """Whether a listed word may stand here: 成本 doesn't in 完成|本次, 股价 does in 的|股价."""
        begins, ends = self._starts[start] == start, self._ends[end - 1] == end
        if begins and ends:
            return True
        word = self._text[start:end]
        if len(word) == 1 and word not in _LOOSE:
            return False
        if self._starts[start] != self._starts[end - 1]:
            return (begins or ends) and not _LETTERS_IN.search(word)
        # The site's own names are whole; 发布会 doesn't say 发布, 月销量 does say 销量.
        if self._flags[start] in ("nz", "nt", "eng"):
            return False
        return (begins and kind in _SPLITTING) or (ends and kind in _SPLITTING | _AT_END)

    def _unknown(self, at: int) -> _Found:
        """The rest of jieba's word, up to where something known begins in it."""
        last = self._ends[at]
        end = next((place for place in range(at + 1, last) if self._known(place)), last)
        kind = self._kind(at, end)
        return kind, at, end, "figure" if kind is Kind.ATTRIBUTE else ""

    def _kind(self, start: int, end: int) -> Kind:
        flag, word = self._flags[start], self._text[start:end]
        if not any(map(str.isalnum, word)):
            return Kind.SIGN
        if _COMMODITY.fullmatch(word):
            return Kind.NAME
        if flag[0] == "n" and len(word) > 1 and flag not in _FLAGGED and _FIGURE_NOUN.search(word):
            return Kind.ATTRIBUTE
        if flag == "f" and len(word) == 1:
            return Kind.LIGHT
        return _FLAGGED.get(flag) or _LETTERS.get(flag[0], Kind.NOUN)


# jieba's flags (ICTCLAS set), whole or by their first letter.
_FLAGGED = {
    **dict.fromkeys(("nr", "nrt", "nrfg", "nt", "nz"), Kind.NAME),
    **{"ns": Kind.PLACE, "eng": Kind.CODE, "vn": Kind.GENERIC},
}
_LETTERS = {
    **dict.fromkeys("mq", Kind.COUNT),
    **dict.fromkeys("dcpuyeor", Kind.LIGHT),
    "v": Kind.VERB,
}


def _longest(text: str, at: int, listed: Container[str]) -> int:
    """Where the longest listed word at the place ends; 0 where none stands there."""
    ends = range(min(len(text), at + words().longest), at, -1)
    return next((end for end in ends if text[at:end] in listed), 0)


def _piece(turn: str, folded: Folded, found: _Found) -> Piece:
    kind, start, end, what = found
    first, last = folded.original_span(start, end)
    return Piece(kind, turn[first:last], folded.text[start:end], what)


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """FF 91 as one code, 琴岛|e|保 with what belongs to its single letter."""
    at = 0
    while at < len(pieces):
        piece, rest = pieces[at], pieces[at + 1 : at + 3]
        if piece.folded in _QUOTES and (quoted := _quoted(pieces, at)):
            piece, at = replace(_together(*quoted), kind=Kind.NAME), at + len(quoted) - 1
        elif piece.kind is Kind.CODE:
            if len(rest) == 2 and rest[0].folded == " " and _is_number(rest[1]):
                piece, at = _together(piece, *rest), at + 2
            elif len(piece.folded) == 1 and rest and rest[0].kind in (Kind.NOUN, Kind.VERB):
                piece, at = replace(_together(piece, rest[0]), kind=Kind.NAME), at + 1
        elif rest and _FIGURE_SUFFIX.fullmatch(rest[0].folded) and piece.kind in _STEMS:
            piece, at = _together(piece, rest[0]), at + 1
            piece = replace(piece, kind=Kind.ATTRIBUTE, what="figure")
        yield piece
        at += 1


def _quoted(pieces: Sequence[Piece], start: int) -> Sequence[Piece]:
    """From the opening mark to the closing one; empty where none closes soon."""
    close = _QUOTES[pieces[start].folded]
    for stop in range(start + 2, min(len(pieces), start + _QUOTED_PIECES)):
        if pieces[stop].folded == close:
            return pieces[start : stop + 1]
    return ()


def _is_number(piece: Piece) -> bool:
    return piece.kind in (Kind.COUNT, Kind.CODE) and piece.folded.isascii()


def _together(*pieces: Piece) -> Piece:
    text, folded = "".join(p.text for p in pieces), "".join(p.folded for p in pieces)
    return replace(pieces[0], text=text, folded=folded)
