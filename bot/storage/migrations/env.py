"""Alembic runs this for every command. The connection is given by `bot.storage.migrate`."""

from __future__ import annotations

from alembic import context

from bot.storage.schema import metadata


def run() -> None:
    """Whatever alembic has been told to do."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        render_as_batch=True,  # SQLite can alter little: the table is written anew
    )
    with context.begin_transaction():
        context.run_migrations()


if hasattr(context, "config"):  # not where the file is only imported
    run()
