"""One POST to a real server on this machine: what is sent, and every way in which it goes wrong."""

from __future__ import annotations

import gzip
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from index.errors import LanguageModelError
from index.reading.chat_client import ChatClient
from index.settings_llm import LlmSection
from tests import llm_server as play
from tests.llm_server import LlmServer

ROOT = Path(__file__).resolve().parents[3]
KEY = "sk-harbour-4711"
HARD_LIMIT_S = 5.0  # what a busy machine may add to a deadline


def client(llm: LlmServer, **values: Any) -> ChatClient:
    given = {"base_url": llm.url, "model": "tiny", "api_key": KEY, "timeout_s": 5.0}
    return ChatClient(LlmSection.model_validate(given | values))


def failure(llm: LlmServer, **values: Any) -> str:
    """The message of what the request must fail with."""
    with pytest.raises(LanguageModelError) as caught:
        client(llm, **values).complete("s", "u")
    assert caught.value.remedy and KEY not in str(caught.value) and "\n" not in str(caught.value)
    return caught.value.message


def test_the_request_is_what_all_servers_know(llm: LlmServer) -> None:
    llm.play = play.says("好")
    assert client(llm, max_tokens=77).complete("守则", "问题") == "好"
    (request,) = llm.requests
    assert request.path == "/v1/chat/completions"
    assert request.body == {
        "model": "tiny",
        "messages": [
            {"role": "system", "content": "守则"},
            {"role": "user", "content": "问题"},
        ],
        "temperature": 0,
        "max_tokens": 77,
        "stream": False,
    }
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("key", [None, ""])
def test_without_a_key_none_is_sent(llm: LlmServer, key: str | None) -> None:
    llm.play = play.says("好")
    client(llm, api_key=key).complete("s", "u")
    assert "authorization" not in llm.requests[0].headers


@pytest.mark.parametrize("end", ["", "/"])
def test_a_slash_at_the_end_of_the_address_does_not_matter(llm: LlmServer, end: str) -> None:
    llm.play = play.says("好")
    assert client(llm, base_url=llm.url + end).complete("s", "u") == "好"
    assert llm.requests[0].path == "/v1/chat/completions"


def test_half_a_character_is_sent_as_a_mark(llm: LlmServer) -> None:
    llm.play = play.says("好")
    client(llm).complete("s", "海雾\udcff大桥")
    assert llm.requests[0].body["messages"][1]["content"] == "海雾?大桥"


