from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from index.snapshot.layout import IndexLayout, SnapshotLayout, is_snapshot_name, next_snapshot_name
from tests.index.snapshot.site import CHINA

NOW = datetime(2026, 11, 23, 13, 45, 1, tzinfo=UTC)


def test_a_name_says_when_and_counts() -> None:
    assert next_snapshot_name([], NOW) == "20261123T134501Z-000001"
    assert next_snapshot_name(["20261122T000000Z-000006"], NOW) == "20261123T134501Z-000007"
    assert next_snapshot_name([], NOW.astimezone(CHINA)) == "20261123T134501Z-000001"


def test_names_sort_in_the_order_published_whatever_the_clock_does() -> None:
    names: list[str] = []
    for hours in (0, 5, -100, -100, 0, 6):
        names.append(next_snapshot_name(names, NOW + timedelta(hours=hours)))
    assert names == sorted(names) and len(set(names)) == 6


def test_the_millionth_snapshot_still_sorts_last() -> None:
    name = next_snapshot_name(["20261122T000000Z-999999"], NOW)
    assert name == "20261123T134501Z-1000000" and is_snapshot_name(name)


def test_what_is_a_snapshot_name() -> None:
    assert is_snapshot_name("20261123T134501Z-000007")
    for other in (
        "",
        ".building-20261123T134501Z-000007",
        "..",
        "a/b",
        "20261123T134501Z-000007\n",
    ):
        assert not is_snapshot_name(other)


def test_other_folders_do_not_count() -> None:
    assert next_snapshot_name([".building-20991123T134501Z-000099", "x"], NOW).endswith("-000001")


def test_the_shared_names_of_an_index() -> None:
    index = IndexLayout(Path("i"))
    assert index.current == Path("i/CURRENT")
    assert index.embeddings == Path("i/embeddings.sqlite")
    assert index.files == Path("i/files.sqlite")
    assert index.writer_lock == Path("i/writer.lock")
    assert index.snapshot("n").lexical == Path("i/snapshots/n/lexical")
    assert index.snapshot("n").vectors == Path("i/snapshots/n/vectors")
    assert SnapshotLayout(Path("x/.building-n")).name == index.snapshot("n").name == "n"
