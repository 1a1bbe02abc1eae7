"""The bot as a process, on the loopback server, over an index of small posts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.botapi import BotApiServer

ROOT = Path(__file__).resolve().parents[3]
ADMIN = 7
READY = "The bot answers."
# Of a start, which takes three seconds on a machine at leisure and much longer on a busy
# one (jieba's dictionary alone is a second of work), and of an end.
LIMIT_S = 240.0
# With the hash embedder and the reader of words, confidences are small; this one tells what the
# posts say from what they don't.
THRESHOLD = "1e-8"
_OURS = ("QINWEN", "TELEGRAM", "PYTHONUNBUFFERED", "NOTIFY_SOCKET", "CREDENTIALS_DIRECTORY")


@dataclass
class BotProcess:
    """`python -m bot`. May be started again after its end; what it stores stays."""

    server: BotApiServer
    index: Path
    home: Path
    cache: Path
    settings: dict[str, str] = field(default_factory=dict)  # QINWEN_… without that
    process: subprocess.Popen[bytes] | None = None

    @property
    def log_file(self) -> Path:
        return self.home / "bot.log"

    @property
    def log(self) -> str:
        """All that it has said so far, of every start."""
        return self.log_file.read_text(encoding="utf-8") if self.log_file.exists() else ""

    @property
    def state_dir(self) -> Path:
        return self.home / "state"

    @property
    def env(self) -> dict[str, str]:
        env = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        env |= {
            "PYTHONFAULTHANDLER": "1",
            "PYTHONPATH": str(ROOT),
            "QINWEN_ANSWER__READER": "words",
            "QINWEN_ANSWER__THRESHOLD": THRESHOLD,
            "QINWEN_BOT_ADMINS": str(ADMIN),
            "QINWEN_BOT_API_URL": self.server.url,
            "QINWEN_BOT_STATE_DIR": str(self.state_dir),
            "QINWEN_BOT_TOKEN": self.server.token,
            "QINWEN_EMBEDDING__MODEL": "hash",
            "XDG_CACHE_HOME": str(self.cache),
        }
        return env | {f"QINWEN_{name}": value for name, value in self.settings.items()}

    def start(self, *, ready: bool = True) -> BotProcess:
        """Starts it and, if `ready`, waits until it answers."""
        self.home.mkdir(parents=True, exist_ok=True)
        before = self.log.count(READY)
        command = [sys.executable, "-m", "bot", "--index", str(self.index)]
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.env, cwd=self.home, stderr=log, stdout=log
            )
        if ready:
            self.wait_until(lambda: self.log.count(READY) > before, "answers")
        return self

    def wait_until(self, holds, what: str, limit_s: float = LIMIT_S) -> None:
        """Waits; fails when the process ends first, or takes too long."""
        end = time.monotonic() + limit_s
        while not holds():
            assert self.process and self.process.poll() is None, f"it ended:\n{self.log[-3000:]}"
            if time.monotonic() > end:
                self.process.send_signal(signal.SIGABRT)  # every thread's traceback
                self.process.wait(LIMIT_S)
                raise AssertionError(f"not {what} in {limit_s} s:\n{self.log[-9000:]}")
            time.sleep(0.02)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Tells it to stop, and waits; returns its exit code."""
        assert self.process
        self.process.send_signal(number)
        return self.ended()

    def ended(self, limit_s: float = LIMIT_S) -> int:
        """Its exit code, as soon as it has ended."""
        assert self.process
        return self.process.wait(limit_s)

    def kill(self) -> None:
        """As a power cut does."""
        assert self.process
        self.process.kill()
        self.process.wait(LIMIT_S)

    def close(self) -> None:
        """Whatever state it is in."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(LIMIT_S)
