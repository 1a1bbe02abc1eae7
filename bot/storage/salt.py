"""Users and chats by names that only this bot can tell: HMAC-SHA256 of their ids under a secret."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

from bot.storage.errors import DatabaseError
from index.errors import StorageError

_FILE = "salt"
_BYTES = 32


class Names:
    """The names under `salt`. A user and their private chat have the same id and other names."""

    def __init__(self, salt: bytes) -> None:
        self._salt = salt

    def user(self, user: int) -> str:
        """64 hexadecimal digits."""
        return self._name(f"user {user}")

    def chat(self, chat: int) -> str:
        """64 hexadecimal digits."""
        return self._name(f"chat {chat}")

    def mark(self) -> str:
        """The same for the same salt, and of no other use."""
        return self._name("mark")

    def _name(self, text: str) -> str:
        return hmac.new(self._salt, text.encode(), hashlib.sha256).hexdigest()


def read_salt(folder: Path) -> bytes:
    """The secret of `folder`, drawn by chance the first time (0600).

    Raises DatabaseError where it is damaged, StorageError where the disk refuses.
    """
    path = folder / _FILE
    try:
        if not path.exists():
            _make(path)
        salt = path.read_bytes()
    except OSError as error:
        raise StorageError(
            f"{path} can't be used: {error.strerror}.",
            "Mend the permissions and make room, or set bot.state_dir to another folder.",
        ) from error
    if len(salt) != _BYTES:
        raise DatabaseError(
            f"{path} is damaged: {len(salt)} bytes instead of {_BYTES}.",
            "Restore it from a backup, or remove it together with the bot's databases.",
        )
    return salt


def _make(path: Path) -> None:
    """Whole or not at all; where somebody else made it just now, theirs stays."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{_FILE}-")  # 0600
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(new, path)
        except FileExistsError:
            return
    finally:
        new.unlink()
