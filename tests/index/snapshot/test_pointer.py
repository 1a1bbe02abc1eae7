from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from index.errors import SettingsError, SnapshotError
from index.snapshot.layout import IndexLayout
from index.snapshot.pointer import (
    current,
    current_name,
    fallbacks,
    lineage,
    list_snapshots,
    rollback,
    snapshot_names,
)
from tests.index.snapshot.site import publish_generation


@pytest.fixture
def index(tmp_path: Path) -> IndexLayout:
    return IndexLayout(tmp_path / "index")


def published(index: IndexLayout, *generations: int) -> list[str]:
    return [publish_generation(index, number).name for number in generations]


def spoil(index: IndexLayout, name: str, file: str = "content.sqlite") -> None:
    with (index.snapshots / name / file).open("ab") as broken:
        broken.write(b"x")


def test_no_index_yet(index: IndexLayout) -> None:
    assert current(index) is None and current_name(index) is None
    assert snapshot_names(index) == [] and list_snapshots(index) == [] and fallbacks(index) == []
    with pytest.raises(SnapshotError, match="no earlier whole snapshot"):
        rollback(index)


def test_the_pointer_is_one_line(index: IndexLayout) -> None:
    (name,) = published(index, 1)
    assert index.current.read_text() == f"{name}\n"
    assert current(index) == index.snapshots / name
    index.current.write_text(name)
    assert current(index) == index.snapshots / name


@pytest.mark.parametrize(
    "pointer",
    [b"", b"\n", b"..\n", b"../../etc\n", b"\xff\xfe\0", b"20261123T134501Z-000007\nmore\n"],
)
def test_a_damaged_pointer_is_not_no_index(index: IndexLayout, pointer: bytes) -> None:
    published(index, 1)
    index.current.write_bytes(pointer)
    with pytest.raises(SnapshotError, match=r"names no snapshot.*qinwen rollback"):
        current(index)
    assert [info.is_current for info in list_snapshots(index)] == [False]


def test_a_pointer_to_nowhere_is_never_answered_from_elsewhere(index: IndexLayout) -> None:
    first, second = published(index, 1, 2)
    shutil.rmtree(index.snapshots / second)
    with pytest.raises(SnapshotError, match=f"{second}, which is missing"):
        current(index)
    assert fallbacks(index) == [first]
    assert rollback(index) == first and current(index) == index.snapshots / first


def test_a_file_as_pointer_target(index: IndexLayout) -> None:
    (name,) = published(index, 1)
    shutil.rmtree(index.snapshots / name)
    (index.snapshots / name).write_text("")
    with pytest.raises(SnapshotError, match="missing"):
        current(index)


def test_the_list_is_newest_first_and_tells_what_is_damaged(index: IndexLayout) -> None:
    names = published(index, 1, 2, 3)
    (index.snapshots / ".building-x").mkdir()
    (index.snapshots / "notes.txt").write_text("")
    (index.snapshots / names[0] / "manifest.json").write_text("{}")
    infos = list_snapshots(index)
    assert [info.name for info in infos] == names[::-1]
    assert [info.is_current for info in infos] == [True, False, False]
    assert infos[0].manifest is not None and infos[0].manifest.previous == names[1]
    assert infos[0].problem == "" and infos[0].folder == index.snapshots / names[2]
    assert infos[2].manifest is None and "damaged" in infos[2].problem


def test_rollback_goes_back_one_by_one(index: IndexLayout) -> None:
    first, second, third = published(index, 1, 2, 3)
    assert rollback(index) == second
    assert current(index) == index.snapshots / second
    assert rollback(index) == first
    with pytest.raises(SnapshotError, match="no earlier whole"):
        rollback(index)
    assert current(index) == index.snapshots / first
    assert snapshot_names(index) == [first, second, third]


def test_rollback_by_name_also_forward(index: IndexLayout) -> None:
    first, _, third = published(index, 1, 2, 3)
    assert rollback(index, to=first) == first
    assert rollback(index, to=third) == third
    assert current_name(index) == third
    for unknown in ("20200101T000000Z-000001", "..", "", ".building-x"):
        with pytest.raises(SettingsError, match=f"There are: .*{third}"):
            rollback(index, to=unknown)
    assert current_name(index) == third


def test_rollback_leaves_out_what_is_damaged(index: IndexLayout) -> None:
    first, second, third = published(index, 1, 2, 3)
    spoil(index, second)
    with pytest.raises(SnapshotError, match=r"content\.sqlite has"):
        rollback(index, to=second)
    assert current_name(index) == third
    assert rollback(index) == first


@pytest.mark.parametrize("pointer", [None, "noise"])
def test_rollback_without_a_pointer_takes_the_newest_whole_one(
    index: IndexLayout, pointer: str | None
) -> None:
    _, second, third = published(index, 1, 2, 3)
    spoil(index, third)
    index.current.unlink()
    if pointer is not None:
        index.current.write_text(pointer)
    assert rollback(index) == second


def test_after_a_rollback_the_next_run_goes_on_from_there(index: IndexLayout) -> None:
    """What was rolled back from is not what the next rollback goes to, and is deleted."""
    first, second, third = published(index, 1, 2, 3)
    rollback(index)
    (fourth,) = published(index, 4)
    assert snapshot_names(index) == [first, second, fourth]
    assert third < fourth
    assert rollback(index) == second


def test_lineage_bridges_what_is_lost(index: IndexLayout) -> None:
    names = published(index, 1, 2, 3)
    assert lineage(index, names[2]) == names[::-1]
    (index.snapshots / names[2] / "manifest.json").unlink()
    assert lineage(index, names[2]) == names[::-1]
    shutil.rmtree(index.snapshots / names[1])
    assert lineage(index, names[2]) == [names[2], names[0]]
    assert lineage(index, names[1]) == [names[0]]


def test_a_link_to_a_missing_one_is_bridged_too(index: IndexLayout) -> None:
    names = published(index, 1, 2, 3)
    shutil.rmtree(index.snapshots / names[1])
    assert lineage(index, names[2]) == [names[2], names[0]]


def test_a_circle_comes_to_an_end(index: IndexLayout) -> None:
    names = published(index, 1, 2)
    path = index.snapshot(names[0]).manifest
    for forged in (names[1], names[0], "20990101T000000Z-000009"):
        manifest = list_snapshots(index)[1].manifest
        assert manifest is not None
        path.write_bytes(manifest.model_copy(update={"previous": forged}).dump())
        assert lineage(index, names[1]) == names[::-1]
