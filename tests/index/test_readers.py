"""Readers and a writer at once, and an index that moves."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from index.answer import Ask
from index.snapshot.pointer import snapshot_names
from tests.index.runs import TODAY, Site
from tests.sites import HARBOUR, post_text

BRIDGE = "2021-12-08-bridge.md"
QUESTION = "海雾大桥全长多少公里？"
ROUNDS = 12


def publish(site: Site, number: int) -> None:
    site.write({"new.md": post_text("新港口开工", f"新港口开工，泊位{number}个，编号{number}。")})
    site.reindex()


def test_an_open_snapshot_outlives_its_files(site: Site) -> None:
    """A bot answers on while runs publish and prune."""
    site.reindex()
    with site.open() as opened:
        first = opened.snapshot.name
        for number in range(4):
            publish(site, number)
        assert first not in snapshot_names(site.layout)
        answer = opened.answerer.ask(Ask(QUESTION, TODAY))
        assert answer.sources[0].post == BRIDGE
        assert "new.md" not in {source.post for source in answer.sources}
    assert site.ask("新港口泊位多少个？").sources[0].post == "new.md"


def test_whoever_opens_meanwhile_gets_a_whole_snapshot(site: Site) -> None:
    site.reindex()
    done, failed, opened = threading.Event(), [], 0

    def read() -> None:
        nonlocal opened
        while not done.is_set():
            try:
                answer = Site(site.home, site.cache).ask(QUESTION)
                assert answer.sources[0].post == BRIDGE
                opened += 1
            except BaseException as error:
                failed.append(error)
                return

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        for number in range(ROUNDS):
            publish(site, number)
    finally:
        done.set()
        for reader in readers:
            reader.join(60)
    assert failed == [] and opened > 0


@pytest.mark.parametrize("how", [shutil.move, shutil.copytree])
def test_an_index_may_be_moved_and_copied(site: Site, how, tmp_path: Path) -> None:
    site.reindex()
    there = Site(tmp_path / "elsewhere", site.cache)
    how(site.home / "site", there.posts)
    how(site.home / "index", there.index)
    site.embedder.seen.clear()
    assert there.ask(QUESTION).sources[0].post == BRIDGE
    report = there.reindex()
    assert (report.unchanged, report.embedded) == (len(HARBOUR), 0)


def test_the_name_of_the_root_counts_and_not_the_way_to_it(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.reindex()
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / "site").symlink_to(site.posts)
    monkeypatch.chdir(site.posts)
    for root in (Path(), Path("../site"), tmp_path / "link" / "site", site.posts / ".." / "site"):
        report = site.reindex(root)
        assert (report.unchanged, report.changed, report.added) == (5, 0, 0), root
