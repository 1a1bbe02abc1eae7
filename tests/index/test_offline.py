"""No network is asked for, and nothing heavy is loaded where nothing is to do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from index.embedding.bundled import BundledModel, find_source
from index.errors import SettingsError
from index.settings import cache_dir
from tests.sites import HARBOUR, write_site

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 300.0
SECOND_RUN_S = 5.0  # the product promises 2 s; test machines are busy

# Runs commands in a process in which every way out is closed and written down.
WATCHED = """
import json, socket, sys, time
tried = []
def refuse(name):
    def refused(*arguments, **options):
        tried.append(f"{name} {arguments[-1:]}")
        raise OSError(101, "Network is unreachable")
    return refused
for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "create_connection"):
    setattr(socket, name, refuse(name))
class Socket(socket.socket):
    def __init__(self, family=-1, *arguments, **options):
        if family != socket.AF_UNIX:
            tried.append(f"socket {family}")
            raise OSError(101, "Network is unreachable")
        super().__init__(family, *arguments, **options)
    connect = connect_ex = sendto = refuse("connect")
socket.socket = Socket
import urllib.request, http.client
http.client.HTTPConnection.connect = refuse("http")
from index.cli import main
codes, seconds = [], []
for line in json.loads(sys.argv[1]):
    start = time.perf_counter()
    codes.append(main(line))
    seconds.append(time.perf_counter() - start)
heavy = ["torch", "transformers", "sentence_transformers", "sklearn", "faiss", "tantivy", "jieba"]
print(json.dumps({
    "codes": codes, "seconds": seconds, "tried": tried,
    "loaded": [name for name in heavy if name in sys.modules],
}))
"""


def watch(*lines: list[str], **env: str) -> dict[str, Any]:
    """What commands did in one process; `out` is what they printed."""
    ran = subprocess.run(
        [sys.executable, "-c", WATCHED, json.dumps(lines)],
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    assert ran.returncode == 0, ran.stderr
    *out, last = ran.stdout.splitlines()
    found: dict[str, Any] = json.loads(last)
    return {**found, "out": out, "err": ran.stderr}


@pytest.fixture(scope="module")
def bundled() -> None:
    """Skips where the bundled model's weights are not installed. The user's own cache is used."""
    model = BundledModel(cache_dir())
    if not model.folder.is_dir():
        try:
            find_source(None, model.folder.parent)
        except SettingsError as error:
            pytest.skip(str(error))


@pytest.mark.model
def test_the_bundled_model_needs_no_network(bundled: None, tmp_path: Path) -> None:
    posts = write_site(tmp_path / "site", HARBOUR)
    index = ["--index", str(tmp_path / "index")]
    question = "海雾大桥全长多少公里？"
    found = watch(
        ["reindex", str(posts), *index], ["ask", question, *index, "--json"], ["doctor", *index]
    )
    assert found["codes"] == [0, 0, 0] and found["tried"] == []
    assert "sentence_transformers" in found["loaded"]
    answer = next(json.loads(line) for line in found["out"] if line.startswith("{"))
    assert answer["sources"][0]["post"] == "2021-12-08-bridge.md"
    second = watch(["reindex", str(posts), *index])
    assert second["codes"] == [0] and second["tried"] == []
    assert second["loaded"] == []
    assert second["seconds"][0] < SECOND_RUN_S


def test_the_watch_sees_an_attempt(tmp_path: Path) -> None:
    """A model that is not there must not be fetched; that it is looked for would be seen."""
    posts = write_site(tmp_path / "site", HARBOUR)
    code = WATCHED.replace("from index.cli import main", "def main(line): socket.socket(2)")
    ran = subprocess.run(
        [sys.executable, "-c", code, json.dumps([["ask"]])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    assert "Network is unreachable" in ran.stderr and ran.returncode == 1
    found = watch(
        ["reindex", str(posts), "--index", str(tmp_path / "index")],
        QINWEN_EMBEDDING__MODEL="someone/no-such-model",
        HF_HUB_OFFLINE="0",
    )
    assert found["codes"] == [2] and found["tried"] == []


def test_a_run_without_news_loads_nothing_heavy(tmp_path: Path, warm_cache: Path) -> None:
    posts = write_site(tmp_path / "site", HARBOUR)
    line = ["reindex", str(posts), "--index", str(tmp_path / "index"), "--json"]
    env = {"QINWEN_EMBEDDING__MODEL": "hash", "XDG_CACHE_HOME": str(warm_cache)}
    first, second = watch(line, **env), watch(line, **env)
    assert (first["codes"], second["codes"]) == ([0], [0])
    assert {"faiss", "tantivy"} <= {*first["loaded"]} and "torch" not in first["loaded"]
    assert second["loaded"] == [] and second["seconds"][0] < SECOND_RUN_S
    assert json.loads(second["out"][0])["embedded"] == 0


def test_help_loads_nothing_heavy() -> None:
    found = watch(["--help"], ["ask", "--help"], ["reindex", "--help"])
    assert found["codes"] == [0, 0, 0] and found["loaded"] == [] and found["tried"] == []
