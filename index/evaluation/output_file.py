"""Files that a run writes: refused before it starts, written whole or not at all when it ends."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from index.errors import SettingsError, StorageError


def check_output(path: Path, what: str) -> None:
    """Raise SettingsError where `path` can't become a file; worth asking before a long run.

    `what` is the option's name without its dashes, such as `predictions`.
    """
    try:
        _check(path, what)
    except OSError as error:
        raise SettingsError(
            f"{path} can't be used for the {what}: {error.strerror or error}.",
            f"Give another --{what}.",
        ) from error


def write_output(path: Path, what: str, text: str) -> None:
    """Write `text` to `path` as UTF-8, whole or not at all, replacing what was there.

    Raises SettingsError as `check_output`, StorageError where the disk refuses.
    """
    check_output(path, what)
    # Subtle: a link is followed, so that its target is replaced and not the link.
    target = path.resolve()
    part = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        try:
            _write_durably(part, text)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(
            f"The {what} can't be written to {path}: {error.strerror or error}.",
            f"Make room or give another --{what}, then run again.",
        ) from error


def _check(path: Path, what: str) -> None:
    if not path.parent.is_dir():
        raise SettingsError(
            f"The folder {path.parent} for the {what} does not exist.",
            f"Create it, or give another --{what}.",
        )
    if path.exists() and not path.is_file():
        raise SettingsError(f"{path} is not an ordinary file.", f"Give a file name with --{what}.")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise SettingsError(
            f"The folder {path.parent} can't be written to.",
            f"Change its permissions, or give another --{what}.",
        )


def _write_durably(path: Path, text: str) -> None:
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
