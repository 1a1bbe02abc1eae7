"""Short ways to make the records that evaluation tests need."""

from index.evaluation.questions import EvalQuestion
from index.evaluation.ranking import PostRef, RankedSource
from index.evaluation.run import Outcome


def question(id="q1", answers=("甲",), sources=("a.md",), kind=None, text="问？"):
    return EvalQuestion(id, text, tuple(answers), tuple(sources), (), kind)


def source(post, *copies, url=None):
    return RankedSource(PostRef(url, post), tuple(PostRef(None, copy) for copy in copies))


def outcome(answer="甲", posts=("a.md",), took_ms=10.0, confidence=0.9):
    return Outcome(answer, confidence, "问？", tuple(source(post) for post in posts), took_ms)
