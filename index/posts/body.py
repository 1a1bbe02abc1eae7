"""The body of a post: its paragraphs, source link and publisher."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from index.posts.boilerplate import drop_editor, is_legal, is_page_line
from index.posts.decode import drop_invisible
from index.posts.html_lines import html_to_lines
from index.posts.lines import Line
from index.posts.liquid import drop_liquid
from index.posts.markdown import markdown_to_html
from index.posts.publisher import (
    drop_glued_label,
    is_tail_alone,
    labelled_publisher,
    tail_publisher,
)
from index.posts.source_link import is_bare_link, link_of, split_trailing_url

# Subtle: in `*ST某某和*ST某某` (shares that may be delisted) and `30*20*10厘米` the stars are no
# emphasis. A character that decoding has removed from every post stands for them on the way.
_STAR = "\ufdd0"
_MEANT_STAR = re.compile(r"(?<![\\*])\*(?=S?ST[\u4e00-\u9fff])|(?<=[0-9])\*(?=[0-9])")
# CommonMark leaves `**注意：**请` alone, because it judges by spaces that Chinese does not have.
_STRAY_BOLD = re.compile(r"(?<!\*)\*\*(?!\s)([^*]{1,300})(?<!\s)\*\*(?!\*)")
# A link or navigation that has a line to itself, whatever it is glued to.
_ALONE = re.compile(
    r"^[ \t]*(<(?:[a-z][a-z0-9+.-]*:[^<>\s]*)?>|\[返回[^\n]*)[ \t]*$", re.MULTILINE | re.IGNORECASE
)


MAX_GLUED = 4  # things glued to the end of the last paragraph: a link, a source, and again


@dataclass(frozen=True, slots=True)
class Body:
    """What a body says: `lines` are its paragraphs in order, all else was taken out of them."""

    lines: tuple[str, ...]
    url: str | None
    publisher: str | None
    heading: str | None  # the first line, where it is one


def read_body(body: str, *, is_html: bool) -> Body:
    """Paragraphs, source link and publisher of a body; no lines where it says nothing.

    `is_html`: the file is a page, not Markdown. Raises PostError for a page of too many tags.
    """
    lines = _visible_lines(body, is_html)
    names = [name for line in reversed(lines) if (name := labelled_publisher(line.text))]
    lines = [line for line in lines if labelled_publisher(line.text) is None]
    lines = [line for line in lines if not is_page_line(line)]
    tail = _Tail(lines, names[0] if names else None)
    tail.take()
    lines = _without_repeated_digest(tail.lines)
    publisher = tail.publisher or _publisher_at_ends(tail.lines)
    heading = lines[0].text if lines and lines[0].heading else None
    return Body(tuple(line.text for line in lines), tail.url, publisher, heading)


def _visible_lines(body: str, is_html: bool) -> list[Line]:
    body = _MEANT_STAR.sub(_STAR, drop_liquid(body))
    if is_html:
        html = _ALONE.sub(r"<p>\1</p>", body)
    else:
        html = markdown_to_html(_ALONE.sub(r"\n\n\1\n\n", body))
    lines = (_finish(line, is_html) for line in html_to_lines(html))
    return [line for line in lines if line.text]


def _finish(line: Line, is_html: bool) -> Line:
    text = line.text
    if not is_html:
        text = _STRAY_BOLD.sub(r"\1", text)
        if text.startswith("|") and text.endswith("|") and text.count("|") > 2:
            text = " ".join(text.replace("|", " ").split())  # a table that has no head line
    # Subtle: an entity such as &#7; makes control characters that decoding could not see.
    text = drop_invisible(drop_editor(text).replace(_STAR, "*")).strip()
    return line if text == line.text else replace(line, text=text)


class _Tail:
    """Takes from the end of a body what stands below the news: links, media, legal lines."""

    def __init__(self, lines: list[Line], publisher: str | None) -> None:
        self.lines = list(lines)
        self.url: str | None = None
        self.publisher = publisher
        self._shortened = 0

    def take(self) -> None:
        while self.lines and self._take_last(self.lines[-1]):
            pass
        if self.lines and self.url is None:
            self.url = link_of(self.lines[-1])  # a link of words, which stay

    def _take_last(self, last: Line) -> bool:
        """Take something from the last line; False when it is news and nothing else."""
        if is_bare_link(last):
            self.url = self.url or link_of(last)
        elif is_tail_alone(last.text):
            self.publisher = self.publisher or tail_publisher(last.text)
        elif not is_legal(last):
            return self._shorten(last)
        self.lines.pop()
        return True

    def _shorten(self, last: Line) -> bool:
        text, url = split_trailing_url(last.text)
        self.url = self.url or url
        text, name = drop_glued_label(text)
        self.publisher = self.publisher or name
        if text == last.text or self._shortened >= MAX_GLUED:
            return False
        self._shortened += 1
        self.lines[-1:] = [Line(text, (), last.quoted, last.heading)] if text else []
        return True


def _without_repeated_digest(lines: list[Line]) -> list[Line]:
    """Without a leading quotation that the first paragraph says again, word for word."""
    if len(lines) < 2 or not lines[0].quoted or lines[1].quoted:
        return lines
    digest, first = (_bare(line.text) for line in lines[:2])
    return lines[1:] if digest == first else lines


def _bare(text: str) -> str:
    name = tail_publisher(text)
    return text[: text.rindex(name) - 1].rstrip() if name else text


def _publisher_at_ends(lines: list[Line]) -> str | None:
    """The medium named in brackets at the end of the news, else at the end of its digest."""
    if not lines:
        return None
    name = tail_publisher(lines[-1].text)
    if name is None and lines[0].quoted:
        name = tail_publisher(lines[0].text)
    return name
