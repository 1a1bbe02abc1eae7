"""Split off the front matter and read it: strings and flat lists of strings, nothing else.

YAML is read as events, never composed into objects: no types are guessed (`12:30` and `no` stay
text) and no alias is ever expanded. What YAML refuses goes to `front_repair`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from index.errors import PostError
from index.posts.decode import drop_invisible

MAX_FRONT_MATTER_BYTES = 65_536  # a post's header has a few hundred; YAML bombs have room here
# YAML in Python takes the square of the time for brackets within brackets; headers have a few.
MAX_BRACKETS = 500

Value = str | tuple[str, ...]
# libyaml where the wheel has it (ten times the speed), else the same reader in Python.
LOADER: type[yaml.BaseLoader] | type[yaml.CBaseLoader] = getattr(
    yaml, "CBaseLoader", yaml.BaseLoader
)
NULLS = frozenset({"", "~", "null", "Null", "NULL"})

_OPENING = re.compile(r"\s*^---[ \t]*\n", re.MULTILINE)
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE)
_FIRST_KEY = re.compile(r"\s*[A-Za-z_][\w.-]*[ \t]*[:：]")
# Not the full-width space, which sets titles.
_SPACES = re.compile(r"[ \t\n\r\f\v\x85\xa0\u2028\u2029]+")
_SURROGATE = re.compile(r"[\ud800-\udfff]")  # YAML's "\ud83d" escapes can make lone halves


class BrokenYamlError(Exception):
    """The header, or a part of it, is not YAML as a post means it. Stays inside this package."""


def split_front_matter(text: str) -> tuple[str | None, str]:
    """`(header, body)`; the header is None where a post has none.

    Blank lines may come before it. Raises PostError for a header without an end or over 64 KB.
    """
    opening = _OPENING.match(text)
    if opening is None:
        return None, text
    closing = _CLOSING.search(text, opening.end())
    named = _FIRST_KEY.match(text, opening.end()) is not None
    if closing is None:
        if named:
            raise PostError("the front matter has no closing ---")
        return None, text
    header = text[opening.end() : closing.start()]
    if len(header.encode()) > MAX_FRONT_MATTER_BYTES:
        if named:
            raise PostError(f"the front matter is over {MAX_FRONT_MATTER_BYTES // 1024} KB")
        return None, text
    if header.strip() and not named and not header.lstrip().startswith(tuple("#{?\"'-")):
        return None, text  # two rules around plain words
    return header, text[closing.end() :]


def read_mapping(header: str) -> dict[str, Value]:
    """Keys and values of a YAML mapping; empty values and anything nested are left out.

    Raises BrokenYamlError, and PostError where an alias is really used.
    """
    if header.count("[") + header.count("{") > MAX_BRACKETS:
        raise BrokenYamlError("too many brackets")
    reader = _EventReader()
    try:
        for event in yaml.parse(header, Loader=LOADER):
            reader.take(event)
    except yaml.YAMLError as error:
        raise BrokenYamlError(_problem(error)) from error
    if reader.aliases and reader.anchors:
        raise PostError("the front matter uses YAML aliases")
    if reader.aliases or reader.anchors:
        # Subtle: `title: *ST某某 停牌` reads as an alias of nothing; it is a stock's name.
        raise BrokenYamlError("an alias without its anchor")
    return reader.values


def _problem(error: yaml.YAMLError) -> str:
    problem = getattr(error, "problem", None) or "not YAML"
    mark = getattr(error, "problem_mark", None)
    # Subtle: marks count from 0, and the opening --- is a line of its own.
    return f"{problem} (line {mark.line + 2})" if mark else str(problem)


class _EventReader:
    """Builds the mapping from events, one at a time; constant depth, whatever the nesting."""

    def __init__(self) -> None:
        self.values: dict[str, Value] = {}
        self.aliases = False
        self.anchors = False
        self._depth = 0
        self._key: str | None = None
        self._items: list[str] | None = None

    def take(self, event: yaml.Event) -> None:
        self.aliases |= isinstance(event, yaml.AliasEvent)
        self.anchors |= (
            isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
            and event.anchor is not None
        )
        if isinstance(event, yaml.CollectionStartEvent):
            self._open(isinstance(event, yaml.SequenceStartEvent))
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close()
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event.value, plain=not event.style)
        elif isinstance(event, yaml.AliasEvent):
            self._scalar("", plain=True)

    def _open(self, is_sequence: bool) -> None:
        if self._depth == 0 and is_sequence:
            raise BrokenYamlError("a list where keys were expected")
        if self._depth == 1 and self._key is None:
            raise BrokenYamlError("a key that is not a word")
        if self._depth == 1 and is_sequence:
            self._items = []
        self._depth += 1

    def _close(self) -> None:
        self._depth -= 1
        if self._depth == 1:
            if self._items is not None and self._key is not None:
                self.values[self._key] = tuple(self._items)
            self._key = self._items = None

    def _scalar(self, value: str, plain: bool) -> None:
        text = "" if plain and value in NULLS else one_line(value)
        if self._depth == 0:
            if text:
                raise BrokenYamlError("text where keys were expected")
        elif self._depth == 1:
            self._key_or_value(text, given=bool(text) or not plain)
        elif self._depth == 2 and self._items is not None and text:
            self._items.append(text)

    def _key_or_value(self, text: str, given: bool) -> None:
        if self._key is None:
            self._key = text
            return
        self.values.pop(self._key, None)  # a key given twice: the last one counts, as in Jekyll
        if given:
            self.values[self._key] = text
        self._key = None


def one_line(value: str) -> str:
    """`value` as one line, without what can't be seen or stored."""
    return _SPACES.sub(" ", _SURROGATE.sub("", drop_invisible(value))).strip()


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a post says about itself. Keys are as written; values were read as strings."""

    values: Mapping[str, Value]

    def has(self, key: str) -> bool:
        """True where the key has a value, an empty string in quotes included."""
        return key in self.values

    def text(self, *keys: str) -> str:
        """The first of `keys` that says something, lists joined by a space; else empty."""
        for key in keys:
            value = self.values.get(key, "")
            text = value if isinstance(value, str) else " ".join(value)
            if text:
                return text
        return ""

    def names(self, singular: str, plural: str) -> tuple[str, ...]:
        """Categories or tags as Jekyll reads them, in order, each once.

        `singular` is one name, spaces and all; a plain `plural` is split at spaces.
        """
        found: list[str] = []
        for key in (singular, plural):
            value = self.values.get(key, ())
            if isinstance(value, str):
                value = (value,) if key == singular else tuple(value.split())
            found.extend(value)
        return tuple(dict.fromkeys(name for name in found if name))
