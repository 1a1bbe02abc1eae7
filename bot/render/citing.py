"""Sources as lines: number, linked title, publisher, date, and where else the story stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date as Day
from datetime import datetime

from bot.render.document import Piece
from bot.render.room import Room
from bot.render.wording import one_line, shortened, web_link
from bot.texts import Texts
from index.records import Answer, Copy, Source

_DOT = " · "


@dataclass(frozen=True, slots=True)
class Citing:
    """How the sources of one message are written."""

    texts: Texts
    room: Room
    busy_days: frozenset[Day]  # of which there is more than one report, so that the time matters

    def when(self, date: datetime | None) -> str:
        """The day, with its time where that tells reports apart."""
        if date is None:
            return self.texts("no-date")
        timed = self.room.facts and date.date() in self.busy_days
        return date.strftime("%Y-%m-%d %H:%M" if timed else "%Y-%m-%d")

    def title(self, title: str, url: str | None) -> tuple[Piece, bool]:
        """The title, linked where it can be, and whether a link was left out for its length."""
        shown = shortened(one_line(title), self.room.title) or self.texts("untitled")
        link = web_link(url)
        if link and len(link.encode()) > self.room.link_bytes:
            return Piece(shown), True
        return Piece(shown, link=link), False

    def facts(self, publisher: str | None, date: datetime | None, *, old: bool) -> str:
        """` · publisher · date · older report`, to stand behind a title."""
        named = one_line(publisher or "") if self.room.facts else ""
        parts = [shortened(named, self.room.title)] if named else []
        parts.append(self.when(date))
        parts += [self.texts("old-report")] if old else []
        return "".join(f"{_DOT}{part}" for part in parts)

    def source(self, source: Source) -> list[Piece]:
        """The lines of one source, the last without a line end."""
        title, left_out = self.title(source.title, source.url)
        facts = self.facts(source.publisher, source.date, old=source.old)
        if left_out and self.room.facts:
            facts += f"{_DOT}{self.texts('link-too-long')}"
        copies = self._copies(source.copies) if source.copies and self.room.facts else []
        return [Piece(f"[{source.rank}] "), title, Piece(facts), *copies]

    def _copies(self, copies: Sequence[Copy]) -> list[Piece]:
        named = copies[: self.room.copies]
        key = "copies" if named else "copies-only"
        pieces = [Piece(f"\n    {self.texts(key, count=len(copies))}")]
        for number, copy in enumerate(named):
            title, _ = self.title(copy.title, copy.url)
            date = self.texts("copy-date", date=self.when(copy.date))
            pieces += [Piece(self.texts("listed"))] if number else []
            pieces += [title, Piece(date)]
        pieces += [Piece(self.texts("more"))] if named and len(copies) > len(named) else []
        return pieces


def citing(answer: Answer, texts: Texts, room: Room) -> Citing:
    """For the sources of `answer`."""
    return Citing(texts, room, _busy(_dates(answer.sources)))


def lines(entries: Iterable[Sequence[Piece]]) -> tuple[Piece, ...]:
    """Entries below each other."""
    pieces: list[Piece] = []
    for entry in entries:
        pieces += [Piece("\n")] if pieces else []
        pieces += entry
    return tuple(pieces)


def _dates(sources: Iterable[Source]) -> Iterable[datetime]:
    for source in sources:
        dates = [source.date, *(copy.date for copy in source.copies)]
        yield from (date for date in dates if date)


def _busy(dates: Iterable[datetime]) -> frozenset[Day]:
    days = Counter(date.date() for date in dates)
    return frozenset(day for day, count in days.items() if count > 1)
