"""Disks that are full, and files that may not grow."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from index.errors import StorageError
from tests.index.bad_input.survival import LIMIT_S, ROOT, answers, is_clear
from tests.index.runs import Site
from tests.index.snapshot.faults import FaultyDisk, disk_full
from tests.sites import HARBOUR, numbered_posts, post_text


def test_a_full_disk_while_publishing(built: Site) -> None:
    built.write({"new.md": post_text("新港口开工", "新港口今日开工，泊位12个。")})
    built.disk = FaultyDisk(3, disk_full)
    with pytest.raises(StorageError, match="The disk is full") as caught:
        built.reindex()
    is_clear(caught.value)
    answers(built)
    built.disk = FaultyDisk()
    assert (built.reindex().added, built.ask("新港口泊位").sources[0].post) == (1, "new.md")


def test_a_disk_that_is_really_full(warm_cache: Path, tmp_path: Path) -> None:
    """A file system of 1 MB, filled up: whatever does not fit says so, and nothing is lost."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("only root may mount")
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(small)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        _fill_and_free(Site(small, warm_cache))
    finally:
        subprocess.run(["umount", str(small)], check=True)


def _fill_and_free(site: Site) -> None:
    site.write(HARBOUR)
    site.reindex()
    site.write(numbered_posts(150))
    failed = 0
    ballast = site.home / "ballast"
    free = shutil.disk_usage(site.home).free
    for left in range(0, free, max(1, free // 12)):
        with ballast.open("wb") as file, suppress(OSError):
            file.write(b"x" * (free - left))
        try:
            site.reindex()
        except StorageError as error:
            is_clear(error)
            failed += 1
            ballast.write_bytes(b"")  # the message goes on: make room
            answers(site)
        else:
            break
        ballast.unlink()
    assert failed > 3
    ballast.unlink(missing_ok=True)
    assert site.reindex().posts == 155
    answers(site)
    leftovers = [p.name for p in site.layout.snapshots.iterdir() if p.name.startswith(".")]
    assert leftovers == []


LIMITED = """
import resource, signal, sys
from pathlib import Path
from index.errors import StorageError
from tests.index.runs import Site
site = Site(Path(sys.argv[1]), Path(sys.argv[2]))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
try:
    print(site.reindex().posts)
except StorageError as error:
    print(error)
    sys.exit(1)
"""


@pytest.mark.parametrize("limit", [0, 4_096, 30_000, 60_000, 120_000])
def test_files_that_may_not_grow(built: Site, limit: int) -> None:
    """Every writer meets the limit in its own way: SQLite, FAISS, tantivy, our own."""
    built.write(numbered_posts(150))
    command = [sys.executable, "-c", LIMITED, str(built.home), str(built.cache), str(limit)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_S)
    assert ran.returncode == 1, ran
    (line,) = ran.stdout.splitlines()
    assert line.endswith(".") and "Traceback" not in ran.stderr
    answers(built)
    assert built.reindex().posts == 155
    answers(built)
