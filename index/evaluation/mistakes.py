"""What went wrong in a run, sorted by what would have to get better."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from index.evaluation.run import Report, Scored


@dataclass(frozen=True, slots=True)
class Mistakes:
    """One sort of mistake: `key` is a word for links, `items` the surest ones first."""

    key: str
    title: str
    meaning: str
    items: tuple[Scored, ...]


def mistakes(report: Report) -> tuple[Mistakes, ...]:
    """Every question that isn't right, under exactly one sort; all sorts, also the empty ones.

    With `given_context` nothing can be refused, so that an unanswerable question is no mistake.
    """
    wrong = [
        item
        for item in report.scored
        if not item.right and not (report.given_context and not item.question.answerable)
    ]
    # Subtle: what was sure and wrong, or nearly given and right, teaches most.
    wrong.sort(key=lambda item: -item.outcome.confidence)
    sorted_out: dict[str, list[Scored]] = {sort.key: [] for sort in _SORTS}
    for item in wrong:
        sorted_out[next(sort.key for sort in _SORTS if sort.holds(item))].append(item)
    return tuple(
        Mistakes(sort.key, sort.title, sort.meaning, tuple(sorted_out[sort.key])) for sort in _SORTS
    )


@dataclass(frozen=True, slots=True)
class _Sort:
    key: str
    title: str
    meaning: str
    holds: Callable[[Scored], bool]


def _found_first(item: Scored) -> bool:
    """Whether the right post came first, as far as the question names one."""
    return item.rank == 1 or not item.question.sources or not item.outcome.sources


# The first that holds counts.
_SORTS = (
    _Sort(
        "answered",
        "Answered, though nothing answers",
        "The question has no answer in the posts; the confidence was too high.",
        lambda item: not item.question.answerable,
    ),
    _Sort(
        "wrong-span",
        "Wrong span",
        "The right post came first, and another stretch of it was given.",
        lambda item: not item.refused and _found_first(item),
    ),
    _Sort(
        "wrong-post",
        "Wrong post",
        "The answer was taken from a post that is not the question's.",
        lambda item: not item.refused,
    ),
    _Sort(
        "refused",
        "Refused, though there is an answer",
        "A span was found, and its confidence lay below the threshold.",
        lambda item: item.outcome.span is not None,
    ),
    _Sort(
        "no-span",
        "No span found",
        "Nothing was found that could be an answer.",
        lambda item: True,
    ),
)
