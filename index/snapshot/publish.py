"""A snapshot is built aside, made durable, asked something, and then published by one pointer.

Whatever goes wrong and whenever: the pointer names a whole snapshot, the old one or the new one, or
there is no pointer yet. All of it is done under the writer's lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from index.errors import SnapshotError
from index.snapshot.disk import DISK, Disk, storage_errors
from index.snapshot.layout import (
    BUILDING,
    RETIRED,
    IndexLayout,
    SnapshotLayout,
    next_snapshot_name,
)
from index.snapshot.manifest import Manifest
from index.snapshot.pointer import current_name, lineage, snapshot_names, swap_pointer
from index.snapshot.verify import describe_files

KEEP = 3  # the one that answers and two to go back to
Probe = Callable[[SnapshotLayout], None]


@dataclass(frozen=True, slots=True)
class Draft:
    """A snapshot being built: write into `files`, then `publish` it."""

    index: IndexLayout
    files: SnapshotLayout
    disk: Disk


@contextmanager
def building(layout: IndexLayout, now: datetime, disk: Disk = DISK) -> Iterator[Draft]:
    """A new folder to build the next snapshot in; gone afterwards unless it was published.

    Hold the writer's lock. What killed runs left behind is deleted first. An OSError inside becomes
    a StorageError in plain words.
    """
    with storage_errors("writing the index"):
        _make_folders(layout, disk)
        _remove_leftovers(layout, disk)
        name = next_snapshot_name(_taken_names(layout), now)
        files = SnapshotLayout(layout.snapshots / f"{BUILDING}{name}")
        disk.make_folder(files.folder)
        try:
            yield Draft(layout, files, disk)
        finally:
            if files.folder.exists():
                with suppress(OSError):
                    disk.remove_tree(files.folder)


def publish(draft: Draft, manifest: Manifest, probe: Probe, keep: int = KEEP) -> SnapshotLayout:
    """Publish what was built in `draft`, and return where it is now.

    `manifest` is completed here with the files' checksums and the snapshot that is replaced.
    `probe` gets the finished folder, opens it, asks it something, and raises if anything is wrong:
    then nothing is published. Afterwards at most `keep` snapshots are left, this one among them.
    """
    layout, files, disk = draft.index, draft.files, draft.disk
    complete = manifest.model_copy(
        update={"files": describe_files(files), "previous": _replaced(layout)}
    )
    disk.write_bytes(files.manifest, complete.dump())
    _make_durable(files, disk)
    probe(files)
    published = layout.snapshot(files.name)
    disk.rename(files.folder, published.folder)
    disk.fsync(layout.snapshots)
    swap_pointer(layout, published.name, disk)
    prune(layout, keep, disk)
    return published


def prune(layout: IndexLayout, keep: int, disk: Disk = DISK) -> None:
    """Delete all but the current snapshot and those it replaced, `keep` in all.

    Hold the writer's lock. One that never became current, because its writer was killed between
    two steps, and one that was rolled back from, go as well. Readers that have a snapshot open keep
    it: what they need is in memory or held open. A reader that is just opening one finds a file
    missing, looks at the pointer again and opens the newer one. What can't be deleted now (Windows,
    while it is open) is deleted by a later run.
    """
    name = current_name(layout)
    if name is None:
        return
    kept = lineage(layout, name)[: max(keep, 1)]
    for other in snapshot_names(layout):
        if other not in kept:
            with suppress(OSError):
                # Subtle: renamed first, so that a half-deleted folder never looks like a snapshot.
                retired = layout.snapshots / f"{RETIRED}{other}"
                disk.rename(layout.snapshots / other, retired)
                disk.remove_tree(retired)


def tidy(layout: IndexLayout, keep: int, disk: Disk = DISK) -> None:
    """Delete what killed runs left behind, then `prune`: for a run that publishes nothing.

    Hold the writer's lock.
    """
    _remove_leftovers(layout, disk)
    prune(layout, keep, disk)


def _make_folders(layout: IndexLayout, disk: Disk) -> None:
    if layout.snapshots.is_dir():
        return
    layout.root.parent.mkdir(parents=True, exist_ok=True)
    if not layout.root.is_dir():
        disk.make_folder(layout.root)
    disk.fsync(layout.root.parent)
    disk.make_folder(layout.snapshots)
    disk.fsync(layout.root)


def _remove_leftovers(layout: IndexLayout, disk: Disk) -> None:
    for path in sorted(layout.snapshots.iterdir()):
        if path.name.startswith((BUILDING, RETIRED)):
            with suppress(OSError):
                disk.remove_tree(path)


def _taken_names(layout: IndexLayout) -> list[str]:
    """Names in use, also by leftovers that could not be deleted: nothing is built over them."""
    names = (path.name for path in layout.snapshots.iterdir())
    return [name.removeprefix(BUILDING).removeprefix(RETIRED) for name in names]


def _make_durable(files: SnapshotLayout, disk: Disk) -> None:
    """Every file, then every folder from the leaves up."""
    inside = sorted(files.folder.rglob("*"), reverse=True)
    for path in inside:
        if not path.is_dir():
            disk.fsync(path)
    for path in inside:
        if path.is_dir():
            disk.fsync(path)
    disk.fsync(files.folder)


def _replaced(layout: IndexLayout) -> str | None:
    """The snapshot that answers now; where the pointer is damaged or lost, the newest there is."""
    names = snapshot_names(layout)
    try:
        name = current_name(layout)
    except SnapshotError:
        name = None
    return name if name in names else max(names, default=None)
