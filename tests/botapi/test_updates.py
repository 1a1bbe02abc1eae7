"""Updates: fetched, confirmed, kept for a day, delivered to a webhook."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.botapi import NO_RATES, BotApiServer, Faults
from tests.botapi.calls import call, refusal, result

_ME = 1001


@pytest.fixture
def server() -> Iterator[BotApiServer]:
    with BotApiServer(rates=NO_RATES) as server:
        yield server


def _texts(updates: list[dict[str, Any]]) -> list[str]:
    return [one["message"]["text"] for one in updates]


def test_updates_come_again_until_confirmed(server: BotApiServer) -> None:
    for text in ("一", "二", "三"):
        server.private(_ME).send(text)
    first = result(server, "getUpdates")
    assert _texts(first) == _texts(result(server, "getUpdates")) == ["一", "二", "三"]
    assert _texts(result(server, "getUpdates", limit=2)) == ["一", "二"]
    assert _texts(result(server, "getUpdates", offset=first[1]["update_id"])) == ["二", "三"]
    assert _texts(result(server, "getUpdates", offset=-1)) == ["三"]
    assert _texts(result(server, "getUpdates")) == ["三"]
    assert result(server, "getUpdates", offset=first[2]["update_id"] + 1) == []


def test_a_poll_waits_for_the_next_update(server: BotApiServer) -> None:
    person = server.private(_ME)
    threading.Timer(0.2, person.send, ["晚"]).start()
    begun = time.monotonic()
    assert _texts(result(server, "getUpdates", timeout=20)) == ["晚"]
    assert time.monotonic() - begun < 10


def test_a_poller_that_hangs_up_is_forgotten(server: BotApiServer) -> None:
    url = f"{server.url}/bot{server.token}/getUpdates?timeout=20"
    with pytest.raises(OSError):
        urllib.request.urlopen(url, timeout=0.2)
    time.sleep(0.1)
    server.private(_ME).send("还在")
    assert _texts(result(server, "getUpdates", timeout=5)) == ["还在"]


def test_kinds_of_updates_once_named_stay_named(server: BotApiServer) -> None:
    result(server, "getUpdates", allowed_updates=["edited_message"])
    person = server.private(_ME)
    person.edit(person.send("一"), "二")
    result(server, "getUpdates")  # names none: as before
    person.send("三")
    updates = result(server, "getUpdates")
    assert [set(one) - {"update_id"} for one in updates] == [{"edited_message"}]


def test_after_a_day_updates_are_gone() -> None:
    now = [1_700_000_000.0]
    with BotApiServer(now=lambda: now[0]) as server:
        server.private(_ME).send("昨天")
        now[0] += 24 * 3600
        sent = server.private(_ME).send("今天")
        assert sent.date == 1_700_086_400
        assert _texts(result(server, "getUpdates")) == ["今天"]


def test_an_update_twice() -> None:
    with BotApiServer(faults=Faults(duplicate_update=1.0)) as server:
        server.private(_ME).send("一")
        (update,) = result(server, "getUpdates")
        again = result(server, "getUpdates", offset=update["update_id"] + 1)
        assert again == [update]
        assert result(server, "getUpdates", offset=update["update_id"] + 1) == []


class _Hook(ThreadingHTTPServer):
    """A bot's webhook: fails as often as told, then takes everything."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.got: list[tuple[str | None, dict[str, Any]]] = []
        self.lock = threading.Lock()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with hook.lock:
                    hook.got.append((self.headers["X-Telegram-Bot-Api-Secret-Token"], body))
                    hook.failures -= 1
                    code = 500 if hook.failures >= 0 else 200
                self.send_response(code)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        end = time.monotonic() + 10
        while len(self.got) < count and time.monotonic() < end:
            time.sleep(0.01)
        return [body for _, body in self.got]


@pytest.fixture
def hook() -> Iterator[_Hook]:
    hook = _Hook(failures=2)
    yield hook
    hook.shutdown()
    hook.server_close()


def test_a_webhook_is_tried_until_it_takes_the_update(server: BotApiServer, hook: _Hook) -> None:
    server.webhook.retry_s = 0.02
    server.private(_ME).send("一")
    result(server, "setWebhook", url=hook.url, secret_token="s_1")
    server.private(_ME).send("二")
    assert _texts(hook.wait_for(4)) == ["一", "一", "一", "二"]
    assert {secret for secret, _ in hook.got} == {"s_1"}
    info = result(server, "getWebhookInfo")
    assert (
        info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"
    )
    while result(server, "getWebhookInfo")["pending_update_count"]:
        time.sleep(0.01)


def test_polling_and_webhook_exclude_each_other(server: BotApiServer, hook: _Hook) -> None:
    ended: list[dict[str, Any]] = []
    poll = threading.Thread(target=lambda: ended.append(call(server, "getUpdates", timeout=20)))
    poll.start()
    while not server.calls["getUpdates"]:
        time.sleep(0.02)
    result(server, "setWebhook", url=hook.url)
    poll.join(10)
    assert ended[0]["description"] == "Conflict: terminated by setWebhook request"
    assert "while webhook is active" in refusal(server, "getUpdates")
    result(server, "deleteWebhook", drop_pending_updates=True)
    assert result(server, "getUpdates") == []


def test_a_public_address_may_be_delivered_to_loopback(server: BotApiServer, hook: _Hook) -> None:
    hook.failures = 0
    server.webhook.deliver_to = hook.url
    result(server, "setWebhook", url="https://bot.example.org/hook")
    server.private(_ME).send("一")
    assert _texts(hook.wait_for(1)) == ["一"]
