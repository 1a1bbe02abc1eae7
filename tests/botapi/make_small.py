"""Writes `api_small.json` anew: `python -m tests.botapi.make_small`.

Names, types and what is required of the methods that the server serves and of the types that they
take, out of the full description of the Bot API.
"""

from __future__ import annotations

import json
from typing import Any

from tests.botapi.methods import METHODS
from tests.botapi.spec import FULL, SMALL, _constant

_SIMPLE = {"Integer", "Boolean", "String", "Float", "InputFile"}


def small(full: dict[str, Any], names: list[str]) -> dict[str, Any]:
    methods = {name: _shape(full["methods"][name]) for name in names}
    waiting = [*_types_of(methods.values())]
    types: dict[str, Any] = {}
    while waiting:
        name = waiting.pop()
        if name in types or name in _SIMPLE:
            continue
        types[name] = _shape(full["types"][name])
        waiting += _types_of([types[name]])
        waiting += types[name].get("subtypes", ())
    return {"version": full["version"], "methods": methods, "types": dict(sorted(types.items()))}


def _shape(described: dict[str, Any]) -> dict[str, Any]:
    if "subtypes" in described:
        return {"subtypes": described["subtypes"]}
    fields = []
    for field in described.get("fields", ()):
        shape = {key: field[key] for key in ("name", "types", "required")}
        constant = _constant(field["description"])
        fields.append(shape | ({"constant": constant} if constant else {}))
    return {"fields": fields}


def _types_of(shapes: Any) -> list[str]:
    named = [t for shape in shapes for field in shape.get("fields", ()) for t in field["types"]]
    return [name.removeprefix("Array of ").removeprefix("Array of ") for name in named]


if __name__ == "__main__":
    described = json.loads(FULL.read_text(encoding="utf-8"))
    made = small(described, sorted(METHODS))
    SMALL.write_text(
        json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8"
    )
