"""HTTP of the Bot API: reading parameters in every way Telegram takes them, answers, faults."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from tornado.web import Application, RequestHandler

from tests.botapi.errors import Refused, broken
from tests.botapi.faults import Kind
from tests.botapi.rates import too_many
from tests.botapi.spec import Upload
from tests.botapi.state import Json

if TYPE_CHECKING:
    from tests.botapi.server import BotApiServer

_GATEWAY = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"
)


def application(server: BotApiServer) -> Application:
    """The web application of that server."""
    return Application(
        [(r"/bot([^/]+)/([A-Za-z]+)", _Method, {"server": server})],
        log_function=lambda handler: None,
    )


class _Method(RequestHandler):
    def initialize(self, server: BotApiServer) -> None:
        self.server = server
        self.running: asyncio.Task[Any] | None = None
        self.hung_up = False

    def check_xsrf_cookie(self) -> None:
        """Bots have no cookies."""

    async def get(self, token: str, method: str) -> None:
        await self.post(token, method)

    async def post(self, token: str, method: str) -> None:
        if token != self.server.token:
            self.fail(method, Refused("Unauthorized", 401))
            return
        name = self.server.spec.method(method) or method
        fault = self.server.faults.draw(name)
        try:
            if not await self.faulty(fault):
                return
            self.running = asyncio.ensure_future(self.server.answer(name, self.parameters()))
            result = await self.running
        except Refused as refused:
            self.fail(name, refused)
        except asyncio.CancelledError:
            if self.hung_up:
                return  # a poller
            raise
        else:
            if fault == "dropped_after":
                self.drop()
            else:
                self.reply({"ok": True, "result": result})

    async def faulty(self, fault: Kind | None) -> bool:
        """Lets the fault happen that comes before the action; False: there is no action."""
        if fault == "too_many":
            raise too_many(self.server.faults.retry_after_s)
        if fault == "server_error":
            if self.server.faults.injected["server_error"] % 2:
                raise Refused("Internal Server Error: try again", 500)
            self.set_status(502)
            self.finish(_GATEWAY)
            return False
        if fault == "dropped_before":
            self.drop()
            return False
        if fault == "delayed":
            await asyncio.sleep(self.server.faults.delay_s)
        return True

    def parameters(self) -> Json:
        """Parameters of the address, a form, a multipart form or a JSON body."""
        given: Json = {}
        kind = self.request.headers.get("Content-Type", "")
        if kind.startswith("application/json") and self.request.body:
            given |= _object(self.request.body)
        for name, values in self.request.arguments.items():
            given[name] = values[-1].decode("utf-8", "replace")
        files = {
            name: Upload(sent[-1]["filename"], sent[-1]["body"])
            for name, sent in self.request.files.items()
        }
        return _attached(given, files)

    def on_connection_close(self) -> None:
        self.hung_up = True
        # Only a poll may be given up: anything else happens though nobody hears of it.
        if self.running and self.request.path.lower().endswith("/getupdates"):
            self.running.cancel()

    def drop(self) -> None:
        self.detach().close()

    def fail(self, method: str, refused: Refused) -> None:
        self.server.refused(method, refused)
        body: Json = {"ok": False, "error_code": refused.code, "description": refused.description}
        if refused.retry_after is not None:
            body["parameters"] = {"retry_after": refused.retry_after}
        if refused.migrated_to is not None:
            body["parameters"] = {"migrate_to_chat_id": refused.migrated_to}
        self.set_status(refused.code)
        self.reply(body)

    def reply(self, body: Json) -> None:
        if self.hung_up:
            return
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(body, ensure_ascii=False, separators=(",", ":")))


def _object(body: bytes) -> Json:
    try:
        given = json.loads(body)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise broken("object expected as JSON body")
    return given


def _attached(given: Json, files: dict[str, Upload]) -> Json:
    """Files in the place of `attach://name`."""
    for name, value in given.items():
        if isinstance(value, str) and value.startswith("attach://"):
            given[name] = files.pop(value.removeprefix("attach://"), value)
    return given | files
