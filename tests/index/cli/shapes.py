"""Whether a JSON value has exactly the shape that a contract says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

Test = Callable[[Any], bool]


def misfits(value: Any, shape: Any, place: str = "") -> list[str]:
    """Where `value` is not of `shape`; nothing where it fits.

    A shape is a dict (exactly these keys), a list of one shape (any number of them), a set of
    values, a type, a tuple of alternatives, or a function that says whether the value is right.
    """
    if isinstance(shape, dict):
        if not isinstance(value, dict) or value.keys() != shape.keys():
            return [f"{place}: {value!r} has not the keys {sorted(shape)}"]
        return [one for key in shape for one in misfits(value[key], shape[key], f"{place}.{key}")]
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{place}: {value!r} is no list"]
        return [
            one
            for at, item in enumerate(value)
            for one in misfits(item, shape[0], f"{place}[{at}]")
        ]
    if isinstance(shape, tuple):
        tried = [misfits(value, one, place) for one in shape]
        return [] if [] in tried else [f"{place}: {value!r} fits none of {shape}"]
    if isinstance(shape, set):
        right = value in shape
    elif isinstance(shape, type):
        right = isinstance(value, shape) and not (shape is not bool and isinstance(value, bool))
    elif shape is None:
        right = value is None
    else:
        right = shape(value)
    return [] if right else [f"{place}: {value!r} is not {shape}"]


def share(value: Any) -> bool:
    """A number from 0 to 1."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def number(value: Any) -> bool:
    """A number from 0 up."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def count(value: Any) -> bool:
    """A whole number from 0 up."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def moment(value: Any) -> bool:
    """An ISO 8601 time with its offset."""
    return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None


def link(value: Any) -> bool:
    """A web address."""
    return isinstance(value, str) and value.startswith(("http://", "https://"))


def place(value: Any) -> bool:
    """A stretch: two whole numbers, the first one smaller."""
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(one, int) for one in value)
        and 0 <= value[0] < value[1]
    )


def bounds(value: Any) -> bool:
    """Two shares, the first one not larger."""
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(map(share, value))
        and (value[0] <= value[1])
    )


# The contracts of design.md, section 3.
REINDEX = {
    "posts": count,
    "passages": count,
    "added": count,
    "changed": count,
    "removed": count,
    "unchanged": count,
    "skipped": [{"post": str, "reason": str}],
    "embedded": count,
    "snapshot": (str, None),
    "seconds": number,
}
SOURCE = {
    "rank": count,
    "text": str,
    "highlight": (place, None),
    "title": str,
    "date": (moment, None),
    "url": (link, None),
    "post": str,
    "score": lambda value: isinstance(value, int | float),
    "answer": (str, None),
    "publisher": (str, None),
    "copies": [{"title": str, "date": (moment, None), "url": (link, None)}],
    "old": bool,
}
TOOK = {"embed": number, "retrieve": number, "read": number, "total": number}
ASK = {
    "question": str,
    "answer": (str, None),
    "confidence": share,
    "sources": [SOURCE],
    "took_ms": (TOOK, {**TOOK, "llm": number}),
    "searched": str,
    "reason": str,
    "by": {"extract", "llm"},
    "statements": [{"text": str, "sources": [count], "date": (moment, None)}],
}
RATE = (share, None)
BOUNDS = (bounds, None)
FIGURES = {
    "questions": count,
    "answerable": count,
    "unanswerable": count,
    "retrieval": {"recall@1": RATE, "recall@3": RATE, "recall@10": RATE, "mrr@10": RATE},
    "answer": {"em": RATE, "f1": RATE, "contains": RATE},
    "refusal": {"precision": RATE, "recall": RATE, "f1": RATE},
    "latency_ms": {"p50": (number, None), "p95": (number, None)},
    "ci95": {
        "retrieval": {
            "recall@1": BOUNDS,
            "recall@3": BOUNDS,
            "recall@10": BOUNDS,
            "mrr@10": BOUNDS,
        },
        "answer": {"em": BOUNDS, "f1": BOUNDS, "contains": BOUNDS},
        "refusal": {"precision": BOUNDS, "recall": BOUNDS, "f1": BOUNDS},
    },
    "citation": {"valid": RATE, "checked": count},
}
FOLLOWED = {**FIGURES, "followup": {"right": count, "of": count}}
ERROR = {"error": {"message": str, "remedy": str}}
