"""The schema's history, for alembic; `bot.storage.migrate` runs it.

A new step: `alembic.command.revision` with this folder as `script_location`, or a copy of the last
file in `versions`. A test compares where they lead with `bot.storage.schema`.
"""
