"""Disks that fail: at the step one names, in the way one names."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable
from pathlib import Path

from index.snapshot.disk import Disk
from tests.index.snapshot.site import UNSYNCED

Step = Callable[[], None]


class Boom(Exception):
    """An error that no code foresees."""


class FaultyDisk(Disk):
    """Counts its steps, and at step `fails_at` (0-based) does `fault(act, half)` instead.

    `act` does the step, `half` does half of it, as a torn write or a half-deleted folder would.
    """

    def __init__(self, fails_at: int = -1, fault: Callable[[Step, Step], None] | None = None):
        self.steps = 0
        self.fails_at = fails_at
        self.fault = fault

    def _step(self, act: Step, half: Step) -> None:
        number, self.steps = self.steps, self.steps + 1
        if self.fault is not None and number == self.fails_at:
            self.fault(act, half)
        else:
            act()

    def make_folder(self, path: Path) -> None:
        self._step(lambda: Disk.make_folder(self, path), lambda: None)

    def write_bytes(self, path: Path, data: bytes) -> None:
        self._step(
            lambda: Disk.write_bytes(self, path, data),
            lambda: Disk.write_bytes(self, path, data[: len(data) // 2]),
        )

    def fsync(self, path: Path) -> None:
        self._step(lambda: UNSYNCED.fsync(path), lambda: None)

    def rename(self, old: Path, new: Path) -> None:
        self._step(lambda: Disk.rename(self, old, new), lambda: None)

    def replace(self, old: Path, new: Path) -> None:
        self._step(lambda: Disk.replace(self, old, new), lambda: None)

    def remove_tree(self, path: Path) -> None:
        self._step(lambda: Disk.remove_tree(self, path), lambda: remove_half(path))


def remove_half(path: Path) -> None:
    files = [inner for inner in sorted(path.rglob("*")) if inner.is_file()]
    for inner in files[: (len(files) + 1) // 2]:
        inner.unlink()


def exception_before(act: Step, half: Step) -> None:
    raise Boom


def exception_after(act: Step, half: Step) -> None:
    act()
    raise Boom


def interrupted(act: Step, half: Step) -> None:
    act()
    raise KeyboardInterrupt


def disk_full(act: Step, half: Step) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def torn(act: Step, half: Step) -> None:
    half()
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def killed_before(act: Step, half: Step) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed_halfway(act: Step, half: Step) -> None:
    half()
    os.kill(os.getpid(), signal.SIGKILL)


def killed_after(act: Step, half: Step) -> None:
    act()
    os.kill(os.getpid(), signal.SIGKILL)


def exit_at_once(act: Step, half: Step) -> None:
    half()
    os._exit(9)


FAULTS = {
    fault.__name__: fault
    for fault in (exception_before, exception_after, interrupted, disk_full, torn)
}
KILLS = {
    fault.__name__: fault for fault in (killed_before, killed_halfway, killed_after, exit_at_once)
}


class PowerCut(Exception):
    """The plug is pulled."""


class ForgetfulDisk(FaultyDisk):
    """Loses at `cut` whatever was not synced, as a disk may that reorders its writes.

    A file that was not synced is empty afterwards; a rename is undone unless the folder it was made
    in has been synced since. `undo_renames` False keeps renames: a disk may do that as well.
    """

    def __init__(self, root: Path, fails_at: int, undo_renames: bool) -> None:
        super().__init__(fails_at, self._pull)
        self.root = root
        self.undo_renames = undo_renames
        self.safe: set[int] = set()
        self.undo: list[tuple[Path, Step]] = []

    def _pull(self, act: Step, half: Step) -> None:
        raise PowerCut

    def cut(self) -> None:
        """What the disk looks like when the power is back."""
        for path in self.root.rglob("*"):
            if path.is_file() and path.stat().st_ino not in self.safe:
                path.write_bytes(b"")
        if self.undo_renames:
            for _, undo in reversed(self.undo):
                undo()

    def mark_all_safe(self) -> None:
        """What is there now has been there for long."""
        self.safe |= {path.stat().st_ino for path in self.root.rglob("*") if path.is_file()}

    def write_bytes(self, path: Path, data: bytes) -> None:
        super().write_bytes(path, data)
        self.safe.discard(path.stat().st_ino)

    def fsync(self, path: Path) -> None:
        super().fsync(path)
        self.safe.add(path.stat().st_ino)
        self.undo = [(folder, undo) for folder, undo in self.undo if folder != path]

    def rename(self, old: Path, new: Path) -> None:
        super().rename(old, new)
        self.undo.append((new.parent, lambda: new.exists() and new.rename(old) and None))

    def replace(self, old: Path, new: Path) -> None:
        before = new.read_bytes() if new.exists() else None
        super().replace(old, new)

        def undo() -> None:
            if before is None:
                new.unlink()
            else:
                new.write_bytes(before)

        self.undo.append((new.parent, undo))
