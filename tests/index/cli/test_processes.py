"""The command as a process: pipes, terminals, locales, closed streams, bytes for arguments."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.index.cli.shapes import ASK, ERROR, REINDEX, misfits
from tests.index.runs import Site
from tests.sites import HARBOUR, write_site

ROOT = Path(__file__).resolve().parents[3]
QINWEN = [sys.executable, "-m", "index"]
BRIDGE = "海雾大桥全长多少公里？"
LIMIT_S = 60.0  # of a process; it takes one second on a machine at leisure


@dataclass
class Place:
    """An index, and the environment in which it is found."""

    site: Site
    env: dict[str, str]

    def run(
        self, *arguments: str | bytes, env: dict[str, str] | None = None, **options: object
    ) -> subprocess.CompletedProcess[bytes]:
        """One command to its end; output as bytes."""
        values = {"capture_output": True, "cwd": ROOT, "timeout": LIMIT_S, **options}
        command = [*QINWEN, *arguments]
        return subprocess.run(command, env={**self.env, **(env or {})}, **values)  # type: ignore[call-overload, no-any-return]

    def shell(self, line: str) -> subprocess.CompletedProcess[bytes]:
        """A line for the shell, in which $Q is the command and $B a question."""
        env = {**self.env, "Q": " ".join(QINWEN), "B": BRIDGE}
        command = ["bash", "-c", line]
        return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, timeout=LIMIT_S)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, warm_cache: Path) -> Place:
    site = Site(tmp_path_factory.mktemp("process"), warm_cache)
    write_site(site.posts, HARBOUR)
    site.reindex()
    ours = ("QINWEN", "PYTHONUNBUFFERED")  # nobody sets these for the people who type commands
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    env |= {
        "QINWEN_ANSWER__THRESHOLD": "0",
        "QINWEN_EMBEDDING__MODEL": "hash",
        "QINWEN_INDEX": str(site.index),
        "XDG_CACHE_HOME": str(warm_cache),
    }
    return Place(site, env)


def one_line(said: bytes) -> str:
    """The only line on standard error."""
    (line,) = said.decode(errors="replace").splitlines()
    assert line.startswith("qinwen: ")
    return line


def test_python_m_index_is_the_command(place: Place) -> None:
    found = place.run("ask", BRIDGE, "--json")
    assert (found.returncode, found.stderr) == (0, b"")
    assert misfits(json.loads(found.stdout), ASK) == []


def test_the_installed_command_is_the_same(place: Place) -> None:
    program = Path(sys.executable).with_name("qinwen")
    if not program.exists():
        pytest.skip("the command is not installed beside this Python")
    command = [program, "--version"]
    found = subprocess.run(command, env=place.env, capture_output=True, timeout=LIMIT_S)
    assert found.returncode == 0 and found.stdout == place.run("--version").stdout


def test_scripts_reindex_is_reindex(place: Place, tmp_path: Path) -> None:
    """From another folder, too."""
    script = [sys.executable, str(ROOT / "scripts" / "reindex.py")]
    command = [*script, str(place.site.posts), "--index", "here", "--json"]
    found = subprocess.run(
        command, cwd=tmp_path, env=place.env, capture_output=True, timeout=LIMIT_S
    )
    assert found.returncode == 0 and misfits(json.loads(found.stdout), REINDEX) == []
    assert found.stderr.startswith(b"embedding: 5/5") and (tmp_path / "here" / "CURRENT").exists()
    wrong = subprocess.run(
        [*script, "nowhere"], cwd=tmp_path, env=place.env, capture_output=True, timeout=LIMIT_S
    )
    assert wrong.returncode == 2 and one_line(wrong.stderr)


@pytest.mark.parametrize("line", ["$Q snapshots", "$Q ask $B --json", "$Q --help", "$Q ask <<< $B"])
def test_a_reader_that_goes_away_is_no_error(place: Place, line: str) -> None:
    """The pipe is closed before anything is written, so that every write breaks."""
    found = place.shell(f"set -o pipefail; ({line} 2>&3; echo $? >&3) 3>&2 | true")
    assert found.stderr.decode().split() == ["0"]


def test_piped_into_head(place: Place) -> None:
    found = place.shell("$Q ask $B | head -1")
    assert found.stderr == b"" and found.stdout.count(b"\n") == 1


@pytest.mark.parametrize("line", ["$Q snapshots", "$Q snapshots --json", "$Q --help"])
def test_a_full_disk_behind_the_output(place: Place, line: str) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    found = place.shell(f"{line} > /dev/full")
    assert found.returncode == 1
    assert "The output can't be written: No space left" in one_line(found.stderr)


@pytest.mark.parametrize("closed", [">&-", "<&- >&- 2>&-"])
def test_closed_streams_do_no_harm(place: Place, tmp_path: Path, closed: str) -> None:
    index = tmp_path / "index"
    found = place.shell(f"$Q reindex {place.site.posts} --index {index} {closed}")
    assert found.returncode == 0 and b"Traceback" not in found.stderr
    assert place.run("snapshots", "--index", str(index)).returncode == 0


@pytest.mark.parametrize(("line", "code"), [("$Q ask", 0), ("$Q ask ''", 2), ("$Q ask $B", 0)])
def test_asking_without_streams(place: Place, line: str, code: int) -> None:
    assert place.shell(f"{line} <&- >&- 2>&-").returncode == code


ASCII = {"LANG": "C", "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}


def test_a_locale_without_chinese(place: Place) -> None:
    found = place.run("ask", BRIDGE + "😀", "--json", env=ASCII)
    assert found.stdout.isascii() and misfits(json.loads(found.stdout), ASK) == []
    assert json.loads(found.stdout)["question"] == BRIDGE + "😀"
    assert place.run("ask", "--help", env=ASCII).returncode == 0
    wrong = place.run("reindex", "没有这个文件夹", "--json", env=ASCII)
    assert wrong.returncode == 2 and one_line(wrong.stderr)
    assert "没有这个文件夹" in json.loads(wrong.stdout)["error"]["message"]
    chat = place.run("ask", env=ASCII, input=f"{BRIDGE}\n".encode())
    assert (chat.returncode, chat.stderr) == (0, b"") and b"news.example.com" in chat.stdout


@pytest.mark.parametrize("question", [b"\xba\xa3\xce\xed", "海雾".encode()[:-1]])
def test_bytes_that_are_no_text_in_an_argument(place: Place, question: bytes) -> None:
    found = place.run("ask", question, "--json")
    assert (found.returncode, found.stderr) == (0, b"")
    assert misfits(json.loads(found.stdout), ASK) == []


def test_folders_whose_names_are_no_text(place: Place, tmp_path: Path) -> None:
    folder, index = (tmp_path / os.fsdecode(b"\xff" + name) for name in (b"site", b"index"))
    write_site(folder, HARBOUR)
    made = place.run("reindex", os.fsencode(folder), "--index", "good", "--json", cwd=tmp_path)
    assert json.loads(made.stdout)["posts"] == 5
    wrong = place.run("reindex", os.fsencode(folder), "--index", os.fsencode(index), "--json")
    assert wrong.returncode == 2 and "the name must be UTF-8" in one_line(wrong.stderr)
    assert misfits(json.loads(wrong.stdout), ERROR) == []


@pytest.fixture
def terminal(place: Place) -> Iterator[Terminal]:
    """A chat on a terminal of its own."""
    terminal = Terminal(place)
    yield terminal
    terminal.close()


class Terminal:
    """A pseudo-terminal with the chat behind it."""

    def __init__(self, place: Place) -> None:
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [*QINWEN, "ask"], stdin=slave, stdout=slave, stderr=slave, env=place.env, cwd=ROOT,
            start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        self.seen = ""
        self._closed = False

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def wait_for(self, text: str, times: int = 1) -> None:
        """Reads until `text` was seen so often in all."""
        self._read(lambda: self.seen.count(text) >= times)

    def end(self) -> int:
        """The exit code; what is said until then is read."""
        self._read(lambda: self._closed)
        return self.process.wait(LIMIT_S)

    def _read(self, done) -> None:
        ends = time.monotonic() + LIMIT_S
        while not done():
            assert time.monotonic() < ends, self.seen
            if select.select([self._master], [], [], 0.05)[0]:
                try:
                    self.seen += os.read(self._master, 65536).decode(errors="replace")
                except OSError:  # Linux says so when the other end is closed
                    self._closed = True

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._master)


def test_a_chat_on_a_terminal(terminal: Terminal) -> None:
    terminal.wait_for("问> ")
    terminal.type(f"{BRIDGE}\n")
    terminal.wait_for("问> ", times=2)
    assert "\x1b[1m" in terminal.seen and "海雾大桥今日通车" in terminal.seen
    terminal.type("\x04")  # Ctrl-D
    assert terminal.end() == 0 and "Traceback" not in terminal.seen


def test_ctrl_c_ends_a_chat_with_one_line(terminal: Terminal) -> None:
    terminal.wait_for("问> ")
    # Subtle: again and again. A key that is pressed between Python's prompt and its reading is only
    # seen with the next one.
    for _ in range(100):
        os.killpg(terminal.process.pid, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            terminal.process.wait(0.3)
            break
    assert terminal.end() == 130
    last = re.split(r"[\r\n]+", terminal.seen.strip())[-1]
    assert last.endswith("qinwen: Stopped. Nothing is lost; run it again to go on.")
    assert "Traceback" not in terminal.seen


# Interrupted inside of an `exec`, as libraries use it, while a thread goes on working.
BUSY = """
import sys, threading, time
from index.cli import commands, main
def work(*_):
    threading.Thread(target=time.sleep, args=(60,)).start()
    exec("raise KeyboardInterrupt")
commands.COMMANDS["ask"] = work
sys.argv[1:] = ["ask", "x", "--json"]
sys.exit(main())
"""


def test_ctrl_c_ends_at_once_with_130(place: Place) -> None:
    start = time.monotonic()
    found = subprocess.run(
        [sys.executable, "-c", BUSY], cwd=ROOT, env=place.env, capture_output=True, timeout=LIMIT_S
    )
    assert found.returncode == 130 and time.monotonic() - start < LIMIT_S / 2
    assert "Stopped." in one_line(found.stderr)
    assert misfits(json.loads(found.stdout), ERROR) == []
