"""Markdown as sites write it (Jekyll's kramdown, Liquid tags included) to HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from index.posts.html_lines import HARD_BREAK, SOFT_BREAK

# Over these, in one body, marks are left in the text: more than 2 s are not worth it. News of 5 MB
# has some 10,000 marks; the worst inputs cost 60 µs for each, and 2 µs for each sign.
MARKS = "[!*_`\\|#&~\n"
MAX_MARKS = 30_000
SIGNS = "$%+-:<=>@]^{}"  # what else makes the Markdown reader stop and look
MAX_SIGNS = 300_000
MAX_QUOTE_DEPTH = 10  # deeper `>` are dropped; Markdown's own nesting ends at 20

_DEEP_QUOTE = re.compile(rf"^((?:[ \t]?>){{{MAX_QUOTE_DEPTH}}})[ \t>]+", re.MULTILINE)
_ATTRIBUTE_LIST = re.compile(r"\{:[^{}\n]{0,200}\}")  # kramdown's {: .class}
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]{1,30}\]:?")
_BLANK_LINES = re.compile(r"\n[ \t\n]*\n")


def markdown_to_html(body: str) -> str:
    """HTML of a Markdown body; HTML in it passes through untouched. Empty in, empty out."""
    body = _BLANK_LINES.sub("\n\n", body)
    if _count(body, MARKS) > MAX_MARKS or _count(body, SIGNS) > MAX_SIGNS:
        # Subtle: the line end comes first: a break inside a tag is then an attribute, not a name.
        return body.replace("\n", "\n" + HARD_BREAK)
    body = _DEEP_QUOTE.sub(r"\1 ", body)
    body = _FOOTNOTE.sub("", _ATTRIBUTE_LIST.sub("", body))
    html: str = _renderer().render(body)
    return html


def _count(body: str, chars: str) -> int:
    return sum(map(body.count, chars))


@lru_cache(maxsize=1)
def _renderer() -> MarkdownIt:
    """CommonMark with tables, but no indented code: Chinese paragraphs begin with spaces."""
    markdown = MarkdownIt("commonmark", {"html": True}, renderer_cls=_Renderer)
    markdown.enable(["table", "strikethrough"]).disable("code")
    # Subtle: addresses stay as written (we check them ourselves; sources are compared as text).
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]
    markdown.normalizeLink = lambda url: url  # type: ignore[method-assign]
    markdown.normalizeLinkText = lambda link: link  # type: ignore[method-assign]
    return markdown


class _Renderer(RendererHTML):
    """Marks line ends within paragraphs, and keeps the numbers of lists."""

    def softbreak(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        """A line end of the source that is not one of the page."""
        return SOFT_BREAK

    def list_item_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        """The item with its number, which readers see: `1.`."""
        token = tokens[idx]
        if token.info:
            token.attrSet("data-number", token.info + token.markup)
        return self.renderToken(tokens, idx, options, env)
