"""Calls on their way out: at Telegram's pace, and again where they failed on the way."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError
from telegram.ext import AIORateLimiter

from bot.transport.pauses import Chat, Pauses

log = logging.getLogger(__name__)

# Telegram allows about 30 messages a second over all and 20 a minute in a group. PTB's limiter
# counts with leaky buckets: a bucket of 30 lets 60 through in the first second. One call every
# 1/28 s, and 5 at once with 5 more every 20 s, are within the limits in any second and any minute.
OVERALL_A_SECOND = 28
GROUP_BURST, GROUP_PERIOD_S = 5, 20.0
# So long after its first failure a call is tried again. When Telegram has been away for so long the
# heartbeat ends the process, and the next one begins with what could not be sent.
PATIENCE_S = 900.0
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 15.0

Result = bool | dict[str, Any] | list[dict[str, Any]]
Callback = Callable[..., Coroutine[Any, Any, Result]]

# Answers to something a person has just done there.
_ANSWERS = ("answerCallbackQuery", "answerInlineQuery")
# Repeating these does nothing twice, so that a lost reply can't make a duplicate.
_REPEATABLE = (*_ANSWERS, "edit", "get", "set", "delete", "leaveChat", "pin", "unpin")
# A sign of typing that comes late is worse than none.
_FLEETING = "sendChatAction"
_PAUSED = object()  # not called: the chat is paused
# httpx tells apart what was never sent.
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)


@dataclass(slots=True)
class _Call:
    """One call, with what has become of its tries."""

    callback: Callback
    args: Any
    kwargs: dict[str, Any]
    endpoint: str
    data: dict[str, Any]
    tries: int = 0
    give_up_at: float | None = None
    maybe_done: bool = False  # a reply was lost: Telegram may have done it

    @property
    def chat(self) -> Chat | None:
        """The chat it is for, if any. Ids may come as text."""
        chat = self.data.get("chat_id")
        text = str(chat)
        return int(text) if text.lstrip("-").isdecimal() else chat

    @property
    def waited_for(self) -> bool:
        """Whether a person waits for what it does: then it is tried again."""
        return (
            "chat_id" in self.data or "inline_message_id" in self.data or self.endpoint in _ANSWERS
        )


class PatientLimiter(AIORateLimiter):
    """For `ApplicationBuilder.rate_limiter`.

    On top of PTB's it knows the one message a second of a chat, waits as long as a 429 names (for
    that chat; for all where several are told at once), and tries calls for chats again after 5xx
    and network errors, up to `PATIENCE_S`. Then the last error is raised.

    `retries` counts further tries; `maybe_twice` those further tries that may have done something
    twice, because Telegram may have done it before its reply was lost.
    """

    __slots__ = ("_pauses", "maybe_twice", "retries")

    def __init__(self) -> None:
        super().__init__(
            overall_max_rate=1,
            overall_time_period=1 / OVERALL_A_SECOND,
            group_max_rate=GROUP_BURST,
            group_time_period=GROUP_PERIOD_S,
        )
        self._pauses = Pauses()
        self.retries = 0
        self.maybe_twice = 0

    async def process_request(
        self,
        callback: Callback,
        args: Any,  # noqa: ANN401
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Result:
        """PTB calls it for everything but `getUpdates`. Raises TelegramError."""
        call = _Call(callback, args, kwargs, endpoint, data)
        if endpoint == _FLEETING:
            return await self._fleeting(call)
        while True:
            result = await self._try(call)
            if not isinstance(result, TelegramError):
                return result
            if call.maybe_done and endpoint in _ANSWERS and isinstance(result, BadRequest):
                return True  # "query is too old": the lost reply was to a call that was done
            await asyncio.sleep(self._next_wait(call, result))

    async def _fleeting(self, call: _Call) -> Result:
        """Once, now or never."""
        if self._pauses.until(call.chat) > _now():
            return False
        try:
            return await call.callback(*call.args, **call.kwargs)
        except RetryAfter as error:
            self._pauses.told(call.chat, _seconds(error), _now())
            return False

    async def _try(self, call: _Call) -> Result | TelegramError:
        """One try at the pace of PTB's limiter, which is not to see errors: it'd stop everyone."""

        async def careful() -> Any:  # noqa: ANN401
            # Subtle: the wait for a place among all may be long, and a pause have come meanwhile.
            if self._pauses.until(call.chat) > _now():
                return _PAUSED
            try:
                return await call.callback(*call.args, **call.kwargs)
            except TelegramError as error:
                return error

        while True:
            await self._own_place(call)
            result = await super().process_request(careful, (), {}, call.endpoint, call.data, None)
            if result is not _PAUSED:
                call.tries += 1
                return result

    async def _own_place(self, call: _Call) -> None:
        """Waits until its chat may be written to; raises RetryAfter if that is long.

        Calling a paused chat all the same would make its pause longer.
        """
        while True:
            now, until = _now(), self._pauses.until(call.chat)
            if until - now > PATIENCE_S:
                raise RetryAfter(timedelta(seconds=until - now))
            start = max(now, until)
            due = start if call.chat is None else self._pauses.reserve(call.chat, start)
            await asyncio.sleep(due - now)
            # A pause that has come meanwhile: another place, lest all go at once at its end.
            if self._pauses.until(call.chat) <= _now():
                return

    def _next_wait(self, call: _Call, error: TelegramError) -> float:
        """How long until the next try; raises `error` where there is none."""
        now = _now()
        if call.give_up_at is None:
            call.give_up_at = now + PATIENCE_S
        if isinstance(error, RetryAfter):
            wait_s = _seconds(error)
            self._pauses.told(call.chat, wait_s, now)
        elif call.waited_for and _on_the_way(error):
            wait_s = min(FIRST_WAIT_S * 2 ** (call.tries - 1), LONGEST_WAIT_S)
        else:
            raise error
        if now + wait_s > call.give_up_at:
            raise error
        self._count(call, error)
        log.info("%s: try %d failed: %s", call.endpoint, call.tries, error.message)
        return wait_s

    def _count(self, call: _Call, error: TelegramError) -> None:
        self.retries += 1
        if isinstance(error, RetryAfter) or isinstance(error.__cause__, _NEVER_SENT):
            return
        call.maybe_done = True
        self.maybe_twice += not call.endpoint.startswith(_REPEATABLE)


def _on_the_way(error: TelegramError) -> bool:
    """5xx, a timeout, a connection that broke; not what Telegram refuses (400)."""
    return isinstance(error, NetworkError) and not isinstance(error, BadRequest)


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return float(wait) if isinstance(wait, int) else wait.total_seconds()


def _now() -> float:
    return asyncio.get_running_loop().time()
