import json

import pytest

from index.errors import SettingsError
from index.evaluation.predictions import write_predictions
from index.evaluation.report import report_json
from index.evaluation.run import Outcome, evaluate, score

from .makers import outcome, question, source


def _scored(count=2):
    return [score(question(f"q{n}", kind="甲类" if n else None), outcome()) for n in range(count)]


def test_what_is_written_reads_back(tmp_path):
    found = Outcome(
        "甲\n“乙”",
        0.8125,
        "它是谁",
        (source("a.md", "c.md", url="http://x/a"), source("b.md")),
        1.0,
    )
    refused = outcome(None, (), confidence=0.0)
    path = tmp_path / "p.jsonl"
    scored = [score(question("一", kind="事实"), found), score(question("2"), refused)]
    write_predictions(path, scored)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [
        {
            "id": "一",
            "kind": "事实",
            "searched": "它是谁",
            "answer": "甲\n“乙”",
            "confidence": 0.8125,
            "sources": [
                {
                    "url": "http://x/a",
                    "post": "a.md",
                    "copies": [{"url": None, "post": "c.md"}],
                },
                {"url": None, "post": "b.md", "copies": []},
            ],
        },
        {
            "id": "2",
            "kind": None,
            "searched": "问？",
            "answer": None,
            "confidence": 0.0,
            "sources": [],
        },
    ]
    assert "一" in lines[0]


def test_the_first_ten_distinct_posts_are_written(tmp_path):
    posts = [f"{n // 2}.md" for n in range(40)]
    write_predictions(tmp_path / "p", [score(question(), outcome(posts=posts))])
    sources = json.loads((tmp_path / "p").read_text())["sources"]
    assert [item["post"] for item in sources] == [f"{n}.md" for n in range(10)]


def test_someone_elses_script_gets_the_same_recall(tmp_path):
    wanted = {f"q{n}": f"{n}.md" for n in range(12)}
    posts = [f"{n // 3}.md" for n in range(36)]
    questions = [question(id, sources=(post,)) for id, post in wanted.items()]
    report = evaluate(lambda _: outcome(posts=posts), questions)
    write_predictions(tmp_path / "p", report.scored)
    ranks = []
    for line in (tmp_path / "p").read_text().splitlines():
        record = json.loads(line)
        found = [item["post"] for item in record["sources"]]
        ranks.append(found.index(wanted[record["id"]]) + 1 if wanted[record["id"]] in found else 99)
    retrieval = report_json(report)["retrieval"]
    for k in (1, 3, 10):
        assert retrieval[f"recall@{k}"] == round(sum(rank <= k for rank in ranks) / 12, 4)


def test_an_old_file_is_replaced_whole(tmp_path):
    path = tmp_path / "p.jsonl"
    path.write_text("old")
    write_predictions(path, _scored(1))
    assert path.read_text().startswith('{"id": "q0"')


def test_an_empty_run_is_an_empty_file(tmp_path):
    write_predictions(tmp_path / "p", [])
    assert (tmp_path / "p").read_bytes() == b""


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="gone for the predictions does not exist") as caught:
        write_predictions(tmp_path / "gone" / "p", _scored())
    assert "--predictions" in caught.value.remedy
