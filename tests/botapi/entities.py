"""Entities that Telegram finds by itself in what people write: mentions, commands, links."""

from __future__ import annotations

import re
from typing import Any

from tests.botapi.formatting import utf16

Entity = dict[str, Any]

# Subtle: Chinese characters are letters, too, so nobody is mentioned in 问@bot or @bot问.
_KINDS = (
    ("mention", re.compile(r"(?<!\w)@[A-Za-z0-9_]{2,32}(?!\w)")),
    (
        "bot_command",
        re.compile(
            r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}"
            r"(?:@[A-Za-z0-9_]{3,32}(?![\w/<>])|(?![@\w/<>]))"
        ),
    ),
    ("url", re.compile(r"https?://[^\s<>\"“”，。、！？（）]+[^\s<>\"“”，。、！？（）.,;:!?)]")),
    ("email", re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")),
    ("hashtag", re.compile(r"(?<![\w#])#\w*[^\W\d]\w*")),
    ("cashtag", re.compile(r"(?<![\w$])\$[A-Z]{3,8}(?![A-Za-z0-9_])")),
)


def found_entities(text: str) -> list[Entity]:
    """Entities of a text as typed, in order; none inside another."""
    found: list[tuple[int, int, str]] = []
    for kind, pattern in _KINDS:
        for match in pattern.finditer(text):
            if not any(match.start() < end and begin < match.end() for begin, end, _ in found):
                found.append((match.start(), match.end(), kind))
    return [
        {"type": kind, "offset": utf16(text[:begin]), "length": utf16(text[begin:end])}
        for begin, end, kind in sorted(found)
    ]
