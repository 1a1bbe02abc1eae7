"""Runs that die: killed at random moments, and failing at every step of publishing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from index.errors import IndexMissingError, StorageError
from index.snapshot.pointer import snapshot_names
from tests.index.runs import Site
from tests.index.snapshot.faults import FAULTS, Boom, FaultyDisk
from tests.sites import HARBOUR, post_text

ROOT = Path(__file__).resolve().parents[2]
# `QINWEN_TEST_KILLS=1000 pytest tests/index/test_kill.py` is the long variant (`make soak`).
KILLS = int(os.environ.get("QINWEN_TEST_KILLS", "50"))
SEED = int(os.environ.get("QINWEN_TEST_SEED", "20211208"))
LIMIT_S = 60 + 5 * KILLS


def test_killed_at_random_moments(
    tmp_path: Path, warm_cache: Path, record_property: Callable[[str, object], None]
) -> None:
    """kill -9, the very first run included: whatever answers is whole, and nothing is lost.

    What is checked after each kill stands in `killed_runs`.
    """
    command = [sys.executable, "-m", "tests.index.killed_runs"]
    arguments = [str(tmp_path / "home"), str(warm_cache), str(KILLS), str(SEED)]
    env = {**os.environ, "OMP_NUM_THREADS": "1"}  # a fork would lose the other threads
    ran = subprocess.run(
        [*command, *arguments], cwd=ROOT, env=env, capture_output=True, text=True, timeout=LIMIT_S
    )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    record_property("kills", ran.stdout)  # in --junit-xml; `pytest -rP` shows it
    sys.stdout.write(ran.stdout)
    outcomes = [found.get(name, 0) for name in ("first, none", "first, new")]
    outcomes += [found.get(name, 0) for name in ("update, old", "update, new")]
    assert sum(outcomes) == KILLS and outcomes[0] > 0 and outcomes[2] > 0
    assert found.get("too late", 0) < KILLS / 2
    assert found["some texts embedded, not all"] > 0


QUESTION = "海雾大桥全长多少公里？"
NEW = "新港口泊位多少个？"


@pytest.fixture(scope="module", params=["first_ever", "one_more"])
def original(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, warm_cache: Path
) -> Site:
    """Six posts to index: the first ones ever, or after three snapshots, of which one will go."""
    site = Site(tmp_path_factory.mktemp("original"), warm_cache)
    site.write(HARBOUR)
    for version in range(3 if request.param == "one_more" else 0):
        site.write({"other.md": post_text("别的", f"别的文章，第{version}版。")})
        site.reindex()
    (site.posts / "other.md").unlink(missing_ok=True)
    site.write({"new.md": post_text("新港口开工", "新港口今日开工，泊位12个。")})
    return site


@pytest.mark.parametrize("fault", ["exception_after", "disk_full", "torn"])
def test_a_fault_at_every_step_of_publishing(original: Site, fault: str, tmp_path: Path) -> None:
    failed = step = 0
    before = original.cached_vectors()
    while True:
        shutil.copytree(original.home, tmp_path / str(step))
        site = Site(tmp_path / str(step), original.cache)
        site.disk = FaultyDisk(step, FAULTS[fault])
        raised = failing_run(site)
        if site.disk.steps <= step:
            break  # it came to its end: there is no such step
        check_after(site, original.snapshot, raised)
        known = site.cached_vectors() - before
        report = Site(site.home, site.cache).reindex()
        assert report.posts == 6 and report.embedded + known == (1 if before else 6)
        check_finished(site)
        shutil.rmtree(site.home)
        failed += raised
        step += 1
    assert step >= 19 and failed >= 15


def failing_run(site: Site) -> bool:
    """Whether a run failed, and that it said so as it should."""
    try:
        site.reindex()
    except (Boom, KeyboardInterrupt):
        return True
    except StorageError as error:
        assert error.message.endswith(".") and error.remedy and "\n" not in str(error)
        return True
    return False


def check_after(site: Site, old: str | None, raised: bool) -> None:
    """The old snapshot answers, or the new one; after a first run that failed, maybe none."""
    if site.snapshot is None:
        assert raised and old is None
        with pytest.raises(IndexMissingError):
            site.open()
        return
    assert site.ask(QUESTION).sources[0].post == "2021-12-08-bridge.md"
    found = {source.post for source in site.ask(NEW, top_k=50).sources}
    assert ("new.md" in found, "other.md" in found) in ((True, False), (False, True))
    assert "new.md" in found or raised


def check_finished(site: Site) -> None:
    assert site.ask(NEW).sources[0].post == "new.md"
    names = snapshot_names(site.layout)
    assert sorted(path.name for path in site.layout.snapshots.iterdir()) == names
    assert len(names) <= 3 and not site.layout.next_pointer.exists()
