"""A Bot API server just large enough for PTB to poll and send: offsets, and replies on demand."""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"
BOT_ID = 110201543
BOT = {"id": BOT_ID, "is_bot": True, "first_name": "琴问", "username": "qinwen_bot"}
_POLL_S = 0.05


def message_update(
    update_id: int, text: str, user: int = 7, chat: int | None = None
) -> dict[str, Any]:
    """A text that `user` has written, in private where no chat is given."""
    place = (
        {"id": chat, "type": "supergroup", "title": "群"}
        if chat
        else {"id": user, "type": "private", "first_name": "友"}
    )
    return {
        "update_id": update_id,
        "message": {
            "message_id": update_id,
            "date": int(time.time()),
            "chat": place,
            "from": {"id": user, "is_bot": False, "first_name": "友", "language_code": "zh-hans"},
            "text": text,
        },
    }


def press_update(update_id: int, user: int = 7) -> dict[str, Any]:
    """A press of a button."""
    update = message_update(update_id, "…", user)
    return {
        "update_id": update_id,
        "callback_query": {
            "id": str(update_id),
            "from": update["message"]["from"],
            "chat_instance": "1",
            "data": "v1",
            "message": update["message"],
        },
    }


class SmallApi:
    """`updates` are delivered until confirmed; `replies[method]` are used up first.

    A reply is (status, parameters), or "drop": done, but the connection ends without a word.
    """

    def __init__(self) -> None:
        self.updates: list[dict[str, Any]] = []
        self.offsets: list[int] = []
        self.replies: dict[str, list[tuple[int, dict[str, Any]] | str]] = defaultdict(list)
        self.done: list[tuple[str, dict[str, str]]] = []
        self.url = ""

    @property
    def sent(self) -> list[str]:
        """Texts that were sent, in their order."""
        return [data["text"] for method, data in self.done if method == "sendMessage"]

    async def answer(self, method: str, data: dict[str, str]) -> Any:
        """What the method returns."""
        self.done.append((method, data))
        if method == "getMe":
            return BOT
        if method == "getUpdates":
            return await self._updates(int(data.get("offset", 0)))
        if method == "sendMessage":
            return {
                "message_id": 1_000 + len(self.done),
                "date": int(time.time()),
                "chat": {"id": int(data["chat_id"]), "type": "private"},
                "text": data["text"],
            }
        return True

    async def _updates(self, offset: int) -> list[dict[str, Any]]:
        self.offsets.append(offset)
        self.updates = [one for one in self.updates if one["update_id"] >= offset]
        if not self.updates:
            await asyncio.sleep(_POLL_S)
        return self.updates


class _Handler(RequestHandler):
    def initialize(self, api: SmallApi) -> None:
        self.api = api

    async def post(self, method: str) -> None:
        data = {name: self.get_body_argument(name) for name in self.request.body_arguments}
        reply = self.api.replies[method].pop(0) if self.api.replies[method] else None
        if isinstance(reply, tuple):
            status, parameters = reply
            self.set_status(status)
            self.write({"ok": False, "description": "told", "parameters": parameters})
            return
        result = await self.api.answer(method, data)
        if reply == "drop":
            self.request.connection.stream.close()
            return
        self.write(json.dumps({"ok": True, "result": result}))


@asynccontextmanager
async def small_api() -> AsyncIterator[SmallApi]:
    """Serves on a free port of the loopback while the block runs, in its loop."""
    api = SmallApi()
    server = HTTPServer(
        Application([(r"/bot[^/]+/(\w+)", _Handler, {"api": api})], log_function=lambda _: None)
    )
    sockets = bind_sockets(0, "127.0.0.1")
    server.add_sockets(sockets)
    api.url = f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
    try:
        yield api
    finally:
        server.stop()
        await server.close_all_connections()
