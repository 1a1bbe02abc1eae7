"""Hits that tell one story with several figures, and which of them a question means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise, product

from index.copies import figures, is_update
from index.daytime import without_clock
from index.passages import search_text
from index.question import Question, date_agreement
from index.records import Hit, Span
from index.same_answer import figure_of, same_answer

# A figure goes on from morning to evening; a daily report comes again after 24 hours.
_ONE_STORY = timedelta(hours=18)


class Wanted:
    """What a question says of its answer's passage, as far as the best hit has it."""

    def __init__(self, question: Question, best: Hit) -> None:
        self._question = question
        self._best = best
        self._dated = self._agreement(best) > 0
        text, bare = _text(best), _timeless(question)
        self._figures = figures(bare) & figures(text)
        pairs = {first + second for first, second in pairwise(bare)}
        self._pairs = {pair for pair in pairs if pair.isalnum() and pair in text}

    def suits(self, hit: Hit) -> bool:
        """False where the hit contradicts a date, or lacks a date or figure that the best has.

        And where it is the same sentence about somebody else: 深股通净流入超20亿 beside
        沪股通净流入超30亿 where 沪股通 is asked for.
        """
        agreement = self._agreement(hit)
        text = _text(hit)
        if agreement < 0 or (self._dated and agreement == 0):
            return False
        if not self._figures <= figures(text):
            return False
        same_subject = all(pair in text for pair in self._pairs)
        return same_subject or not _same_but_for_figures(self._best, hit)

    def _agreement(self, hit: Hit) -> float:
        return date_agreement(self._question, _text(hit), hit.post.day)


def version_named(question: Question, hits: Sequence[Hit], spans: Sequence[Span]) -> Span:
    """The first span, or another version of its story that has more of the question's figures."""
    best = hits[spans[0].hit]
    asked = figures(_timeless(question))
    if not asked:
        return spans[0]
    others = [span for span in spans if _same_but_for_figures(best, hits[span.hit])]
    return max([spans[0], *others], key=lambda span: len(asked & figures(_text(hits[span.hit]))))


def versions(hits: Sequence[Hit], good: Mapping[int, Span]) -> list[int]:
    """The best hit and those that tell its story of the day with another figure."""
    best, *others = good
    return [
        best,
        *(
            number
            for number in others
            if _differ_in_figure(good[best].text, good[number].text)
            and _of_one_day(hits[best], hits[number])
            and _same_but_for_figures(hits[best], hits[number])
        ),
    ]


def _differ_in_figure(first: str, second: str) -> bool:
    one, other = figure_of(first), figure_of(second)
    both = one is not None and other is not None and one.has_unit_of(other)
    return both and not same_answer(first, second)


def _of_one_day(first: Hit, second: Hit) -> bool:
    pairs = product(_dates(first), _dates(second))
    return any(abs(one - other) <= _ONE_STORY for one, other in pairs)


def _same_but_for_figures(first: Hit, second: Hit) -> bool:
    """Figures that stand in the title only count, too; titles alone may differ."""
    texts = first.passage.text, second.passage.text
    return is_update(*texts) or is_update(_text(first), _text(second))


def newest_first(
    hits: Sequence[Hit], numbers: Iterable[int], until: time | None = None
) -> list[int]:
    """Hit numbers by when they were reported; undated ones last.

    With `until`, last are those that no post had by that time of day, too. Those of one moment, and
    the last ones, keep their order.
    """

    def moment(number: int) -> float:
        when = _reported(hits[number], until)
        return when.timestamp() if when else float("-inf")

    return sorted(numbers, key=moment, reverse=True)


def _reported(hit: Hit, until: time | None) -> datetime | None:
    """When the newest of the posts that carry the passage appeared, by a time of day."""
    return newest(when for when in _dates(hit) if until is None or when.time() <= until)


def _dates(hit: Hit) -> list[datetime]:
    return [post.date for post in (hit.post, *hit.copies) if post.date]


def newest(dates: Iterable[datetime | None]) -> datetime | None:
    """The newest of the dates that are known; None where none is."""
    return max((one for one in dates if one), default=None)


def _timeless(question: Question) -> str:
    """The folded question without the words that name its dates and times."""
    text = question.folded
    for one in question.dates:
        text = text.replace(one.said, " ")
    return without_clock(text)


def _text(hit: Hit) -> str:
    return search_text(hit.post, hit.passage)
