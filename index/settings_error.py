"""What pydantic found wrong with the settings, in one sentence that names key and value."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from index.errors import SettingsError

_SHOWN_CHARS = 100  # of a wrong value: enough to recognise it, and still one line
# Misspelt or in the wrong place, a secret is still one. `max_tokens` is none.
_SECRET_KEY = re.compile("key|token$|secret|password", re.IGNORECASE)
_SECRET_IN_URL = re.compile(r"(?<=://)[^/@\s]*@|[?#].*", re.DOTALL)


def settings_error(error: ValidationError, path: Path, known: Iterable[str]) -> SettingsError:
    """The first fault in `error`; `path` is the settings file, `known` all keys (`posts.timezone`).

    An unknown key gets the nearest known one as a suggestion.
    """
    first = error.errors()[0]
    key = ".".join(map(str, first["loc"]))
    said = f"Setting {key} = {_shown(key, first['input'])}"
    remedy = f"Correct it in {path} or in the environment."
    if first["type"] == "extra_forbidden":
        close = difflib.get_close_matches(key, list(known), n=1)
        if close:
            remedy = f"Did you mean {close[0]}? {remedy}"
        return SettingsError(f"{said} is unknown.", remedy)
    if first["type"] == "model_type":
        return SettingsError(f"{said} is wrong: a table [{key}] is needed.", remedy)
    return SettingsError(f"{said} is wrong: {first['msg'].removeprefix('Value error, ')}.", remedy)


def _shown(key: str, value: object) -> str:
    text = repr(_masked(key, str(value) if isinstance(value, Path) else value))
    return text if len(text) <= _SHOWN_CHARS else f"{text[: _SHOWN_CHARS - 1]}…"


def _masked(key: str, value: object) -> object:
    """`value` without secrets, to whatever depth a table or list goes."""
    if _SECRET_KEY.search(key) and value is not None:
        return "***"
    if isinstance(value, dict):
        return {name: _masked(str(name), one) for name, one in value.items()}
    if isinstance(value, list):
        return [_masked(key, one) for one in value]
    if isinstance(value, str) and "://" in value:
        return _SECRET_IN_URL.sub("…", value)
    return value
