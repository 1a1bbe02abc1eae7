"""A server on this machine that speaks as language models' servers do, or as badly as it is told.

Real sockets and real HTTP: what is played is only what the model says, and how the server fails.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TICK_S = 0.05


@dataclass(frozen=True)
class Request:
    """What the server was sent."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def data(self) -> dict[str, Any]:
        """The question and the passages in the last message."""
        data = json.loads(self.body["messages"][-1]["content"])
        assert isinstance(data, dict)
        return data


@dataclass
class LlmServer:
    """`play` answers each request; it may be changed at any time."""

    port: int = 0
    requests: list[Request] = field(default_factory=list)
    play: Play = field(default=lambda handler: None)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


class Handler(BaseHTTPRequestHandler):
    """One request; `llm` is the server's state."""

    protocol_version = "HTTP/1.1"
    llm: LlmServer

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.llm.requests.append(Request(self.path, headers, json.loads(raw)))
        self.close_connection = True
        with suppress(OSError):  # whoever asked has gone
            self.llm.play(self)

    def do_GET(self) -> None:
        """Only a followed redirect would come here."""
        self.llm.requests.append(Request(self.path, {}, {}))
        self.send_error(404)

    def send(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def drip(self, piece: bytes) -> None:
        """The piece again and again, until nobody listens any more or the test is over."""
        while not self.llm.closing.wait(TICK_S):
            self.wfile.write(piece)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


Play = Callable[[Handler], None]


def completion(text: str | None, finish: str = "stop") -> bytes:
    """A chat completion as servers send it."""
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": finish}
    return json.dumps({"id": "x", "object": "chat.completion", "choices": [choice]}).encode()


def says(text: str | None, finish: str = "stop") -> Play:
    return lambda handler: handler.send(completion(text, finish))


def sends(body: bytes, status: int = 200, **headers: str) -> Play:
    return lambda handler: handler.send(body, status, **headers)


def drips_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    handler.drip(b"a")


def drips_body(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n")
    handler.drip(b" ")


def says_nothing(handler: Handler) -> None:
    handler.llm.closing.wait()


def never_ends(handler: Handler) -> None:
    """A body without length, as fast as it is taken."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while not handler.llm.closing.is_set():
        handler.wfile.write(b" " * 65536)


def hangs_up(handler: Handler) -> None:
    """In the middle of the body."""
    body = completion("海雾大桥全长3.6公里[1]。")
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body))
    handler.wfile.write(body[: len(body) // 2])


def hangs_up_at_once(handler: Handler) -> None:
    """Without a single byte."""


def echoes(handler: Handler) -> None:
    """Gives back what it was sent, headers and all."""
    handler.send(completion(f"{handler.headers['Authorization']}[1]"))


@contextmanager
def llm_server() -> Iterator[LlmServer]:
    """A server that runs while the block does."""
    state = LlmServer()
    handler = type("Handler", (Handler,), {"llm": state})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        state.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(TICK_S,))
        thread.start()
        try:
            yield state
        finally:
            state.closing.set()
            server.shutdown()
            thread.join()
