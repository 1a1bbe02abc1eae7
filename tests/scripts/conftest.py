"""A checkout to set up, and the modules that do it."""

import importlib
import shutil
import sys
from collections import namedtuple
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"


@pytest.fixture
def checkout(tmp_path):
    """A checkout with all that the set-up reads, and no environment yet."""
    folder = tmp_path / "a checkout"  # with a space: paths get quoted
    folder.mkdir()
    shutil.copytree(SCRIPTS, folder / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture
def modules(checkout, monkeypatch):
    """The set-up's modules, in this process, at work on `checkout`."""
    monkeypatch.syspath_prepend(SCRIPTS)
    monkeypatch.delenv("QINWEN_VENV", raising=False)
    monkeypatch.delenv("PYTHON", raising=False)
    names = ("pip_runs", "environment", "weights", "bootstrap")
    loaded = {name: importlib.import_module(name) for name in names}
    monkeypatch.setattr(loaded["bootstrap"], "ROOT", checkout)
    yield namedtuple("Modules", names)(**loaded)
    for name in names:
        sys.modules.pop(name, None)
