"""What the bot remembers: updates not yet handled, and what was asked and answered."""

from __future__ import annotations

from bot.storage.engine import open_engine

__all__ = ["open_engine"]
