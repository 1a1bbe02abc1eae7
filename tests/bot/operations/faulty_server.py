"""A Bot API server on loopback that fails in one way, or answers that all is well."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ME = {"id": 123456789, "is_bot": True, "first_name": "琴问", "username": "qinwen_bot"}
RESULTS: dict[str, object] = {"getMe": ME, "deleteWebhook": True}


def refusal(code: int, text: str, **parameters: int) -> tuple[int, bytes]:
    body = {"ok": False, "error_code": code, "description": text, "parameters": parameters}
    return code, json.dumps(body).encode()


OTHER_POLLER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"  # noqa: E501
WEBHOOK = "Conflict: can't use getUpdates method while webhook is active"
FAULTS: dict[str, tuple[int, bytes]] = {
    "unauthorized": refusal(401, "Unauthorized"),
    "not found": refusal(404, "Not Found"),
    "other poller": refusal(409, OTHER_POLLER),
    "webhook": refusal(409, WEBHOOK),
    "too many": refusal(429, "Too Many Requests: retry after 600", retry_after=600),
    "bad gateway": (502, b"<html>502</html>"),
    "no json": (200, b"<html>welcome to the hotel's network</html>"),
}


class FaultyServer(ThreadingHTTPServer):
    """`fault`: a name of FAULTS, `drop`, `hang`, `echo` (of the address), or none."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.fault = ""
        self.ended = threading.Event()
        self.calls: list[str] = []
        self.updates: list[object] = []
        self.at_once = self.most_at_once = 0
        self.count = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that has gone is no error here."""


class _Handler(BaseHTTPRequestHandler):
    server: FaultyServer

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        method = self.path.rpartition("/")[2]
        self.server.calls.append(method)
        fault = self.server.fault
        if fault == "hang":
            self.server.ended.wait(10)
        if fault in ("hang", "drop"):
            self.close_connection = True
            return
        if fault == "echo":
            return self._answer(*refusal(401, f"Unauthorized: {self.path}"))
        if fault:
            return self._answer(*FAULTS[fault])
        self._work()
        result = self.server.updates if method == "getUpdates" else RESULTS.get(method)
        self._answer(200, json.dumps({"ok": True, "result": result}).encode())

    def _work(self) -> None:
        """Takes a moment; keeps count of how many do so at the same time."""
        server = self.server
        with server.count:
            server.at_once += 1
            server.most_at_once = max(server.most_at_once, server.at_once)
        server.ended.wait(0.02)
        with server.count:
            server.at_once -= 1

    def _answer(self, code: int, body: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """The server's own log is none of the test's business."""


@contextmanager
def faulty_server() -> Iterator[FaultyServer]:
    server = FaultyServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()
