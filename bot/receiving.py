"""How updates come in: polled, or brought by Telegram to a webhook. And when to give up."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import hmac
from collections import deque
from collections.abc import Callable
from urllib.parse import urlsplit

from pydantic import SecretStr
from telegram.error import Conflict, TelegramError

from bot.context import BotApplication
from bot.handlers.first import ALLOWED_UPDATES
from bot.operations.polling import PollingErrors
from index.errors import BusyError, SettingsError
from index.settings_bot import BotSection

POLL_S = 10
_RETRIES = 10  # to set or delete the webhook at the start
# One or two 409s after a restart are the last call of the process before. PTB waits a little longer
# after each, so these are five in a row.
_CONFLICTS, _WITHIN_S = 5, 20.0


class ConflictError(BusyError):
    """Another program fetches updates with the same token."""


class Conflicts:
    """For `start_polling(error_callback=…)`: logs failures, and tells when there is no hope."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._log = PollingErrors(clock)
        self._times: deque[float] = deque(maxlen=_CONFLICTS)
        self._hopeless = asyncio.Event()

    def __call__(self, error: TelegramError) -> None:
        """Never raises, for that would end the polling."""
        self._log(error)
        if isinstance(error, Conflict):
            now = self._clock()
            self._times.append(now)
            if len(self._times) == _CONFLICTS and now - self._times[0] <= _WITHIN_S:
                self._hopeless.set()

    async def watch(self) -> None:
        """Runs until cancelled. Raises ConflictError after too many 409s in a short time."""
        await self._hopeless.wait()
        raise ConflictError(
            f"Telegram answered 409 {_CONFLICTS} times within {_WITHIN_S:g} s: another program"
            " fetches updates with this token, here or on another machine.",
            "Stop the other one, or get a new token from @BotFather (/revoke).",
        )


async def start_receiving(
    application: BotApplication, settings: BotSection, token: SecretStr, conflicts: Conflicts
) -> None:
    """Polls, or sets the webhook and listens. Raises SettingsError where the port is taken."""
    updater = application.updater
    assert updater is not None
    if settings.webhook_url is None:
        await updater.start_polling(
            timeout=POLL_S,
            bootstrap_retries=_RETRIES,
            allowed_updates=ALLOWED_UPDATES,
            error_callback=conflicts,
        )
        return
    try:
        await updater.start_webhook(
            listen=settings.webhook_listen,
            port=settings.webhook_port,
            url_path=urlsplit(str(settings.webhook_url)).path,
            webhook_url=str(settings.webhook_url),
            bootstrap_retries=_RETRIES,
            allowed_updates=ALLOWED_UPDATES,
            secret_token=webhook_secret(token),
        )
    except OSError as error:
        place = f"{settings.webhook_listen}:{settings.webhook_port}"
        why = "it is taken" if error.errno == errno.EADDRINUSE else error.strerror
        raise SettingsError(
            f"The webhook can't listen on {place}: {why}.", "Set bot.webhook_port to another."
        ) from error


def webhook_secret(token: SecretStr) -> str:
    """What Telegram has to show with every update. The same after each start; tells no token."""
    key = token.get_secret_value().encode()
    return hmac.new(key, b"qinwen webhook", hashlib.sha256).hexdigest()
