"""`qinwen snapshots`, `rollback`, `doctor`, `eval`, `bench`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index import checks
from index.snapshot import verify
from index.snapshot.layout import IndexLayout
from index.snapshot.pointer import current_name, snapshot_names
from tests.index.cli.conftest import Run
from tests.index.cli.shapes import ERROR, FIGURES, FOLLOWED, count, misfits, moment, number
from tests.sites import post_text, write_site

SNAPSHOT = {
    "name": str,
    "current": bool,
    "created": (moment, None),
    "posts": (count, None),
    "passages": (count, None),
    "problem": (str, None),
}
CHECK = {"name": str, "ok": bool, "detail": str, "remedy": str}
QUESTIONS = [
    {
        "id": "1",
        "question": "海雾大桥全长多少公里？",
        "answers": ["3.6公里"],
        "sources": ["http://news.example.com/bridge"],
        "kind": "figure",
    },
    {"id": "2", "question": "恐龙为什么灭绝？", "answers": [], "sources": [], "kind": "none"},
    {
        "id": "3",
        "question": "那营业收入呢？",
        "answers": ["8.4亿元"],
        "sources": ["2022-03-01-tea.md"],
        "history": ["云岭茶业董事长是谁？"],
        "kind": "figure",
    },
]


@pytest.fixture
def two(run: Run, posts: Path, indexed: Path) -> IndexLayout:
    """An index with two snapshots."""
    write_site(posts, {"new.md": post_text("新港口开工", "新港口今日开工，泊位12个。")})
    assert run("reindex", posts).code == 0
    return IndexLayout(indexed)


def test_snapshots(run: Run, two: IndexLayout) -> None:
    found = run("snapshots", "--json")
    assert found.code == 0 and misfits(found.json, {"snapshots": [SNAPSHOT]}) == []
    new, old = found.json["snapshots"]
    assert (new["name"], new["current"], new["posts"]) == (current_name(two), True, 6)
    assert (old["current"], old["posts"], old["problem"]) == (False, 5, None)
    lines = run("snapshots").out.splitlines()
    assert lines == [
        f"* {new['name']}  6 posts, 6 passages",
        f"  {old['name']}  5 posts, 5 passages",
    ]


def test_a_damaged_snapshot_is_listed_with_its_problem(run: Run, two: IndexLayout) -> None:
    old, _ = snapshot_names(two)
    two.snapshot(old).manifest.write_text("{")
    _, info = run("snapshots", "--json").json["snapshots"]
    assert info["posts"] is None and "is damaged" in info["problem"]
    assert "is damaged" in run("snapshots").out


def test_rollback_and_forth(run: Run, two: IndexLayout) -> None:
    old, new = snapshot_names(two)
    question = "新港口泊位多少个？"
    assert run("ask", question, "--json").json["sources"][0]["post"] == "new.md"
    found = run("rollback", "--json")
    assert (found.code, found.json) == (0, {"snapshot": old})
    posts = {one["post"] for one in run("ask", question, "--json").json["sources"]}
    assert "new.md" not in posts and current_name(two) == old
    assert f"snapshot {new}" in run("rollback", new).out and current_name(two) == new
    assert run("rollback", old).code == 0
    missing = run("rollback", "--json")
    assert "no earlier whole snapshot" in missing.failed(3)
    assert misfits(missing.json, ERROR) == []


def test_a_reindex_after_a_rollback_goes_on_from_there(
    run: Run, posts: Path, two: IndexLayout
) -> None:
    assert run("rollback").code == 0
    found = run("reindex", posts, "--json").json
    assert (found["added"], found["unchanged"], found["embedded"]) == (1, 5, 0)
    assert run("ask", "新港口泊位多少个？", "--json").json["sources"][0]["post"] == "new.md"


def test_doctor_finds_all_in_order(run: Run, indexed: Path) -> None:
    found = run("doctor", "--json")
    assert found.code == 0 and misfits(found.json, {"checks": [CHECK]}) == []
    checks = {one["name"]: one for one in found.json["checks"]}
    assert {"python", "index folder", "cache folder", "model", "index"} <= checks.keys()
    assert all(one["ok"] and not one["remedy"] for one in checks.values())
    assert "5 posts, 5 passages" in checks["index"]["detail"]
    assert "2022-05-20" in checks["index"]["detail"]
    text = run("doctor")
    assert text.code == 0 and "FAIL" not in text.out and "ok   index: snapshot" in text.out


def test_doctor_without_an_index_is_three(run: Run, home: Path) -> None:
    found = run("doctor")
    assert found.code == 3 and "FAIL index: There is no index in" in found.out
    assert "     Run `qinwen reindex POSTS…`." in found.out


def test_doctor_sees_a_single_flipped_bit(run: Run, indexed: Path, warm_cache: Path) -> None:
    """Also where size, times and inode are as they were: every byte is hashed anew."""
    layout = IndexLayout(indexed)
    files = layout.snapshot(current_name(layout) or "")
    data = bytearray(files.words.read_bytes())
    data[-3] ^= 1
    files.words.write_bytes(data)
    # As if the bit had tipped over by itself, unseen by the file system.
    note = verify._note(warm_cache / "qinwen" / "verified", files, files.manifest.read_bytes())
    verify._remember(note, verify._touched(files))
    assert run("snapshots").code == 0
    found = run("doctor", "--json")
    (failed,) = [one for one in found.json["checks"] if not one["ok"]]
    assert found.code == 3 and failed["name"] == "index" and "damaged" in failed["detail"]
    assert "its checksum differs" in failed["detail"] and failed["remedy"]


def test_doctor_outlives_a_broken_installation(
    run: Run, indexed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QINWEN_EMBEDDING__MODEL", str(indexed))  # a folder, but no model
    assert run("doctor").code == 1

    def broken(*_: object) -> object:
        raise RuntimeError("no\nengine")

    monkeypatch.setattr(checks, "open_embedder", broken)
    found = run("doctor", "--json")
    assert found.code == 1 and misfits(found.json, {"checks": [CHECK]}) == []
    model = {one["name"]: one for one in found.json["checks"]}["model"]
    assert (model["ok"], model["detail"]) == (False, "RuntimeError: no engine")


def test_eval_of_questions(run: Run, indexed: Path, home: Path) -> None:
    lines = "\n".join(json.dumps(one, ensure_ascii=False) for one in QUESTIONS)
    (home / "q.jsonl").write_text(lines + "\n")
    found = run("eval", "--questions", "q.jsonl", "--json")
    shape = {**FOLLOWED, "by_kind": {"figure": FOLLOWED, "none": FIGURES}}
    assert found.code == 0 and misfits(found.json, shape) == []
    figures = found.json
    assert (figures["questions"], figures["answerable"], figures["unanswerable"]) == (3, 2, 1)
    assert figures["retrieval"]["recall@3"] == 1.0
    assert figures["ci95"]["retrieval"]["recall@3"] == [1.0, 1.0]
    assert figures["followup"]["of"] == figures["by_kind"]["figure"]["followup"]["of"] == 1
    assert figures["by_kind"]["none"]["answer"]["em"] is None
    text = run("eval", "--questions", "q.jsonl", "--limit", 2, "--seed", 3)
    assert text.code == 0 and text.out.startswith("2 questions: ")


def test_eval_writes_predictions(run: Run, indexed: Path, home: Path) -> None:
    lines = "\n".join(json.dumps(one, ensure_ascii=False) for one in QUESTIONS)
    (home / "q.jsonl").write_text(lines + "\n")
    found = run("eval", "--questions", "q.jsonl", "--predictions", "p.jsonl", "--json")
    assert found.code == 0
    source = {
        "url": (str, None),
        "post": str,
        "copies": [{"url": (str, None), "post": str}],
    }
    shape = {
        "id": str,
        "kind": (str, None),
        "searched": str,
        "answer": (str, None),
        "confidence": number,
        "sources": [source],
    }
    written = [json.loads(line) for line in (home / "p.jsonl").read_text().splitlines()]
    assert [one["id"] for one in written] == ["1", "2", "3"]
    assert [misfits(one, shape) for one in written] == [[], [], []]
    assert "云岭茶业" in written[2]["searched"]


SQUAD = {
    "version": "1",
    "data": [
        {
            "title": "甲",
            "paragraphs": [
                {
                    "context": "青石市的海雾大桥全长3.6公里，2021年通车。",
                    "qas": [
                        {
                            "id": "a",
                            "question": "海雾大桥全长多少公里？",
                            "answers": [{"text": "3.6公里", "answer_start": 10}],
                        }
                    ],
                },
                {
                    "context": "云岭茶业的董事长是林知远，总部在云岭县。",
                    "qas": [
                        {
                            "id": "b",
                            "question": "云岭茶业的董事长是谁？",
                            "answers": [{"text": "林知远", "answer_start": 9}],
                        }
                    ],
                },
            ],
        }
    ],
}


def test_eval_of_a_squad_file(run: Run, home: Path) -> None:
    """Needs no index: the file brings its own texts."""
    (home / "s.json").write_text(json.dumps(SQUAD, ensure_ascii=False))
    for _ in range(2):  # the second time its index is in the cache
        found = run("eval", "--squad", "s.json", "--json")
        assert found.code == 0 and misfits(found.json, FIGURES) == []
        assert found.json["questions"] == 2 and found.json["retrieval"]["recall@1"] == 1.0
    given = run("eval", "--squad", "s.json", "--given-context", "--json")
    assert given.code == 0 and misfits(given.json, FIGURES) == []
    assert given.json["retrieval"]["recall@1"] is None
    assert given.json["refusal"] == {"precision": None, "recall": None, "f1": None}


def test_a_damaged_pool_is_made_anew(run: Run, home: Path, warm_cache: Path) -> None:
    """It is a cache: nobody can be told to run `reindex` for it."""
    data = json.loads(json.dumps(SQUAD))
    data["data"][0]["paragraphs"][0]["context"] += "此文只为一个测试。"
    (home / "s.json").write_text(json.dumps(data, ensure_ascii=False))
    before = set((warm_cache / "qinwen" / "eval").glob("*"))
    assert run("eval", "--squad", "s.json").code == 0
    (pool,) = set((warm_cache / "qinwen" / "eval").glob("*")) - before
    layout = IndexLayout(pool)
    for path in (layout.current, layout.snapshot(current_name(layout) or "").content):
        path.write_bytes(path.read_bytes()[:-5])
        found = run("eval", "--squad", "s.json", "--json")
        assert found.code == 0 and found.json["retrieval"]["recall@1"] == 1.0
