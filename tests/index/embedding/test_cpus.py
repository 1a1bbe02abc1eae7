from __future__ import annotations

import os
from pathlib import Path

import pytest

from index.embedding.cpus import granted_cpus


@pytest.fixture(autouse=True)
def _eight_cpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)


def _v2(root: Path, relative: str, limit: str) -> None:
    folder = root / relative
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cpu.max").write_text(limit + "\n")


def test_without_a_quota_the_affinity_counts(tmp_path: Path) -> None:
    assert granted_cpus(tmp_path / "none", tmp_path / "none") == 8


@pytest.mark.parametrize(
    ("limit", "granted"),
    [("200000 100000", 2), ("250000 100000", 2), ("50000 100000", 1), ("max 100000", 8)],
)
def test_the_quota_is_rounded_down_to_at_least_one(
    tmp_path: Path, limit: str, granted: int
) -> None:
    _v2(tmp_path, "", limit)
    assert granted_cpus(tmp_path, tmp_path / "none") == granted


def test_the_tightest_of_group_and_parents_counts(tmp_path: Path) -> None:
    _v2(tmp_path, "pod", "300000 100000")
    _v2(tmp_path, "pod/container", "max 100000")
    process = tmp_path / "cgroup"
    process.write_text("1:name=systemd:/x\n0::/pod/container\n")
    assert granted_cpus(tmp_path, process) == 3


def test_a_group_outside_the_namespace_falls_back_to_the_root(tmp_path: Path) -> None:
    root = tmp_path / "root"
    _v2(root, "", "400000 100000")
    _v2(tmp_path, "outside", "100000 100000")
    process = tmp_path / "cgroup"
    process.write_text("0::/../outside\n")
    assert granted_cpus(root, process) == 4


@pytest.mark.parametrize(("quota", "granted"), [("150000", 1), ("600000", 6), ("-1", 8)])
def test_version_1_groups(tmp_path: Path, quota: str, granted: int) -> None:
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu" / "cpu.cfs_quota_us").write_text(quota + "\n")
    (tmp_path / "cpu" / "cpu.cfs_period_us").write_text("100000\n")
    assert granted_cpus(tmp_path, tmp_path / "none") == granted


@pytest.mark.parametrize("limit", ["", "garbage", "100000 0", "1 2 3"])
def test_a_quota_that_makes_no_sense_is_none(tmp_path: Path, limit: str) -> None:
    _v2(tmp_path, "", limit)
    assert granted_cpus(tmp_path, tmp_path / "none") == 8
