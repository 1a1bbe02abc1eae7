"""Is this no question to a news site at all: a greeting, a task, an order to the machine?

What counts stands in `smalltalk.toml`. Precision comes first: to refuse a real question is worse
than to search for a greeting, for which nothing good enough is found anyway.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

Reason = Literal[
    "empty", "greeting", "thanks", "farewell", "about_bot", "injection", "abuse", "task", "maths",
    "personal",
]  # fmt: skip

# Longer texts are pasted passages: patterns with optional parts aren't tried on them.
_MAX_CHARS = 300
_QUOTED = re.compile(r"《[^《》]*》|「[^「」]*」|『[^『』]*』|“[^“”]*”|\"[^\"]*\"")
_WORK = "□"
# Subtle: a full stop between digits is a decimal point, and a colon between them tells the time.
_CLAUSE_END = re.compile(r"[,，。!！?？;；:：、…~～|\n]+|\.(?!\d)")
_NOISE = re.compile(r"[^\w\s+\-*/=×÷^().<>%□]|_")
_BLANK = re.compile(r"(?<![a-z0-9])\s+|\s+(?![a-z0-9])")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Rules:
    """Patterns with their reasons, by where they look."""

    clause: Sequence[tuple[re.Pattern[str], Reason]]
    start: Sequence[tuple[re.Pattern[str], Reason]]
    anywhere: Sequence[tuple[re.Pattern[str], Reason]]
    asking: re.Pattern[str]


def is_off_topic(folded_question: str) -> Reason | None:
    """Why the folded question is none for a news site; None where it may be one.

    A question counts by all it says: `"你好!"` is a greeting, `"你好,渡轮票价多少"` is a question.
    A text without a letter or digit is `"empty"`; over 300 characters, only orders and abuse count.
    """
    clauses = _clauses(folded_question)
    if not clauses:
        return "empty"
    rules = _rules()
    for clause in clauses:
        if found := _first(rules.anywhere, clause, re.Pattern.search):
            return found
    if len(folded_question) > _MAX_CHARS:
        return None
    reasons = [_first(rules.clause, clause, re.Pattern.fullmatch) for clause in clauses]
    if all(reasons):
        return reasons[-1]  # what the greeting before it was for
    whole = ",".join(clauses)
    for pattern, reason in rules.start:
        match = pattern.match(whole)
        if match and not rules.asking.search(whole, match.end()):
            return reason
    return None


def _clauses(folded: str) -> list[str]:
    """The clauses with a letter or digit, quoted words as one sign, needless blanks gone."""
    found = []
    for clause in _CLAUSE_END.split(_QUOTED.sub(_WORK, folded).replace("妳", "你")):
        plain = _SPACES.sub(" ", _BLANK.sub("", _NOISE.sub("", clause)))
        if any(char.isalnum() or char == _WORK for char in plain):
            found.append(plain)
    return found


def _first(
    rules: Sequence[tuple[re.Pattern[str], Reason]],
    text: str,
    look: Callable[[re.Pattern[str], str], re.Match[str] | None],
) -> Reason | None:
    return next((reason for pattern, reason in rules if look(pattern, text)), None)


@lru_cache(maxsize=1)
def _rules() -> _Rules:
    text = (resources.files("index.reading") / "smalltalk.toml").read_text(encoding="utf-8")
    return _compiled(tomllib.loads(text))


def _compiled(data: Mapping[str, Any]) -> _Rules:
    words: dict[str, str] = {}
    for name, listed in data["words"].items():  # a list may name those before it
        words[name] = _filled(_any_of(listed), words)
    lead, tail = _any_of(data["lead"]), _any_of(data["tail"])
    found: dict[str, list[tuple[re.Pattern[str], Reason]]] = {}
    for rule in data["rules"]:
        where = rule.get("where", "clause")
        either = "|".join(_filled(pattern, words) for pattern in rule["patterns"])
        if where == "clause":
            either = rf"(?:{lead} ?){{0,3}}(?:{either})(?: ?{tail}){{0,4}}"
        elif where == "start":
            either = rf"(?:{lead}[ ,]?){{0,3}}(?:{either})"
        found.setdefault(where, []).append((re.compile(either), rule["reason"]))
    asking = re.compile(_any_of(data["asking"]))
    return _Rules(found["clause"], found["start"], found["anywhere"], asking)


def _any_of(listed: Sequence[str]) -> str:
    return f"(?:{'|'.join(listed)})"


def _filled(pattern: str, words: Mapping[str, str]) -> str:
    """`pattern` with each `{name}` replaced by its words; `{0,8}` is a count and stays."""
    return re.sub(r"\{([a-z]+)\}", lambda name: words[name.group(1)], pattern)
