"""The HTTP client of the bot, which counts its calls and reports to the heartbeat."""

from __future__ import annotations

import json
import time
from typing import Any

from telegram.error import TelegramError, TimedOut
from telegram.request import HTTPXRequest

from bot.operations.heartbeat import Heartbeat
from bot.operations.metrics import Metrics

_OK = 200
_UNKNOWN_TOKEN = (401, 404)
_TOO_MANY = 429
# As PTB's own builder has it: its client by itself would send one message at a time.
_CONNECTIONS = 256


class CountedRequest(HTTPXRequest):
    """PTB's client for all calls but those for updates: `builder.request(…)`."""

    def __init__(self, metrics: Metrics, **options: Any) -> None:  # noqa: ANN401
        super().__init__(**{"connection_pool_size": _CONNECTIONS, **options})
        self._metrics = metrics

    async def do_request(self, url: str, *args: Any, **options: Any) -> tuple[int, bytes]:  # noqa: ANN401
        """One call; counts it by its method and how it ended."""
        start = time.perf_counter()
        status = "network"
        try:
            code, body = await super().do_request(url, *args, **options)
            status = str(code)
        except TimedOut:
            status = "timeout"
            raise
        finally:
            method = url.rpartition("/")[2]
            self._metrics.call(method, status, time.perf_counter() - start)
        return code, body


class PollingRequest(CountedRequest):
    """PTB's client for `getUpdates`: `builder.get_updates_request(…)`."""

    def __init__(self, metrics: Metrics, heartbeat: Heartbeat, **options: Any) -> None:  # noqa: ANN401
        super().__init__(metrics, connection_pool_size=1, **options)
        self._heartbeat = heartbeat

    async def do_request(self, url: str, *args: Any, **options: Any) -> tuple[int, bytes]:  # noqa: ANN401
        """One call; every way it ends is a sign of life, but its being cancelled."""
        try:
            code, body = await super().do_request(url, *args, **options)
        except TelegramError:
            self._heartbeat.failed()
            raise
        if code == _OK:
            self._heartbeat.fetched()
        elif code in _UNKNOWN_TOKEN:
            self._heartbeat.refused(code)
        else:
            self._heartbeat.failed(_wait_s(body) if code == _TOO_MANY else 0.0)
        return code, body


def _wait_s(body: bytes) -> float:
    """How long Telegram's 429 tells PTB to be quiet."""
    try:
        return float(json.loads(body)["parameters"]["retry_after"])
    except (ValueError, TypeError, KeyError):
        return 0.0
