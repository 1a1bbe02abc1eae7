"""Methods, parameters and types of the Bot API, and the check of a request against them.

The machine-readable description of the Bot API is used where it lies beside the project; else the
small file here, which knows the methods that this server serves, made of it by `python -m
tests.botapi.spec`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

SMALL = Path(__file__).with_name("api_small.json")
FULL = Path(__file__).parents[2].parent / "shared" / "botapi" / "api.min.json"

_ARRAY = "Array of "
_INTEGER = re.compile(r"-?[0-9]{1,19}")
_TRUE, _FALSE = {"true", "1", "yes"}, {"false", "0", "no"}
# "must be article", "always “solid”": the one value that tells a subtype from its siblings.
_CONSTANT = re.compile(r"(?:must be|always) [“\"*]?([a-z_]+)[”\"*]?$")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart request."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    types: tuple[str, ...]
    required: bool
    constant: str | None


class Wrong(ValueError):
    """Where a value is not of its type."""


class Spec:
    """The Bot API's methods and types."""

    def __init__(self, described: Mapping[str, Any]) -> None:
        self.version = str(described.get("version", ""))
        self._methods = {name: _fields(method) for name, method in described["methods"].items()}
        self._types = described["types"]
        self._type_fields: dict[str, dict[str, Field]] = {}

    @cached_property
    def _by_lower(self) -> dict[str, str]:
        return {name.lower(): name for name in self._methods}

    def method(self, name: str) -> str | None:
        """The method's own spelling; Telegram takes any case."""
        return self._by_lower.get(name.lower())

    def check(self, method: str, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """Parameters as typed values, and what is wrong with them: unknown, missing, wrong type."""
        fields = self._methods[method]
        values: dict[str, Any] = {}
        faults = [f'parameter "{name}" is unknown' for name in given if name not in fields]
        for field in fields.values():
            if field.name not in given:
                if field.required:
                    faults.append(f'parameter "{field.name}" is required')
                continue
            try:
                values[field.name] = self._value(given[field.name], field.types, field.name)
            except Wrong as wrong:
                faults.append(str(wrong))
        return values, faults

    def faults(self, type_name: str, value: Any, where: str) -> list[str]:
        """What is wrong with a value of that type; for what this server itself sends."""
        try:
            self._value(value, (type_name,), where)
        except Wrong as wrong:
            return [str(wrong)]
        return []

    def _value(self, value: Any, types: tuple[str, ...], where: str) -> Any:
        wrongs: list[Wrong] = []
        for type_name in types:
            try:
                return self._one(value, type_name, where)
            except Wrong as wrong:
                wrongs.append(wrong)
        raise wrongs[0] if len(wrongs) == 1 else Wrong("; or ".join(map(str, wrongs)))

    def _one(self, value: Any, type_name: str, where: str) -> Any:
        if type_name in _SIMPLE:
            return _SIMPLE[type_name](value, where)
        if isinstance(value, str):
            value = _parsed(value, type_name, where)
        if type_name.startswith(_ARRAY):
            if not isinstance(value, list):
                raise Wrong(f"{where} must be an array, is {value!r:.60}")
            inner = type_name[len(_ARRAY) :]
            return [self._one(item, inner, f"{where}[{i}]") for i, item in enumerate(value)]
        if not isinstance(value, dict):
            raise Wrong(f"{where} must be an object ({type_name}), is {value!r:.60}")
        subtypes = self._types[type_name].get("subtypes")
        if subtypes:
            return self._subtype(value, subtypes, where)
        return self._object(value, type_name, where)

    def _subtype(self, value: dict[str, Any], subtypes: list[str], where: str) -> Any:
        wrongs: list[Wrong] = []
        for name in subtypes:
            if self._types[name].get("subtypes"):
                fits, other = True, False
            else:
                constants = [field for field in self._of(name).values() if field.constant]
                fits = all(value.get(field.name) == field.constant for field in constants)
                other = bool(constants)
            if not fits:
                continue
            try:
                return self._one(value, name, where)
            except Wrong as wrong:
                # A subtype with the right "type" is the one meant: its fault is the one to tell.
                wrongs.insert(0 if other else len(wrongs), wrong)
        raise wrongs[0] if wrongs else Wrong(f"{where} is of no known kind: {value!r:.80}")

    def _object(self, value: dict[str, Any], type_name: str, where: str) -> dict[str, Any]:
        fields = self._of(type_name)
        for name in value:
            if name not in fields:
                raise Wrong(f"{where}.{name} is unknown in {type_name}")
        typed = {}
        for field in fields.values():
            if field.name in value:
                typed[field.name] = self._value(
                    value[field.name], field.types, f"{where}.{field.name}"
                )
            elif field.required:
                raise Wrong(f"{where}.{field.name} is required in {type_name}")
        return typed

    def _of(self, type_name: str) -> dict[str, Field]:
        if type_name not in self._type_fields:
            self._type_fields[type_name] = _fields(self._types[type_name])
        return self._type_fields[type_name]


def _fields(described: Mapping[str, Any]) -> dict[str, Field]:
    return {
        field["name"]: Field(
            field["name"],
            tuple(field["types"]),
            field["required"],
            field.get("constant") or _constant(field.get("description", "")),
        )
        for field in described.get("fields", ())
    }


def _constant(description: str) -> str | None:
    found = _CONSTANT.search(description.strip())
    return found[1] if found else None


def _parsed(value: str, type_name: str, where: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        raise Wrong(f"{where} must be JSON ({type_name}), is {value!r:.60}") from None


def _integer(value: Any, where: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    raise Wrong(f"{where} must be an integer, is {value!r:.60}")


def _boolean(value: Any, where: str) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _TRUE | _FALSE:
        return value.lower() in _TRUE
    raise Wrong(f"{where} must be true or false, is {value!r:.60}")


def _string(value: Any, where: str) -> str:
    if isinstance(value, str):
        return value
    raise Wrong(f"{where} must be a string, is {value!r:.60}")


def _number(value: Any, where: str) -> float:
    try:
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return float(value)
    except ValueError:
        pass
    raise Wrong(f"{where} must be a number, is {value!r:.60}")


def _file(value: Any, where: str) -> Upload:
    if isinstance(value, Upload):
        return value
    raise Wrong(f"{where} must be a file of a multipart request, is {value!r:.60}")


_SIMPLE = {
    "Integer": _integer,
    "Boolean": _boolean,
    "String": _string,
    "Float": _number,
    "InputFile": _file,
}


def load(path: Path | None = None) -> Spec:
    """The description in `path`; by default the full one where it is present, else the small."""
    chosen = path or (FULL if FULL.is_file() else SMALL)
    return Spec(json.loads(chosen.read_text(encoding="utf-8")))
