from __future__ import annotations

import os
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from index.errors import SnapshotError, StorageError
from index.snapshot import publish as publish_module
from index.snapshot.disk import DISK, Disk
from index.snapshot.layout import IndexLayout, SnapshotLayout
from index.snapshot.opened import open_snapshot
from index.snapshot.pointer import current_name, list_snapshots, snapshot_names
from index.snapshot.publish import building, prune, publish
from index.snapshot.verify import verify
from tests.index.snapshot.site import (
    HOW,
    NOON,
    fill,
    generation_of,
    probe,
    publish_generation,
    site_of,
)


@pytest.fixture
def index(tmp_path: Path) -> IndexLayout:
    return IndexLayout(tmp_path / "deep" / "index")


def inside(index: IndexLayout) -> list[str]:
    return sorted(path.name for path in index.snapshots.iterdir())


def test_the_first_snapshot_answers(index: IndexLayout) -> None:
    published = publish_generation(index, 1, "faiss", disk=DISK)
    assert published.name == current_name(index) == "20211208T040000Z-000001"
    opened = open_snapshot(index, HOW)
    assert generation_of(opened) == 1 and opened.name == published.name
    assert opened.manifest.previous is None
    assert sorted(path.name for path in index.root.iterdir()) == [
        "CURRENT",
        "snapshots",
        "writer.json",
        "writer.lock",
    ]


def test_the_last_three_are_kept_each_knowing_what_it_replaced(index: IndexLayout) -> None:
    names = [publish_generation(index, number).name for number in range(1, 7)]
    assert snapshot_names(index) == inside(index) == names[3:]
    manifests = [info.manifest for info in list_snapshots(index)]
    assert [m.previous for m in manifests if m] == [names[4], names[3], names[2]]
    assert generation_of(open_snapshot(index, HOW)) == 6


@pytest.mark.parametrize(("keep", "left"), [(1, 1), (2, 2), (100, 5), (0, 1)])
def test_how_many_are_kept_is_a_parameter(index: IndexLayout, keep: int, left: int) -> None:
    for number in range(1, 6):
        publish_generation(index, number, keep=keep)
    assert len(snapshot_names(index)) == left
    assert generation_of(open_snapshot(index, HOW)) == 5


def test_the_current_one_is_never_pruned(index: IndexLayout) -> None:
    names = [publish_generation(index, number).name for number in (1, 2, 3)]
    index.current.write_text(names[0] + "\n")
    prune(index, 1)
    assert snapshot_names(index) == [names[0]]
    index.current.unlink()
    prune(index, 1)
    assert snapshot_names(index) == [names[0]]


def test_a_probe_that_fails_publishes_nothing(index: IndexLayout) -> None:
    first = publish_generation(index, 1).name

    def refuse(files: SnapshotLayout) -> None:
        assert verify(files).posts == 3  # it is whole by now, manifest and all
        raise SnapshotError("asked, and got the wrong answer")

    def run() -> None:
        with building(index, NOON) as draft:
            manifest = fill(draft.files, 2, "exact", site_of(2))
            publish(draft, manifest, refuse)

    with pytest.raises(SnapshotError, match="wrong answer"):
        run()
    assert inside(index) == [first] and current_name(index) == first


def test_the_probe_finds_a_manifest_that_promises_other_counts(index: IndexLayout) -> None:
    def run() -> None:
        with building(index, NOON) as draft:
            manifest = fill(draft.files, 1, "exact", site_of(1))
            publish(draft, manifest.model_copy(update={"passages": 5}), probe)

    with pytest.raises(SnapshotError, match="should hold 5 passages, but holds 6"):
        run()
    assert inside(index) == [] and current_name(index) is None


def test_a_dry_run_leaves_no_trace(index: IndexLayout) -> None:
    with building(index, NOON) as draft:
        fill(draft.files, 1, "exact", site_of(1))
    assert inside(index) == [] and current_name(index) is None


def test_an_error_while_building_frees_the_disk_at_once(index: IndexLayout) -> None:
    def run() -> None:
        with building(index, NOON) as draft:
            (draft.files.folder / "big").write_bytes(b"0" * 100)
            raise OSError(28, "No space left on device", "big")

    with pytest.raises(StorageError, match="The disk is full"):
        run()
    assert inside(index) == []


def test_leftovers_of_killed_runs_go_first(index: IndexLayout) -> None:
    publish_generation(index, 1)
    for name in (".building-20211208T040000Z-000002", ".retired-20211208T040000Z-000000"):
        (index.snapshots / name / "vectors").mkdir(parents=True)
        (index.snapshots / name / "vectors" / "half").write_bytes(b"x")
    index.next_pointer.write_text("torn")
    publish_generation(index, 2)
    assert inside(index) == snapshot_names(index) and len(inside(index)) == 2
    assert not index.next_pointer.exists()


