"""Secrets leave no trace in text that people or machines get to see.

The Bot API carries the token in its address, and so it stands in every error of the HTTP client.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

MASK = "***"

# Any token, whether it is ours or not: digits, a colon (in addresses also `%3A`), 35 characters.
_ANY_TOKEN = r"\d{5,}(?::|%3[Aa])[A-Za-z0-9_-]{30,}"  # noqa: S105 - a pattern
# In an address even a token that was cut off by whoever shortened the text.
_IN_ADDRESS = r"(?<=/bot)\d+(?::|%3[Aa])[A-Za-z0-9_-]*"
# Subtle: shorter ones would blacken ordinary words; nothing that guards anything is that short.
_SHORTEST = 8


class Redactor:
    """Called with a text, gives it back with every secret as `***`."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """`secrets`: token, webhook secret, keys of other services; short ones are no secrets."""
        parts = {part for secret in secrets for part in _parts(secret)}
        longest_first = sorted(parts, key=len, reverse=True)
        self._pattern = re.compile("|".join([*longest_first, _IN_ADDRESS, _ANY_TOKEN]))

    def __call__(self, text: str) -> str:
        """`text` without secrets."""
        return self._pattern.sub(MASK, text)


def _parts(secret: str) -> Iterable[str]:
    """Patterns of `secret` as it may appear: whole, encoded, its guarded half alone, shortened."""
    if len(secret) < _SHORTEST:
        return
    guarded = secret.partition(":")[2] or secret
    for text in (secret, quote(secret, safe=""), repr(secret)[1:-1]):
        yield re.escape(text)
    if len(guarded) >= 2 * _SHORTEST:
        # Loggers that shorten keep a beginning and an end.
        yield re.escape(guarded[:_SHORTEST]) + r"[A-Za-z0-9_-]*"
        yield r"[A-Za-z0-9_-]{0,64}" + re.escape(guarded[-_SHORTEST:])
