"""`qinwen reindex`: its JSON, its words, and where the index lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.snapshot.layout import IndexLayout
from index.snapshot.pointer import current_name
from tests.index.cli.conftest import Run
from tests.index.cli.shapes import ERROR, REINDEX, misfits
from tests.index.runs import state_of
from tests.sites import HARBOUR, post_text, write_site


def test_json_is_the_contract(run: Run, posts: Path, home: Path) -> None:
    write_site(posts, {"empty.md": post_text("空", "")})
    found = run("reindex", posts, "--index", "i", "--json")
    assert found.code == 0 and misfits(found.json, REINDEX) == []
    values = found.json
    values.pop("seconds")
    assert values == {
        "posts": 5,
        "passages": 5,
        "added": 5,
        "changed": 0,
        "removed": 0,
        "unchanged": 0,
        "skipped": [{"post": "empty.md", "reason": "no text in the body"}],
        "embedded": 5,
        "snapshot": current_name(IndexLayout(home / "i")),
    }


def test_progress_goes_to_standard_error(run: Run, posts: Path) -> None:
    first, second = (run("reindex", posts, "--json") for _ in range(2))
    assert first.err.startswith("embedding: 5/5 passages, 100 %") and first.json["embedded"] == 5
    assert second.err == "" and second.json["embedded"] == 0
    assert second.json["snapshot"] == first.json["snapshot"]


def test_text_says_what_was_done(run: Run, posts: Path) -> None:
    write_site(posts, {f"bad{n:02}.md": post_text("空", "") for n in range(25)})
    first = run("reindex", posts)
    assert "Indexed 5 posts, 5 passages: 5 added, 0 changed" in first.out
    assert "Embedded: 5 passages" in first.out and "Skipped 25:" in first.out
    assert "  bad00.md: no text in the body" in first.out
    assert "  … and 5 more (--json lists all)" in first.out and "answers now" in first.out
    (posts / "2022-03-01-tea.md").rename(posts / "tea.md")
    dry = run("reindex", posts, "--dry-run")
    assert "Would index 5 posts" in dry.out and "1 changed (1 only renamed)" in dry.out
    assert "To embed: 0 passages" in dry.out and "answers now" not in dry.out


def test_a_dry_run_leaves_nothing_behind(run: Run, posts: Path, tmp_path: Path) -> None:
    before = state_of(tmp_path)
    found = run("reindex", posts, "--dry-run", "--json")
    assert misfits(found.json, REINDEX) == [] and found.json["snapshot"] is None
    assert (found.json["added"], found.json["embedded"]) == (5, 5)
    assert state_of(tmp_path) == before


def where(path: Path) -> bool:
    return IndexLayout(path).current.exists()


def test_the_index_is_found_in_this_order(
    run: Run, posts: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_default = tmp_path / "data" / "qinwen" / "index"
    assert run("reindex", posts).code == 0 and where(by_default)
    (home / "qinwen.toml").write_text('[index]\ndir = "by-file"\n')
    assert run("ask", "海雾大桥").failed(3)
    assert run("reindex", posts).code == 0 and where(home / "by-file")
    monkeypatch.setenv("QINWEN_INDEX", str(home / "by-environment"))
    assert run("snapshots").failed(3)
    assert run("reindex", posts).code == 0 and where(home / "by-environment")
    assert run("doctor", "--index", "by-option").code == 3
    assert run("reindex", posts, "--index", "by-option").code == 0 and where(home / "by-option")
    for where_from in ([], ["--index", "by-option"]):
        assert run("ask", "海雾大桥全长多少公里？", *where_from).code == 0


def test_removals_need_leave(run: Run, posts: Path, indexed: Path) -> None:
    for name in list(HARBOUR)[:2]:
        (posts / name).unlink()
    refused = run("reindex", posts, "--json")
    assert "2 of 5 indexed posts are gone, more than 30%" in refused.failed(2)
    assert misfits(refused.json, ERROR) == []
    allowed = run("reindex", posts, "--allow-removals", "--json")
    assert (allowed.code, allowed.json["removed"], allowed.json["posts"]) == (0, 2, 3)


def test_files_and_folders_together_are_the_site(run: Run, posts: Path, home: Path) -> None:
    more = write_site(
        home / "more", {"a.md": post_text("a", "甲。"), "b.md": post_text("b", "乙。")}
    )
    found = run("reindex", posts, more / "a.md", "--json")
    assert found.json["posts"] == 6
    assert run("reindex", posts, more, "--json").json["added"] == 1


def test_full(run: Run, posts: Path, indexed: Path) -> None:
    found = run("reindex", posts, "--full", "--json")
    assert (found.json["unchanged"], found.json["embedded"]) == (5, 0)
