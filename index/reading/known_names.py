"""What is known of names: `names.toml`, looked up by what a text says."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Other words for a name, names that exclude it, ends of company names, words that are none."""

    same: Mapping[str, tuple[str, ...]]
    rivals: Mapping[str, tuple[str, ...]]
    ends: tuple[str, ...]
    common: frozenset[str]
    pattern: re.Pattern[str]  # any name that stands in `same` or `rivals`, the longest first

    def others(self, name: str) -> tuple[str, ...]:
        """All words for the same thing, `name` among them."""
        return self.same.get(name, (name,))


@lru_cache(maxsize=1)
def known_names() -> KnownNames:
    """The table as shipped."""
    text = (resources.files("index.reading") / "names.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    same = {name: tuple(group) for group in data["same"] for name in group}
    rivals: dict[str, tuple[str, ...]] = {}
    for group in data["rivals"]:
        for one in group:
            others = [other for other in group if other != one]
            for name in same.get(one, (one,)):
                rivals[name] = (*rivals.get(name, ()), *others)
    longest_first = sorted({*same, *rivals}, key=lambda name: (-len(name), name))
    return KnownNames(
        same=same,
        rivals=rivals,
        ends=tuple(data["ends"]),
        common=frozenset(data["common"]),
        pattern=re.compile("|".join(map(_as_word, longest_first))),
    )


def _as_word(name: str) -> str:
    """Latin names as words: `ff` isn't in offer, but in ff91."""
    before = "(?<![a-z])" if name[0].isascii() else ""
    return before + re.escape(name) + ("(?![a-z])" if name[-1].isascii() else "")
