import json
import os
import resource
import signal

import pytest

from index.errors import SettingsError, StorageError
from index.evaluation.predictions import check_predictions_path, write_predictions
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


def test_an_old_file_is_replaced_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "p.jsonl"
    path.write_text("old")
    write_predictions(path, _scored(1))
    assert path.read_text().startswith('{"id": "q0"')
    assert [file.name for file in tmp_path.iterdir()] == ["p.jsonl"]


def test_a_link_keeps_pointing_to_the_file(tmp_path):
    target, link = tmp_path / "real.jsonl", tmp_path / "link.jsonl"
    target.write_text("old")
    link.symlink_to(target)
    write_predictions(link, _scored())
    assert link.is_symlink()
    assert len(target.read_text().splitlines()) == 2


def test_an_empty_run_is_an_empty_file(tmp_path):
    write_predictions(tmp_path / "p", [])
    assert (tmp_path / "p").read_bytes() == b""


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(SettingsError, match=r"gone for the predictions does not exist"):
        write_predictions(tmp_path / "gone" / "p", _scored())


def test_a_folder_a_device_and_a_file_as_folder_are_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="not an ordinary file"):
        check_predictions_path(tmp_path)
    with pytest.raises(SettingsError, match="not an ordinary file"):
        check_predictions_path(type(tmp_path)("/dev/null"))
    with pytest.raises(SettingsError, match="does not exist"):
        check_predictions_path(tmp_path / "file" / "p")


def test_a_name_that_is_too_long_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="File name too long"):
        write_predictions(tmp_path / ("n" * 300), _scored())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(SettingsError, match="can't be written to"):
            write_predictions(tmp_path / "p", _scored())
    finally:
        tmp_path.chmod(0o700)


def test_a_disk_that_refuses_leaves_the_old_file_whole(tmp_path):
    path = tmp_path / "p.jsonl"
    path.write_text("old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(StorageError, match="File too large") as caught:
            write_predictions(path, _scored(500))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert "Make room" in caught.value.remedy
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["p.jsonl"]
