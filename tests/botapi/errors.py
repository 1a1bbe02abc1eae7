"""What the server answers instead of a result."""

from __future__ import annotations

from dataclasses import dataclass

BAD_REQUEST = 400


class Refused(Exception):
    """A request that is not carried out: HTTP status, Telegram's words, and how long to wait
    or where the chat is now.

    `broken_rule` tells a rule that a correct bot never breaks (text too long, bad HTML, unknown
    parameter) from what happens to every bot (message gone, too many requests).
    """

    def __init__(
        self,
        description: str,
        code: int = BAD_REQUEST,
        *,
        retry_after: int | None = None,
        migrated_to: int | None = None,
        broken_rule: bool = False,
    ) -> None:
        super().__init__(description)
        self.description = description
        self.code = code
        self.retry_after = retry_after
        self.migrated_to = migrated_to
        self.broken_rule = broken_rule


def bad(description: str) -> Refused:
    """A 400 that happens to every bot."""
    return Refused(f"Bad Request: {description}")


def broken(description: str) -> Refused:
    """A 400 for a rule that a correct bot never breaks."""
    return Refused(f"Bad Request: {description}", broken_rule=True)


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a request broke: which method, and what was wrong with it."""

    method: str
    what: str

    def __str__(self) -> str:
        return f"{self.method}: {self.what}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that was refused for whatever reason, injected faults included."""

    method: str
    code: int
    description: str
