"""Bare requests to the server, for what a client library would not let through."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from tests.botapi.server import BotApiServer


def call(server: BotApiServer, method: str, **given: Any) -> dict[str, Any]:
    """One request with a JSON body; the server's answer, whatever its status."""
    request = urllib.request.Request(
        f"{server.url}/bot{server.token}/{method}",
        json.dumps(given).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            body = answer.read()
    except urllib.error.HTTPError as error:
        body = error.read()
    answered: dict[str, Any] = json.loads(body)
    return answered


def result(server: BotApiServer, method: str, **given: Any) -> Any:
    """The result of a request that must not fail."""
    answered = call(server, method, **given)
    assert answered["ok"], answered["description"]
    return answered["result"]


def refusal(server: BotApiServer, method: str, **given: Any) -> str:
    """Why a request is refused that must be."""
    answered = call(server, method, **given)
    assert not answered["ok"], answered
    return str(answered["description"])
