from index.evaluation.mistakes import mistakes

from .makers import found, outcome, question, report


def _sorts(*pairs, **options):
    return {
        sort.key: [item.question.id for item in sort.items]
        for sort in mistakes(report(*pairs, **options))
    }


def test_every_mistake_under_its_sort_and_nothing_else():
    assert _sorts(
        (question("right"), outcome("甲")),
        (question("rightly refused", answers=()), outcome(None)),
        (question("nothing answers", answers=()), outcome("甲")),
        (question("span"), outcome("乙", posts=("a.md", "b.md"))),
        (question("post"), outcome("乙", posts=("b.md", "a.md"))),
        (question("not found"), outcome("乙", posts=("b.md",))),
        (question("any post", sources=()), outcome("乙", posts=("b.md",))),
        (question("kept back"), outcome(None, **found("甲"))),
        (question("nothing found"), outcome(None)),
    ) == {
        "answered": ["nothing answers"],
        "wrong-span": ["span", "any post"],
        "wrong-post": ["post", "not found"],
        "refused": ["kept back"],
        "no-span": ["nothing found"],
    }


def test_the_surest_come_first_and_equals_stay_in_order():
    pairs = [
        (question(id), outcome("乙", confidence=confidence))
        for id, confidence in (("a", 0.6), ("b", 0.9), ("c", 0.6), ("d", 0.7))
    ]
    assert _sorts(*pairs)["wrong-span"] == ["b", "d", "a", "c"]


def test_with_a_given_context_nothing_can_be_refused():
    assert _sorts(
        (question("a"), outcome("乙", posts=())),
        (question("b", answers=()), outcome("乙", posts=())),
        given_context=True,
    ) == {
        "answered": [],
        "wrong-span": ["a"],
        "wrong-post": [],
        "refused": [],
        "no-span": [],
    }


def test_no_run_no_mistakes():
    assert set(map(tuple, _sorts().values())) == {()}
