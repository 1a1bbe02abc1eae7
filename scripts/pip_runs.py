"""Runs pip with its long output in a log file, and turns its failures into one sentence."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

LIFE_SIGN_S = 60  # where no terminal shows the seconds, a line this often

# What pip prints when the network is away, over its releases 22 to 26.
_NO_NETWORK = re.compile(
    r"Failed to establish a new connection|Connection (?:refused|reset|aborted)"
    r"|ConnectTimeout|ReadTimeout|Read timed out|connection timed out|Network is unreachable"
    r"|[Nn]ame resolution|Name or service not known|nodename nor servname|getaddrinfo failed"
    r"|Cannot connect to proxy|ProxyError|SSLError|SSLCertVerificationError",
    re.IGNORECASE,
)
_NOT_OFFERED = re.compile(r"No matching distribution found for (\S+)")


class Problem(Exception):
    """One line for the person at the terminal: what is wrong, with which value, what to do."""


def explain(log: str) -> str:
    """The cause of a failed pip run, from its output; ends without a full stop.

    A disk that is full shows first, since it makes everything else fail; a missing connection comes
    before "not offered", which pip says in both cases.
    """
    if "No space left on device" in log or "Disk quota exceeded" in log:
        return "the disk is full: make room, then run this again"
    if _NO_NETWORK.search(log):
        return (
            "the package index can't be reached: check the network or the proxy (`pip config"
            " list` shows what pip uses), then run this again"
        )
    if not_offered := _NOT_OFFERED.search(log):
        return (
            f"pip's sources offer no {not_offered[1]} for this Python and system: check"
            " `pip config list`, or try another Python (PYTHON=/path/to/python3.12)"
        )
    if "Permission denied" in log or "Read-only file system" in log:
        return "a folder can't be written: see the log, mend its rights, then run this again"
    errors = re.findall(r"^\s*ERROR: (.+)$", log, re.MULTILINE)
    return f"pip says: {errors[-1].strip().rstrip('.')}" if errors else "pip gave no reason"


@dataclass(frozen=True)
class Pip:
    """pip of one environment. Its configuration (files, PIP_*, proxies) is the user's own."""

    python: Path
    log: Path
    folder: Path  # where it runs: relative paths in its arguments start here

    def works(self, arguments: Sequence[str]) -> bool:
        """Runs pip; True when it went well. A failure is only a line in the log."""
        return self._run(arguments, None) == ""

    def run(self, arguments: Sequence[str], say: Callable[[str], None]) -> None:
        """Runs pip; raises Problem with the cause and the log's path when it fails."""
        output = self._run(arguments, say)
        if output:
            raise Problem(f"{explain(output)}. All that pip said: {self.log}")

    def installed_version(self, name: str) -> str | None:
        """The installed version of `name` without its local part (`+cpu`), None if there's none."""
        code = "import sys, importlib.metadata as m; print(m.version(sys.argv[1]))"
        command = [str(self.python), "-I", "-c", code, name]
        ran = subprocess.run(command, capture_output=True, text=True)
        return ran.stdout.strip().partition("+")[0] if ran.returncode == 0 else None

    def _run(self, arguments: Sequence[str], say: Callable[[str], None] | None) -> str:
        """Empty when pip went well, else what it printed (never empty)."""
        command = [str(self.python), "-I", "-m", "pip", *arguments]
        with self.log.open("a+b") as log:
            log.write(f"\n$ pip {' '.join(arguments)}\n".encode())
            log.flush()
            start = log.tell()
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=_environment(),
            )
            try:
                code = _wait(process, say)
            except BaseException:  # Ctrl-C: pip must not go on writing behind our back
                process.terminate()
                process.wait()
                raise
            log.seek(start)
            printed = log.read().decode(errors="replace")
        return "" if code == 0 else printed or f"pip ended with code {code}"


def _environment() -> dict[str, str]:
    """The user's environment less what would send packages past the virtual environment."""
    dropped = {"PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "PIP_LOG"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**kept, "PIP_USER": "0", "PYTHONUNBUFFERED": "1"}


def _wait(process: subprocess.Popen[bytes], say: Callable[[str], None] | None) -> int:
    """Waits for pip and shows that it lives: seconds on a terminal, a line a minute elsewhere."""
    started = time.monotonic()
    on_terminal = say is not None and sys.stderr.isatty()
    while True:
        try:
            code = process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            seconds = round(time.monotonic() - started)
            if on_terminal:
                sys.stderr.write(f"\r  {seconds} s ")
                sys.stderr.flush()
            elif say is not None and seconds % LIFE_SIGN_S == 0:
                say(f"  still at it after {seconds} s")
            continue
        if on_terminal:
            sys.stderr.write("\r          \r")
            sys.stderr.flush()
        return code
