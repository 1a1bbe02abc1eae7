"""One POST to an OpenAI-compatible server: what llama.cpp, vLLM, Ollama and others all offer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field, ValidationError

from index.errors import LanguageModelError, SettingsError
from index.settings_llm import LlmSection

if TYPE_CHECKING:
    import httpx2

_MAX_REPLY_BYTES = 1_000_000  # a reply of 8,192 tokens with its wrapping has less than a tenth
_REMEDY = "Check llm.base_url, llm.model and the server's own log."
_MORE = "Raise it: what a model thinks before it answers counts, too."


class _Message(BaseModel):
    content: str


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)


class ChatClient:
    """One model on one server. Keeps no connection; safe to share between threads.

    Subtle: asynchronous inside, because only so one deadline holds for all that a server, or the
    way to it, can do slowly. A timeout of a blocking client counts anew with every byte.
    """

    def __init__(self, settings: LlmSection) -> None:
        """Raises SettingsError where the extra `llm` isn't installed."""
        try:
            import httpx2
        except ImportError as error:
            raise SettingsError(
                "llm.base_url is set, and the package httpx2 is not installed.",
                "Run `pip install 'qinwen[llm]'`, or leave llm.base_url out.",
            ) from error
        self._settings = settings
        self._key = settings.api_key.get_secret_value() if settings.api_key else ""
        # The environment's proxies are for other machines.
        self._trust_env = not settings.is_local
        self._tls = httpx2.create_ssl_context(trust_env=self._trust_env)

    def complete(self, system: str, user: str) -> str:
        """The model's reply to the two messages, after `timeout_s` at the latest.

        Raises LanguageModelError whatever goes wrong. Not to be called from a running event loop.
        """
        return _run(self._within_time(system, user))

    async def _within_time(self, system: str, user: str) -> str:
        limit_s = self._settings.timeout_s
        try:
            async with asyncio.timeout(limit_s):
                return await self._post(system, user)
        except LanguageModelError:
            raise
        except TimeoutError as error:
            raise _failure(f"gave no answer within {limit_s:g} s") from error
        # Subtle: httpx2, h11, ssl and codecs have errors of their own for what a server can send,
        # and their messages may quote it; the name of the error is enough.
        except Exception as error:
            raise _failure(f"can't be reached or breaks off ({type(error).__name__})") from None

    async def _post(self, system: str, user: str) -> str:
        import httpx2

        url = f"{str(self._settings.base_url).rstrip('/')}/chat/completions"
        body, headers = self._body(system, user), self._headers()
        async with (
            httpx2.AsyncClient(verify=self._tls, trust_env=self._trust_env, timeout=None) as client,
            client.stream("POST", url, content=body, headers=headers) as response,
        ):
            if response.status_code != httpx2.codes.OK:  # a redirect is not followed
                raise _failure(f"answered with status {response.status_code}")
            return self._content(await _read(response))

    def _headers(self) -> dict[str, str]:
        # Compressed, few bytes could become very many.
        headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        return headers

    def _body(self, system: str, user: str) -> bytes:
        request = {
            "model": self._settings.model,
            "messages": [
                {"role": "system", "content": system},
                {"role": "user", "content": user},
            ],
            "temperature": 0,
            "max_tokens": self._settings.max_tokens,
            "stream": False,
        }
        # Half a character, typed as bytes that are no text, becomes `?`.
        return json.dumps(request, ensure_ascii=False).encode(errors="replace")

    def _content(self, body: bytes) -> str:
        try:
            choice = _Completion.model_validate_json(body).choices[0]
        except ValidationError:
            raise _failure("answered with something that is no chat completion") from None
        if choice.finish_reason == "length":
            raise _failure(f"used up llm.max_tokens = {self._settings.max_tokens}", _MORE)
        content = choice.message.content
        return content.replace(self._key, "…") if self._key else content  # a server may echo it


def _failure(what: str, remedy: str = _REMEDY) -> LanguageModelError:
    return LanguageModelError(f"The language model {what}.", remedy)


async def _read(response: httpx2.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > _MAX_REPLY_BYTES:
            raise _failure(f"answered with more than {_MAX_REPLY_BYTES:,} bytes")
    return bytes(body)


def _run(work: Coroutine[Any, Any, str]) -> str:
    """As `asyncio.run`, but without waiting for threads that still look up a host's name."""
    loop = asyncio.new_event_loop()
    task = loop.create_task(work)
    try:
        return loop.run_until_complete(task)
    except KeyboardInterrupt:
        task.cancel()
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(task)
        raise
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
