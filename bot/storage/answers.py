"""`Answer` as JSON and back, exactly."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from index.records import Answer, Copy, Source, Statement

_VERSION = 1


def answer_to_json(answer: Answer) -> str:
    """One line of JSON; ASCII only where the answer holds half characters.

    Of those, two that stand side by side and make one come back as that one.
    """
    values = {"version": _VERSION, **asdict(answer)}
    text = json.dumps(values, ensure_ascii=False, default=datetime.isoformat)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(values, default=datetime.isoformat)
    return text


def answer_from_json(text: str) -> Answer:
    """Equal to the answer that was given to `answer_to_json`.

    Raises ValueError for what isn't that, or is of another version.
    """
    try:
        values = json.loads(text)
        if values.pop("version") != _VERSION:
            raise ValueError("another version")
        values["sources"] = tuple(_source(one) for one in values["sources"])
        values["statements"] = tuple(_statement(one) for one in values["statements"])
        return Answer(**values)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"no answer: {error}") from error


def _source(values: dict[str, Any]) -> Source:
    highlight = values["highlight"]
    values["highlight"] = tuple(highlight) if highlight else None
    values["copies"] = tuple(Copy(**_dated(one)) for one in values["copies"])
    return Source(**_dated(values))


def _statement(values: dict[str, Any]) -> Statement:
    values["sources"] = tuple(values["sources"])
    return Statement(**_dated(values))


def _dated(values: dict[str, Any]) -> dict[str, Any]:
    date = values["date"]
    return {**values, "date": datetime.fromisoformat(date) if date else None}
