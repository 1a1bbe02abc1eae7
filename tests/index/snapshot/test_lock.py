from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from index.errors import BusyError, StorageError
from index.snapshot.layout import IndexLayout
from index.snapshot.lock import writer_lock
from tests.index.snapshot.site import NOON, clock

ROOT = Path(__file__).resolve().parents[3]
HOLDER = """
import sys, time
from pathlib import Path
from index.snapshot.layout import IndexLayout
from index.snapshot.lock import writer_lock
from tests.index.snapshot.site import clock
with writer_lock(IndexLayout(Path(sys.argv[1])), clock):
    print("held", flush=True)
    time.sleep(60)
"""


def take(layout: IndexLayout, minutes: float = 0) -> None:
    with writer_lock(layout, lambda: NOON + timedelta(minutes=minutes)):
        pass


def hold(layout: IndexLayout) -> subprocess.Popen[str]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(layout.root)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    return holder


def test_a_second_writer_hears_who_and_for_how_long(tmp_path: Path) -> None:
    layout = IndexLayout(tmp_path / "new" / "index")
    with writer_lock(layout, clock):
        for minutes, said in ((0.5, "30 s"), (5, "5 min"), (200, "3 h"), (-5, "0 s")):
            with pytest.raises(BusyError) as caught:
                take(layout, minutes)
            assert f"for {said} (process {os.getpid()})" in caught.value.message
            assert caught.value.remedy
    take(layout)


def test_another_process_holds_it_until_it_is_killed(tmp_path: Path) -> None:
    layout = IndexLayout(tmp_path)
    holder = hold(layout)
    try:
        with pytest.raises(BusyError, match=f"process {holder.pid}"):
            take(layout)
    finally:
        os.kill(holder.pid, signal.SIGKILL)
        holder.communicate()
    assert layout.writer_info.exists()  # stale, and no matter
    take(layout)


@pytest.mark.parametrize("info", [None, b"", b"\xff", b"[]", b'{"pid": "x", "since": 1}', b"{}"])
def test_the_message_does_without_the_info(tmp_path: Path, info: bytes | None) -> None:
    layout = IndexLayout(tmp_path)
    with writer_lock(layout, clock):
        layout.writer_info.unlink()
        if info is not None:
            layout.writer_info.write_bytes(info)
        with pytest.raises(BusyError, match=r"Another run is writing this index"):
            take(layout)


def test_an_error_inside_lets_go(tmp_path: Path) -> None:
    layout = IndexLayout(tmp_path)
    with pytest.raises(KeyboardInterrupt), writer_lock(layout, clock):
        raise KeyboardInterrupt
    take(layout)


def test_only_one_of_many_threads_writes(tmp_path: Path) -> None:
    layout = IndexLayout(tmp_path)
    inside, most, busy = 0, 0, 0
    counting = threading.Lock()

    def work() -> None:
        nonlocal inside, most, busy
        for _ in range(30):
            try:
                with writer_lock(layout, clock):
                    with counting:
                        inside += 1
                        most = max(most, inside)
                    with counting:
                        inside -= 1
            except BusyError:
                with counting:
                    busy += 1

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1 and inside == 0


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="locking the index"):
        take(IndexLayout(tmp_path / "file"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StorageError, match="No permission"):
            take(IndexLayout(tmp_path / "index"))
    finally:
        tmp_path.chmod(0o700)
