"""What is there before a publication goes wrong, and what must hold afterwards."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

from index.snapshot.disk import Disk
from index.snapshot.layout import IndexLayout
from index.snapshot.opened import open_folder, open_snapshot
from index.snapshot.pointer import current, snapshot_names
from tests.index.snapshot.site import HOW, generation_of, publish_generation

OLD, NEW, NEXT = 3, 4, 5


def first_ever(root: Path) -> IndexLayout:
    """Nothing at all."""
    root.mkdir(parents=True)
    return IndexLayout(root / "index")


def one_more(root: Path) -> IndexLayout:
    """Three snapshots, of which one will be pruned, and what a killed run left behind."""
    index = IndexLayout(root / "index")
    for generation in range(1, OLD + 1):
        publish_generation(index, generation)
    leftover = index.snapshots / ".building-20211208T040000Z-000004"
    leftover.mkdir()
    for name in ("a", "b", "content.sqlite"):
        (leftover / name).write_bytes(b"half")
    return index


SCENARIOS = {"first_ever": first_ever, "one_more": one_more}


def copies(scenario: str, root: Path) -> Iterator[IndexLayout]:
    """The scenario's starting point again and again, each in a folder of its own."""
    original = SCENARIOS[scenario](root / "original").root
    for number in itertools.count():
        index = IndexLayout(root / str(number) / "index")
        if original.exists():
            shutil.copytree(original, index.root)
        else:
            index.root.parent.mkdir()
        yield index


def attempt(index: IndexLayout, disk: Disk) -> None:
    """One run that may go wrong."""
    publish_generation(index, NEW, disk=disk)


def check_whole(index: IndexLayout, first: bool) -> int | None:
    """The index answers from a whole snapshot, old or new; only a first run may leave none.

    Every snapshot in the list is whole, not only the current one.
    """
    for name in snapshot_names(index):
        snapshot = open_folder(index.snapshot(name), HOW)
        generation_of(snapshot)
        snapshot.close()
    if current(index) is None:
        assert first
        return None
    snapshot = open_snapshot(index, HOW)
    generation = generation_of(snapshot)
    snapshot.close()
    assert generation in ((NEW,) if first else (OLD, NEW))
    return generation


def check_next_run(index: IndexLayout) -> None:
    """The next run succeeds and leaves nothing behind that doesn't belong there."""
    publish_generation(index, NEXT)
    assert check_generation(index) == NEXT
    names = snapshot_names(index)
    assert sorted(path.name for path in index.snapshots.iterdir()) == names and len(names) <= 3
    assert sorted(path.name for path in index.root.iterdir()) == [
        "CURRENT",
        "snapshots",
        "writer.json",
        "writer.lock",
    ]


def check_generation(index: IndexLayout) -> int:
    snapshot = open_snapshot(index, HOW)
    generation = generation_of(snapshot)
    snapshot.close()
    return generation
