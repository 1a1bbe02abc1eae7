import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.evaluation.calibration import Judged
from index.evaluation.measures import Ratio, by_kind, citation, followups, judged, measures
from index.evaluation.questions import EvalQuestion
from index.evaluation.scores import refusal_of_counts

from .makers import found, outcome, question, report


def test_a_ratio_by_hand():
    ratio = Ratio((1.0, 2.0), (1.0, 5.0), ("a", "b"))
    assert (ratio.value, ratio.questions) == (0.5, 2)
    # Resamples aa 1/1, ab and ba 3/6, bb 2/5: a quarter, a half, a quarter.
    assert ratio.interval() == (0.4, 1)
    assert (Ratio((), (), ()).value, Ratio((), (), ()).interval()) == (None, None)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=12))
def test_refusals_are_scored_as_by_their_counts(pairs):
    run = report(
        *(
            (question(str(n), ["甲"] if can else []), outcome(None if no else "甲"))
            for n, (no, can) in enumerate(pairs)
        )
    )
    wanted = refusal_of_counts(
        sum(no and not can for no, can in pairs),
        sum(no for no, _ in pairs),
        sum(not can for _, can in pairs),
    )
    ratios = measures(run)["refusal"]
    for name, ratio in ratios.items():
        value = getattr(wanted, name)
        assert ratio.value == (None if value is None else pytest.approx(value))


def test_with_a_given_context_only_answers_count():
    parts = measures(report((question(), outcome("甲")), given_context=True))
    assert parts["answer"]["em"].value == 1
    rest = [*parts["retrieval"].values(), *parts["refusal"].values()]
    assert [ratio.value for ratio in rest] == [None] * 7


@pytest.mark.parametrize(
    ("fields", "group"),
    [
        ((("a.md", "b.md"), (), None, "c00007"), "context c00007"),
        ((("a.md", "b.md"), (), None, None), "source a.md"),
        (((), (), None, None), "question q"),
    ],
)
def test_what_questions_are_grouped_by(fields, group):
    assert EvalQuestion("q", "问？", ("甲",), *fields).group == group


def test_kinds_in_the_order_of_their_first_question():
    run = report(
        (question("1", kind="b"), outcome()),
        (question("2"), outcome()),
        (question("3", kind="a"), outcome()),
        (question("4", kind="b"), outcome()),
        given_context=True,
    )
    parts = by_kind(run)
    assert [(kind, [item.question.id for item in part.scored]) for kind, part in parts.items()] == [
        ("b", ["1", "4"]),
        ("a", ["3"]),
    ]
    assert all(part.given_context for part in parts.values())


def test_citations_are_counted_over_what_was_checked():
    run = report(
        (question("1"), outcome(cited=True)),
        (question("2"), outcome(cited=True)),
        (question("3"), outcome(cited=False)),
        (question("4"), outcome(None)),
    )
    assert (citation(run).value, citation(run).questions) == (pytest.approx(2 / 3), 3)


def test_follow_ups_are_the_questions_with_a_history():
    run = report(
        (question("1", history=["早？"]), outcome("由甲")),  # contains the gold
        (question("2", history=["早？"]), outcome("乙")),
        (question("3", history=["早？"]), outcome(None)),  # refused, and has an answer
        (question("4", answers=(), history=["早？"]), outcome(None)),
        (question("5"), outcome("甲")),
    )
    assert followups(run) == (2, 4)
    assert followups(report()) == (0, 0)


def test_spans_are_judged_whether_given_or_kept_back():
    run = report(
        (question("1"), outcome("甲", confidence=0.9, **found("甲"))),
        (question("2"), outcome(None, confidence=0.4, **found("甲"))),
        (question("3"), outcome(None, confidence=0.3, **found("乙"))),
        (question("4", answers=()), outcome(None, confidence=0.2, **found("甲"))),
        (question("5"), outcome(None, confidence=0.0)),
    )
    assert judged(run) == [
        Judged(0.9, True, True),
        Judged(0.4, True, True),
        Judged(0.3, False, True),
        Judged(0.2, False, False),
        Judged(0.0, False, True),
    ]
    assert judged(report((question(), outcome()), given_context=True)) == []


def test_the_retrieval_values_by_hand():
    run = report(
        (question("1"), outcome(posts=("a.md",))),
        (question("2"), outcome(posts=("x", "y", "z", "a.md"))),
        (question("3"), outcome(posts=("x",))),
        (question("4", answers=()), outcome(None, posts=("a.md",))),  # nothing to find
        (question("5", sources=()), outcome(posts=("a.md",))),  # nowhere to find it
    )
    values = {name: ratio.value for name, ratio in measures(run)["retrieval"].items()}
    assert values == pytest.approx(
        {"recall@1": 1 / 3, "recall@3": 1 / 3, "recall@10": 2 / 3, "mrr@10": 5 / 12}
    )
    assert math.isclose(measures(run)["answer"]["em"].value or 0, 1)
