"""What the logs look like, and that the token is in none, however a call fails."""

import io
import json
import logging
import os
import re
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.operations.logs import set_up_logs
from bot.operations.redact import Redactor
from tests.bot.operations.faulty_server import faulty_server

ROOT = Path(__file__).resolve().parents[3]
TOKEN = "123456789:AAFqT8vX-2Lk0ZyWm_QbN4cRj7HsUe1DgOi"
SECRET = TOKEN.partition(":")[2]


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """Everything that `set_up_logs` changes is put back."""
    root, factory = logging.getLogger(), logging.getLogRecordFactory()
    handlers, level = root.handlers[:], root.level
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    shown = warnings.showwarning
    yield
    logging.captureWarnings(False)
    root.handlers[:], warnings.showwarning = handlers, shown
    root.setLevel(level)
    logging.setLogRecordFactory(factory)
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks


def logged(log_format: str, *secrets: str) -> tuple[io.StringIO, logging.Logger]:
    stream = io.StringIO()
    set_up_logs(log_format, secrets, stream)
    return stream, logging.getLogger("bot.test")


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_the_token_is_in_no_log_however_a_call_fails(log_format: str) -> None:
    with faulty_server() as server:
        server.fault = "echo"
        ran = subprocess.run(
            [sys.executable, "-m", "tests.bot.operations.leaky_process", log_format, server.url],
            cwd=ROOT,
            env=os.environ | {"QINWEN_BOT_TOKEN": TOKEN, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=300,
        )
    said = ran.stdout + ran.stderr
    assert ran.returncode == 1, said
    for word in (
        "httpx: ", "ConnectError", "HTTP Request: POST", "was rejected by the server",
        "Invalid token. Aborting", "ExtBot[token=***]", "never retrieved", "careful with",
        "with ('***', 'two')", "Stack (most recent call last)", "An error that could not be raised",
        "Nobody caught RuntimeError", "Nobody caught ValueError", "direct cause",
        "qinwen: *** failed",
    ):  # fmt: skip
        assert word in said
    # No stretch of the secret from which one could go on guessing.
    leaks = [SECRET[i : i + 8] for i in range(len(SECRET) - 7) if SECRET[i : i + 8] in said]
    assert leaks == []
    lines = ran.stderr.splitlines()
    if log_format == "json":
        assert all(json.loads(line)["time"] for line in lines if not line.startswith("qinwen: "))
    else:
        begins = re.compile(r"  |$|qinwen: |\d{4}-\d\d-\d\dT[\d:.]{12}Z [A-Z]+ [\w.]+: ")
        assert [line for line in lines if not begins.match(line)] == []


def test_text_is_one_line_with_its_fields() -> None:
    stream, log = logged("text")
    log.info("started with %s", "index", extra={"posts": 68})
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO bot\.test: started with index posts=68\n",
        stream.getvalue(),
    )


def test_json_is_one_object_with_its_fields() -> None:
    stream, log = logged("json")
    log.warning("说：%s", "两\n行", extra={"took_ms": 1.5, "level": "mine", "odd": float("nan")})
    line = json.loads(stream.getvalue(), parse_constant=pytest.fail)
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "WARNING", "logger": "bot.test", "message": "说：两\n行", "took_ms": 1.5,
        "odd": "nan",
    }  # fmt: skip


def test_a_traceback_is_part_of_its_record() -> None:
    for log_format in ("text", "json"):
        stream, log = logged(log_format)
        try:
            raise ValueError("a\nforged 2026-01-01T00:00:00.000Z INFO bot: all is well")
        except ValueError:
            log.exception("failed")
        lines = stream.getvalue().splitlines()
        if log_format == "json":
            assert json.loads(*lines)["traceback"].startswith("Traceback")
        else:
            assert len(lines) > 3
            assert all(line.startswith("  ") for line in lines[1:])


def test_a_text_from_outside_cannot_make_a_line() -> None:
    stream, log = logged("text")
    log.info("asked: %s", "a\nb\r\x1b[31m\u2028c\x85")
    assert stream.getvalue().endswith("asked: a\\nb\\r\\x1b[31m\\u2028c\\x85\n")


def test_others_handlers_see_no_secret_either() -> None:
    _, log = logged("text", TOKEN)
    seen: list[logging.LogRecord] = []
    other = logging.Handler()
    other.emit = seen.append  # type: ignore[method-assign]
    logging.getLogger().addHandler(other)
    try:
        raise ValueError(TOKEN)
    except ValueError as error:
        log.exception("%s", error)
    log.error("%s", TOKEN, exc_info=ValueError("harmless"))
    assert SECRET not in "".join(map(str, (vars(record) for record in seen)))
    assert seen[0].exc_info is None
    assert seen[1].exc_info is not None
    assert SECRET not in logging.Formatter().format(seen[0])


def test_set_up_again_with_more_secrets_writes_once() -> None:
    logged("text")
    stream, log = logged("text", "the-other-key-of-a-server")
    log.info("the-other-key-of-a-server")
    assert stream.getvalue().count("***") == 1
    assert "server" not in stream.getvalue()


@pytest.mark.parametrize("name", ["httpx", "httpcore", "tornado.access"])
def test_what_tells_of_every_request_is_quiet(name: str) -> None:
    stream, _ = logged("text")
    logging.getLogger(name).info("GET")
    assert stream.getvalue() == ""


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f"https://api.telegram.org/bot{TOKEN}/getMe",
        f"https://api.telegram.org/bot{TOKEN.replace(':', '%3A')}/getMe",
        f"/bot{TOKEN[:20]}...",
        f"...{SECRET[-12:]}/getMe'",
        SECRET,
        f"{SECRET[:14]}…",
    ],
)
def test_every_form_of_the_token_is_taken_out(text: str) -> None:
    redacted = Redactor([TOKEN])(f"({text})")
    assert "***" in redacted
    assert not any(redacted.count(SECRET[i : i + 6]) for i in range(len(SECRET) - 5))
    assert redacted.startswith("(")
    assert redacted.endswith(")")


def test_a_token_that_is_not_known_is_taken_out() -> None:
    assert Redactor()(f"bot {TOKEN}.") == "bot ***."


@pytest.mark.parametrize(
    "text",
    ["2026-11-25T15:04:01.123Z", "海伦司：12345678:90", "北向资金 30:40", "", "a:b", "***"],
)
def test_ordinary_text_stays(text: str) -> None:
    assert Redactor([TOKEN, "short", ""])(text) == text


@settings(deadline=None)
@given(st.text(), st.text(min_size=8), st.text())
def test_no_secret_survives_wherever_it_stands(before: str, secret: str, after: str) -> None:
    secret = f"A1{secret}"  # not made of asterisks alone
    assert secret not in Redactor([secret])(before + secret + after)
