"""Delivery of updates to a bot's webhook, with Telegram's order, secret and retries."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.simple_httpclient import SimpleAsyncHTTPClient

from tests.botapi.errors import bad, broken
from tests.botapi.faults import Faults
from tests.botapi.updates import Pending, Updates

PORTS = frozenset({443, 80, 88, 8443})
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_MAX_CONNECTIONS = 100
_MAX_RETRY_S = 2.0  # Telegram waits longer; tests of restarts can't
_SET = "Conflict: terminated by setWebhook request"


@dataclass(slots=True)
class Webhook:
    """Where updates go. `deliver_to`, where set, takes the place of the public address."""

    updates: Updates
    faults: Faults
    retry_s: float = 0.2
    deliver_to: str | None = None
    url: str = ""
    secret: str | None = None
    connections: int = 40
    failures: int = 0
    last_error: str | None = None
    last_error_at: int | None = None
    _busy: set[int] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _client: AsyncHTTPClient | None = None

    def set(self, given: dict[str, Any]) -> bool:
        """setWebhook."""
        url = given["url"]
        if url:
            _check(url)
        secret = given.get("secret_token")
        if secret is not None and not _SECRET.fullmatch(secret):
            raise broken("secret token contains unallowed characters")
        connections = given.get("max_connections", 40)
        if not 1 <= connections <= _MAX_CONNECTIONS:
            raise broken(f"max_connections must be 1 to {_MAX_CONNECTIONS}, is {connections}")
        if given.get("drop_pending_updates"):
            self.updates.drop()
        self.url, self.secret, self.connections = url, secret, connections
        self.updates.allow(given.get("allowed_updates"))
        self.updates.webhook_set = bool(url)
        if url:
            self.updates.interrupt(_SET)
        self.start()
        return True

    def info(self) -> dict[str, Any]:
        """getWebhookInfo."""
        shown: dict[str, Any] = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates.waiting()),
        }
        if self.url:
            shown["max_connections"] = self.connections
        if self.last_error:
            shown |= {
                "last_error_message": self.last_error,
                "last_error_date": self.last_error_at,
            }
        if self.updates.allowed:
            shown["allowed_updates"] = sorted(self.updates.allowed)
        return shown

    def start(self) -> None:
        """Delivers what waits: one update of a chat at a time, of several chats side by side."""
        if not self.url:
            return
        seen = set(self._busy)
        for pending in self.updates.waiting():
            if len(self._busy) >= self.connections:
                return
            if pending.key in seen:
                continue
            seen.add(pending.key)
            self._busy.add(pending.key)
            task = asyncio.get_running_loop().create_task(self._deliver(pending))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _deliver(self, pending: Pending) -> None:
        url, wait_s = self.url, self.retry_s
        try:
            while self.url == url:
                if await self._post(pending):
                    if self.faults.duplicates():
                        await self._post(pending)
                    self.updates.confirm(pending.id)
                    return
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, _MAX_RETRY_S)
        finally:
            self._busy.discard(pending.key)
            asyncio.get_running_loop().call_soon(self.start)

    async def _post(self, pending: Pending) -> bool:
        if self._client is None:
            self._client = SimpleAsyncHTTPClient(force_instance=True, max_clients=_MAX_CONNECTIONS)
        headers = {"Content-Type": "application/json"}
        if self.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self.secret
        body = json.dumps(pending.json(), ensure_ascii=False).encode()
        request = HTTPRequest(
            self.deliver_to or self.url, "POST", headers, body, request_timeout=60.0
        )
        try:
            response = await self._client.fetch(request, raise_error=False)
        except Exception as error:  # refused or cut: as bad as a bad status
            what = f"Connection failed: {error}"
        else:
            if 200 <= response.code < 300:
                return True
            what = f"Wrong response from the webhook: {response.code} {response.reason}"
        self.failures += 1
        self.last_error, self.last_error_at = what, int(self.updates.now())
        return False

    async def stop(self) -> None:
        """Ends every delivery."""
        self.url = ""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._client is not None:
            self._client.close()


def _check(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname in _LOOPBACK:
        return  # a test's own webhook
    if parts.scheme != "https" or not parts.hostname:
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
