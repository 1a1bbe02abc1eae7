"""The deploy files parse, harden, and name only what there is; the docs tell the truth."""

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.operations.heartbeat import BLOCKED_S, HOPELESS_S, SILENT_S, STALE_S
from index.cli.arguments import build_parser
from index.settings import Settings, environment_name, load_settings

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "docs" / "deploy"
SERVICES = ("qinwen-bot.service", "qinwen-reindex.service")
TIMER = "qinwen-reindex.timer"
DOCS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
PROGRAM = "/opt/qinwen/bin/qinwen"


def unit(name: str) -> dict[tuple[str, str], list[str]]:
    """Each key with the list of its values; configparser, which keeps one, checks the shape."""
    text = (DEPLOY / name).read_text(encoding="utf-8")
    configparser.RawConfigParser(strict=False).read_string(text)
    found: dict[tuple[str, str], list[str]] = {}
    section = ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault((section, key), []).append(value)
    return found


@pytest.mark.parametrize("name", [*SERVICES, TIMER])
def test_units_parse(name: str) -> None:
    sections = {section for section, _ in unit(name)}
    assert sections <= {"Unit", "Service", "Timer", "Install"}
    assert unit(name)["Unit", "Description"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd isn't here")
def test_systemd_has_nothing_to_complain_about(tmp_path: Path) -> None:
    program = tmp_path / "qinwen"
    program.symlink_to(sys.executable)
    for name in (*SERVICES, TIMER):
        text = (DEPLOY / name).read_text(encoding="utf-8").replace(PROGRAM, str(program))
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = ["systemd-analyze", "verify", *(f"./{name}" for name in (*SERVICES, TIMER))]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    ours = [line for line in (ran.stdout + ran.stderr).splitlines() if "qinwen" in line]
    assert (ran.returncode, ours) == (0, [])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd isn't here")
@pytest.mark.parametrize("name", SERVICES)
def test_services_are_hardened(name: str) -> None:
    """From 0 (safe) to 10; what keeps it from 0 is that a bot needs a network."""
    command = ["systemd-analyze", "security", "--offline=yes", "--threshold=20", DEPLOY / name]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if "nrecognized option" in ran.stderr:
        pytest.skip("systemd is too old to look at files")
    assert ran.returncode == 0, ran.stdout[-300:]


@pytest.mark.parametrize("name", SERVICES)
def test_services_run_our_commands_with_our_settings(name: str) -> None:
    (start,) = unit(name)["Service", "ExecStart"]
    program, *arguments = start.split()
    assert program == PROGRAM
    build_parser("0").parse_args(arguments)
    names = [value.partition("=")[0] for value in unit(name)["Service", "Environment"]]
    assert set(names) <= setting_names() | {"XDG_CACHE_HOME"}


def test_the_services_share_one_index_and_user() -> None:
    bot, reindex = (unit(name) for name in SERVICES)
    for key in ("User", "Group", "WorkingDirectory", "StateDirectory", "CacheDirectory"):
        assert bot["Service", key] == reindex["Service", key]
    index = "QINWEN_INDEX=/var/lib/qinwen/index"
    assert index in bot["Service", "Environment"]
    assert index in reindex["Service", "Environment"]


def test_waits_of_systemd_are_longer_than_the_bots_own() -> None:
    service = unit("qinwen-bot.service")
    (watchdog_s,) = service["Service", "WatchdogSec"]
    (start,) = service["Service", "TimeoutStartSec"]
    assert float(watchdog_s) > BLOCKED_S
    assert float(start.removesuffix("min")) * 60 > HOPELESS_S
    assert service["Unit", "StartLimitIntervalSec"] == ["0"]
    assert service["Service", "Restart"] == ["on-failure"]


def setting_names() -> set[str]:
    return {
        environment_name(section, key)
        for section, field in Settings.model_fields.items()
        for key in field.annotation.model_fields  # type: ignore[union-attr]
    }


def instructions() -> list[tuple[str, str]]:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    lines = re.sub(r"(?m)^#.*\n", "", text).replace("\\\n", " ").splitlines()
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines if line)]


