from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.transport.lock import polling_lock
from index.errors import BusyError, StorageError

HOLDER = """
import sys
from pathlib import Path
from bot.transport.lock import polling_lock
with polling_lock(Path(sys.argv[1]), 42):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_refused_in_one_line_and_gets_it_when_the_first_is_killed(
    tmp_path: Path,
) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BusyError, match="runs already") as refused, polling_lock(tmp_path, 42):
            pass
        assert "\n" not in str(refused.value)
        assert refused.value.exit_code == 2
        with polling_lock(tmp_path, 43):  # another bot's
            pass
    finally:
        holder.kill()
        holder.wait()
    with polling_lock(tmp_path, 42):
        pass
    with polling_lock(tmp_path, 42):
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cant_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError, match="can't be taken"), polling_lock(tmp_path, 42):
        pass


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="state_dir"), polling_lock(tmp_path / "file", 42):
        pass
