"""PTB's queue of updates, on a durable inbox: what was received is on disk before it counts.

PTB awaits `put` before it moves the offset of its next `getUpdates`, and before its webhook server
answers 200. So whatever Telegram believes delivered is in the inbox, however the process dies.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from telegram import Bot, Update
from telegram.error import TelegramError

from bot.storage.inbox import Inbox, Waiting

log = logging.getLogger(__name__)

# An update that was at work at so many ends of the process may be what ends it: from then on such
# updates are handled one at a time, after all others.
SUSPECT_AT = 3
# One that ended it so many times is given up. Not three: kills from outside hit innocent ones, too,
# and by then it is alone among the suspects, so that nobody else pays for its tries.
POISONOUS_AT = 10


def utc_now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


class DurableQueue(asyncio.Queue[object]):
    """For `ApplicationBuilder.update_queue`. `inbox` is used in a thread of the queue's own.

    `duplicates` counts updates that came again and were dropped, `repeated` those that a process
    before this one began: where it had sent the answer already, the answer is sent twice.
    """

    def __init__(self, inbox: Inbox, now: Callable[[], datetime] = utc_now) -> None:
        super().__init__()
        self._inbox = inbox
        self._now = now
        self._thread = ThreadPoolExecutor(1, "inbox-in")
        self._stopped = False
        self.duplicates = 0
        self.repeated = 0

    async def put(self, item: object) -> None:
        """Returns once the update is on disk and queued; one that is known already is dropped.

        Raises TelegramError where it can't be stored: PTB then asks Telegram for it again.
        """
        if not isinstance(item, Update):  # PTB's sign that it stops
            self._stopped = True
            self.put_nowait(item)
            return
        # Shielded: PTB cancels this when it stops, and what is on disk shall not miss the queue.
        await asyncio.shield(asyncio.ensure_future(self._keep(item)))

    async def _keep(self, update: Update) -> None:
        loop = asyncio.get_running_loop()
        body = update.to_json()
        try:
            new = await loop.run_in_executor(
                self._thread, self._inbox.add, update.update_id, body, self._now()
            )
        except Exception as error:
            # Subtle: any other class would end PTB's polling for good.
            log.error("Update %d can't be stored: %s", update.update_id, error)
            raise TelegramError(f"the inbox refuses an update: {error}") from error
        if not new:
            self.duplicates += 1
            log.info("Update %d came again and is dropped.", update.update_id)
        elif not self._stopped:  # else it waits for the next start; PTB would only drop it
            self.put_nowait(update)

    async def replay(self, bot: Bot) -> int:
        """Queues what was received but not answered; call it before receiving. Returns how many.

        Oldest first, suspects last. What can't be read, or has ended the process too often, is
        logged and given up.
        """
        loop = asyncio.get_running_loop()
        waiting = await loop.run_in_executor(self._thread, self._inbox.waiting)
        queued = 0
        for one in sorted(waiting, key=_turn):
            update = None if one.attempts >= POISONOUS_AT else _read(one, bot)
            if update is None:
                log.error("Update %d is given up after %d attempts.", one.id, one.attempts)
                await loop.run_in_executor(self._thread, self._inbox.done, one.id, self._now())
                continue
            self.repeated += one.attempts > 0
            self.put_nowait(update)
            queued += 1
        return queued


def _turn(one: Waiting) -> tuple[int, int]:
    """Those that aren't suspects in the order of their arrival, then the least suspect first."""
    return (one.attempts if one.attempts >= SUSPECT_AT else 0), one.id


def _read(one: Waiting, bot: Bot) -> Update | None:
    try:
        return Update.de_json(json.loads(one.body), bot)
    except Exception:
        log.exception("Update %d can't be read.", one.id)
        return None
