"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import UtcTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """From an empty database."""
    _updates()
    _turns()
    _votes()
    op.create_table(
        "languages",
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("user", name="pk_languages"),
    )
    op.create_table(
        "marks",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("value", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_marks"),
    )


def _updates() -> None:
    op.create_table(
        "updates",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("received_at", UtcTime(), nullable=False),
        sa.Column("body", sa.Text()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", UtcTime()),
        sa.PrimaryKeyConstraint("id", name="pk_updates"),
    )
    op.create_index("ix_updates_done_at", "updates", ["done_at"])


def _turns() -> None:
    op.create_table(
        "turns",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("chat", sa.String(64), nullable=False),
        sa.Column("thread", sa.BigInteger()),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("question_message", sa.BigInteger(), nullable=False),
        sa.Column("answer_message", sa.BigInteger()),
        sa.Column("replied_to", sa.BigInteger()),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("asked_at", UtcTime(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("searched", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("followed", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_turns"),
        sa.UniqueConstraint("token", name="uq_turns_token"),
        sa.UniqueConstraint("chat", "question_message", name="uq_turns_chat_question_message"),
    )
    op.create_index("ix_turns_asked_at", "turns", ["asked_at"])
    op.create_index("ix_turns_chat_answer_message", "turns", ["chat", "answer_message"])
    op.create_index("ix_turns_user_chat", "turns", ["user", "chat"])


def _votes() -> None:
    op.create_table(
        "votes",
        sa.Column("turn", _NUMBER, nullable=False),
        sa.Column("user", sa.String(64), nullable=False),
        sa.Column("vote", sa.SmallInteger(), nullable=False),
        sa.Column("voted_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["turn"], ["turns.id"], "fk_votes_turn", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("turn", "user", name="pk_votes"),
    )
    op.create_index("ix_votes_user", "votes", ["user"])
    op.create_index("ix_votes_voted_at", "votes", ["voted_at"])
