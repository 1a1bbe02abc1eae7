"""Which span answers, which other posts say the same or something else, and in which order.

Near-copies were collapsed before reading (`index.copies`); here the spans of what is left are put
together. Nothing is picked silently: whatever is good enough and says something else is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from index.daytime import until_when
from index.question import Question
from index.reading.bounds import Bounds
from index.records import Hit, Post, Source, Span, Statement
from index.same_answer import same_answer
from index.versions import Wanted, newest, newest_first, version_named, versions

# What made a span the answer: the reader's score, its date, or that it is the version meant of a
# story that was told with several figures.
Choice = Literal["best", "latest", "version"]


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
    the hit of that span.
    """

    spans: tuple[Span, ...]
    shown: tuple[Shown, ...]
    choice: Choice


def merge(question: Question, hits: Sequence[Hit], spans: Sequence[Span], bounds: Bounds) -> Merged:
    """Choose among the reader's `spans` (best first) and order the hits for showing.

    The best span answers, but for two cases: a question about the present takes the newest of those
    that are good enough; and of one story whose figure was updated over the day the version counts
    that the question names by figure or time, else the newest. Without spans the hits keep their
    order.
    """
    if not spans:
        return Merged((), _shown(hits, range(len(hits)), {}), "best")
    good = _good_spans(question, hits, spans, bounds)
    dated = list(good) if question.wants_latest else versions(hits, good)
    chosen = newest_first(hits, dated, until_when(question.folded))[0]
    order = [chosen, *newest_first(hits, dated), *good, *range(len(hits))]
    answer = good[chosen]
    rest = [span for span in spans if span is not answer]
    choice: Choice = "latest" if question.wants_latest else "version"
    return Merged(
        spans=(answer, *rest),
        shown=_shown(hits, order, good),
        choice="best" if answer is spans[0] else choice,
    )


def statements(sources: Iterable[Source]) -> tuple[Statement, ...]:
    """The distinct answers of `sources`, each once, in the order of the first that says it.

    Empty where no source has an answer, as in a refusal.
    """
    groups: list[list[tuple[str, Source]]] = []
    for source in sources:
        if source.answer is None:
            continue
        for group in groups:
            if all(same_answer(source.answer, text) for text, _ in group):
                group.append((source.answer, source))
                break
        else:
            groups.append([(source.answer, source)])
    return tuple(
        Statement(
            text=group[0][0],
            sources=tuple(source.rank for _, source in group),
            date=newest(when for _, source in group for when in _dates(source)),
        )
        for group in groups
    )


def _dates(source: Source) -> list[datetime | None]:
    return [source.date, *(copy.date for copy in source.copies)]


def _good_spans(
    question: Question, hits: Sequence[Hit], spans: Sequence[Span], bounds: Bounds
) -> dict[int, Span]:
    """Hit number to its best span: that of the best, then those that are good beside it."""
    least = bounds.least(spans[0].score)
    enough = [spans[0], *(span for span in spans[1:] if span.score >= least)]
    best = version_named(question, hits, enough)
    wanted = Wanted(question, hits[best.hit])
    good = {best.hit: best}
    for span in enough:
        if span.hit not in good and wanted.suits(hits[span.hit]):
            good[span.hit] = span
    return good


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
