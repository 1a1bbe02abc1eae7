"""Bringing a database to the schema of this version."""

from __future__ import annotations

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.storage.errors import DatabaseError

_MIGRATIONS = Path(__file__).with_name("migrations")


def migrate(connection: Connection, place: str) -> None:
    """Runs what is missing, in the transaction of `connection`: all of it or nothing.

    Raises DatabaseError for a schema that this version doesn't know.
    """
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()]
    found = MigrationContext.configure(connection).get_current_heads()
    if unknown := set(found) - set(known):
        raise DatabaseError(
            f"{place} has schema {min(unknown)}, this version knows only up to {known[0]}.",
            "Run the newer version that made it, or restore the backup from before.",
        )
    if known[0] not in found:
        logging.getLogger("alembic").setLevel(logging.WARNING)
        command.upgrade(config, "head")
