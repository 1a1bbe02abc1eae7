"""`/health` and `/metrics` by real HTTP on loopback."""

import asyncio
import json
import socket
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tornado.httpclient import AsyncHTTPClient, HTTPResponse
from tornado.httpserver import HTTPServer

from bot.operations.health import serve_health
from bot.operations.heartbeat import STALE_S, Heartbeat
from bot.operations.metrics import OUTCOMES, Metrics
from index.errors import SettingsError
from tests.bot.operations.clock import Clock


def port_of(server: HTTPServer) -> int:
    (bound,) = server._sockets.values()
    assert bound.getsockname()[0] == "127.0.0.1"
    return int(bound.getsockname()[1])


async def get(server: HTTPServer, path: str) -> HTTPResponse:
    url = f"http://127.0.0.1:{port_of(server)}{path}"
    return await AsyncHTTPClient().fetch(url, raise_error=False, request_timeout=60)


def test_health_says_how_it_is(tmp_path: Path) -> None:
    clock = Clock()
    heartbeat = Heartbeat(tmp_path, clock)

    async def run() -> None:
        server = serve_health(0, heartbeat, Metrics(), lambda: {"snapshot": "琴", "waiting": 3})
        clock.now += 7.04
        well = await get(server, "/health")
        clock.now += STALE_S
        stale = await get(server, "/health")
        missing = await get(server, "/")
        server.stop()
        assert well.code == 200
        assert well.headers["Content-Type"] == "application/json; charset=utf-8"
        assert json.loads(well.body) == {
            "status": "ok", "heartbeat_age_s": 7.0, "snapshot": "琴", "waiting": 3,
        }  # fmt: skip
        assert stale.code == 503
        assert json.loads(stale.body)["status"] == "stale"
        assert missing.code == 404

    asyncio.run(run())


def test_requests_leave_no_line_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    heartbeat = Heartbeat(tmp_path, clock := Clock())
    clock.now += STALE_S

    async def run() -> None:
        server = serve_health(0, heartbeat, Metrics())
        assert (await get(server, "/health")).code == 503
        server.stop()

    asyncio.run(run())
    assert [record.name for record in caplog.records if "tornado" in record.name] == []


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SettingsError, match=f"bot.health_port {port} can't be served: it is"):
            serve_health(port, Heartbeat(tmp_path), Metrics())


def test_metrics_are_what_prometheus_reads(tmp_path: Path) -> None:
    metrics = Metrics()
    metrics.update("message")
    metrics.update("message")
    metrics.question("answered", 0.17)
    metrics.question("refused", 0.4)
    metrics.question("put_off", 0.0)
    metrics.call("sendMessage", "200", 0.1)
    metrics.call("getUpdates", "200", 10.0)
    waiting = [0]
    metrics.follow("qinwen_queue_waiting", "Questions that wait.", lambda: waiting[0])
    metrics.follow("qinwen_sends_repeated", "Repeated.", lambda: 4, "counter")
    waiting[0] = 3

    async def run() -> HTTPResponse:
        server = serve_health(0, Heartbeat(tmp_path), metrics)
        answer = await get(server, "/metrics")
        server.stop()
        return answer

    answer = asyncio.run(run())
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.body.decode())
        for sample in family.samples
    }
    assert samples["qinwen_updates_total", "message"] == 2
    asked = [samples["qinwen_questions_total", outcome] for outcome in OUTCOMES]
    assert asked == [1, 1, 1, 0, 0, 0]
    assert samples["qinwen_answer_seconds_count",] == 2
    assert samples["qinwen_answer_seconds_bucket", "0.2"] == 1
    assert samples["qinwen_bot_api_calls_total", "sendMessage", "200"] == 1
    assert samples["qinwen_bot_api_seconds_count",] == 1
    assert samples["qinwen_queue_waiting",] == 3
    assert samples["qinwen_sends_repeated_total",] == 4
    assert 0 <= samples["qinwen_heartbeat_age_seconds",] < 60
    assert samples["process_resident_memory_bytes",] > 1e6
