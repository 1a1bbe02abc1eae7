from datetime import UTC, date, datetime

import pytest

from index.evaluation.questions import EvalQuestion
from index.evaluation.run import evaluate, outcome_of, score
from index.records import Answer, Copy, Source

from .makers import outcome, question, source


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


def test_an_answer_becomes_an_outcome():
    day = datetime.combine(date(2021, 12, 8), datetime.min.time(), UTC)
    shown = Source(
        rank=1,
        text="甲乙",
        highlight=(0, 1),
        title="题",
        date=day,
        url="http://x/a",
        post="2021/a.md",
        score=1.0,
        answer="甲",
        publisher=None,
        copies=(Copy("题", day, None, "copy.md"),),
        old=False,
    )
    answer = Answer("谁", "谁?", "甲", 0.75, (shown,), "found", took_ms={"read": 1, "total": 12.5})
    found = outcome_of(answer)
    assert (found.answer, found.confidence, found.searched) == ("甲", 0.75, "谁?")
    assert found.sources == (source("2021/a.md", "copy.md", url="http://x/a"),)
    assert found.took_ms == 12.5


def test_a_refusal_without_timing_becomes_an_outcome():
    found = outcome_of(Answer("谁", "谁", None, 0.1, (), "low confidence"))
    assert (found.answer, found.took_ms) == (None, None)
