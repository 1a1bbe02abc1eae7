"""Who may ask, and how often."""

from __future__ import annotations

from bot.limits.access import Access
from bot.limits.limits import Limits, Verdict

__all__ = ["Access", "Limits", "Verdict"]
