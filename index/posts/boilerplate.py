"""Lines that belong to the page, not to the news: navigation, captions, editors, legal."""

from __future__ import annotations

import re

from index.posts.lines import Line
from index.posts.source_link import link_of

MAX_NAVIGATION_CHARS = 20  # of one entry; the longest seen has 10
MAX_PAGE_LINE_CHARS = 200  # a longer line is a paragraph, whatever it begins with
MAX_GLUED_CHARS = 60

_OPEN = r"[（(【\[<《*\s]*"
_MARKDOWN_LINK = re.compile(r"\[([^\[\]]*)\]\(([^()\s]*)\)")
_BETWEEN_ENTRIES = re.compile(r"\s*[｜|│丨¦／»>·•]\s*|\s+")
_NAVIGATION = re.compile(
    r"返回(?:首页|主页|顶部|页首|上一?[页级层]|列表|目录|栏目|网站"
    r"|[^，。！？；：,.!?]{1,16}(?:新闻|频道|列表|首页|栏目|资讯|专栏|日报|目录))"
)
_NEIGHBOUR = re.compile(r"(?:上一篇|下一篇|上一页|下一页|首页|主页)(?:[：:].*)?")
_CAPTION = re.compile(
    rf"{_OPEN}(?:(?:图片|题图|封面图?|配图|头图|视频)(?:来源|来自)|图源|供图|摄影)"
    r"\s*[：:／/\s]\s*[^。！？]{1,40}"
)
_EDITOR = re.compile(
    rf"{_OPEN}(?:(?:本文|责任|值班|实习|美术|文字|执行)?(?:编辑|编委|主编)|责编|校对|审核|编审)"
    r"\s*[：:／/]\s*[^。！？]{0,40}"
)
_CALL = re.compile(
    rf"{_OPEN}(?:分享(?:到|至)|点击(?:查看|阅读|进入|下载|关注|展开)|扫一扫|扫码|扫描(?:下方|上方)?二维码"
    r"|长按(?:识别|扫描)|(?:查看|阅读)(?:更多|全文|原文|详情)|更多(?:精彩|详情|资讯|内容)"
    r"|关注.{0,10}公众号)[^。！？]{0,60}[>》」\])）】…]*"
)
_LEGAL = re.compile(
    rf"{_OPEN}(?:郑重|免责|版权|特别)(?:声明|提示)"
    rf"|{_OPEN}(?:版权所有|版权归|[Cc]opyright|COPYRIGHT|©)"
    r"|.{0,20}未经.{0,12}(?:授权|许可|同意|允许).{0,20}(?:转载|使用|复制|摘编)"
    r"|.{0,12}本(?:文|稿|网|站).{0,12}(?:不构成|不代表|仅代表|仅供参考|不作为)"
)
_GLUED_EDITOR = re.compile(
    r"\s*[（(【\[]\s*(?:责任编辑|责编|编辑)\s*[：:][^（）()【】\[\]\n]{0,30}[)）】\]]$"
)


def is_navigation(line: Line) -> bool:
    """True for `返回首页`, `返回某某新闻｜返回首页`, as links, as Markdown or as plain words."""
    addresses = dict(line.links) | {m[1]: m[2] for m in _MARKDOWN_LINK.finditer(line.text)}
    text = _MARKDOWN_LINK.sub(r" \1 ", line.text)
    entries = [entry for entry in _BETWEEN_ENTRIES.split(text.strip()) if entry]
    return bool(entries) and all(_is_entry(entry, addresses.get(entry)) for entry in entries)


def _is_entry(entry: str, address: str | None) -> bool:
    if _NAVIGATION.fullmatch(entry):
        return True
    if address is None:
        return False
    # Subtle: 返回舱着陆 with a link elsewhere is news; navigation stays on its own site.
    own_site = not address.lower().startswith(("http://", "https://"))
    short = len(entry) <= MAX_NAVIGATION_CHARS and entry.startswith("返回")
    return own_site and (short or _NEIGHBOUR.fullmatch(entry) is not None)


def is_page_line(line: Line) -> bool:
    """True for a line that is never part of the news, wherever it stands."""
    if len(line.text) > MAX_PAGE_LINE_CHARS:
        return False
    if is_navigation(line):
        return True
    if _CALL.fullmatch(line.text):
        return "原文" not in line.text or link_of(line) is None  # else it is the source link
    return any(pattern.fullmatch(line.text) for pattern in (_CAPTION, _EDITOR))


def is_legal(line: Line) -> bool:
    """True for disclaimers and copyright lines. At the end of a post only: news quotes them too."""
    return _LEGAL.match(line.text) is not None


def drop_editor(text: str) -> str:
    """A paragraph without the `（责任编辑：…）` glued to its end."""
    match = _GLUED_EDITOR.search(text[-MAX_GLUED_CHARS:])
    return text[: len(text) - len(match[0])] if match else text
