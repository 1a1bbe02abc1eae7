"""Whatever is typed: the right exit code, one line, never a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.cli import commands
from index.cli.arguments import build_parser
from tests.index.cli.conftest import Run
from tests.index.cli.shapes import ERROR, misfits

COMMANDS = sorted(commands.COMMANDS)
QUESTION = "海雾大桥全长多少公里？"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_an_example(run: Run, command: str) -> None:
    found = run(command, "--help")
    assert (found.code, found.err) == (0, "")
    assert f"usage: qinwen {command}" in found.out
    assert f"example: qinwen {command}" in " ".join(found.out.split())


def test_the_examples_are_no_empty_words() -> None:
    """Each example is a command line that the grammar takes."""
    parser = build_parser("1")
    subparsers = next(action for action in parser._actions if action.dest == "command")
    assert sorted(subparsers.choices) == COMMANDS  # type: ignore[arg-type]
    for command, sub in subparsers.choices.items():  # type: ignore[union-attr]
        example = sub.epilog.removeprefix("example: qinwen ")
        assert parser.parse_args(example.split()).command == command


def test_help_and_version(run: Run) -> None:
    found = run("--help")
    assert found.code == 0 and all(command in found.out for command in COMMANDS)
    assert run("--version").out.startswith("qinwen 0.")


@pytest.mark.parametrize(
    "line",
    [
        [],
        ["nonsense"],
        ["reindex"],
        ["reindex", ""],
        ["reindex", "x\0y"],
        ["reindex", "there-is-no-such-folder"],
        ["reindex", "site", "--ful"],
        ["reindex", "site", "--allow"],
        ["reindex", "site", "--index", ""],
        ["reindex", "site", "--index"],
        ["ask", QUESTION, "--nonsense"],
        ["ask", QUESTION, "second"],
        ["ask", QUESTION, "--top-k", "0"],
        ["ask", QUESTION, "--top-k", "51"],
        ["ask", QUESTION, "--top-k", "-1"],
        ["ask", QUESTION, "--top-k", "x"],
        ["ask", QUESTION, "--top-k", "9" * 5000],
        ["ask", QUESTION, "--since", "yesterday"],
        ["ask", QUESTION, "--until", "2022-02-30"],
        ["ask", QUESTION, "--today", ""],
        ["ask", QUESTION, "--history"],
        ["ask", QUESTION, "--since", "a\nb\x1b[31m"],
        ["ask", "", "--json"],
        ["ask", "--json"],
        ["explain"],
        ["eval"],
        ["eval", "--questions", "there-is-none.jsonl"],
        ["eval", "--squad", "there-is-none.json"],
        ["eval", "--questions", "a", "--squad", "b"],
        ["eval", "--questions", "site/2022-03-01-tea.md"],
        ["eval", "--squad", "site/2022-03-01-tea.md"],
        ["eval", "--questions", "a", "--given-context"],
        ["eval", "--questions", "a", "--limit", "0"],
        ["eval", "--questions", "a", "--seed", "x"],
        ["bench"],
        ["bench", "nonsense"],
        ["bench", "embed", "there-is-no-such-folder"],
        ["rollback", "20220101T000000Z-000009"],
        ["rollback", "../../etc"],
    ],
    ids=lambda line: " ".join(line)[:40],
)
def test_wrong_usage_is_two(run: Run, indexed: Path, line: list[str]) -> None:
    assert run(*line).failed(2)
    found = run(*line, "--json")
    assert found.failed(2) and misfits(found.json, ERROR) == []
    assert found.json["error"]["message"].strip().endswith((".", "?"))
    assert found.json["error"]["remedy"]


@pytest.mark.parametrize(
    "line",
    [
        ["ask", QUESTION],
        ["explain", QUESTION],
        ["snapshots"],
        ["rollback"],
        ["rollback", "20220101T000000Z-000009"],
        ["eval", "--questions", "q.jsonl"],
    ],
    ids=" ".join,
)
def test_without_an_index_three(run: Run, home: Path, line: list[str]) -> None:
    (home / "q.jsonl").write_text('{"id": "1", "question": "问？", "answers": [], "sources": []}\n')
    found = run(*line, "--json")
    assert "There is no index" in found.failed(3) and "qinwen reindex" in found.failed(3)
    assert misfits(found.json, ERROR) == []
    assert not (home.parent / "data").exists()  # asking makes no folders


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[indx]\n", "indx"),
        ("[index]\nfolder = 'x'\n", "index.folder"),
        ("[answer]\nthreshold = 2\n", "answer.threshold = 2"),
        ("[index]\ndir = ''\n", "index.dir = ''"),
        ('[index]\ndir = "a\\u0000b"\n', "index.dir"),
        ("not toml", "qinwen.toml"),
        ("\x00", "qinwen.toml"),
    ],
)
def test_a_wrong_settings_file_is_two(run: Run, home: Path, text: str, named: str) -> None:
    (home / "qinwen.toml").write_text(text)
    for line in (["ask", QUESTION], ["reindex", "x"], ["doctor"], ["snapshots"]):
        assert named in run(*line).failed(2)


def test_wrong_settings_in_the_environment_are_two(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QINWEN_ANSWER__TOP_K", "many")
    assert "answer.top_k = 'many'" in run("ask", QUESTION).failed(2)
    monkeypatch.setenv("QINWEN_ANSWER__TOP_K", "3")
    monkeypatch.setenv("QINWEN_NO_SUCH__KEY", "ignored")
    assert run("ask", QUESTION).failed(3)


def test_another_model_than_the_indexs_is_three(
    run: Run, posts: Path, indexed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QINWEN_EMBEDDING__MODEL", "bundled")
    for line in (["ask", QUESTION], ["reindex", posts], ["explain", QUESTION]):
        found = run(*line, "--json")
        said = found.failed(3)
        assert "The index was built otherwise: the model is hash-v1-256 in the index" in said
        assert "--full" in found.json["error"]["remedy"]


def test_what_nobody_foresaw_is_one(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> int:
        raise ZeroDivisionError("one\ntwo")

    monkeypatch.setitem(commands.COMMANDS, "ask", broken)  # type: ignore[arg-type]
    found = run("ask", QUESTION, "--json")
    assert "Unexpected ZeroDivisionError: one two." in found.failed(1)
    assert misfits(found.json, ERROR) == []


def test_interrupted_is_130(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setitem(commands.COMMANDS, "ask", interrupted)  # type: ignore[arg-type]
    assert "Stopped." in run("ask", QUESTION).failed(130)


def test_json_after_two_dashes_is_no_option(run: Run, home: Path) -> None:
    found = run("ask", "--", "--json")
    assert found.failed(3) and found.out == ""


def test_an_error_object_can_always_be_printed(run: Run, home: Path) -> None:
    found = run("reindex", "no-such-\udcff-folder", "--json")
    assert found.failed(2)
    assert json.loads(found.out)["error"]["message"]
