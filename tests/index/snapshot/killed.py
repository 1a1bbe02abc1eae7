"""Publishes again and again, and is killed at another step each time.

`python -m tests.index.snapshot.killed ROOT SCENARIO KILL` makes `ROOT/<step>/index` for every step
of a publication and leaves in it what the killed run left; the last one was not killed. Forks, so
it must not run inside pytest.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.index.snapshot.faults import KILLS, FaultyDisk
from tests.index.snapshot.scenarios import attempt, copies


def main(root: Path, scenario: str, kill: str) -> None:
    for step, index in enumerate(copies(scenario, root)):
        child = os.fork()
        if child == 0:
            attempt(index, FaultyDisk(step, KILLS[kill]))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status == 0:  # it came to its end: there is no such step any more
            break


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
