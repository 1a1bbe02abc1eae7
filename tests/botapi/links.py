"""Which links Telegram takes."""

from __future__ import annotations

import re

_SCHEME = re.compile(r"(https?)://", re.IGNORECASE)
_OTHER = re.compile(r"(tg|ton|tonsite):(?://)?([A-Za-z0-9_.-]+.*)", re.IGNORECASE | re.DOTALL)
_ANY_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def checked_link(url: str) -> str | None:
    """The link as Telegram keeps it; None where it isn't one, and its text stays bare text."""
    other = _OTHER.fullmatch(url)
    if other:
        return f"{other[1].lower()}://{other[2]}"
    found = _SCHEME.match(url)
    if not found and _ANY_SCHEME.match(url):
        return None
    scheme, rest = (found[1].lower(), url[found.end() :]) if found else ("http", url)
    end = min((rest.find(mark) for mark in "/?#" if mark in rest), default=len(rest))
    host, path = rest[:end], rest[end:]
    if "." not in host or not host.strip(".") or re.search(r"[\s\"<>\\^`{|}%]", host):
        return None
    _, _, port = host.rpartition("@")[2].partition(":")
    if port and not (port.isdecimal() and 0 < int(port) < 65536):
        return None
    path = path if path.startswith("/") else f"/{path}"
    return f"{scheme}://{host.lower()}{path.replace(' ', '%20')}"
