"""Checked reading of JSON that people wrote: every error names the file, the place and the value.

`where` is that place in words, for example `qa.jsonl, line 3`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from index.errors import SettingsError

SHOWN_CHARS = 60  # of a wrong value; enough to find it by eye, short enough for one line


def wrong(where: str, what: str, remedy: str = "Mend the file, then run again.") -> SettingsError:
    """The error to raise for a wrong place in a file."""
    return SettingsError(f"{where}: {what}.", remedy)


def read_input(path: Path) -> bytes:
    """The bytes of `path` without a byte order mark; SettingsError where it can't be read."""
    try:
        return path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        reason = error.strerror or str(error)
        raise SettingsError(
            f"{path} can't be read: {reason}.", "Give the path of a readable file."
        ) from error


def parse_object(raw: bytes, where: str) -> dict[str, Any]:
    """The JSON object that `raw` (UTF-8) holds, else SettingsError."""
    try:
        value = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise wrong(where, f"not UTF-8 (byte {raw[error.start]:#04x})") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise wrong(where, f"not valid JSON ({error.msg}: {place} of it)") from error
    # Subtle: a number of thousands of digits is a ValueError, deep nesting a RecursionError.
    except (ValueError, RecursionError) as error:
        raise wrong(where, f"not valid JSON ({error})") from error
    return as_object(value, where)


def as_object(value: object, where: str) -> dict[str, Any]:
    """`value` if it is a JSON object, else SettingsError."""
    if not isinstance(value, dict):
        raise wrong(where, f"must be a JSON object, not {shown(value)}")
    return value


def objects(record: dict[str, Any], key: str, where: str) -> list[dict[str, Any]]:
    """`record[key]`, a list of objects."""
    if key not in record:
        raise wrong(where, f'"{key}" is missing')
    value = record[key]
    if not isinstance(value, list):
        raise wrong(where, f'"{key}" must be a list, not {shown(value)}')
    return [as_object(item, f"{where}, {key}[{n}]") for n, item in enumerate(value)]


def text(record: dict[str, Any], key: str, where: str, *, blank_ok: bool = False) -> str:
    """`record[key]`, a text; blank ones are refused unless `blank_ok`."""
    if key not in record:
        raise wrong(where, f'"{key}" is missing')
    return _checked_text(record[key], f'"{key}"', where, blank_ok)


def texts(record: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
    """`record[key]`, a list of texts of which none is blank; missing or null gives `()`."""
    value = record.get(key)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise wrong(where, f'"{key}" must be a list of texts, not {shown(value)}')
    return tuple(_checked_text(item, f'"{key}"[{n}]', where) for n, item in enumerate(value))


def identifier(record: dict[str, Any], where: str, default: str) -> str:
    """`record["id"]` as text (a whole number counts as one), `default` where there is none."""
    value = record.get("id")
    if value is None:
        return default
    # Subtle: True is an int to Python, but nobody means it as an id.
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _checked_text(value, '"id"', where)


def shown(value: object) -> str:
    """`value` for a message, cut to `SHOWN_CHARS`."""
    # Subtle: half a surrogate pair parses but can't be printed.
    written = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode()
    return written if len(written) <= SHOWN_CHARS else written[:SHOWN_CHARS] + "…"


def _checked_text(value: object, name: str, where: str, blank_ok: bool = False) -> str:
    if not isinstance(value, str):
        raise wrong(where, f"{name} must be text, not {shown(value)}")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise wrong(where, f"{name} holds half a surrogate pair, which is no text") from error
    if not blank_ok and not value.strip():
        raise wrong(where, f"{name} is blank")
    return value
