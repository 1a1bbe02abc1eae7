"""Every step of a publication, every kind of fault, the very first publication included."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from index.errors import StorageError
from index.snapshot.layout import IndexLayout
from tests.index.snapshot.faults import FAULTS, KILLS, Boom, FaultyDisk, ForgetfulDisk, PowerCut
from tests.index.snapshot.scenarios import (
    NEW,
    OLD,
    SCENARIOS,
    attempt,
    check_next_run,
    check_whole,
    copies,
)

ROOT = Path(__file__).resolve().parents[3]
# Make and sync folders, write and sync seven files and folders, rename, sync, swap in four steps;
# `one_more` finds its folders, but has leftovers to delete and a snapshot to retire in two steps.
STEPS = {"first_ever": 19, "one_more": 19}


def old_of(scenario: str) -> int | None:
    return None if scenario == "first_ever" else OLD


def assert_old_then_new(left: list[int | None], scenario: str) -> None:
    """Up to some step the old one, from then on the new one."""
    assert set(left) == {old_of(scenario), NEW}
    assert left == sorted(left, key=lambda generation: generation or 0)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_fault_at_every_step(scenario: str, fault: str, tmp_path: Path) -> None:
    failed = []
    for step, index in zip(range(STEPS[scenario]), copies(scenario, tmp_path), strict=False):
        disk = FaultyDisk(step, FAULTS[fault])
        raised = False
        try:
            attempt(index, disk)
        except (Boom, KeyboardInterrupt):
            raised = True
        except StorageError as error:
            raised = True
            assert error.message.endswith(".") and error.remedy
        assert disk.steps > step
        generation = check_whole(index, scenario == "first_ever")
        if raised:
            failed.append(generation)
        else:
            assert generation == NEW  # only tidying up went wrong
        check_next_run(index)
    assert_old_then_new(failed, scenario)


@pytest.mark.parametrize("kill", KILLS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_killed_at_every_step(scenario: str, kill: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.index.snapshot.killed", str(tmp_path), scenario, kill]
    subprocess.run(command, check=True, cwd=ROOT, timeout=300)
    left = []
    for step in range(STEPS[scenario]):
        index = IndexLayout(tmp_path / str(step) / "index")
        left.append(check_whole(index, scenario == "first_ever"))
        check_next_run(index)
    assert_old_then_new(left, scenario)
    whole = IndexLayout(tmp_path / str(STEPS[scenario]) / "index")
    assert check_whole(whole, first=False) == NEW
    assert not (tmp_path / str(STEPS[scenario] + 1)).exists()


@pytest.mark.parametrize("undo_renames", [False, True])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_power_goes_at_every_step(scenario: str, undo_renames: bool, tmp_path: Path) -> None:
    """Unsynced files are emptied, and unsynced renames undone."""
    for step, index in zip(range(STEPS[scenario] + 1), copies(scenario, tmp_path), strict=False):
        disk = ForgetfulDisk(index.root, step, undo_renames)
        disk.mark_all_safe()
        if step < STEPS[scenario]:
            with pytest.raises(PowerCut):
                attempt(index, disk)
        else:
            attempt(index, disk)
        disk.cut()
        generation = check_whole(index, scenario == "first_ever")
        if step == STEPS[scenario]:
            assert generation == NEW  # what has been reported done stays done
        check_next_run(index)
