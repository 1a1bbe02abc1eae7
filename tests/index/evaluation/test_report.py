import json

from index.evaluation.report import report_json, report_text
from index.evaluation.run import evaluate

from .makers import outcome, question


def _run(pairs, given_context=False):
    answers = {item.id: found for item, found in pairs}
    return evaluate(lambda q: answers[q.id], [q for q, _ in pairs], given_context=given_context)


PAIRS = [
    # rank 1, exact
    (question("a", ["甲乙"], ["a.md"], "fact"), outcome("甲乙", ["a.md"], 10, cited=True)),
    # rank 4; F1: run 2 of 4 and 2 segments: 2/3; contained
    (
        question("b", ["甲乙"], ["b.md"], "fact"),
        outcome("在甲乙中", ["x", "y", "z", "b.md"], 20, cited=False),
    ),
    # refused although answerable; not found
    (question("c", ["甲乙"], ["c.md"], "date", history=["早？"]), outcome(None, ["x"], 40)),
    # unanswerable: refused, and answered
    (question("d", [], [], history=["早？"]), outcome(None, ["x"], 80)),
    (question("e", [], [], "fact"), outcome("丙", ["x"], 50)),
    # answerable, but names no source: out of retrieval
    (question("f", ["甲"], []), outcome("乙", ["x"], 30)),
]


NO_RETRIEVAL = dict.fromkeys(("recall@1", "recall@3", "recall@10", "mrr@10"))


def test_the_contract_by_hand():
    assert report_json(_run(PAIRS)) == {
        "questions": 6,
        "answerable": 4,
        "unanswerable": 2,
        # Ranks 1, 4, none: recalls 1/3, 1/3, 2/3; mrr (1 + 1/4) / 3.
        "retrieval": {
            "recall@1": 0.3333,
            "recall@3": 0.3333,
            "recall@10": 0.6667,
            "mrr@10": 0.4167,
        },
        # Over a, b, c, f: em 1/4; f1 (1 + 2/3) / 4; contains 2/4.
        "answer": {"em": 0.25, "f1": 0.4167, "contains": 0.5},
        # Refused c and d, unanswerable d and e.
        "refusal": {"precision": 0.5, "recall": 0.5, "f1": 0.5},
        # 10 20 30 40 50 80: p50 at place 2.5, p95 at place 4.75.
        "latency_ms": {"p50": 35.0, "p95": 72.5},
        # Every question has a group of its own. Three values: all the least in 1 resample of 27 at
        # least, all the best as well, both over 2.5 %. Of four values 1 0 0 0, three ones or more
        # in 5 %, four in 0.4 %; of 1 2/3 0 0, a sum of 10/3 or more in 4 %, of 11/3 or more in 2 %.
        # Of two values, each alone in a quarter.
        "ci95": {
            "retrieval": {
                "recall@1": [0.0, 1.0],
                "recall@3": [0.0, 1.0],
                "recall@10": [0.0, 1.0],
                "mrr@10": [0.0, 1.0],
            },
            "answer": {"em": [0.0, 0.75], "f1": [0.0, 0.8333], "contains": [0.0, 1.0]},
            "refusal": {"precision": [0.0, 1.0], "recall": [0.0, 1.0], "f1": [0.0, 1.0]},
        },
        # a's citation holds, b's doesn't, e's and f's weren't checked.
        "citation": {"valid": 0.5, "checked": 2},
        # d was rightly refused, c wrongly.
        "followup": {"right": 1, "of": 2},
        "by_kind": {
            "fact": {
                "questions": 3,
                "answerable": 2,
                "unanswerable": 1,
                "retrieval": {"recall@1": 0.5, "recall@3": 0.5, "recall@10": 1.0, "mrr@10": 0.625},
                "answer": {"em": 0.5, "f1": 0.8333, "contains": 1.0},
                "refusal": {"precision": None, "recall": 0.0, "f1": 0.0},
                "latency_ms": {"p50": 20.0, "p95": 47.0},
                "ci95": {
                    "retrieval": {
                        "recall@1": [0.0, 1.0],
                        "recall@3": [0.0, 1.0],
                        "recall@10": [1.0, 1.0],
                        "mrr@10": [0.25, 1.0],
                    },
                    "answer": {"em": [0.0, 1.0], "f1": [0.6667, 1.0], "contains": [1.0, 1.0]},
                    "refusal": {"precision": None, "recall": None, "f1": None},
                },
                "citation": {"valid": 0.5, "checked": 2},
            },
            "date": {
                "questions": 1,
                "answerable": 1,
                "unanswerable": 0,
                "retrieval": {"recall@1": 0.0, "recall@3": 0.0, "recall@10": 0.0, "mrr@10": 0.0},
                "answer": {"em": 0.0, "f1": 0.0, "contains": 0.0},
                "refusal": {"precision": 0.0, "recall": None, "f1": None},
                "latency_ms": {"p50": 40.0, "p95": 40.0},
                "ci95": {
                    "retrieval": NO_RETRIEVAL,
                    "answer": {"em": None, "f1": None, "contains": None},
                    "refusal": {"precision": None, "recall": None, "f1": None},
                },
                "citation": {"valid": None, "checked": 0},
                "followup": {"right": 0, "of": 1},
            },
        },
    }


