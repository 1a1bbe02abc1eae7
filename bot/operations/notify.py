"""Word to systemd (sd_notify): ready, alive, stopping. Without systemd nothing happens."""

from __future__ import annotations

import logging
import socket
from collections.abc import Mapping

log = logging.getLogger(__name__)


class Notifier:
    """Tells systemd of a unit with `Type=notify` how this process is."""

    def __init__(self, env: Mapping[str, str]) -> None:
        address = env.get("NOTIFY_SOCKET", "")
        # `@` stands for the zero byte of Linux' abstract names.
        self._address = f"\0{address[1:]}" if address.startswith("@") else address

    def ready(self) -> None:
        """The bot answers from now on."""
        self._send("READY=1")

    def alive(self) -> None:
        """Resets the watchdog of a unit with `WatchdogSec=`."""
        self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """The bot ends, in good order."""
        self._send("STOPPING=1")

    def status(self, text: str) -> None:
        """One line that `systemctl status` shows."""
        self._send(f"STATUS={' '.join(text.split())}")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as end:
                end.settimeout(1.0)
                end.sendto(message.encode(), self._address)
        except OSError as error:
            log.warning("systemd can't be told %s: %s.", message, error)
