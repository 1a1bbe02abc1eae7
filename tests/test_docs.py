"""Docs that are checked: every command, option, setting and named file is there and true."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from index.cli.arguments import build_parser
from index.settings import Settings, environment_name

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
README_ZH = (ROOT / "README.zh.md").read_text(encoding="utf-8")
CLI = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


def commands() -> dict[str, argparse.ArgumentParser]:
    (subparsers,) = (
        action
        for action in build_parser("0")._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    return dict(subparsers.choices)


def settings_keys() -> list[tuple[str, str]]:
    return [
        (section, key)
        for section, field in Settings.model_fields.items()
        for key in field.annotation.model_fields
    ]


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_is_documented(name: str) -> None:
    assert f"qinwen {name}" in CLI


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_option_is_documented(name: str) -> None:
    options = [
        option
        for action in commands()[name]._actions
        for option in action.option_strings
        if option.startswith("--") and option != "--help"
    ]
    missing = [option for option in options if option not in CLI]
    assert not missing


@pytest.mark.parametrize("name", sorted(commands()))
def test_help_shows_an_example(name: str) -> None:
    text = " ".join(commands()[name].format_help().split())
    assert f"example: qinwen {name}" in text


@pytest.mark.parametrize(("section", "key"), settings_keys())
@pytest.mark.parametrize("readme", [README, README_ZH], ids=["en", "zh"])
def test_every_setting_is_in_both_readmes(section: str, key: str, readme: str) -> None:
    row = next((line for line in readme.splitlines() if f"`{section}.{key}`" in line), "")
    assert f"`{environment_name(section, key)}`" in row
    field = Settings.model_fields[section].annotation.model_fields[key]
    if field.default_factory is None and field.default not in (None, ()):
        assert f"`{field.default}`" in row, f"the default of {section}.{key} is {field.default}"


def test_no_setting_is_documented_that_is_none() -> None:
    known = {f"{section}.{key}" for section, key in settings_keys()}
    rows = re.findall(r"^\| `(\w+\.\w+)`", README, re.MULTILINE)
    assert set(rows) == known


@pytest.mark.parametrize("readme", [README, README_ZH], ids=["en", "zh"])
def test_every_linked_file_exists(readme: str) -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", readme)
    assert len(links) > 10
    assert not [link for link in links if not (ROOT / link).exists()]


@pytest.mark.parametrize("readme", [README, README_ZH], ids=["en", "zh"])
def test_both_readmes_name_the_two_commands(readme: str) -> None:
    assert "./scripts/quickstart" in readme
    assert "./scripts/test" in readme


def test_reading_order_is_the_same_in_both() -> None:
    order = [
        re.findall(r"^\d+\. .*?\]\((index/[^)]+)\)", text, re.MULTILINE)
        for text in (README, README_ZH)
    ]
    assert order[0] == order[1]
    assert 8 <= len(order[0]) <= 12
