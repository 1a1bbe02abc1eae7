"""Short ways to make the records that evaluation tests need."""

from index.evaluation.questions import EvalQuestion
from index.evaluation.ranking import PostRef, RankedSource
from index.evaluation.run import Outcome, Report, score
from index.records import Span
from tests.factories import make_hit


def question(id="q1", answers=("甲",), sources=("a.md",), kind=None, text="问？", history=()):
    return EvalQuestion(id, text, tuple(answers), tuple(sources), tuple(history), kind)


def source(post, *copies, url=None):
    return RankedSource(PostRef(url, post), tuple(PostRef(None, copy) for copy in copies))


def outcome(answer="甲", posts=("a.md",), took_ms=10.0, confidence=0.9, **more):
    sources = tuple(source(post) for post in posts)
    return Outcome(answer, confidence, "问？", sources, took_ms, **more)


def found(said, before="据报道", **more):
    """Hit and span for an outcome: a passage that says `said` after `before`."""
    hit = make_hit(f"{before}{said}。", **more)
    span = Span(0, False, len(before), len(before) + len(said), said, 2.0)
    return {"hit": hit, "span": span}


def report(*pairs, given_context=False):
    return Report(tuple(score(*pair) for pair in pairs), given_context)
