"""Signs of life: of the event loop, and of the calls that fetch updates.

A bot whose polling has died looks alive to everyone but its users. So the calls that fetch updates
report here, a file tells other programs, and `watch` ends the process when the reports stop: what
started it (systemd, Docker) starts it anew, and nothing that was received is lost.
"""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import time
from collections.abc import Callable
from pathlib import Path

from bot.operations.notify import Notifier
from index.errors import QinwenError

log = logging.getLogger(__name__)

FILE_NAME = "heartbeat"
TICK_S = 5.0
# A long poll takes 10 s, its retries wait up to 30 s: three of those without one success.
STALE_S = 90.0
# No call has even failed: the polling task is gone or hangs.
SILENT_S = 120.0
# Calls fail all the time. A new process has new connections, and hardly costs anything.
HOPELESS_S = 900.0
# Nothing runs any more on the event loop.
BLOCKED_S = 120.0


class PollingDiedError(QinwenError):
    """No updates come in any more: end this process, so that it is started anew."""


class Heartbeat:
    """When updates were last fetched, or tried to be. For one event loop; no thread but its own."""

    def __init__(
        self, state_dir: Path, clock: Callable[[], float] = time.monotonic, *, polls: bool = True
    ) -> None:
        """`polls` false (a webhook): nothing is fetched, so the loop's own tick is the beat."""
        self.path = state_dir / FILE_NAME
        self._clock = clock
        self._polls = polls
        # Subtle: the start counts as a beat, or a slow start would be taken for death.
        self._succeeded = self._tried = self._written = clock()
        self._refused: int | None = None
        self._unwritable = False

    def fetched(self) -> None:
        """Telegram has answered a call for updates, with or without updates."""
        self._succeeded = self._tried = self._clock()

    def failed(self, wait_s: float = 0.0) -> None:
        """A call for updates has failed; the next one may take `wait_s` longer than usual."""
        self._tried = max(self._tried, self._clock() + wait_s)

    def refused(self, code: int) -> None:
        """The server doesn't know the token (any more), it says 401 or 404."""
        self._refused = code

    @property
    def age_s(self) -> float:
        """Seconds since updates were last fetched."""
        return self._clock() - self._succeeded

    @property
    def fresh(self) -> bool:
        """Whether all is well; otherwise questions don't get through at present."""
        return self.age_s < STALE_S

    def tick(self) -> None:
        """The loop runs: writes the file if updates were fetched since.

        Raises PollingDiedError when there is no hope without a new process.
        """
        if not self._polls:
            self.fetched()
        if self._refused:
            raise PollingDiedError(
                f"Telegram refuses the token ({self._refused}): it was revoked, or is another's.",
                "Set the one that @BotFather shows (/mybots) and start the bot again.",
            )
        silent_s = self._clock() - self._tried
        if silent_s >= SILENT_S:
            raise PollingDiedError(
                f"Nothing has asked Telegram for updates for {silent_s:.0f} s: polling has died.",
                "Start the bot again; the log above says what happened.",
            )
        if self.age_s >= HOPELESS_S:
            raise PollingDiedError(
                f"Telegram has given no updates for {self.age_s:.0f} s, every call has failed.",
                "Start the bot again; look at the network if that doesn't help.",
            )
        if self._written != self._succeeded:
            self._written = self._succeeded
            self._write()

    def _write(self) -> None:
        try:
            self.path.touch(mode=0o600)
            self._unwritable = False
        except OSError as error:
            if not self._unwritable:
                log.warning("The heartbeat %s can't be written: %s.", self.path, error.strerror)
            self._unwritable = True

    def remove(self) -> None:
        """The bot stops, or has not yet started: no old file may say that it runs."""
        self.path.unlink(missing_ok=True)


def file_age_s(state_dir: Path, now: float) -> float | None:
    """Seconds from the last beat of the bot with this `state_dir` to `now` (`time.time()`).

    None: no bot runs, or it has not started yet.
    """
    try:
        return now - (state_dir / FILE_NAME).stat().st_mtime
    except FileNotFoundError:
        return None


async def watch(heartbeat: Heartbeat, notifier: Notifier, tick_s: float = TICK_S) -> None:
    """Runs until cancelled; raises PollingDiedError when this process should end.

    Should the loop itself stand still for `BLOCKED_S`, the process ends with code 1 and every
    thread's traceback on stderr: nobody on the loop could do it. Removes the file when it ends.
    """
    try:
        while True:
            faulthandler.dump_traceback_later(BLOCKED_S, exit=True)
            heartbeat.tick()
            notifier.alive()
            await asyncio.sleep(tick_s)
    finally:
        faulthandler.cancel_dump_traceback_later()
        heartbeat.remove()