def test_questions_about_one_post_count_as_one_for_the_intervals():
    apart = [(question(f"q{n}", sources=[f"{n}.md"]), outcome("甲乙"[n % 2])) for n in range(4)]
    together = [(question(f"q{n}"), outcome("甲乙"[n % 2])) for n in range(4)]
    assert report_json(_run(apart))["ci95"]["answer"]["em"] == [0.0, 1.0]
    found = report_json(_run(together))
    assert found["answer"]["em"] == 0.5
    assert found["ci95"]["answer"]["em"] is None  # one post tells nothing about others


def test_only_unanswerable_questions_leave_retrieval_and_answers_undefined():
    result = report_json(_run([(question("a", [], []), outcome(None))]))
    assert set(result["retrieval"].values()) == {None}
    assert set(result["answer"].values()) == {None}
    assert result["refusal"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}


def test_an_unanswerable_question_with_a_source_stays_out_of_retrieval():
    # As in SQuAD 2.0, where the context of an impossible question is known.
    pairs = [(question("g", [], ["a.md"]), outcome(None, ["x"])), PAIRS[0]]
    assert report_json(_run(pairs))["retrieval"]["recall@1"] == 1.0


def test_an_empty_run_is_all_null_and_has_every_key():
    result = report_json(_run([]))
    assert (result["questions"], result["answerable"], result["unanswerable"]) == (0, 0, 0)
    for part in ("retrieval", "answer", "refusal", "latency_ms"):
        assert set(result[part].values()) == {None}
    assert all(set(part.values()) == {None} for part in result["ci95"].values())
    assert result["citation"] == {"valid": None, "checked": 0}
    assert "by_kind" not in result
    assert "followup" not in result


def test_with_a_given_context_nothing_is_searched_or_refused():
    pairs = [PAIRS[0], (question("d", [], [], "fact"), outcome("丙", [], 30))]
    result = report_json(_run(pairs, given_context=True))
    for part in (result, result["by_kind"]["fact"]):
        assert set(part["retrieval"].values()) == {None}
        assert set(part["refusal"].values()) == {None}
        assert set(part["ci95"]["refusal"].values()) == {None}
    assert result["answer"]["em"] == 1.0


def test_a_question_that_was_not_asked_has_no_time():
    pairs = [(question("a", text=""), None), PAIRS[0]]
    result = report_json(_run(pairs))
    assert result["latency_ms"] == {"p50": 10.0, "p95": 10.0}
    assert result["retrieval"]["recall@1"] == 0.5


def test_the_json_is_json():
    text = json.dumps(report_json(_run(PAIRS)), allow_nan=False)
    assert json.loads(text)["by_kind"]["date"]["refusal"]["recall"] is None


def test_the_text_for_people():
    lines = report_text(_run(PAIRS)).splitlines()
    cells = {line.split("  ")[0]: line.split() for line in lines if line}
    assert lines[0] == "6 questions: 4 answerable, 2 not"
    # Of three values 1, 0, 0 the resample means reach from 0 (chance 8/27) to 1 (1/27 > 2.5 %).
    assert cells["recall@1"] == ["recall@1", "0.333", "0.000", "-", "1.000", "3"]
    assert cells["em"][1] == "0.250"
    assert cells["contains"][-1] == "4"
    assert cells["refusal precision"] == [
        *["refusal", "precision", "0.500", "0.000", "-", "1.000", "2"]
    ]
    assert cells["refusal f1"] == ["refusal", "f1", "0.500", "0.000", "-", "1.000", "3"]
    assert cells["citation valid"][2] == "0.500"
    assert cells["follow-ups"] == ["follow-ups", "1", "of", "2", "right"]
    assert cells["latency"] == ["latency", "p50", "35.0", "ms,", "p95", "72.5", "ms"]
    # n, r@1, r@3, em, f1, contains, refused, kind
    assert lines[-2].split() == ["3", "0.500", "0.500", "0.500", "0.833", "1.000", "0.000", "fact"]
    assert lines[-1].split() == ["1", "0.000", "0.000", "0.000", "0.000", "0.000", "1.000", "date"]


def test_the_text_of_an_empty_or_given_context_run_shows_no_share():
    empty = report_text(_run([]))
    assert "recall@1" in empty
    assert "nan" not in empty.lower()
    assert "latency            p50 -, p95 -" in empty
    given = report_text(_run(PAIRS[:1], given_context=True))
    assert "recall@" not in given
    assert "refusal" not in given
    assert "citation" not in given


def test_the_text_repeats():
    assert report_text(_run(PAIRS)) == report_text(_run(PAIRS))