def test_nothing_is_built_over_a_leftover_that_stays(index: IndexLayout) -> None:
    class Stubborn(Disk):
        def remove_tree(self, path: Path) -> None:
            raise PermissionError(13, "in use", str(path))

    stale = index.snapshots / ".building-20211208T040000Z-000001"
    stale.mkdir(parents=True)
    (stale / "content.sqlite").write_bytes(b"half")
    published = publish_generation(index, 1, disk=Stubborn())
    assert published.name == "20211208T040000Z-000002"
    assert generation_of(open_snapshot(index, HOW)) == 1


def test_other_peoples_files_are_left_alone(index: IndexLayout) -> None:
    publish_generation(index, 1)
    (index.snapshots / "notes.txt").write_text("mine")
    (index.root / "embeddings.sqlite").write_text("cache")
    publish_generation(index, 2, keep=1)
    assert (index.snapshots / "notes.txt").read_text() == "mine"
    assert index.embeddings.read_text() == "cache"


def test_a_clock_that_goes_back(index: IndexLayout) -> None:
    first = publish_generation(index, 1)
    with building(index, NOON - timedelta(days=400)) as draft:
        second = publish(draft, fill(draft.files, 2, "exact", site_of(2)), probe)
    assert second.name > first.name and current_name(index) == second.name


class Trace(Disk):
    """Notes every step, with paths relative to the index."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.steps: list[tuple[str, str]] = []

    def note(self, what: str, path: Path) -> None:
        self.steps.append((what, os.path.relpath(path, self.root)))

    def make_folder(self, path: Path) -> None:
        self.note("make_folder", path)
        super().make_folder(path)

    def write_bytes(self, path: Path, data: bytes) -> None:
        self.note("write", path)
        super().write_bytes(path, data)

    def fsync(self, path: Path) -> None:
        self.note("fsync", path)
        super().fsync(path)

    def rename(self, old: Path, new: Path) -> None:
        self.note("rename", old)
        super().rename(old, new)

    def replace(self, old: Path, new: Path) -> None:
        self.note("replace", old)
        super().replace(old, new)

    def remove_tree(self, path: Path) -> None:
        self.note("remove_tree", path)
        super().remove_tree(path)


def test_everything_is_on_the_disk_before_the_pointer_is(index: IndexLayout) -> None:
    trace = Trace(index.root)
    publish_generation(index, 1, "faiss", disk=trace)
    draft = "snapshots/.building-20211208T040000Z-000001"
    assert trace.steps == [
        ("fsync", ".."),  # the folder itself was made by the lock
        ("make_folder", "snapshots"),
        ("fsync", "."),
        ("make_folder", draft),
        ("write", f"{draft}/manifest.json"),
        ("fsync", f"{draft}/vectors/index.faiss"),
        ("fsync", f"{draft}/vectors/ids.npy"),
        ("fsync", f"{draft}/manifest.json"),
        ("fsync", f"{draft}/lexical/words.txt"),
        ("fsync", f"{draft}/content.sqlite"),
        ("fsync", f"{draft}/vectors"),
        ("fsync", f"{draft}/lexical"),
        ("fsync", draft),
        ("rename", draft),
        ("fsync", "snapshots"),
        ("write", "CURRENT.next"),
        ("fsync", "CURRENT.next"),
        ("replace", "CURRENT.next"),
        ("fsync", "."),
    ]


def test_what_can_not_be_pruned_now_goes_later(index: IndexLayout) -> None:
    class Stubborn(Disk):
        def remove_tree(self, path: Path) -> None:
            raise PermissionError(13, "in use", str(path))

    publish_generation(index, 1)
    publish_generation(index, 2, keep=1, disk=Stubborn())
    assert any(name.startswith(".retired-") for name in inside(index))
    assert len(snapshot_names(index)) == 1
    publish_generation(index, 3, keep=1)
    assert inside(index) == snapshot_names(index) and len(inside(index)) == 1


@pytest.mark.parametrize("keep", [1, 3])
def test_readers_at_work_during_twenty_publications(index: IndexLayout, keep: int) -> None:
    """No error and no mixture: neither for who opens anew each time nor for who stays on one."""
    publish_generation(index, 1, "faiss", keep=keep)
    done = threading.Event()
    wrong: list[object] = []
    seen: list[set[int]] = []

    def open_anew() -> None:
        generations = set()
        seen.append(generations)
        try:
            while not done.wait(0.002):
                snapshot = open_snapshot(index, HOW)
                generations.add(generation_of(snapshot))
                snapshot.close()
        except BaseException as error:
            wrong.append(error)

    def stay() -> None:
        try:
            snapshot = open_snapshot(index, HOW)
            while not done.wait(0.002):
                assert generation_of(snapshot) == 1
                assert snapshot.content.post("site/2.md").text.startswith("第1代")
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=work) for work in (open_anew, open_anew, stay, stay)]
    for thread in threads:
        thread.start()
    try:
        for number in range(2, 22):
            publish_generation(index, number, "faiss", keep=keep)
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert not wrong
    assert all(len(generations) > 1 for generations in seen)
    assert generation_of(open_snapshot(index, HOW)) == 21


def test_the_module_keeps_three() -> None:
    assert publish_module.KEEP == 3
