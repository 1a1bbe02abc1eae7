"""What a turn is about and what of it is asked: 海伦司 and 股价 in 海伦司现在股价多少."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from index.history.pieces import Piece
from index.history.words import NAMES, NOMINAL, Kind

Span = tuple[int, int]  # of pieces
_NONE: Span = (0, 0)

# Before the subject of a clause.
_BEFORE = frozenset((Kind.LEAD, Kind.SIGN, Kind.DATE, Kind.LIGHT, Kind.OF, Kind.END, Kind.TOWARDS))
# Nouns of these kinds alone are no subject: 员工有多少.
_UNSPECIFIC = frozenset((Kind.GENERIC, Kind.SCOPE, Kind.COUNT, Kind.ORDINAL))
# 什么时候海雾大桥通车: after these the subject still comes; after 谁 and 哪家 it doesn't.
_ADVERBIAL = frozenset(("reason", "time", "place", "way"))
_AND = frozenset("和与及跟之")
_MODAL = frozenset(("能", "会"))
_LAST = _MODAL | {")"}  # they may end a name: 隆基绿能, 青石网络(北京)
_AFTER = frozenset(("后", "之后", "以后"))
_EQUALS = frozenset(("是", "为", "有", "在", "达", "到", "达到"))


@dataclass(frozen=True)
class Turn:
    """A turn in pieces, with spans of what it is about; spans may be empty."""

    pieces: tuple[Piece, ...]

    @cached_property
    def subject(self) -> Span:
        """What the turn says first that it is about, role included: 特斯拉CFO|行权…"""
        start = self._subject_start()
        stop = self._run(start)
        if stop == self._end() == start + 1 and self._asked_before(start):
            return _NONE  # 什么时候通车: what jieba calls a noun is done, not meant
        kinds = {piece.kind for piece in self.pieces[start:stop]} - {Kind.OF}
        return (start, stop) if kinds - _UNSPECIFIC else _NONE

    @cached_property
    def topic(self) -> Span:
        """`subject`, or the best that stands elsewhere: 腾讯游戏 in 谁是腾讯游戏副总裁."""
        return self._best(0) if self.subject == _NONE else self.subject

    def _best(self, start: int) -> Span:
        """The noun phrase from `start` on that is most of a name."""
        found, at = _NONE, start
        while at < len(self.pieces):
            stop = self._run(at)
            if stop > at and self._weight((at, stop)) > self._weight(found):
                found = at, stop
            at = max(stop, at + 1)
        return found

    @cached_property
    def focus(self) -> Span:
        """The topic without who speaks of it and without a role: 腾讯 in 高盛给腾讯的目标价."""
        start, stop = self.topic
        if all(piece.kind is Kind.BROKER for piece in self.pieces[start:stop]):
            # 高盛为什么看好腾讯
            other = self._best(stop)
            named = self.pieces[other[0] : other[1]]
            if any(piece.kind in NAMES or piece.what == "organisation" for piece in named):
                return other
        for at in range(start, stop):
            if self.pieces[at].kind is Kind.TOWARDS:
                start = at + 1
        while stop > start and self.pieces[stop - 1].kind in (Kind.ATTRIBUTE, Kind.OF):
            stop -= 1
        return start, stop

    @cached_property
    def asked(self) -> Span:
        """The attribute that is asked for: 新冠保障额度 in 国寿康的新冠保障额度是多少."""
        start = self.topic[1]
        while start < len(self.pieces) and self._kind(start) in (Kind.DATE, Kind.OF, Kind.SIGN):
            start += 1
        stop = start
        while self._kind(stop) in NOMINAL | {Kind.ATTRIBUTE} or (
            self._kind(stop) is Kind.VERB and self._kind(stop + 1) is Kind.ATTRIBUTE
        ):
            stop += 1
        last = stop
        while last > start and self._kind(last - 1) is not Kind.ATTRIBUTE:
            last -= 1
        if last > start:
            return start, last
        named = start > 0 and self._kind(start - 1) is Kind.OF
        return (start, stop) if named else (start, start)

    @property
    def dates(self) -> tuple[Piece, ...]:
        """All dates said in it."""
        return tuple(piece for piece in self.pieces if piece.kind is Kind.DATE)

    @property
    def predicate(self) -> int:
        """Where the piece after subject, dates and attribute is: that of 涨 in 海伦司今天涨了."""
        if self.subject == _NONE and self.asked[0] == self.asked[1]:
            return next((n for n, piece in enumerate(self.pieces) if piece.kind not in _BEFORE), 0)
        at = max(self.topic[1], self.asked[1])
        while self._kind(at) is Kind.DATE:
            at += 1
        return at

    def has(self, *kinds: Kind) -> bool:
        """Whether any piece is of one of the kinds."""
        return any(piece.kind in kinds for piece in self.pieces)

    def _kind(self, at: int) -> Kind:
        return self.pieces[at].kind if at < len(self.pieces) else Kind.SIGN

    def _folded(self, at: int) -> str:
        return self.pieces[at].folded if at < len(self.pieces) else ""

    def _subject_start(self) -> int:
        start = 0
        for at in range(1, len(self.pieces) - 1):
            # 段永平抄底后拼多多涨了多少: the subject comes after the clause.
            if self._kind(at) is Kind.ASK:
                break
            if self._folded(at) in _AFTER and self._kind(at + 1) in NAMES | {Kind.NOUN}:
                start = at + 1
        start = self._skip(start)
        if self._kind(start) is Kind.ASK and self.pieces[start].what in _ADVERBIAL:
            start = self._skip(start + 1)
        return start

    def _end(self) -> int:
        stop = len(self.pieces)
        while stop and self._kind(stop - 1) in (Kind.END, Kind.SIGN, Kind.OF):
            stop -= 1
        return stop

    def _asked_before(self, stop: int) -> bool:
        return any(piece.kind is Kind.ASK for piece in self.pieces[:stop])

    def _skip(self, at: int) -> int:
        while at < len(self.pieces) and self._kind(at) in _BEFORE:
            at += 1
        return at

    def _run(self, start: int) -> int:
        """Where the noun phrase that begins at `start` ends; `start` where none does."""
        at = start
        if self._kind(start) is Kind.VERB and self._is_name(start):
            at += 1
        spoken = False
        while at < len(self.pieces):
            kind = self._kind(at)
            if kind in NOMINAL:
                spoken = spoken or kind is Kind.BROKER
            elif not (at > start and self._joins(at, spoken)):
                break
            at += 1
        while at > start and self._kind(at - 1) in _BEFORE and self._folded(at - 1) not in _LAST:
            at -= 1
        # 长城汽车海外|销量: what is general belongs to the attribute.
        while self._kind(at) is Kind.ATTRIBUTE and at > start + 1:
            if self._kind(at - 1) not in (Kind.GENERIC, Kind.SCOPE) or self._names_end(start, at):
                break
            at -= 1
        return at

    def _names_end(self, start: int, stop: int) -> bool:
        """巨化股份, 禾木集团: a general noun that ends a name."""
        return stop == start + 2 and self.pieces[stop - 1].what == "organisation"

    def _is_name(self, at: int) -> bool:
        """知乎 in 知乎2021年亏损, which jieba takes for a verb."""
        return len(self._folded(at)) > 1 and self._kind(at + 1) is Kind.DATE

    def _joins(self, at: int, spoken: bool) -> bool:
        """Whether the piece belongs to a noun phrase that goes on: 的, 和, a blank, a role."""
        kind, after = self._kind(at), self._kind(at + 1)
        if kind is Kind.OF:
            return self._continues(at + 1)
        if kind is Kind.TOWARDS:
            return spoken and after in NOMINAL
        if kind is Kind.SIGN:
            return self._folded(at) == ")" or (self._folded(at) in " ·(" and after in NAMES)
        if kind is Kind.ATTRIBUTE:
            return self._is_role(at)
        if kind is Kind.VERB:  # 贝壳找房的|市值: a name, though jieba sees a verb
            return after is Kind.OF and self._kind(at + 2) is Kind.ATTRIBUTE
        if self._folded(at) in _MODAL:  # 隆基绿能2022年; in 能跑多远 it is no name
            return after in (Kind.DATE, Kind.OF, Kind.ATTRIBUTE)
        return self._folded(at) in _AND and after in NOMINAL

    def _continues(self, at: int) -> bool:
        """Whether 的 leads to more of the subject: 的|HFO-1234yf属于, not 的|首席承保方是谁."""
        if self._kind(at) in NAMES:
            return True
        if self._kind(at) is Kind.ATTRIBUTE:
            return self._is_role(at)
        stop = at
        while self._kind(stop) in NOMINAL:
            stop += 1
        if stop == at or self._folded(stop) in _EQUALS:
            return False
        return self._kind(stop) in (Kind.VERB, Kind.LIGHT, Kind.OF)

    def _is_role(self, at: int) -> bool:
        """特斯拉CFO|行权: somebody who does something, not somebody asked for."""
        if self.pieces[at].what != "person":
            return False
        after, word = self._kind(at + 1), self._folded(at + 1)
        if after is Kind.LIGHT:
            return word not in _EQUALS
        return after in (Kind.VERB, Kind.ATTRIBUTE, Kind.OF, Kind.DATE)

    def _weight(self, span: Span) -> tuple[bool, int]:
        """Names before nouns, long before short; nothing for what is asked for or general."""
        start, stop = span
        if start and self._kind(start - 1) in (Kind.ASK, Kind.COUNT) and self._in_head(start):
            start = min(stop, start + 1)
        own = [piece for piece in self.pieces[start:stop] if piece.kind not in _UNSPECIFIC]
        named = any(piece.kind in NAMES for piece in own)
        return named, sum(len(piece.folded) for piece in own)

    def _in_head(self, at: int) -> bool:
        """哪家|保险公司, 多少款|产品: the noun that a question word asks for."""
        while at and self._kind(at - 1) is Kind.COUNT:
            at -= 1
        return at > 0 and self._kind(at - 1) is Kind.ASK


def settled(pieces: Sequence[Piece]) -> Turn:
    """The turn, with 研发 and the like told apart: a verb in 研发了, not in 研发费用."""
    done: list[Piece] = []
    for piece, after in zip(pieces, (*pieces[1:], None), strict=True):
        done.append(_as_noun(piece) if _modifies(piece, after) else piece)
    return Turn(tuple(done))


def _modifies(piece: Piece, after: Piece | None) -> bool:
    if piece.kind is not Kind.VERB or after is None:
        return False
    if after.kind is Kind.ATTRIBUTE:
        return True
    return piece.what == "both" and after.kind in (Kind.NOUN, Kind.GENERIC, Kind.END)


def _as_noun(piece: Piece) -> Piece:
    return replace(piece, kind=Kind.GENERIC)


def text_of(pieces: Iterable[Piece]) -> str:
    """The pieces as one text; letters and digits of two pieces are kept apart by a blank."""
    text = ""
    for piece in pieces:
        if text and _plain(text[-1]) and _plain(piece.text[:1]):
            text += " "
        text += piece.text
    return text


def _plain(char: str) -> bool:
    return char.isascii() and char.isalnum()
