"""Drop Liquid, the template language that Jekyll runs over a post before Markdown."""

from __future__ import annotations

import re

MAX_TAG_CHARS = 1_000  # a tag longer than this is none: two braces far apart
MAX_UNCLOSED = 1_000  # after that many openings without a closing, a post is no template

_OPENING = re.compile(r"\{[%{]")
_NAME = re.compile(r"-?\s*(\w*)")
_END_COMMENT = re.compile(r"\{%-?\s*endcomment\s*-?%\}")
_END_RAW = re.compile(r"\{%-?\s*endraw\s*-?%\}")


def drop_liquid(text: str) -> str:
    """`text` without `{% … %}`, `{{ … }}` and comments; what stands in `{% raw %}` is kept."""
    kept: list[str] = []
    position = unclosed = 0
    while (opening := _OPENING.search(text, position)) is not None and unclosed < MAX_UNCLOSED:
        kept.append(text[position : opening.start()])
        closing = "%}" if opening[0] == "{%" else "}}"
        end = text.find(closing, opening.end(), opening.end() + MAX_TAG_CHARS)
        if end < 0:
            kept.append(opening[0])
            position = opening.end()
            unclosed += 1
            continue
        position = end + len(closing)
        name = _NAME.match(text, opening.end())
        block = name[1] if name is not None and closing == "%}" else ""
        if block in {"comment", "raw"}:
            literal, position = _block(text, position, block)
            kept.append(literal)
    kept.append(text[position:])
    return "".join(kept)


def _block(text: str, start: int, name: str) -> tuple[str, int]:
    """What a block leaves of itself, and where it ends; one without an end reaches to the end."""
    end = (_END_RAW if name == "raw" else _END_COMMENT).search(text, start)
    inner_end, position = (end.start(), end.end()) if end else (len(text), len(text))
    return (text[start:inner_end] if name == "raw" else ""), position
