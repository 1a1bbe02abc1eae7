"""Read front matter that YAML refuses, where its meaning is plain all the same.

Sites write `title: FF: 现金充足`, `title: "他说"好"了"`, `title: [快讯] 某某`, `title: *ST某某`.
Line by line such a header is clear; anything less clear is refused.
"""

from __future__ import annotations

import re

from index.errors import PostError
from index.posts.front_matter import (
    BrokenYamlError,
    FrontMatter,
    Value,
    one_line,
    read_mapping,
    split_front_matter,
)

_KEY_LINE = re.compile(r"([A-Za-z_][\w.-]*)[ \t]*[:：]([^\n]*)")
_CONTINUES = re.compile(r"[ \t]|-(?:[ \t]|$)")


def read_front_matter(text: str) -> tuple[FrontMatter, str]:
    """The front matter of a post and its body; no front matter is an empty one.

    Raises PostError: broken beyond repair, aliases, no end, over 64 KB.
    """
    header, body = split_front_matter(text)
    if header is None:
        return FrontMatter({}), body
    try:
        return FrontMatter(read_mapping(header)), body
    except BrokenYamlError as error:
        values = _repair(header)
        if values is None:
            raise PostError(f"broken YAML in the front matter: {error}") from error
        return FrontMatter(values), body


def _repair(header: str) -> dict[str, Value] | None:
    """Key by key; None where a line belongs to no key, or a value of several lines is broken."""
    chunks = _chunks(header)
    if chunks is None:
        return None
    values: dict[str, Value] = {}
    for chunk in chunks:
        try:
            values.update(read_mapping("\n".join(chunk)))
        except BrokenYamlError:
            if len(chunk) > 1:
                return None
            key, value = _literal(chunk[0])
            values[key] = value
    return values


def _chunks(header: str) -> list[list[str]] | None:
    chunks: list[list[str]] = []
    for line in header.split("\n"):
        if not line.strip() or line.startswith("#"):
            continue
        if _KEY_LINE.match(line):
            chunks.append([line])
        elif chunks and _CONTINUES.match(line):
            chunks[-1].append(line)
        else:
            return None
    return chunks or None


def _literal(line: str) -> tuple[str, str]:
    """`title: "他说"好"了"` gives `("title", '他说"好"了')`."""
    match = _KEY_LINE.match(line)
    if match is None:  # the chunk began with a key line
        raise AssertionError(line)
    value = match[2].strip()
    for quote in ('"', "'"):
        if len(value) > 1 and value.startswith(quote) and value.endswith(quote):
            value = value[1:-1]
        elif value.startswith(quote) and value.count(quote) == 1:
            value = value[1:]
    return match[1], one_line(value.replace('\\"', '"'))
