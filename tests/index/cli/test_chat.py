"""`qinwen ask` without a question: a chat, on a terminal and through a pipe."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from tests.index.cli.conftest import Run


@pytest.fixture
def say(run: Run, monkeypatch: pytest.MonkeyPatch):
    """Runs a chat in which the given text is typed."""

    def say(typed: str | bytes, *options: str):
        data = typed if isinstance(typed, bytes) else typed.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        return run("ask", *options)

    return say


def test_questions_are_answered_until_the_end(say, indexed: Path) -> None:
    found = say("海雾大桥全长多少公里？\n市图书馆藏书多少？\n")
    assert (found.code, found.err) == (0, "")
    assert found.out.startswith("琴问：5 篇文章，最新 2022-05-20。")
    assert found.out.count("可信度") == 2 and "问> " not in found.out
    assert found.out.index("[1] 海雾大桥今日通车") < found.out.index("[1] 市图书馆新馆开放")


@pytest.mark.parametrize("typed", ["", "\n", "   \n海雾大桥\n", "\n海雾大桥\n"])
def test_an_empty_line_or_the_end_ends_it(say, indexed: Path, typed: str) -> None:
    found = say(typed)
    assert (found.code, found.err) == (0, "") and "可信度" not in found.out


def test_a_follow_up_leans_on_the_turn_before(say, indexed: Path) -> None:
    found = say("云岭茶业董事长是谁？\n那营业收入呢？\n")
    assert "检索：云岭茶业" in found.out
    found = say("那营业收入呢？\n", "--history", "云岭茶业董事长是谁？")
    assert "检索：云岭茶业" in found.out


def test_a_question_that_cannot_be_asked_does_not_end_it(say, indexed: Path) -> None:
    found = say("问" * 10_000 + "\n😀\n海雾大桥全长多少公里？\n")
    assert found.code == 0 and found.err.count("\n") == 1
    assert "10,000 characters; 1,000 are allowed" in found.err
    assert "没有可以检索的文字" in found.out and "[1] 海雾大桥今日通车" in found.out


def test_what_is_no_text_does_not_end_it(say, indexed: Path) -> None:
    found = say(b"\xff\xfe\xba\n\xba\xa3\x00\n" + "海雾大桥全长多少公里？\n".encode())
    assert (found.code, found.err) == (0, "") and "[1] 海雾大桥今日通车" in found.out


def test_options_hold_for_every_turn(say, indexed: Path) -> None:
    found = say("海雾大桥\n绿色债券\n", "--category", "文化", "--top-k", "1")
    assert found.out.count("[1] 市图书馆新馆开放") == 2 and "[2]" not in found.out


def test_no_index_no_chat(say, home: Path) -> None:
    assert "There is no index" in say("海雾大桥\n").failed(3)


def test_a_chat_has_no_json(say, indexed: Path) -> None:
    assert "--json needs a question" in say("海雾大桥\n", "--json").failed(2)
