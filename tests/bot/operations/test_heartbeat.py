"""When the bot counts as alive, and how the process ends when it isn't."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.operations.heartbeat import (
    HOPELESS_S,
    SILENT_S,
    STALE_S,
    TICK_S,
    Heartbeat,
    PollingDiedError,
    file_age_s,
    watch,
)
from bot.operations.notify import Notifier
from tests.bot.operations.clock import Clock

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_what_is_fetched_is_a_beat_and_written(tmp_path: Path, clock: Clock) -> None:
    heartbeat = Heartbeat(tmp_path, clock)
    heartbeat.tick()
    assert file_age_s(tmp_path, 0) is None  # nothing was fetched yet
    heartbeat.fetched()
    clock.now += 1
    heartbeat.fetched()
    heartbeat.tick()
    assert heartbeat.path.stat().st_mode & 0o777 == 0o600
    written = heartbeat.path.stat().st_mtime
    assert file_age_s(tmp_path, written + 7) == pytest.approx(7)
    os.utime(heartbeat.path, (5, 5))
    heartbeat.tick()
    assert heartbeat.path.stat().st_mtime == 5  # no beat since
    clock.now += 1
    heartbeat.fetched()
    heartbeat.tick()
    assert heartbeat.path.stat().st_mtime >= written


def test_stale_and_hopeless_when_every_call_fails(tmp_path: Path, clock: Clock) -> None:
    heartbeat = Heartbeat(tmp_path, clock)
    for _ in range(int(HOPELESS_S) // 30 - 1):
        clock.now += 30
        heartbeat.failed()
        heartbeat.tick()
        assert heartbeat.fresh == (heartbeat.age_s < STALE_S)
    clock.now += 30
    heartbeat.failed()
    with pytest.raises(PollingDiedError, match="no updates for 900 s, every call has failed"):
        heartbeat.tick()
    heartbeat.fetched()
    heartbeat.tick()
    assert heartbeat.fresh


def test_polling_that_asks_no_more_has_died(tmp_path: Path, clock: Clock) -> None:
    heartbeat = Heartbeat(tmp_path, clock)
    heartbeat.fetched()
    clock.now += SILENT_S - 1
    heartbeat.tick()
    clock.now += 1
    with pytest.raises(PollingDiedError, match="for 120 s: polling has died") as told:
        heartbeat.tick()
    assert told.value.exit_code == 1


def test_the_wait_that_telegram_names_is_no_death(tmp_path: Path, clock: Clock) -> None:
    heartbeat = Heartbeat(tmp_path, clock)
    heartbeat.failed(wait_s=600)
    clock.now += 600
    heartbeat.tick()
    clock.now += SILENT_S
    with pytest.raises(PollingDiedError):
        heartbeat.tick()


def test_a_refused_token_ends_it_at_once(tmp_path: Path, clock: Clock) -> None:
    heartbeat = Heartbeat(tmp_path, clock)
    heartbeat.refused(401)
    with pytest.raises(PollingDiedError, match=r"refuses the token \(401\)"):
        heartbeat.tick()


def test_with_a_webhook_the_loop_alone_counts(tmp_path: Path, clock: Clock) -> None:
    heartbeat = Heartbeat(tmp_path, clock, polls=False)
    clock.now += 10 * HOPELESS_S
    heartbeat.tick()
    assert heartbeat.fresh
    assert file_age_s(tmp_path, time.time()) is not None


def test_a_file_that_cannot_be_written_is_said_once(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    heartbeat = Heartbeat(tmp_path / "missing", clock)
    for _ in range(3):
        clock.now += 1
        heartbeat.fetched()
        heartbeat.tick()
    assert caplog.text.count("can't be written: No such file or directory") == 1


def test_watch_tells_systemd_and_leaves_no_file(tmp_path: Path) -> None:
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(path)
        systemd.settimeout(5)
        notifier = Notifier({"NOTIFY_SOCKET": path})
        heartbeat = Heartbeat(tmp_path)

        async def run() -> None:
            notifier.ready()
            task = asyncio.create_task(watch(heartbeat, notifier, tick_s=0.01))
            heartbeat.fetched()
            while not heartbeat.path.exists():
                await asyncio.sleep(0.01)
            notifier.status("68 posts\nnewest 2026-11-25")
            notifier.stopping()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        asyncio.run(run())
        heard = [systemd.recv(200).decode()]
        while heard[-1] != "STOPPING=1":
            heard.append(systemd.recv(200).decode())
    assert heard[0] == "READY=1"
    assert heard[-2] == "STATUS=68 posts newest 2026-11-25"
    assert set(heard[1:-2]) == {"WATCHDOG=1"}
    assert not heartbeat.path.exists()


def test_watch_raises_when_polling_has_died(tmp_path: Path) -> None:
    heartbeat = Heartbeat(tmp_path)
    heartbeat.fetched()
    heartbeat.refused(404)
    with pytest.raises(PollingDiedError):
        asyncio.run(watch(heartbeat, Notifier({})))
    assert not heartbeat.path.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="abstract names are Linux'")
def test_an_abstract_socket_is_found() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(f"\0qinwen-test-{os.getpid()}")
        systemd.settimeout(5)
        Notifier({"NOTIFY_SOCKET": f"@qinwen-test-{os.getpid()}"}).ready()
        assert systemd.recv(100) == b"READY=1"


def test_without_systemd_nothing_happens_and_a_gone_one_is_no_death(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Notifier({}).ready()
    assert caplog.text == ""
    Notifier({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready()
    assert "systemd can't be told READY=1" in caplog.text


def test_a_blocked_loop_ends_the_process(tmp_path: Path) -> None:
    code = """
import asyncio, sys, time
from pathlib import Path
import bot.operations.heartbeat as it
from bot.operations.notify import Notifier
it.BLOCKED_S = 0.5
async def run():
    task = asyncio.create_task(it.watch(it.Heartbeat(Path(sys.argv[1])), Notifier({}), 0.05))
    await asyncio.sleep(0.3)
    time.sleep(60)
asyncio.run(run())
"""
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 1
    assert "Timeout (0:00:00.500000)!" in ran.stderr
    assert "in run" in ran.stderr


def check(state_dir: Path, **more: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "QINWEN_BOT_STATE_DIR": str(state_dir), **more}
    return subprocess.run(
        [sys.executable, "-m", "bot.operations"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_the_check_for_docker(tmp_path: Path) -> None:
    none = check(tmp_path)
    assert (none.returncode, none.stdout) == (1, "")
    assert "no bot runs with" in none.stderr
    (tmp_path / "heartbeat").touch()
    fresh = check(tmp_path)
    assert (fresh.returncode, fresh.stderr) == (0, "")
    assert "the bot fetched updates" in fresh.stdout
    long_ago = time.time() - STALE_S - 1
    os.utime(tmp_path / "heartbeat", (long_ago, long_ago))
    stale = check(tmp_path)
    assert (stale.returncode, stale.stdout) == (1, "")
    assert "fetches no updates since 9" in stale.stderr
    wrong = check(tmp_path, QINWEN_BOT_WORKERS="many")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "bot.workers" in wrong.stderr


def test_waits_fit_each_other() -> None:
    """Shorter than what systemd's unit allows; longer than a poll and the wait after a failure."""
    poll_s, read_s, longest_wait_s = 10, 5, 30
    assert 2 * (poll_s + read_s + longest_wait_s) <= STALE_S
    assert STALE_S < SILENT_S < HOPELESS_S
    assert TICK_S * 3 < STALE_S
