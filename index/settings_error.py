"""What pydantic found wrong with the settings, in one sentence that names key and value."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from index.errors import SettingsError

_SHOWN_CHARS = 100  # of a wrong value: enough to recognise it, and still one line


def settings_error(error: ValidationError, path: Path, known: Iterable[str]) -> SettingsError:
    """The first fault in `error`; `path` is the settings file, `known` all keys (`posts.timezone`).

    An unknown key gets the nearest known one as a suggestion.
    """
    first = error.errors()[0]
    key = ".".join(map(str, first["loc"]))
    said = f"Setting {key} = {_shown(first['input'])}"
    remedy = f"Correct it in {path} or in the environment."
    if first["type"] == "extra_forbidden":
        close = difflib.get_close_matches(key, list(known), n=1)
        if close:
            remedy = f"Did you mean {close[0]}? {remedy}"
        return SettingsError(f"{said} is unknown.", remedy)
    if first["type"] == "model_type":
        return SettingsError(f"{said} is wrong: a table [{key}] is needed.", remedy)
    return SettingsError(f"{said} is wrong: {first['msg'].removeprefix('Value error, ')}.", remedy)


def _shown(value: object) -> str:
    text = repr(str(value) if isinstance(value, Path) else value)
    return text if len(text) <= _SHOWN_CHARS else f"{text[: _SHOWN_CHARS - 1]}…"
