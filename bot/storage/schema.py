"""The tables. What changes here needs a step in `migrations`, too."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class UtcTime(TypeDecorator[datetime]):
    """An aware time. SQLite keeps it without a zone, so all are UTC there."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """On the way in. Raises ValueError for one without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """On the way out."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# Only an INTEGER primary key is SQLite's own row number.
_NUMBER = BigInteger().with_variant(Integer, "sqlite")
_HASH = String(64)  # a user or chat, see `bot.storage.salt`

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Telegram's updates as they came, until they have been handled.
updates = Table(
    "updates",
    metadata,
    Column("id", _NUMBER, primary_key=True, autoincrement=False),
    Column("received_at", UtcTime, nullable=False),
    Column("body", Text),  # none once it is done
    Column("attempts", Integer, nullable=False),
    Column("done_at", UtcTime, index=True),
)

# One question with its answer or refusal.
turns = Table(
    "turns",
    metadata,
    Column("id", _NUMBER, primary_key=True),
    Column("token", String(64), nullable=False, unique=True),
    Column("chat", _HASH, nullable=False),
    Column("thread", BigInteger),
    Column("user", _HASH, nullable=False),
    Column("question_message", BigInteger, nullable=False),
    Column("answer_message", BigInteger),
    Column("replied_to", BigInteger),
    Column("language", String(16), nullable=False),
    Column("asked_at", UtcTime, nullable=False, index=True),
    Column("question", Text, nullable=False),
    Column("searched", Text, nullable=False),
    Column("reason", String(32), nullable=False),
    Column("refused", Boolean, nullable=False),
    Column("followed", Boolean, nullable=False),  # no more after a /reset
    Column("answer", Text, nullable=False),  # JSON, see `bot.storage.answers`
    UniqueConstraint("chat", "question_message"),
    Index(None, "chat", "answer_message"),
    Index(None, "user", "chat"),
)

votes = Table(
    "votes",
    metadata,
    Column("turn", _NUMBER, ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True),
    Column("user", _HASH, primary_key=True, index=True),
    Column("vote", SmallInteger, nullable=False),  # 1 or -1
    Column("voted_at", UtcTime, nullable=False, index=True),
)

# Chosen by /lang.
languages = Table(
    "languages",
    metadata,
    Column("user", _HASH, primary_key=True),
    Column("language", String(16), nullable=False),
)

# What must stay the same as long as the database lives.
marks = Table(
    "marks",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", String(64), nullable=False),
)
