"""Which span answers, which other posts say the same or something else, and in which order.

Near-copies were collapsed before reading (`index.copies`); here the spans of what is left are put
together. Nothing is picked silently: whatever is good enough and says something else is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from index.agreement import figure_of, same_answer
from index.copies import figures, is_update
from index.passages import search_text
from index.question import Question, date_agreement
from index.reading.bounds import Bounds
from index.records import Hit, Post, Source, Span, Statement

# A figure goes on from morning to evening; a daily report comes again after 24 hours.
_ONE_STORY = timedelta(hours=18)
# 上午 and 10点半 say which of the day's figures is meant; 3600点 is an index. What a passage itself
# says (开盘, 收盘) is looked for there.
_TIME_SAID = re.compile(
    r"(?<![\d.,])(?:[01]?\d|2[0-4])(?:[点时](?!\d*%)|:[0-5]\d)|凌晨|清晨|早[上间盘晨]|[上下]午|中午|午[间盘后前]"
    "|尾盘|傍晚|晚[上间]|夜[间盘里]"
)

Choice = Literal["best", "latest", "update"]


@dataclass(frozen=True, slots=True)
class Shown:
    """A hit to show as a source: its span where that is good enough, and the posts like it."""

    hit: int  # index into the hits
    span: Span | None
    copies: tuple[Post, ...]  # newest first, none of them shown elsewhere


@dataclass(frozen=True, slots=True)
class Merged:
    """What is shown of hits and spans.

    `spans` are the reader's, the one that answers first; `shown` has no post twice and begins with
    the hit of that span; `choice` says what made it the answer.
    """

    spans: tuple[Span, ...]
    shown: tuple[Shown, ...]
    choice: Choice


def merge(question: Question, hits: Sequence[Hit], spans: Sequence[Span], bounds: Bounds) -> Merged:
    """Choose among the reader's `spans` (best first) and order the hits for showing.

    The best span answers, but for two cases: a question about the present takes the newest of those
    that are good enough, and of one story whose figure was updated over the day the newest counts,
    unless the question says which. Without spans the hits keep their order.
    """
    good = _good_spans(question, hits, spans, bounds)
    chosen, dated, choice = _choose(question, hits, good)
    first = [chosen] if chosen is not None else []
    order = [*first, *_newest_first(hits, dated), *good, *range(len(hits))]
    answering = [good[number] for number in first]
    others = [span for span in spans if span not in answering]
    return Merged((*answering, *others), _shown(hits, order, good), choice)


def statements(sources: Iterable[Source]) -> tuple[Statement, ...]:
    """The distinct answers of `sources`, each once, in the order of the first that says it.

    Empty where no source has an answer, as in a refusal.
    """
    groups: list[list[Source]] = []
    for source in sources:
        if source.answer is None:
            continue
        for group in groups:
            if all(same_answer(source.answer, one.answer or "") for one in group):
                group.append(source)
                break
        else:
            groups.append([source])
    return tuple(
        Statement(
            text=group[0].answer or "",
            sources=tuple(source.rank for source in group),
            date=_newest(when for source in group for when in _dates(source)),
        )
        for group in groups
    )


def _dates(source: Source) -> list[datetime | None]:
    return [source.date, *(copy.date for copy in source.copies)]


def _good_spans(
    question: Question, hits: Sequence[Hit], spans: Sequence[Span], bounds: Bounds
) -> dict[int, Span]:
    """Hit number to its span, best first, one a post: the best one and those good beside it."""
    if not spans:
        return {}
    best = spans[0]
    good = {best.hit: best}
    posts = {hits[best.hit].post.id}
    wanted = _Wanted(question, hits[best.hit])
    for span in spans[1:]:
        hit = hits[span.hit]
        if span.score < bounds.least(best.score):
            break
        if hit.post.id not in posts and wanted.suits(hit):
            posts.add(hit.post.id)
            good[span.hit] = span
    return good


class _Wanted:
    """What a question says of its answer's passage, as far as the best hit has it."""

    def __init__(self, question: Question, best: Hit) -> None:
        self._question = question
        self._best = best
        self._text = _text(best)
        self._dated = self._agreement(best) > 0
        bare = question.folded
        for one in question.dates:
            bare = bare.replace(one.said, " ")
        self._figures = figures(bare) & figures(self._text)
        pairs = {"".join(pair) for pair in pairwise(bare)}
        self._pairs = {pair for pair in pairs if pair.isalnum() and pair in self._text}

    def suits(self, hit: Hit) -> bool:
        """False where the hit contradicts a date, or lacks a date or figure that the best has.

        So does the same sentence about somebody else: 深股通净流入超20亿 beside 沪股通净流入超30亿
        where 沪股通 is asked for.
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


def _text(hit: Hit) -> str:
    return search_text(hit.post, hit.passage)


def _choose(
    question: Question, hits: Sequence[Hit], good: dict[int, Span]
) -> tuple[int | None, list[int], Choice]:
    """The hit that answers, those that are to be shown by their dates, and why."""
    if not good:
        return None, [], "best"
    best = next(iter(good))
    dated = list(good) if question.wants_latest else _versions(hits, good)
    if _TIME_SAID.search(question.folded):
        return best, dated, "best"
    newest = next(iter(_newest_first(hits, dated)), best)
    if newest == best:
        return best, dated, "best"
    return newest, dated, "latest" if question.wants_latest else "update"


def _versions(hits: Sequence[Hit], good: dict[int, Span]) -> list[int]:
    """The hits that tell the best one's story with another figure, and the best; else none."""
    best, *others = good
    others = [
        number
        for number in others
        if _is_version(hits[best], hits[number])
        and _differ_in_figure(good[best].text, good[number].text)
    ]
    return [best, *others] if others else []


def _is_version(first: Hit, second: Hit) -> bool:
    one, other = _reported(first), _reported(second)
    if one is None or other is None or abs(one - other) > _ONE_STORY:
        return False
    return _same_but_for_figures(first, second)


def _same_but_for_figures(first: Hit, second: Hit) -> bool:
    """Figures that stand in the title only count, too; titles alone may differ."""
    texts = first.passage.text, second.passage.text
    return is_update(*texts) or is_update(_text(first), _text(second))


def _differ_in_figure(first: str, second: str) -> bool:
    one, other = figure_of(first), figure_of(second)
    return one is not None and other is not None and one.has_unit_of(other) and one != other


def _newest_first(hits: Sequence[Hit], numbers: Iterable[int]) -> list[int]:
    """By date of report, undated ones last; those of one moment keep their order."""

    def moment(number: int) -> float:
        when = _reported(hits[number])
        return when.timestamp() if when else float("-inf")

    return sorted(numbers, key=moment, reverse=True)


def _reported(hit: Hit) -> datetime | None:
    """When the newest of the posts that carry the passage appeared."""
    return _newest(post.date for post in (hit.post, *hit.copies))


def _newest(dates: Iterable[datetime | None]) -> datetime | None:
    return max((one for one in dates if one), default=None)


def _shown(hits: Sequence[Hit], order: Iterable[int], good: dict[int, Span]) -> tuple[Shown, ...]:
    """One entry a post; one that was named as a copy has been shown with its story."""
    shown: list[Shown] = []
    seen: set[str] = set()
    for number in order:
        hit = hits[number]
        if hit.post.id in seen:
            continue
        copies = tuple(post for post in hit.copies if post.id not in seen)
        seen.update(post.id for post in (hit.post, *copies))
        shown.append(Shown(number, good.get(number), copies))
    return tuple(shown)
