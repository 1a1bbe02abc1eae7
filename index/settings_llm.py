"""The section `llm`: a server with a language model that may phrase answers. Off by default."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated

from pydantic import BeforeValidator, Field, HttpUrl, SecretStr, ValidationInfo, field_validator

from index.settings_section import Section

_SENDABLE = re.compile("[!-~]*")  # what an HTTP header can carry as a bearer token


def _unset_if_empty(value: object) -> object:
    return None if value == "" else value


class LlmSection(Section):
    """A language model that may phrase the answer; none without `base_url`."""

    base_url: Annotated[HttpUrl | None, BeforeValidator(_unset_if_empty)] = Field(
        None, description="an OpenAI-compatible server, mostly up to `/v1`; unset: none is asked"
    )
    model: str | None = Field(
        None, description="the server's name for the model", validate_default=True
    )
    api_key: SecretStr | None = Field(None, description="sent as a bearer token, shown nowhere")
    timeout_s: float = Field(
        20.0, ge=0.1, le=600, description="seconds a question may take there, all in all"
    )
    max_tokens: int = Field(300, ge=16, le=8_192, description="longest reply, in its tokens")
    passages: int = Field(5, ge=1, le=20, description="how many of the sources shown are sent")

    @property
    def is_local(self) -> bool:
        """True where the server is on this machine."""
        return self.base_url is not None and _is_loopback(self.base_url)

    @field_validator("base_url")
    @classmethod
    def _bare(cls, url: HttpUrl | None) -> HttpUrl | None:
        if url and (url.username or url.password or url.query or url.fragment):
            raise ValueError("no password, `?` or `#` may be in it; a key belongs in llm.api_key")
        return url

    @field_validator("model")
    @classmethod
    def _named(cls, name: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("base_url") and not name:
            raise ValueError("with llm.base_url the name of a model is needed")
        return name

    @field_validator("api_key")
    @classmethod
    def _safe_to_send(cls, key: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if key and not _SENDABLE.fullmatch(key.get_secret_value()):
            raise ValueError("a key has no spaces and only ASCII characters")
        url = info.data.get("base_url")
        if key and url and url.scheme == "http" and not _is_loopback(url):
            raise ValueError(f"it would go to {url.host} unencrypted; use https")
        return key


def _is_loopback(url: HttpUrl) -> bool:
    host = url.host or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
