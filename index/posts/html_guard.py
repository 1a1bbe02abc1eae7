"""Make any HTML harmless to parse: linear time, shallow trees, and words are not taken for tags.

A tree builder follows rules that let a few thousand unclosed tags cost minutes. News needs none of
them: formatting tags become plain ones, and depth, count and attribute length are bounded.
"""

from __future__ import annotations

import re

from index.errors import PostError

MAX_TAGS = 200_000  # the site's posts have 121 at most; a data dump would take seconds
MAX_DEPTH = 500  # nested elements; the site's posts reach 6
MAX_ATTRIBUTES_CHARS = 4_000  # in one tag; longer ones are images written into the page


def names(text: str) -> frozenset[str]:
    """The words of `text` as a set."""
    return frozenset(text.split())


# Elements whose rules matter for text. All others known are renamed to `x-…`, which has no rules.
KEPT = names(
    "html head body title p div br hr wbr pre blockquote h1 h2 h3 h4 h5 h6 ul ol li dl dt dd "
    "table caption colgroup col thead tbody tfoot tr td th script style textarea"
)
RENAMED = names(
    "a abbr acronym address applet article aside audio b basefont bdi bdo big blink button canvas "
    "center cite code data datalist del details dfn dialog dir em fieldset figcaption figure font "
    "footer form frameset header hgroup i iframe ins kbd label legend main map mark marquee math "
    "menu meter nav nobr noembed noframes noscript object optgroup option output picture progress "
    "q rb rp rt rtc ruby s samp search section select slot small span strike strong sub summary "
    "sup svg template time tt u var video xmp"
)
# Elements without content: they never nest. Renamed ones would, so they are cut out.
VOID_KEPT = names("br hr wbr col")
VOID_DROPPED = names("area base embed frame img input link meta param source track")
# Closed by their own successor: unclosed ones do not nest.
SELF_CLOSING = names("p li dt dd tr td th thead tbody tfoot caption colgroup")
BLOCKS_TOO_DEEP = names("div blockquote ul ol dl table pre h1 h2 h3 h4 h5 h6")

_TAG_HEAD = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_LONG_ATTRIBUTES = re.compile(rf"(<[a-z][a-z0-9-]*[\s/])[^>]{{{MAX_ATTRIBUTES_CHARS},}}")
# Custom elements and Word's `o:p`: tags that browsers don't show, though nobody knows them.
_FOREIGN = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9-]+|:[a-z]+)")

# Around the price charts that the site's editor puts into posts.
_CHART_START = re.compile(r"<!--\s*EM_StockImg_Start\s*-->")
_CHART_END = re.compile(r"<!--\s*EM_StockImg_End\s*-->")


def guard_html(html: str) -> str:
    """HTML with the same text, safe and quick to parse; `<1%` and `<蒙特利尔>` stay words.

    Raises PostError for more than 200,000 tags.
    """
    if html.count("<") > MAX_TAGS:
        raise PostError(f"more than {MAX_TAGS:,} HTML tags")
    html = drop_between(html, _CHART_START, _CHART_END)
    return _LONG_ATTRIBUTES.sub(r"\1", _TAG_HEAD.sub(_Guard(), html))


def drop_between(text: str, opening: re.Pattern[str], closing: re.Pattern[str]) -> str:
    """`text` without every stretch from an opening to the next closing, both included.

    An opening that is never closed stays. Linear: what has been searched is not searched again.
    """
    kept: list[str] = []
    position = 0
    while (start := opening.search(text, position)) is not None:
        end = closing.search(text, start.end())
        if end is None:
            break
        kept.append(text[position : start.start()])
        position = end.end()
    kept.append(text[position:])
    return "".join(kept)


class _Guard:
    """Rewrites the head of one tag after the other; knows how deep they nest."""

    def __init__(self) -> None:
        self._depth = 0

    def __call__(self, match: re.Match[str]) -> str:
        slash, name = match[1], match[2].lower()
        if name in VOID_KEPT:
            return f"<{name}"
        if name in VOID_DROPPED:
            return "<wbr"
        if name in KEPT:
            safe = name
        elif name in RENAMED:
            safe = f"x-{name}"
        elif _FOREIGN.fullmatch(name) and match[2].islower():
            safe = "x-foreign"
        else:
            return "&lt;" + match[0][1:]
        if name in SELF_CLOSING:
            return f"<{slash}{safe}"
        return self._nested(slash, name, safe)

    def _nested(self, slash: str, name: str, safe: str) -> str:
        too_deep = self._depth > MAX_DEPTH if slash else self._depth >= MAX_DEPTH
        self._depth = max(0, self._depth - 1) if slash else self._depth + 1
        if not too_deep:
            return f"<{slash}{safe}"
        return "<hr" if name in BLOCKS_TOO_DEEP else "<wbr"
