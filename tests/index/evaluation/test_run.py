import pytest

from index.answer import Explanation
from index.evaluation.questions import EvalQuestion
from index.evaluation.run import evaluate, outcome_of, score
from index.reading.terms import question_terms
from tests.factories import (
    make_answer,
    make_copy,
    make_hit,
    make_post,
    make_question,
    make_source,
    make_span,
)

from .makers import found, outcome, question, source


def test_every_question_is_asked_in_order_and_progress_is_told():
    asked, told = [], []

    def ask(item):
        asked.append(item.id)
        return outcome()

    questions = [question("b"), question("a")]
    report = evaluate(ask, questions, on_done=lambda done, total: told.append((done, total)))
    assert asked == ["b", "a"]
    assert told == [(1, 2), (2, 2)]
    assert [item.question.id for item in report.scored] == ["b", "a"]


def test_the_asked_question_carries_its_history_and_context():
    seen = []
    given = EvalQuestion("x", "那呢？", ("甲",), ("c00007",), ("早？",), None, "c00007")
    evaluate(lambda item: seen.append(item) or outcome(), [given])
    assert seen == [given]


def test_marks_of_an_answer():
    scored = score(
        question(answers=("11亿美元",), sources=("b.md",)),
        outcome("约11亿美元", ("a.md", "a.md", "b.md")),
    )
    assert (scored.rank, scored.em, scored.contains, scored.refused) == (2, 0, 1, False)
    assert scored.f1 == pytest.approx(8 / 9)


def test_a_refused_question_counts_0_but_keeps_its_rank():
    scored = score(question(answers=("甲",)), outcome(None, ("a.md",)))
    assert (scored.rank, scored.em, scored.f1, scored.contains) == (1, 0, 0, 0)
    assert scored.refused


def test_an_empty_answer_is_an_answer():
    assert not score(question(), outcome("")).refused


def test_a_blank_question_is_not_asked_and_counts_as_missed():
    def ask(_):
        raise AssertionError("asked")

    (scored,) = evaluate(ask, [question(text=" \u3000")]).scored
    assert scored.refused
    assert (scored.rank, scored.outcome.took_ms) == (None, None)


def test_what_asking_raises_ends_the_run():
    def ask(_):
        raise RuntimeError("broken index")

    with pytest.raises(RuntimeError, match="broken index"):
        evaluate(ask, [question()])


def test_no_questions_give_an_empty_report():
    assert evaluate(lambda _: outcome(), []).scored == ()


def test_right_is_what_contains_a_gold_or_refuses_where_nothing_answers():
    wrong, right = score(question(), outcome("乙")), score(question(), outcome("由甲"))
    assert (wrong.right, right.right) == (False, True)
    assert not score(question(), outcome(None)).right
    assert score(question(answers=()), outcome(None)).right
    assert not score(question(answers=()), outcome("甲")).right


def test_a_span_that_was_kept_back_can_be_right():
    assert score(question(), outcome(None, **found("甲"))).span_right
    assert not score(question(), outcome(None, **found("乙"))).span_right
    assert not score(question(), outcome(None)).span_right
    assert not score(question(answers=()), outcome(None, **found("甲"))).span_right


def _explained(answer, hits=(), spans=()):
    terms = question_terms(("渡轮",), lambda _: 1.0)
    return Explanation(make_question(), ("渡轮",), terms, hits, spans, "best", None, 0.5, answer)


OTHER = make_hit("别的文字。", post=make_post(id="posts/other.md"))


def test_an_answer_becomes_an_outcome():
    shown = make_source(copies=(make_copy(),))
    answer = make_answer(sources=(shown,), searched="谁?", took_ms={"read": 1, "total": 12.5})
    hits = (OTHER, make_hit())
    span = make_span(hit=1)
    got = outcome_of(_explained(answer, hits, (span, make_span(hit=0))))
    assert (got.answer, got.confidence, got.searched) == ("6班", 0.9, "谁?")
    url = "http://news.example.com/ferry"
    assert got.sources == (source("2022-03-01-ferry.md", "2022-03-02-ferry.md", url=url),)
    assert (got.took_ms, got.hit, got.span, got.cited) == (12.5, hits[1], span, True)


def test_a_citation_that_does_not_hold_is_noted():
    answer = make_answer(sources=(make_source(url="http://news.example.com/other"),))
    assert outcome_of(_explained(answer, (make_hit(),), (make_span(),))).cited is False


def test_a_refusal_keeps_the_best_span_and_has_no_citation():
    refusal = make_answer(text=None, confidence=0.1)
    got = outcome_of(_explained(refusal, (make_hit(),), (make_span(),)))
    assert (got.answer, got.took_ms, got.span.text, got.cited) == (None, None, "6班", None)


def test_a_refusal_without_spans_or_hits():
    refusal = make_answer(text=None, confidence=0.0, sources=())
    nearest = outcome_of(_explained(refusal, (OTHER, make_hit())))
    assert (nearest.hit, nearest.span) == (OTHER, None)
    nothing = outcome_of(_explained(refusal))
    assert (nothing.hit, nothing.span) == (None, None)
