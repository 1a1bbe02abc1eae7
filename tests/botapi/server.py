"""A Bot API server on loopback that enforces Telegram's rules.

with BotApiServer() as server:
    person = server.private(1001)
    # run a bot with base_url = server.url + "/bot" and server.token
    person.send("问题")
    print(person.wait_for(lambda message: "琴" in message.text).text)
    assert not server.violations
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from tests.botapi import sending
from tests.botapi.errors import Refusal, Refused, Violation
from tests.botapi.faults import Faults
from tests.botapi.groups import ChannelChat, GroupChat
from tests.botapi.methods import SERVED
from tests.botapi.people import PrivateChat
from tests.botapi.rates import RateLimit, Rates
from tests.botapi.spec import load
from tests.botapi.state import Json, User, World
from tests.botapi.updates import Updates
from tests.botapi.web import application
from tests.botapi.webhook import Webhook

TOKEN = "424242:loopback-only_not-a-secret_0123456789"
USERNAME = "qinwen_test_bot"


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that took effect, whether or not the bot heard so."""

    method: str
    chat_id: int
    message_id: int
    text: str
    reply_to: int | None
    topic: int | None
    at: float


class BotApiServer:
    """The server in its own thread, and the people who write to the bot.

    `calls` counts requests by method, `violations` holds every broken rule, `refusals` every error
    that was answered, `sent` every message that took effect.
    """

    def __init__(
        self,
        token: str = TOKEN,
        spec: Path | None = None,
        now: Callable[[], float] = time.time,
        *,
        username: str = USERNAME,
        rates: Rates = Rates(),  # noqa: B008 -- frozen
        faults: Faults | None = None,
    ) -> None:
        self.token = token
        self.faults = faults or Faults()
        self.calls: Counter[str] = Counter()
        self.violations: list[Violation] = []
        self.refusals: list[Refusal] = []
        self.sent: list[Sent] = []
        self.spec = load(spec)
        bot = User(int(token.partition(":")[0]), "琴问", username, is_bot=True)
        self.updates = Updates(now, self.faults)
        self.world = World(bot, self.updates, now)
        self.webhook = Webhook(self.updates, self.faults)
        self.updates.on_new = self.webhook.start
        self.rate_limit = RateLimit(rates)
        self.url = ""
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="bot-api", daemon=True)

    # --- people

    def private(
        self, user_id: int, language: str | None = "zh-hans", name: str | None = None
    ) -> PrivateChat:
        """The private chat of that user with the bot; the same object every time."""
        return PrivateChat.of(self.world, user_id, language, name)

    def person(
        self, user_id: int, language: str | None = "zh-hans", name: str | None = None
    ) -> User:
        """Somebody whom groups know, too: their language and name."""
        return self.world.user(user_id, language, name)

    def group(
        self,
        chat_id: int,
        title: str = "群",
        topics: tuple[str, ...] = (),
        *,
        privacy: bool = True,
        kind: str = "supergroup",
    ) -> GroupChat:
        """A new group with the bot in it; `topics` make it a forum. Ids are negative."""
        return GroupChat.made(self.world, chat_id, title, topics, privacy=privacy, kind=kind)

    def channel(self, chat_id: int, title: str = "频道") -> ChannelChat:
        """A new channel with the bot as an administrator."""
        return ChannelChat.made(self.world, chat_id, title)

    # --- requests

    async def answer(self, name: str, given: Json) -> Any:
        """Carries out a request, or raises `Refused`."""
        method = self.spec.method(name)
        if method is None:
            self._violated(name, "there is no such method")
            raise Refused("Not Found: method not found", 404)
        self.calls[method] += 1
        values, faults = self.spec.check(method, given)
        for fault in faults:
            self._violated(method, fault)
        if faults:
            raise Refused(f"Bad Request: {faults[0]}")
        try:
            return await self._carry_out(method, values)
        except Refused as refused:
            if refused.broken_rule:
                self._violated(method, refused.description)
            raise

    def refused(self, method: str, refused: Refused) -> None:
        """Notes an error that is answered."""
        self.refusals.append(Refusal(method, refused.code, refused.description))

    async def _carry_out(self, method: str, given: Json) -> Any:
        if method == "getUpdates":
            self.updates.allow(given.pop("allowed_updates", None))
            return await self.updates.poll(**given)
        if method == "setWebhook":
            return self.webhook.set(given)
        if method == "deleteWebhook":
            return self.webhook.set({"url": "", **given})
        if method == "getWebhookInfo":
            return self.webhook.info()
        if method not in SERVED:
            self._violated(method, "is not served by this test server")
            raise Refused("Bad Request: this method is not served by this test server")
        with self.world.lock:
            counted = sending.counts(method, given)
            chat_id = self.world.chat(given["chat_id"]).id if counted else 0
            if counted:
                self.rate_limit.check(chat_id)
            result = SERVED[method](self.world, given)
            if counted:
                self.rate_limit.count(chat_id)
            self._note(method, result)
        return result

    def _note(self, method: str, result: Any) -> None:
        if method.startswith("send") and isinstance(result, dict):
            self.sent.append(
                Sent(
                    method,
                    result["chat"]["id"],
                    result["message_id"],
                    result.get("text") or result.get("caption", ""),
                    result.get("reply_to_message", {}).get("message_id"),
                    result.get("message_thread_id"),
                    time.monotonic(),
                )
            )

    def _violated(self, method: str, what: str) -> None:
        self.violations.append(Violation(method, what))

    # --- life

    def start(self) -> BotApiServer:
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("The Bot API server did not start within 10 seconds.")
        return self

    def close(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(10)

    def __enter__(self) -> BotApiServer:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        self.updates.run_on(asyncio.get_running_loop())
        server = HTTPServer(application(self))
        sockets = bind_sockets(0, "127.0.0.1")
        server.add_sockets(sockets)
        self.url = f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
        self._ready.set()
        await self._stop.wait()
        server.stop()
        await self.webhook.stop()
        self.updates.interrupt("Conflict: the server stops")
        await server.close_all_connections()
