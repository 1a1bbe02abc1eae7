"""Which snapshot answers, which others there are, and the way back to one of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from index.errors import SettingsError, SnapshotError
from index.snapshot.disk import DISK, REBUILD, RESCUE, Disk, read_error, storage_errors
from index.snapshot.layout import IndexLayout, is_snapshot_name
from index.snapshot.manifest import Manifest, read_manifest
from index.snapshot.verify import verify


@dataclass(frozen=True, slots=True)
class SnapshotInfo:
    """One line of `qinwen snapshots`. `manifest` is None where `problem` says why."""

    name: str
    folder: Path
    is_current: bool
    manifest: Manifest | None
    problem: str


def current_name(layout: IndexLayout) -> str | None:
    """The name in the pointer; None without a pointer: no run has published yet.

    Raises SnapshotError where the pointer is there but names nothing that could be a snapshot.
    """
    try:
        # Subtle: any byte is let through, so that there is one message for every kind of damage.
        name = layout.current.read_text(encoding="latin-1").removesuffix("\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise read_error(error, layout.current) from error
    if not is_snapshot_name(name):
        raise SnapshotError(f"{layout.current} names no snapshot: {name[:40]!r}.", RESCUE)
    return name


def current(layout: IndexLayout) -> Path | None:
    """The folder of the snapshot that answers; None where there is no index yet.

    Raises SnapshotError where the pointer is damaged or its folder is gone. Never another snapshot
    than the one named: which one to take instead is the admin's decision (`rollback`).
    """
    name = current_name(layout)
    if name is None:
        return None
    folder = layout.snapshots / name
    if not folder.is_dir():
        raise SnapshotError(f"The index points at the snapshot {name}, which is missing.", RESCUE)
    return folder


def snapshot_names(layout: IndexLayout) -> list[str]:
    """All published snapshots, oldest first; those being built or deleted are not among them."""
    try:
        found = [path.name for path in layout.snapshots.iterdir() if is_snapshot_name(path.name)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise read_error(error, layout.snapshots) from error
    return sorted(found)


def list_snapshots(layout: IndexLayout) -> list[SnapshotInfo]:
    """All published snapshots, newest first; a damaged one or a damaged pointer is no error."""
    try:
        chosen = current_name(layout)
    except SnapshotError:
        chosen = None
    infos = []
    for name in reversed(snapshot_names(layout)):
        manifest, problem = None, ""
        try:
            manifest, _ = read_manifest(layout.snapshot(name).manifest)
        except SnapshotError as error:
            problem = error.message
        infos.append(SnapshotInfo(name, layout.snapshots / name, name == chosen, manifest, problem))
    return infos


def lineage(layout: IndexLayout, name: str) -> list[str]:
    """`name` and those it took the place of, one after the other, as far as they are still there.

    A link that is lost or can't be read is bridged by the next older name.
    """
    names = snapshot_names(layout)
    line, wanted = [], name
    while True:
        if wanted in names:
            line.append(wanted)
            try:
                before = read_manifest(layout.snapshot(wanted).manifest)[0].previous
            except SnapshotError:
                before = _older(names, wanted)
        else:
            before = _older(names, wanted)
        # Subtle: always older, so that forged manifests can't lead in a circle.
        if before is None or before >= wanted:
            return line
        wanted = before


def _older(names: list[str], name: str) -> str | None:
    return max((other for other in names if other < name), default=None)


def swap_pointer(layout: IndexLayout, name: str, disk: Disk = DISK) -> None:
    """Make the snapshot `name` the one that answers, in one step that a power cut can't halve."""
    disk.write_bytes(layout.next_pointer, f"{name}\n".encode())
    disk.fsync(layout.next_pointer)
    disk.replace(layout.next_pointer, layout.current)
    disk.fsync(layout.root)


def newest_whole(
    layout: IndexLayout, names: list[str], verified_dir: Path | None = None
) -> str | None:
    """The first of `names` whose every byte is in order; None if none is. Reads all of it."""
    for name in names:
        try:
            verify(layout.snapshot(name), verified_dir)
        except SnapshotError:
            continue
        return name
    return None


def fallbacks(layout: IndexLayout) -> list[str]:
    """Where `rollback` would look, in order: those the current one replaced, newest first.

    Where the pointer is damaged or missing: every snapshot, newest first.
    """
    try:
        name = current_name(layout)
    except SnapshotError:
        name = None
    if name is None:
        return snapshot_names(layout)[::-1]
    return [other for other in lineage(layout, name) if other != name]


def rollback(
    layout: IndexLayout,
    to: str | None = None,
    verified_dir: Path | None = None,
    disk: Disk = DISK,
) -> str:
    """Point at an earlier snapshot, or at the one named `to`, and return its name.

    Hold the writer's lock. The target is verified first. Raises SettingsError for an unknown name,
    SnapshotError where the target, or every earlier snapshot, is damaged.
    """
    if to is None:
        name = newest_whole(layout, fallbacks(layout), verified_dir)
        if name is None:
            raise SnapshotError("There is no earlier whole snapshot to go back to.", REBUILD)
    else:
        names = snapshot_names(layout)
        if to not in names:
            known = ", ".join(names) or "none"
            raise SettingsError(f"There is no snapshot {to!r}.", f"There are: {known}.")
        verify(layout.snapshot(to), verified_dir)
        name = to
    with storage_errors("rolling back"):
        swap_pointer(layout, name, disk)
    return name
