"""The command in this process, with folders of its own and the hash embedder."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from index.cli import main
from tests.sites import HARBOUR, write_site


@dataclass(frozen=True)
class Ran:
    """What a command returned and said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one JSON object on standard output; anything beside it fails."""
        assert self.out.count("\n") == 1 and self.out.endswith("\n")
        value = json.loads(self.out)
        assert isinstance(value, dict)
        return value

    def failed(self, code: int) -> str:
        """Asserts a proper failure, and returns the one line on standard error."""
        assert self.code == code
        (line,) = self.err.splitlines()
        assert line.startswith("qinwen: ") and "Traceback" not in line
        return line


Run = Callable[..., Ran]


@pytest.fixture
def home(tmp_path: Path, warm_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory; cache, data and model are set."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    monkeypatch.setenv("XDG_CACHE_HOME", str(warm_cache))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("QINWEN_EMBEDDING__MODEL", "hash")
    monkeypatch.delenv("QINWEN_INDEX", raising=False)
    return home


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs one command and returns what it said."""

    def run(*arguments: object) -> Ran:
        capsys.readouterr()
        code = main([str(one) for one in arguments])
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run


@pytest.fixture
def posts(home: Path) -> Path:
    """The harbour's posts."""
    return write_site(home / "site", HARBOUR)


@pytest.fixture
def indexed(run: Run, posts: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Their index, which `QINWEN_INDEX` names."""
    index = home / "index"
    monkeypatch.setenv("QINWEN_INDEX", str(index))
    assert run("reindex", posts).code == 0
    return index
