"""The address of the original article."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from index.posts.lines import Line

MAX_URL_CHARS = 2_048  # what browsers and chat programs still take as a link

_URL = re.compile(r"https?://[^\s<>\"'，。；、（）【】《》“”]+", re.IGNORECASE)
# An address right after the end of the last sentence, with or without a label.
_TRAILING_URL = re.compile(
    r"(?:^|(?<=[。！？!?…”」』）).]))\s*(?:(?:原文|文章|本文|新闻|来源|链接|地址|出处|网址)+\s*[：:]?\s*)?"
    r"[<（(]?(https?://[^\s<>\"'，。；、（）()【】《》“”]+)[>）)]?$",
    re.IGNORECASE,
)
_HOST = re.compile(r"[\w.-]+|\[[0-9a-f:.]+\]", re.IGNORECASE)
_NO_LINK = re.compile(r"<[^<>\s]*>")  # `<>` and what else stands in the place of a link
# Words that announce the link and mean nothing without it.
_LABEL = re.compile(
    r"(?:原文|文章|本文|新闻|信息|稿件|内容|阅读|查看|点击|来源|链接|地址|出处|网址|全文"
    r"|source|link|url|via|from|original|[\s：:()（）\[\]【】<>《》|｜>»])*",
    re.IGNORECASE,
)


def valid_url(text: str | None) -> str | None:
    """`text` if it is an http or https address with a host, as written; else None.

    Refused: other schemes, credentials, spaces, control and direction characters, bad ports.
    """
    url = (text or "").strip()
    if not url or len(url) > MAX_URL_CHARS or any(map(_is_unsafe, url)):
        return None
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # reading the port checks it
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
        return None
    name = f"[{host}]" if ":" in host else host
    return url if _HOST.fullmatch(name) and host.strip(".-_") else None


def _is_unsafe(char: str) -> bool:
    return char in "<>\"'`\\{}|^" or unicodedata.category(char)[0] in "CZ"


def is_bare_link(line: Line) -> bool:
    """True for a line that is nothing but links, addresses, `<>` and words like 原文链接."""
    if len(line.text) > 2 * MAX_URL_CHARS:
        return False
    words = " ".join(text for text, address in line.links if text != address)
    rest = _NO_LINK.sub("", _URL.sub("", line.outside_links()))
    if _LABEL.fullmatch(rest) is None or _LABEL.fullmatch(_URL.sub("", words)) is None:
        return False
    return bool(line.links) or line.text != rest


def link_of(line: Line) -> str | None:
    """The valid address of a line that consists of one, as link, as `<…>` or bare; else None.

    A link of other words counts if it is the whole line: `[关于某事的公告](http://…)`.
    """
    if line.links and not is_bare_link(line) and line.outside_links():
        return None
    for _, address in reversed(line.links):
        if (url := valid_url(address)) is not None:
            return url
    if not is_bare_link(line):
        return None
    found = _URL.search(line.text)
    return valid_url(found[0]) if found else None


def split_trailing_url(text: str) -> tuple[str, str | None]:
    """The text without the address right after its last sentence, and that address.

    `(text, None)` where there is none: in 详情请登录 http://… the address belongs to the sentence.
    """
    found = _TRAILING_URL.search(text[-MAX_URL_CHARS:])
    url = valid_url(found[1]) if found else None
    return (text[: len(text) - len(found[0])], url) if found and url else (text, None)
