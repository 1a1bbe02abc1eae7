"""`/health` and `/metrics` on loopback, for whoever watches the bot."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Mapping

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from bot.operations.heartbeat import Heartbeat
from bot.operations.metrics import CONTENT_TYPE, Metrics
from index.errors import SettingsError

LOOPBACK = "127.0.0.1"

Details = Callable[[], Mapping[str, object]]


def serve_health(
    port: int, heartbeat: Heartbeat, metrics: Metrics, details: Details = dict
) -> HTTPServer:
    """Serves on 127.0.0.1 from the running event loop until `server.stop()`.

    `/health` is `{"status": "ok" | "stale", "heartbeat_age_s": …}` and what `details` gives, with
    code 200 or 503. Port 0 takes any free one. Once for each `metrics`, to which the heartbeat's
    age is added. Raises SettingsError where the port is taken.
    """
    application = Application(
        [
            ("/health", _Health, {"heartbeat": heartbeat, "details": details}),
            ("/metrics", _Metrics, {"metrics": metrics}),
        ],
        log_function=lambda _handler: None,  # every scrape would be a line
    )
    try:
        sockets = bind_sockets(port, LOOPBACK)
    except OSError as error:
        why = "it is taken" if error.errno == errno.EADDRINUSE else error.strerror
        raise SettingsError(
            f"bot.health_port {port} can't be served: {why}.", "Choose another port, or 0."
        ) from error
    metrics.follow(
        "qinwen_heartbeat_age_seconds",
        "Since updates were last fetched.",
        lambda: heartbeat.age_s,
    )
    server = HTTPServer(application)
    server.add_sockets(sockets)
    return server


class _Health(RequestHandler):
    def initialize(self, heartbeat: Heartbeat, details: Details) -> None:
        self._heartbeat, self._details = heartbeat, details

    def get(self) -> None:
        fresh = self._heartbeat.fresh
        self.set_status(200 if fresh else 503)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        state = {
            "status": "ok" if fresh else "stale",
            "heartbeat_age_s": round(self._heartbeat.age_s, 1),
            **self._details(),
        }
        self.write(json.dumps(state, ensure_ascii=False, default=str))


class _Metrics(RequestHandler):
    def initialize(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def get(self) -> None:
        self.set_header("Content-Type", CONTENT_TYPE)
        self.write(self._metrics.text())
