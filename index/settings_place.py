"""Paths in settings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator

APP = "qinwen"


def _place(value: object) -> object:
    """`~` is written out; an empty path would silently be the working directory."""
    if isinstance(value, str):
        if not value.strip() or "\0" in value:
            raise ValueError("a path is needed")
        value = Path(value)
    if isinstance(value, Path):
        _check_name(value)
    try:
        return value.expanduser() if isinstance(value, Path) else value
    except RuntimeError as error:
        raise ValueError(str(error)) from error


def _check_name(path: Path) -> None:
    """Libraries of other languages take file names as text."""
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise ValueError("the name must be UTF-8") from error


Place = Annotated[Path, BeforeValidator(_place)]
