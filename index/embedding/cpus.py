"""How many processors this process may really use."""

from __future__ import annotations

import os
from pathlib import Path

CGROUP_ROOT = Path("/sys/fs/cgroup")
PROCESS_CGROUP = Path("/proc/self/cgroup")


def granted_cpus(root: Path = CGROUP_ROOT, process: Path = PROCESS_CGROUP) -> int:
    """At least 1: the affinity mask, cut by the container's quota (rounded down) if there is one.

    Rounded down because a thread beyond the quota stalls all of them until the next period.
    """
    quota = _quota(root, process)
    cpus = _affinity()
    return max(1, cpus if quota is None else min(cpus, int(quota)))


def _affinity() -> int:
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _quota(root: Path, process: Path) -> float | None:
    """The tightest quota, in processors, of this process's cgroup and its parents; None: none."""
    found = [_v1_quota(root / "cpu")]
    for folder in _v2_folders(root, process):
        found.append(_v2_quota(folder))
    limits = [quota for quota in found if quota is not None]
    return min(limits, default=None)


def _v2_folders(root: Path, process: Path) -> list[Path]:
    relative = ""
    for line in _read(process).splitlines():  # version 2 is the line "0::/path"
        if line.startswith("0::/"):
            relative = line.removeprefix("0::/")
    folder = root / relative
    if ".." in folder.parts:  # the process's group lies outside this namespace
        return [root]
    return [folder, *[parent for parent in folder.parents if parent.is_relative_to(root)]]


def _v2_quota(folder: Path) -> float | None:
    """`cpu.max` holds "max 100000" or "150000 100000": 1.5 processors."""
    match _read(folder / "cpu.max").split():
        case [quota, period] if quota.isdigit() and period.isdigit() and int(period):
            return int(quota) / int(period)
    return None


def _v1_quota(folder: Path) -> float | None:
    quota = _read(folder / "cpu.cfs_quota_us").strip()  # -1: no limit
    period = _read(folder / "cpu.cfs_period_us").strip()
    if quota.isdigit() and period.isdigit() and int(period):
        return int(quota) / int(period)
    return None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:  # no such control here: no limit from it
        return ""
