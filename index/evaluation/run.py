"""One run over a question set. How answers are made is the caller's business.

`report` turns the result into JSON or text, `html_report` into a page, `predictions` into a file
that anyone can score.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.answer import Explanation
from index.evaluation.citation import citation_holds
from index.evaluation.cmrc import em, f1
from index.evaluation.questions import EvalQuestion
from index.evaluation.ranking import PostRef, RankedSource, first_right_rank
from index.evaluation.scores import contains
from index.records import Hit, Span


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a question got. `answer` None is a refusal.

    `sources` are the ranked passages after reranking and before refusal, best first, several of one
    post allowed, at least ten posts deep where there are ten. `took_ms` None keeps the question out
    of the latency. `span` is the best span, given as the answer or kept back by a refusal (None:
    none was found), `hit` where it stands, or without a span the nearest passage. `cited` says
    whether the citation holds; None where there is none to check.
    """

    answer: str | None
    confidence: float
    searched: str
    sources: tuple[RankedSource, ...]
    took_ms: float | None
    hit: Hit | None = None
    span: Span | None = None
    cited: bool | None = None


Ask = Callable[[EvalQuestion], Outcome]
OnDone = Callable[[int, int], None]  # questions done, questions in all


@dataclass(frozen=True, slots=True)
class Scored:
    """A question, its outcome and its marks.

    `rank` is the place of the first right post (None: not found); `em`, `f1` and `contains` are 0
    for a refusal and for unanswerable questions, where they mean nothing.
    """

    question: EvalQuestion
    outcome: Outcome
    rank: int | None
    em: float
    f1: float
    contains: float

    @property
    def refused(self) -> bool:
        """True where there was no answer."""
        return self.outcome.answer is None

    @property
    def right(self) -> bool:
        """True where a gold was said (as `contains` counts), or nothing where nothing answers."""
        return self.contains > 0 if self.question.answerable else self.refused

    @property
    def span_right(self) -> bool:
        """True where the best span says a gold, whether it was given or kept back."""
        span = self.outcome.span
        return span is not None and contains(span.text, self.question.answers) > 0


@dataclass(frozen=True, slots=True)
class Report:
    """A finished run, in the questions' order.

    With `given_context` nothing was searched and nothing could be refused.
    """

    scored: tuple[Scored, ...]
    given_context: bool = False


def evaluate(
    ask: Ask,
    questions: Sequence[EvalQuestion],
    *,
    given_context: bool = False,
    on_done: OnDone | None = None,
) -> Report:
    """Ask every question in order and mark what came back.

    A blank question is not asked: it counts as refused and not found. What `ask` raises ends the
    run. No questions give an empty report.
    """
    scored: list[Scored] = []
    for number, question in enumerate(questions, start=1):
        outcome = ask(question) if question.question.strip() else _not_asked(question)
        scored.append(score(question, outcome))
        if on_done is not None:
            on_done(number, len(questions))
    return Report(tuple(scored), given_context)


def score(question: EvalQuestion, outcome: Outcome) -> Scored:
    """The marks of one outcome; a refused question gets 0 for its answer."""
    said, golds = outcome.answer, question.answers
    rank = first_right_rank(outcome.sources, question.sources)
    if said is None:
        return Scored(question, outcome, rank, 0.0, 0.0, 0.0)
    return Scored(question, outcome, rank, em(said, golds), f1(said, golds), contains(said, golds))


def outcome_of(found: Explanation) -> Outcome:
    """What the product found and said, as an outcome; its time is `took_ms["total"]`."""
    answer = found.answer
    sources = tuple(
        RankedSource(
            PostRef(source.url, source.post),
            tuple(PostRef(copy.url, copy.post) for copy in source.copies),
        )
        for source in answer.sources
    )
    span = found.spans[0] if found.spans else None
    nearest = found.hits[0] if found.hits else None
    return Outcome(
        answer=answer.text,
        confidence=answer.confidence,
        searched=answer.searched,
        sources=sources,
        took_ms=answer.took_ms.get("total"),
        hit=found.hits[span.hit] if span else nearest,
        span=span,
        cited=citation_holds(answer, found.hits),
    )


def _not_asked(question: EvalQuestion) -> Outcome:
    return Outcome(None, 0.0, question.question, (), None)