def test_the_dockerfile_parses() -> None:
    known = {
        "ARG", "FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "HEALTHCHECK",
        "ENTRYPOINT", "CMD",
    }  # fmt: skip
    words = [word for word, _ in instructions()]
    assert set(words) == known
    assert words[0] == "ARG"
    assert words.count("FROM") == 2
    for word, rest in instructions():
        if word in ("ENTRYPOINT", "CMD"):
            assert re.fullmatch(r'\["[a-z]+"\]', rest)
    last = dict(instructions())
    assert last["USER"] == "qinwen"  # never root
    assert last["HEALTHCHECK"].endswith('CMD ["python", "-m", "bot.operations"]')


def test_the_dockerfile_copies_what_the_build_needs_and_nothing_else(tmp_path: Path) -> None:
    patterns = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    sent = {line[1:] for line in patterns if line.startswith("!")}
    copied = [
        name.removeprefix("./")
        for word, rest in instructions()
        if word == "COPY" and not rest.startswith("--from")
        for name in rest.split()[:-1]
    ]
    assert sent == set(copied)
    assert "*" in patterns
    for name in copied:
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "weights")
            shutil.copytree(source, tmp_path / name, ignore=ignored)
        else:
            shutil.copy(source, tmp_path / name)
    # The model card among the weights is one of the licences.
    (tmp_path / "index/reading/weights").mkdir()
    shutil.copy(ROOT / "index/reading/weights/README.md", tmp_path / "index/reading/weights")
    code = "from setuptools import build_meta as b; print(b.build_wheel('out'))"
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert list((tmp_path / "out").glob("qinwen-*.whl"))


def test_the_dockerfiles_settings_are_settings() -> None:
    environment = dict(instructions())["ENV"]
    names = {name for name in re.findall(r"(\w+)=", environment) if name.startswith("QINWEN")}
    assert names == {"QINWEN_INDEX", "QINWEN_BOT_STATE_DIR"}
    assert names <= setting_names()
    kept = re.findall(r"(?:QINWEN|XDG)_\w+=(\S+)", environment)
    assert len(kept) == 3
    assert all(place.startswith("/data/") for place in kept)


def test_the_docs_settings_are_settings(tmp_path: Path) -> None:
    variables = set(re.findall(r"QINWEN_[A-Z_]+", DOCS))
    assert variables <= setting_names() | {"QINWEN_BOT_TOKEN"}
    blocks = re.findall(r"```toml\n(.*?)```", DOCS, re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        (tmp_path / "qinwen.toml").write_text(block, encoding="utf-8")
        load_settings({}, tmp_path)
    keys = set(re.findall(r"`bot\.([a-z_]+)", DOCS)) - {"operations", "sqlite"}
    assert keys <= Settings.model_fields["bot"].annotation.model_fields.keys()


def test_the_docs_waits_are_the_codes() -> None:
    section = DOCS.partition("## How it notices")[2].partition("\n## ")[0]
    said = " ".join(section.split())
    assert f"No success for {STALE_S:g} s" in said
    assert f"No call at all for {SILENT_S:g} s" in said
    assert f"{HOPELESS_S / 60:g} minutes of failures only" in said
    assert f"stands still for {BLOCKED_S:g} s" in said


def test_the_docs_files_and_metrics_are_there() -> None:
    for link in re.findall(r"\]\((?!http)([^)#]+)\)", DOCS):
        assert (ROOT / "docs" / link).exists()
    sources = (ROOT / "bot" / "operations").glob("*.py")
    source = "".join(path.read_text(encoding="utf-8") for path in sources)
    table = DOCS.partition("| Metric |")[2].partition("\n\n")[0]
    for name in re.findall(r"`(qinwen_[a-z_]+?)(?:_total)?[`{]", table):
        assert f'"{name}"' in source
    for name in re.findall(r'"(qinwen_[a-z_]+)",', source):
        assert name in table
