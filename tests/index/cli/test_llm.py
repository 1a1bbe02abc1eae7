"""The command with a language model: settings, words, and a key that never shows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import llm_server as play
from tests.index.cli.conftest import Run
from tests.index.cli.shapes import ASK, misfits
from tests.index.runs import Site
from tests.llm_server import LlmServer

BRIDGE = "海雾大桥全长多少公里？"
GOOD = "海雾大桥全长3.6公里[1]。"
KEY = "sk-harbour-4711"
LIMIT_S = 60.0

Qinwen = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def qinwen(site: Site, llm: LlmServer, tmp_path: Path) -> Qinwen:
    """Runs the command in a folder whose settings name the server; the key is in the environment.

    Checks that the key is nowhere in what is said.
    """
    site.reindex()
    toml = f"[llm]\nbase_url = '{llm.url}'\nmodel = 'tiny'\n[answer]\nthreshold = 0\n"
    (tmp_path / "qinwen.toml").write_text(toml, encoding="utf-8")
    root = Path(__file__).resolve().parents[3]
    env = {name: value for name, value in os.environ.items() if not name.startswith("QINWEN")}
    env |= {
        "PYTHONPATH": str(root),
        "QINWEN_EMBEDDING__MODEL": "hash",
        "QINWEN_INDEX": str(site.index),
        "QINWEN_LLM__API_KEY": KEY,
        "XDG_CACHE_HOME": str(site.cache),
    }

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        ran = subprocess.run(
            [sys.executable, "-m", "index", *arguments],
            cwd=tmp_path, env=env | more, text=True, capture_output=True, timeout=LIMIT_S,
        )  # fmt: skip
        assert KEY not in ran.stdout + ran.stderr and "Traceback" not in ran.stderr
        return ran

    return run


@pytest.fixture
def model(indexed: Path, llm: LlmServer, monkeypatch: pytest.MonkeyPatch) -> LlmServer:
    """The server, set for commands in this process; every question is answered."""
    monkeypatch.setenv("QINWEN_ANSWER__THRESHOLD", "0")
    monkeypatch.setenv("QINWEN_LLM__BASE_URL", llm.url)
    monkeypatch.setenv("QINWEN_LLM__MODEL", "tiny")
    monkeypatch.setenv("QINWEN_LLM__API_KEY", KEY)
    return llm


def test_ask_in_the_models_words(qinwen: Qinwen, llm: LlmServer) -> None:
    llm.play = play.says(GOOD)
    ran = qinwen("ask", BRIDGE, "--json")
    assert (ran.returncode, ran.stderr) == (0, "")
    answer = json.loads(ran.stdout)
    assert misfits(answer, ASK) == [] and "llm" in answer["took_ms"]
    assert (answer["answer"], answer["by"]) == (GOOD, "llm")
    assert llm.requests[0].headers["authorization"] == f"Bearer {KEY}"
    text = qinwen("ask", BRIDGE).stdout
    assert text.startswith(f"{GOOD}\n") and "【3.6公里】" in text
    assert "\n[1] 海雾大桥今日通车" in text


def test_a_failing_server_is_one_line_beside_the_answer(qinwen: Qinwen, llm: LlmServer) -> None:
    llm.play = play.sends(f"wrong key {KEY}".encode(), 401)
    ran = qinwen("ask", BRIDGE, "--json")
    assert ran.returncode == 0 and json.loads(ran.stdout)["by"] == "extract"
    assert ran.stderr == (
        "The language model answered with status 401. The answer is the passage's own words.\n"
    )


@pytest.mark.parametrize(
    ("reply", "said", "used"),
    [
        (play.says(GOOD), GOOD, "used"),
        (play.says("全长9公里[1]。"), "全长9公里[1]。", "not used: the figure '9公'"),
        (play.says("没有找到"), "没有找到", "not used: it found no answer in the passages"),
        (play.sends(b"", 500), "nothing", "not used: The language model answered with status 500"),
        (play.echoes, "Bearer …[1]", "not used: the word 'bearer'"),
    ],
)
def test_explain_shows_what_came_of_it(
    run: Run, model: LlmServer, reply: play.Play, said: str, used: str
) -> None:
    model.play = reply
    text = run("explain", BRIDGE)
    assert text.code == 0 and f"\nllm said   {said}\nllm        {used}" in text.out
    found = run("explain", BRIDGE, "--json")
    assert KEY not in text.out + text.err + found.out + found.err
    assert found.json["by"] == ("llm" if used == "used" else "extract")
    assert (found.json["llm"]["said"] or "nothing") == said
    assert (found.json["llm"]["unused"] is None) is (used == "used")


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"QINWEN_LLM__BASE_URL": "http://192.0.2.7/v1"}, "it would go to 192.0.2.7 unencrypted"),
        ({"QINWEN_LLM__BASE_URL": "ftp://192.0.2.7/v1"}, "should be 'http' or 'https'"),
        ({"QINWEN_LLM__BASE_URL": f"https://{KEY}@192.0.2.7/v1"}, "no password"),
        ({"QINWEN_LLM__BASE_URL": f"https://192.0.2.7/v1?key={KEY}"}, "no password"),
        ({"QINWEN_LLM__TIMEOUT_S": "0"}, "llm.timeout_s = '0'"),
        ({"QINWEN_LLM__API_KEY": f"{KEY} {KEY}"}, "llm.api_key = '***'"),
    ],
)
def test_wrong_settings_are_one_line(qinwen: Qinwen, env: dict[str, str], said: str) -> None:
    ran = qinwen("ask", BRIDGE, "--json", **env)
    assert ran.returncode == 2
    (line,) = ran.stderr.splitlines()
    assert said in line and json.loads(ran.stdout)["error"]["remedy"]


def test_off_without_an_address(
    run: Run, model: LlmServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QINWEN_LLM__BASE_URL")
    answer = run("ask", BRIDGE, "--json").json
    assert (answer["by"], model.requests) == ("extract", []) and "llm" not in answer["took_ms"]
    assert run("explain", BRIDGE, "--json").json["llm"] is None
    assert "language model" not in run("doctor").out


def test_doctor_greets_it(run: Run, model: LlmServer) -> None:
    def check() -> dict[str, object]:
        found = run("doctor", "--json").json["checks"]
        return next(dict(one) for one in found if one["name"] == "language model")

    model.play = play.says("你好！")
    assert check()["ok"] is True and check()["detail"] == f"tiny at {model.url} answers"
    model.play = play.sends(b"", 404)
    assert check()["ok"] is False and run("doctor").code == 1
    assert "status 404" in str(check()["detail"]) and "llm.base_url" in str(check()["remedy"])