def test_many_threads_may_ask_at_once(llm: LlmServer) -> None:
    llm.play = play.says("好")
    asking, said = client(llm), []
    threads = [
        threading.Thread(target=lambda: said.append(asking.complete("s", "u"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(HARD_LIMIT_S)
    assert said == ["好"] * 8


DEEP = b'{"choices":' + b"[" * 100_000
BAD_REPLIES = {
    "error 500": (play.sends(b'{"error": "sk-harbour-4711"}', 500), "status 500"),
    "too many requests": (play.sends(b"{}", 429, Retry_After="0"), "status 429"),
    "unauthorised": (play.sends(b"wrong key sk-harbour-4711", 401), "status 401"),
    "no content": (play.sends(b"", 204), "status 204"),
    "garbage": (play.sends(b"\xff\x00<html>"), "no chat completion"),
    "half of it": (play.sends(play.completion("好")[:-5]), "no chat completion"),
    "deep": (play.sends(DEEP), "no chat completion"),
    "a list": (play.sends(b"[1]"), "no chat completion"),
    "no choices": (play.sends(b'{"choices": []}'), "no chat completion"),
    "no text": (play.says(None), "no chat completion"),
    "half a character": (play.sends(b'{"choices": [{"message": {"content": "\\ud800"}}]}'), "no"),
    "compressed": (
        play.sends(gzip.compress(play.completion("好")), Content_Encoding="gzip"),
        "no chat completion",
    ),
    "cut off": (play.says("海雾大桥全", "length"), "llm.max_tokens = 300"),
    "hangs up": (play.hangs_up, "RemoteProtocolError"),
    "hangs up at once": (play.hangs_up_at_once, "RemoteProtocolError"),
    "no HTTP": (lambda handler: handler.wfile.write(b"sk-harbour-4711\r\n\r\n"), "RemoteProtocol"),
    "huge": (play.sends(b" " * 1_000_001), "more than 1,000,000 bytes"),
    "endless": (play.never_ends, "more than 1,000,000 bytes"),
}


@pytest.mark.parametrize("name", BAD_REPLIES)
def test_a_bad_reply_is_one_error_and_no_second_try(llm: LlmServer, name: str) -> None:
    llm.play, said = BAD_REPLIES[name]
    assert said in failure(llm)
    assert len(llm.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(llm: LlmServer, status: int) -> None:
    llm.play = play.sends(b"", status, Location=f"{llm.url}/elsewhere")
    assert f"status {status}" in failure(llm)
    assert len(llm.requests) == 1


@pytest.mark.parametrize("slow", [play.says_nothing, play.drips_headers, play.drips_body])
def test_one_deadline_for_all_of_it(llm: LlmServer, slow: play.Play) -> None:
    llm.play = slow
    start = time.monotonic()
    assert failure(llm, timeout_s=0.5) == "The language model gave no answer within 0.5 s."
    assert 0.5 <= time.monotonic() - start < 0.5 + HARD_LIMIT_S


def test_the_deadline_holds_while_a_name_is_looked_up(
    llm: LlmServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the resolver is played: none here hangs by itself."""
    found = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found.wait(30) and [])
    start = time.monotonic()
    try:
        said = failure(llm, base_url="https://llm.example.com/v1", timeout_s=0.3)
    finally:
        took = time.monotonic() - start
        found.set()
    assert "within 0.3 s" in said and took < 0.3 + HARD_LIMIT_S


def test_nobody_listens(llm: LlmServer) -> None:
    with socket.socket() as taken:  # bound, but not listening
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert "ConnectError" in failure(llm, base_url=f"http://127.0.0.1:{port}/v1")


def test_plain_http_where_tls_is_wanted(llm: LlmServer) -> None:
    assert "ConnectError" in failure(llm, base_url=llm.url.replace("http:", "https:"))


def test_proxies_are_not_for_this_machine(llm: LlmServer, monkeypatch: pytest.MonkeyPatch) -> None:
    llm.play = play.says("好")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody is there
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert client(llm).complete("s", "u") == "好"
    with pytest.raises(LanguageModelError):  # while others are asked through it
        client(llm, base_url="http://192.0.2.1/v1", api_key=None).complete("s", "u")


def test_the_key_is_in_no_log_and_no_text(llm: LlmServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    llm.play = play.echoes
    asking = client(llm)
    assert asking.complete("s", "u") == "Bearer …[1]"
    llm.play = play.hangs_up
    with pytest.raises(LanguageModelError):
        asking.complete("s", "u")
    assert caplog.records and KEY not in caplog.text
    assert KEY not in repr(LlmSection(model="m", api_key=KEY))


def run_python(code: str, **env: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT, env={**os.environ, **env}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


ASK = """
import sys
from index.reading.chat_client import ChatClient
from index.settings_llm import LlmSection
print(ChatClient(LlmSection(base_url=sys.argv[1], model="m", timeout_s=60)).complete("s", "u"))
"""


def test_ctrl_c_leaves_nothing_behind(llm: LlmServer) -> None:
    llm.play = play.drips_body
    process = run_python(f"import sys; sys.argv.append({llm.url!r})\n{ASK}")
    while not llm.requests:
        assert process.poll() is None
        time.sleep(0.05)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert out == "" and err.splitlines()[-1] == "KeyboardInterrupt"
    assert "pending" not in err and "Exception ignored" not in err


def test_without_the_package_one_line_says_what_to_do(llm: LlmServer) -> None:
    code = f"import sys; sys.modules['httpx2'] = None; sys.argv.append({llm.url!r})\n{ASK}"
    _, err = run_python(code).communicate(timeout=30)
    assert "pip install 'qinwen[llm]'" in err.splitlines()[-1]
    assert "SettingsError" in err.splitlines()[-1]


def test_loading_the_client_loads_no_http_library() -> None:
    code = "import index.reading.phrase, sys; print('httpx2' in sys.modules)"
    out, err = run_python(code).communicate(timeout=30)
    assert (out, err) == ("False\n", "")


def test_an_endless_reply_is_let_go_of(llm: LlmServer) -> None:
    """Whoever is too long learns that nobody listens any more."""
    ended = threading.Event()

    def never_ends(handler: play.Handler) -> None:
        try:
            play.never_ends(handler)
        finally:
            ended.set()

    llm.play = never_ends
    failure(llm)
    assert ended.wait(HARD_LIMIT_S) and not llm.closing.is_set()
