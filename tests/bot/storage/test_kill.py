"""A process that is killed at any moment loses nothing of what it had said to be stored."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.bot.storage.makers import NOW, open_inbox

WORKER = Path(__file__).with_name("killed_process.py")
ROOT = Path(__file__).resolve().parents[3]


def run_and_kill(path, first, wait_s):
    """What the process had told before it was killed: updates added, updates done."""
    command = [sys.executable, "-m", "tests.bot.storage.killed_process", str(path), str(first)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        told = [process.stdout.readline()]  # it is at work
        time.sleep(wait_s)
        process.kill()
        told += process.stdout.readlines()
    words = [line.split() for line in told if line.endswith("\n")]
    added = {int(update) for what, update in words if what == "added"}
    return added, {int(update) for what, update in words if what == "done"}


@pytest.mark.parametrize("seed", range(2))
def test_kill_9_between_add_and_done_loses_nothing(tmp_path, seed):
    chance = random.Random(seed)
    path = tmp_path / "inbox.sqlite"
    all_added, all_done = set(), set()
    for first in (0, 100_000):  # the second on what the first has left behind
        added, done = run_and_kill(path, first, chance.uniform(0.0, 0.4))
        all_added |= added
        all_done |= done
    inbox = open_inbox(path)
    waiting = {one.id for one in inbox.waiting()}
    lost = {update for update in all_added if inbox.add(update, "again", NOW)}
    inbox.close()
    assert all_added
    assert lost == set()
    assert waiting & all_done == set()  # nothing that is done comes back
    # Of each process one step at most was on the disk and not yet told.
    assert len(all_added - all_done - waiting) <= 2
    assert len(waiting - all_added) <= 2
