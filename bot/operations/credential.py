"""The bot's token: where it comes from. Never a setting, never in a message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from index.errors import SettingsError
from index.settings_bot import BotSection

VARIABLES = ("QINWEN_BOT_TOKEN", "TELEGRAM_BOT_TOKEN")
# systemd's LoadCredential=bot-token:… puts a file of this name into $CREDENTIALS_DIRECTORY.
CREDENTIAL = "bot-token"
_SHAPE = re.compile(r"[0-9]+:[A-Za-z0-9_-]{30,}")
_MOST_BYTES = 4_096


class TokenError(SettingsError):
    """There is no token, or what is there can't be one."""


def read_token(env: Mapping[str, str], settings: BotSection) -> SecretStr:
    """The token of QINWEN_BOT_TOKEN, TELEGRAM_BOT_TOKEN, `bot.token_file` or systemd's credential.

    The first of them that is set counts. Raises TokenError, which names the place, never the value.
    """
    for name in VARIABLES:
        if value := env.get(name, "").strip():
            return _checked(value, name)
    if settings.token_file is not None:
        return _from_file(settings.token_file, "bot.token_file")
    if folder := env.get("CREDENTIALS_DIRECTORY", ""):
        path = Path(folder) / CREDENTIAL
        if path.exists():
            return _from_file(path, "systemd's credential")
    raise TokenError(
        "The bot has no token.",
        f"Get one from @BotFather in Telegram and set {VARIABLES[0]} to it.",
    )


def bot_id(token: SecretStr) -> int:
    """The bot's own user id, which may be shown: what stands before the colon."""
    return int(token.get_secret_value().partition(":")[0])


def _from_file(path: Path, place: str) -> SecretStr:
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES).decode("utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise TokenError(
            f"The token's file {path} ({place}) can't be read: {why}.",
            "Name a file that holds the token and nothing else.",
        ) from None
    return _checked(text, f"{path} ({place})")


def _checked(value: str, place: str) -> SecretStr:
    if not _SHAPE.fullmatch(value):
        raise TokenError(
            f"What {place} holds is no bot token ({len(value)} characters).",
            "Copy it whole from @BotFather, digits and colon too, without quotes or spaces.",
        )
    return SecretStr(value)
