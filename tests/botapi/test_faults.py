"""Faults and rates: what is refused, and what happened all the same."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.botapi import NO_RATES, BotApiServer, Faults, Pace, Rates
from tests.botapi.calls import call, result
from tests.botapi.errors import Refused
from tests.botapi.faults import KINDS
from tests.botapi.rates import RateLimit

_ME = 1001
_HUNG_UP = (http.client.RemoteDisconnected, ConnectionError, urllib.error.URLError)


def test_planned_faults_come_in_order() -> None:
    with BotApiServer(rates=NO_RATES) as server:
        person = server.private(_ME)
        server.faults.plan("sendMessage", "too_many", "dropped_before", "dropped_after", "delayed")
        told = call(server, "sendMessage", chat_id=_ME, text="a")
        assert (told["error_code"], told["parameters"]) == (429, {"retry_after": 1})
        for there in (0, 1):
            with pytest.raises(_HUNG_UP):
                call(server, "sendMessage", chat_id=_ME, text="a")
            assert len(person.bot_messages) == len(server.sent) == there
        result(server, "sendMessage", chat_id=_ME, text="b")
        assert [one.text for one in server.sent] == ["a", "b"]
        assert server.faults.injected == dict.fromkeys(
            ("too_many", "dropped_before", "dropped_after", "delayed"), 1
        )


def test_server_errors_are_json_or_a_gateways_page() -> None:
    with BotApiServer() as server:
        server.faults.plan("getMe", "server_error", "server_error")
        assert call(server, "getMe")["error_code"] == 500
        with pytest.raises(ValueError, match="Expecting value"):
            call(server, "getMe")
        assert result(server, "getMe")["is_bot"]


def test_shares_are_drawn_from_the_seed() -> None:
    shares: dict[str, Any] = dict.fromkeys(KINDS, 0.04)
    one, other = Faults(seed=7, **shares), Faults(seed=7, **shares)
    drawn = [one.draw("sendMessage") for _ in range(1000)]
    assert drawn == [other.draw("sendMessage") for _ in range(1000)]
    assert 140 < sum(one.injected.values()) < 260
    assert min(one.injected.values()) > 20
    assert {one.draw("getUpdates") for _ in range(100)} == {None}
    one.stop()
    assert {one.draw("sendMessage") for _ in range(100)} == {None}


def _limit(rates: Rates) -> tuple[RateLimit, list[float]]:
    now = [100.0]
    return RateLimit(rates, lambda: now[0]), now


def _send(limit: RateLimit, chat: int) -> int:
    """0 where the message goes out, else the seconds to wait."""
    try:
        limit.check(chat)
    except Refused as refused:
        assert refused.code == 429
        return refused.retry_after or -1
    limit.count(chat)
    return 0


def test_a_chat_takes_one_message_a_second_and_a_few_at_once() -> None:
    limit, now = _limit(Rates())
    assert [_send(limit, 1) for _ in range(7)] == [0, 0, 0, 0, 0, 1, 1]
    assert _send(limit, 2) == 0  # other chats are none the slower
    for _ in range(5):
        now[0] += 1
        assert [_send(limit, 1), _send(limit, 1)] == [0, 1]
    now[0] += 5
    assert [_send(limit, 1) for _ in range(6)] == [0, 0, 0, 0, 0, 1]


def test_a_group_takes_twenty_a_minute() -> None:
    limit, now = _limit(Rates())
    for _ in range(20):
        assert _send(limit, -1) == 0
        now[0] += 1
    assert _send(limit, -1) == 40
    now[0] += 39.5
    assert _send(limit, -1) == 1
    now[0] += 0.5
    assert _send(limit, -1) == 0


def test_thirty_a_second_in_all() -> None:
    limit, now = _limit(Rates())
    assert [_send(limit, chat) for chat in range(1, 32)] == [0] * 30 + [1]
    now[0] += 1
    assert _send(limit, 31) == 0


def test_what_is_slow_to_come_happens_though_nobody_waits_for_it() -> None:
    with BotApiServer(faults=Faults(delay_s=0.4)) as server:
        person = server.private(_ME)
        server.faults.plan("sendMessage", "delayed")
        url = f"{server.url}/bot{server.token}/sendMessage?chat_id={_ME}&text=a"
        with pytest.raises(TimeoutError):
            urllib.request.urlopen(url, timeout=0.1)
        assert person.wait_for().text == "a"
        assert result(server, "getMe")["is_bot"]


def test_an_outage_cuts_every_request_off() -> None:
    with BotApiServer() as server:
        server.faults.down = True
        for method in ("getMe", "getUpdates"):
            with pytest.raises(_HUNG_UP):
                call(server, method)
        server.faults.down = False
        assert result(server, "getMe")["is_bot"]


def test_what_is_refused_for_its_content_takes_nothing_from_the_allowance() -> None:
    with BotApiServer(rates=Rates(None, Pace(1 / 60, 1), None)) as server:
        server.private(_ME)
        assert call(server, "sendMessage", chat_id=_ME, text="<b>", parse_mode="HTML")[
            "error_code"
        ] == 400  # fmt: skip
        result(server, "sendMessage", chat_id=_ME, text="a")
        assert call(server, "sendMessage", chat_id=_ME, text="b")["error_code"] == 429
        assert [one.code for one in server.refusals] == [400, 429]
