"""The section `bot`: how the Telegram bot runs. The token is not a setting: it is a secret.

It stands here, not in the package `bot`, because one strict file holds all settings.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import BeforeValidator, Field, HttpUrl, field_validator

from index.settings_place import APP, Place
from index.settings_section import Section


def _listed(value: object) -> object:
    """`1, 2` in the environment is a list in the file."""
    if isinstance(value, str):
        return [one.strip() for one in value.split(",") if one.strip()]
    return value


_Ids = Annotated[tuple[int, ...], BeforeValidator(_listed)]
_Places = Annotated[tuple[Place, ...], BeforeValidator(_listed)]


class BotSection(Section):
    """The Telegram bot. Every key is `QINWEN_BOT_KEY` in the environment."""

    token_file: Place | None = Field(
        None, description="a file that holds the token, where the environment doesn't"
    )
    api_url: HttpUrl = Field(
        HttpUrl("https://api.telegram.org/"), description="root of the Bot API server"
    )
    admins: _Ids = Field((), description="ids of users who may use the admin's commands")
    users: _Ids = Field((), description="ids of the only users who are answered; none: everyone")
    chats: _Ids = Field((), description="ids of the only groups; other groups are left; none: all")
    posts: _Places = Field((), description="files and folders of posts that `/reindex` reads")
    state_dir: Place = Field(
        default_factory=lambda: Path(platformdirs.user_state_dir(APP, appauthor=False)) / "bot",
        description="folder of the bot's databases, lock and heartbeat",
    )
    language: Literal["zh-Hans", "zh-Hant", "en"] = Field(
        "zh-Hans", description="language for those whose Telegram names none"
    )
    workers: int = Field(0, ge=0, le=64, description="questions answered at once; 0: one a core")
    queue: int = Field(
        100, ge=1, le=10_000, description="questions that may wait; more are put off"
    )
    time_budget_s: float = Field(
        30.0, ge=0.1, le=600, description="seconds a question may take, its wait included"
    )
    per_user: int = Field(20, ge=1, le=10_000, description="questions a minute from one user")
    per_chat: int = Field(60, ge=1, le=10_000, description="questions a minute from one chat")
    per_minute: int = Field(600, ge=1, le=100_000, description="questions a minute from all")
    follow_up_minutes: int = Field(
        30, ge=0, le=10_080, description="how long a question is remembered for follow-ups"
    )
    keep_questions: bool = Field(
        True, description="false: questions and answers are kept in memory only"
    )
    retention_days: int = Field(90, ge=1, le=3_650, description="days until what was asked is gone")
    webhook_url: HttpUrl | None = Field(
        None, description="public https address that Telegram calls; unset: the bot polls"
    )
    webhook_listen: str = Field("127.0.0.1", min_length=1, description="address the webhook binds")
    webhook_port: int = Field(8443, ge=1, le=65_535, description="port the webhook binds")
    health_port: int = Field(
        0, ge=0, le=65_535, description="port of `/health` and `/metrics` on loopback; 0: off"
    )
    log_format: Literal["text", "json"] = Field("text", description="one line or one object a log")

    @field_validator("api_url", "webhook_url")
    @classmethod
    def _bare(cls, url: HttpUrl | None) -> HttpUrl | None:
        if url and (url.username or url.password or url.query or url.fragment):
            raise ValueError("no password, `?` or `#` may be in it")
        return url

    @property
    def api_root(self) -> str:
        """`api_url` without a slash at its end."""
        return str(self.api_url).rstrip("/")
