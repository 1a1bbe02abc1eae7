"""A message that is ready to be sent."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """One text in the two forms that Telegram takes, each within its limits."""

    html: str  # for parse_mode HTML
    plain: str  # the same without markup, links written out: for a retry after a parse error
