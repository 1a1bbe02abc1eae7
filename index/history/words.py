"""The word lists that follow-ups are understood with, read from `words.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources


class Kind(StrEnum):
    """What a piece of a turn does; the first ones name sections of `words.toml`."""

    TALK = "talk"
    LEAD = "lead"
    MORE = "more"
    DATE = "date"
    ASK = "ask"
    ATTRIBUTE = "attribute"
    GROWTH = "growth"
    PRONOUN = "pronoun"
    SELF = "self"
    NOUN = "noun"
    GENERIC = "generic"
    SCOPE = "scope"
    TOWARDS = "towards"
    LIGHT = "light"
    OF = "of"
    END = "end"
    VERB = "verb"
    BROKER = "broker"
    NAME = "name"
    # By jieba's flags or by their look, not by a list:
    PLACE = "place"
    CODE = "code"
    ORDINAL = "ordinal"  # 第四代
    COUNT = "count"  # numbers and measure words
    SIGN = "sign"


NAMES = frozenset((Kind.NAME, Kind.BROKER, Kind.PLACE, Kind.CODE))
NOMINAL = NAMES | {Kind.NOUN, Kind.GENERIC, Kind.SCOPE, Kind.ORDINAL, Kind.COUNT}
# Matched with whole turns or their beginnings, not inside them.
_WHOLE = (Kind.TALK, Kind.LEAD, Kind.MORE)


@dataclass(frozen=True, slots=True)
class Words:
    """`inside` gives a word's kind and what of the kind; `whole` the words of whole turns."""

    inside: dict[str, tuple[Kind, str]]
    whole: dict[Kind, frozenset[str]]
    longest: int  # characters of the longest word


@cache
def words() -> Words:
    """All lists; read once."""
    text = resources.files("index.history").joinpath("words.toml").read_text(encoding="utf-8")
    inside: dict[str, tuple[Kind, str]] = {}
    whole: dict[Kind, frozenset[str]] = {}
    for section, lists in tomllib.loads(text).items():
        kind = Kind(section)
        if kind in _WHOLE:
            whole[kind] = frozenset(lists["any"].split())
            continue
        for what, listed in lists.items():
            inside.update(dict.fromkeys(listed.split(), (kind, what)))
    return Words(inside, whole, max(map(len, (*inside, *frozenset().union(*whole.values())))))
