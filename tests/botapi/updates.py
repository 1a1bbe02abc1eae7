"""Updates on their way to the bot: kept until confirmed, polled or sent to a webhook."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.botapi.errors import Refused
from tests.botapi.faults import Faults

KEPT_S = 24 * 3600
MAX_LIMIT = 100
MAX_TIMEOUT_S = 50
_IDS_A_SECOND = 10
_MAX_FIRST_ID = 2_000_000_000
# What a bot gets that never said which updates it wants, and what one gets that says [].
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})

_OTHER = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is"
    " running"
)
_WEBHOOK = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the"
    " webhook first"
)


@dataclass(frozen=True, slots=True)
class Pending:
    """An update that the bot has not confirmed. Those of one `key` are delivered in order."""

    id: int
    kind: str
    body: dict[str, Any]
    key: int
    made_at: float

    def json(self) -> dict[str, Any]:
        return {"update_id": self.id, self.kind: self.body}


class Updates:
    """The queue. `add` may be called from any thread, the rest on the server's loop."""

    def __init__(self, now: Callable[[], float], faults: Faults) -> None:
        self.now = now
        self.faults = faults
        self.allowed: frozenset[str] | None = None
        self.webhook_set = False
        self.on_new: Callable[[], None] = lambda: None
        self._lock = threading.Lock()
        # Ids of a later server are higher: a bot may have kept which it has seen.
        self._ids = itertools.count(int(now() * _IDS_A_SECOND) % _MAX_FIRST_ID + 1)
        self._pending: list[Pending] = []
        self._again: list[Pending] = []
        self._poller: asyncio.Future[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def run_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """The loop that pollers wait on."""
        self._loop = loop

    def add(self, kind: str, body: dict[str, Any], key: int) -> int | None:
        """Queues an update and returns its id; None: the bot doesn't want that kind."""
        if not self.wants(kind):
            return None
        with self._lock:
            pending = Pending(next(self._ids), kind, body, key, self.now())
            self._pending.append(pending)
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._arrived)
        return pending.id

    def wants(self, kind: str) -> bool:
        """Whether the bot gets updates of that kind."""
        if not self.allowed:
            return kind not in NOT_BY_DEFAULT
        return kind in self.allowed

    def allow(self, kinds: list[str] | None) -> None:
        """Sets what the bot wants; None keeps what it said before."""
        if kinds is not None:
            self.allowed = frozenset(kinds)

    def waiting(self) -> list[Pending]:
        """What is not confirmed, oldest first; updates of yesterday are gone."""
        with self._lock:
            oldest = self.now() - KEPT_S
            self._pending = [one for one in self._pending if one.made_at > oldest]
            return list(self._pending)

    def confirm(self, update_id: int) -> None:
        """A webhook took that one."""
        with self._lock:
            self._pending = [one for one in self._pending if one.id != update_id]

    def drop(self) -> None:
        """The bot wants none of what waits."""
        with self._lock:
            self._pending.clear()

    async def poll(
        self,
        offset: int = 0,
        limit: int = MAX_LIMIT,
        timeout: int = 0,
    ) -> list[dict[str, Any]]:
        """One getUpdates: at once where updates wait, else when one comes or at the timeout."""
        if self.webhook_set:
            raise Refused(_WEBHOOK, 409)
        self.interrupt(_OTHER)
        self._forget_before(offset)
        found = self._batch(limit)
        if found or timeout <= 0:
            return found
        self._poller = poller = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait_for(poller, min(timeout, MAX_TIMEOUT_S))
        except TimeoutError:
            return []
        finally:
            if self._poller is poller:
                self._poller = None
        return self._batch(limit)

    def interrupt(self, why: str) -> None:
        """Ends a poll that waits, with 409."""
        if self._poller is not None and not self._poller.done():
            self._poller.set_exception(Refused(why, 409))
        self._poller = None

    def _arrived(self) -> None:
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(None)
        self.on_new()

    def _batch(self, limit: int) -> list[dict[str, Any]]:
        again, self._again = self._again, []
        return [one.json() for one in (again + self.waiting())[: min(max(limit, 1), MAX_LIMIT)]]

    def _forget_before(self, offset: int) -> None:
        with self._lock:
            if offset < 0:
                self._pending = self._pending[offset:]
                return
            done = [one for one in self._pending if one.id < offset]
            self._pending = self._pending[len(done) :]
        self._again += [one for one in done if self.faults.duplicates()]
