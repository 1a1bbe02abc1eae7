"""Updates that were received and not yet handled; they outlive any end of the process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.storage.engine import reading, scrub, writing
from bot.storage.schema import updates


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update that isn't done; `attempts` is how often it was begun."""

    id: int
    body: str
    attempts: int


class Inbox:
    """Safe to use from several threads. Every method raises QinwenError where the disk refuses."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, update_id: int, body: str, now: datetime) -> bool:
        """On the disk when this returns. False: it was known already, done or not."""
        row = {"id": update_id, "received_at": now, "body": body, "attempts": 0}
        try:
            with writing(self._engine) as connection:
                connection.execute(insert(updates).values(row))
        except IntegrityError:
            return False
        return True

    def start(self, update_id: int) -> int:
        """Counts an attempt to handle it. Returns how many there were, this one included."""
        of_it = updates.c.id == update_id
        with writing(self._engine) as connection:
            more = {"attempts": updates.c.attempts + 1}
            connection.execute(update(updates).where(of_it).values(more))
            return connection.scalar(select(updates.c.attempts).where(of_it)) or 0

    def done(self, update_id: int, now: datetime) -> None:
        """It has been handled: its body is erased, its id still known until it is pruned.

        Once nothing waits any more, nothing of what was asked is in the files.
        """
        wait = updates.c.done_at.is_(None)
        of_it = (updates.c.id == update_id) & wait
        with writing(self._engine) as connection:
            connection.execute(update(updates).where(of_it).values(body=None, done_at=now))
            idle = connection.scalar(select(updates.c.id).where(wait).limit(1)) is None
        if idle:
            scrub(self._engine)

    def waiting(self) -> list[Waiting]:
        """All that aren't done, in the order of their arrival."""
        of = updates.c
        wanted = select(of.id, of.body, of.attempts).where(of.done_at.is_(None))
        with reading(self._engine) as connection:
            rows = connection.execute(wanted.order_by(of.received_at, of.id)).all()
        return [Waiting(*row) for row in rows]

    def prune(self, before: datetime) -> int:
        """Forgets those done before that time, which would count as new again. Returns how many."""
        with writing(self._engine) as connection:
            gone = connection.execute(delete(updates).where(updates.c.done_at < before)).rowcount
        scrub(self._engine)
        return gone

    def close(self) -> None:
        """After the last use: lets go of the file."""
        self._engine.dispose()
