"""Who published the news first: `（文章来源：青岛财经日报）`, or a short tail `（财联社）`."""

from __future__ import annotations

import re

MAX_NAME_CHARS = 30

_LABELLED = re.compile(
    r"[（(【\[]?\s*(?:文章|本文|新闻|信息|稿件|内容|消息)?来源\s*[：:]\s*"
    r"(?P<name>[^（）()【】\[\]：:。！？\n]{0,40}?)\s*[)）】\]]?"
)
_GLUED = re.compile(
    r"\s*[（(【\[]\s*(?:文章|本文|新闻|信息|稿件)?来源\s*[：:]\s*"
    r"(?P<name>[^（）()【】\[\]\n]{0,40}?)\s*[)）】\]]$"
)
# A medium in brackets after the last sentence (or alone on the last line).
_TAIL = re.compile(
    r"(?:^|(?<=[。！？!?…”’\"』」）)%.\s]))\s*[（(]\s*"
    r"(?P<name>[^\s（）()，。、；：！？,;:!?“”\"《》<>]{2,16})\s*[)）]。?$"
)
_MEDIUM = re.compile(
    r".+(?:社|报|报道|网|网站|(?<!平)台|刊|杂志|新闻|财经|传媒|融媒体?|客户端|APP|官网|官微|发布|频道|在线"
    r"|之声|观察|头条|快讯|电讯|通讯)"
    r"|e公司|界面|澎湃|路透|彭博|虎嗅|36氪|法新|美联|新浪|网易|腾讯|搜狐|央视|央广|财新|智通|格隆汇",
    re.IGNORECASE,
)
_NO_MEDIUM = re.compile("互联网|物联网|(?:年|中|季|半年|[一三]季|财|预|海)报|旅行社|合作社")
_AFTER_NAME = re.compile(
    r"\s*(?:[|｜/;；,，]|\s作者|\s记者|\s编辑|作者[：:]|\s{2,}|\s\d{4}[-/年]).*"
)


def labelled_publisher(text: str) -> str | None:
    """The name where the whole line is `（文章来源：名）` or `来源：名`; else None.

    An empty string is a line that names nobody, `（文章来源：）`.
    """
    match = _LABELLED.fullmatch(text)
    return _name(match["name"]) or "" if match else None


def drop_glued_label(text: str) -> tuple[str, str | None]:
    """A paragraph without the `（文章来源：名）` glued to its end, and the name."""
    match = _GLUED.search(text[-80:])
    if match is None:
        return text, None
    return text[: len(text) - len(match[0])].rstrip(), _name(match["name"])


def tail_publisher(text: str) -> str | None:
    """The medium in brackets at the very end, `…升至6.35。（财联社）`; else None."""
    match = _TAIL.search(text[-40:])
    if match is None or not _is_medium(match["name"]):
        return None
    return match["name"]


def _is_medium(name: str) -> bool:
    return _MEDIUM.fullmatch(name) is not None and _NO_MEDIUM.fullmatch(name) is None


def is_tail_alone(text: str) -> bool:
    """True where the line is nothing but such a tail."""
    match = _TAIL.search(text) if len(text) <= 2 * MAX_NAME_CHARS else None
    return match is not None and match.start() == 0 and tail_publisher(text) is not None


def _name(text: str) -> str | None:
    name = _AFTER_NAME.sub("", text).strip()
    return name if 0 < len(name) <= MAX_NAME_CHARS else None
