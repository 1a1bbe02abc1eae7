"""HTML to lines of visible text."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from index.posts.html_guard import guard_html, names
from index.posts.lines import Line, LineCollector

# How the Markdown side marks line ends in its HTML: one that Markdown joins to the next line, and
# one that must stay. Decoding has removed these characters from every post.
SOFT_BREAK = "\ufdd1"
HARD_BREAK = "\ufdd2"

_TEXT = "-text"
_BREAKS = re.compile(f"([{SOFT_BREAK}{HARD_BREAK}])")
_BREAKS_OR_NEWLINES = re.compile(f"([{SOFT_BREAK}{HARD_BREAK}\n])")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = _HEADINGS | names(
    "html body p div hr pre blockquote ul ol li dl dt dd table caption thead tbody tfoot tr "
    "x-address x-article x-aside x-center x-details x-dialog x-dir x-fieldset x-figcaption "
    "x-figure x-footer x-form x-header x-hgroup x-legend x-main x-menu x-search x-section "
    "x-summary"
)
_CELLS = frozenset({"td", "th"})
# Never shown, or shown as something other than the post's words.
_HIDDEN = names(
    "head title script style textarea x-applet x-audio x-button x-canvas x-datalist x-iframe "
    "x-map x-meter x-nav x-noembed x-noframes x-noscript x-object x-option x-progress x-rp x-rt "
    "x-rtc x-select x-svg x-template x-video x-xmp"
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# The site's spans that scripts fill with live quotes.
_QUOTE_WIDGET = re.compile(r"(?:bk)?quote_")


def html_to_lines(html: str) -> list[Line]:
    """Lines in reading order; hidden elements, scripts and widgets leave nothing.

    Raises PostError for more tags than any post has. Empty in, empty out.
    """
    root = LexborHTMLParser(guard_html(html)).root
    collector = LineCollector()
    if root is not None:
        _walk(root, collector)
    collector.end_line()
    return collector.lines


def _walk(root: LexborNode, collector: LineCollector) -> None:
    """Iterative: a tree may be deeper than Python's stack."""
    preformatted = 0
    waiting: list[tuple[LexborNode, bool]] = [(root, False)]
    while waiting:
        node, leaving = waiting.pop()
        tag = node.tag or ""
        if leaving:
            _leave(tag, collector)
            preformatted -= tag == "pre"
            continue
        following = node.next if node is not root else None
        if following is not None:
            waiting.append((following, False))
        if tag == _TEXT:
            _add_text(node.text_content or "", preformatted > 0, collector)
        elif node.is_element_node and _enter(tag, node, collector):
            preformatted += tag == "pre"
            waiting.append((node, True))
            child = node.first_child
            if child is not None:
                waiting.append((child, False))
        elif node is root and node.first_child is not None:
            waiting.append((node.first_child, False))


def _add_text(words: str, preformatted: bool, collector: LineCollector) -> None:
    for piece in (_BREAKS_OR_NEWLINES if preformatted else _BREAKS).split(words):
        if piece == SOFT_BREAK:
            collector.soft_break()
        elif piece == HARD_BREAK or (preformatted and piece == "\n"):
            collector.end_line()
        else:
            collector.text(piece)


def _enter(tag: str, node: LexborNode, collector: LineCollector) -> bool:
    """Begin an element; False where nothing in it is to be read."""
    attributes = node.attributes
    if tag in _HIDDEN or (attributes and _is_hidden(attributes)):
        return False
    if tag == "br":
        collector.end_line()
    elif tag in _BLOCKS:
        collector.end_line()
        collector.heading = tag in _HEADINGS
        collector.quoted += tag == "blockquote"
        if "data-number" in attributes:
            collector.number = attributes["data-number"] or ""
    elif tag in _CELLS:
        collector.text(" ")
    elif tag == "x-a":
        collector.open_link(attributes.get("href") or "")
    return True


def _leave(tag: str, collector: LineCollector) -> None:
    if tag in _BLOCKS:
        collector.end_line()
        collector.heading = False
        collector.quoted -= tag == "blockquote"
    elif tag in _CELLS:
        collector.text(" ")
    elif tag == "x-a":
        collector.close_link()


def _is_hidden(attributes: dict[str, str | None]) -> bool:
    if "hidden" in attributes:
        return True
    style, identity = attributes.get("style"), attributes.get("id")
    return bool(
        (style and _HIDDEN_STYLE.search(style)) or (identity and _QUOTE_WIDGET.match(identity))
    )
