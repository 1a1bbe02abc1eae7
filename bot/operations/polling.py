"""What is logged when calls for updates fail: one line that explains, not a traceback each."""

from __future__ import annotations

import logging
from collections.abc import Callable

from telegram.error import Conflict, TelegramError

log = logging.getLogger(__name__)

# While the network is down a call fails every 30 s: a line every few minutes is enough.
REPEAT_S = 300.0


class PollingErrors:
    """For `start_polling(error_callback=…)`: says each kind of failure once, then now and then."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._said: dict[str, float] = {}
        self.conflicts = 0

    def __call__(self, error: TelegramError) -> None:
        """Logs `error`; never raises, for that would end the polling."""
        kind = type(error).__name__
        if isinstance(error, Conflict):
            self.conflicts += 1
        now = self._clock()
        if now - self._said.get(kind, float("-inf")) < REPEAT_S:
            return
        self._said[kind] = now
        if isinstance(error, Conflict):
            log.error("Telegram answered 409: %s", _explained(error))
        else:
            log.warning("Updates can't be fetched, trying on: %s: %s", kind, error)


def _explained(error: Conflict) -> str:
    if "webhook" in error.message.lower():
        return (
            "a webhook is set for this bot, so it can't poll. Another program set it: stop that, "
            "and start this bot again, which deletes the webhook."
        )
    return (
        "another program fetches updates with the same token, on this machine or another. Each "
        "question reaches only one of them. Stop the other one, or revoke the token at @BotFather."
    )
