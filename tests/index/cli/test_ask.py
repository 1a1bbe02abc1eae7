"""`qinwen ask` and `qinwen explain`: JSON, words, options."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.index.cli.conftest import Run
from tests.index.cli.shapes import ASK, misfits
from tests.sites import post_text, write_site

BRIDGE = "海雾大桥全长多少公里？"


@pytest.mark.parametrize("threshold", ["0", "1"])
@pytest.mark.parametrize("question", [BRIDGE, "云岭茶业董事长是谁？", "😀", "恐龙为何灭绝"])
def test_json_is_the_contract(
    run: Run, indexed: Path, monkeypatch: pytest.MonkeyPatch, threshold: str, question: str
) -> None:
    monkeypatch.setenv("QINWEN_ANSWER__THRESHOLD", threshold)
    found = run("ask", question, "--json")
    assert (found.code, found.err) == (0, "") and misfits(found.json, ASK) == []
    answer = found.json
    assert answer["question"] == question and answer["by"] == "extract"
    assert [one["rank"] for one in answer["sources"]] == [*range(1, len(answer["sources"]) + 1)]
    if threshold == "1" or question == "😀":
        assert answer["answer"] is None
    else:
        first = answer["sources"][0]
        start, end = first["highlight"] or (0, 0)
        assert answer["answer"] in (first["text"][start:end], first["title"])


def test_a_refusal_is_done(run: Run, indexed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QINWEN_ANSWER__THRESHOLD", "1")
    found = run("ask", BRIDGE)
    assert found.code == 0 and found.out.startswith(
        "没有找到答案。可能相关：\n[1] 海雾大桥今日通车"
    )
    assert run("ask", "😀").out.startswith("没有找到：问题里没有可以检索的文字。")
    assert run("ask", BRIDGE, "--until", "1990-01-01").out.startswith(
        "没有找到：没有符合条件的文章。"
    )


def test_text_shows_answer_quote_and_sources(
    run: Run, indexed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QINWEN_ANSWER__THRESHOLD", "0")
    found = run("ask", BRIDGE)
    answer = run("ask", BRIDGE, "--json").json["answer"]
    lines = found.out.splitlines()
    assert lines[0] == answer and f"【{answer}】" in found.out
    assert "[1] 海雾大桥今日通车 · 青石晚报 · 2021-12-08 10:46" in lines
    assert "    http://news.example.com/bridge" in lines and "    （无链接）" in lines
    assert lines[-1].startswith("可信度 ") and lines[-1].endswith(" 毫秒")
    assert "\x1b" not in found.out  # no colours in a pipe


@pytest.mark.parametrize(("options", "count"), [([], 5), (["--top-k", 1], 1), (["--top-k", 2], 2)])
def test_top_k(run: Run, indexed: Path, options: list[object], count: int) -> None:
    assert len(run("ask", BRIDGE, "--json", *options).json["sources"]) == count


def test_filters(run: Run, indexed: Path) -> None:
    def posts(*options: str) -> set[str]:
        return {one["post"] for one in run("ask", BRIDGE, "--json", *options).json["sources"]}

    assert posts("--since", "2022-05-01") == {"2022-05-20-whale.md"}
    assert posts("--until", "2021-12-08") == {"2021-12-08-bridge.md"}
    assert posts("--category", "文化", "--category", "科学") == {
        "2022-04-18-library.html",
        "2022-05-20-whale.md",
    }
    assert posts("--category", "没有的") == set()


def test_today_and_history(run: Run, posts: Path, indexed: Path) -> None:
    write_site(
        posts,
        {
            f"{y}.md": post_text("轮渡", f"轮渡载客{y}人次。", date=f"{y}-06-01")
            for y in (2019, 2020)
        },
    )
    assert run("reindex", posts).code == 0
    last = run("ask", "去年轮渡载客多少？", "--today", "2021-02-01", "--json").json
    assert last["sources"][0]["post"] == "2020.md"
    before = run("ask", "去年轮渡载客多少？", "--today", "2020-02-01", "--json").json
    assert before["sources"][0]["post"] == "2019.md"
    history = ["--history", "海雾大桥全长多少？", "--history", "云岭茶业董事长是谁？"]
    found = run("ask", "那营业收入呢？", *history, "--json").json
    assert "云岭茶业" in found["searched"] and found["question"] == "那营业收入呢？"
    assert "检索：" in run("ask", "那营业收入呢？", *history).out


@pytest.mark.parametrize("question", ["-5度是哪一天？", "--full是什么", "--json", "-"])
def test_a_question_that_starts_with_a_dash(run: Run, indexed: Path, question: str) -> None:
    found = run("ask", "--json", "--", question)
    assert found.code == 0 and found.json["question"] == question
    assert run("ask", "--", question).out.startswith("没有找到") or question != "-"


@pytest.mark.parametrize(("text", "code"), [("长" * 1000, 0), ("长" * 1001, 2), ("问" * 10_000, 2)])
def test_a_thousand_characters_are_the_limit(run: Run, indexed: Path, text: str, code: int) -> None:
    found = run("ask", text, "--json")
    assert found.code == code
    if code:
        assert f"{len(text):,} characters; 1,000 are allowed" in found.failed(2)
        assert found.json["error"]["remedy"]


@pytest.mark.parametrize("text", ["", "   ", "\t\n", "\x00", "　"])
def test_an_empty_question(run: Run, indexed: Path, text: str) -> None:
    assert "The question is empty." in run("ask", text, "--json").failed(2)


@pytest.mark.parametrize("text", ["海雾\x00大桥", "海雾\udcff大桥", "\ud83d\ude00海雾大桥"])
def test_odd_characters(run: Run, indexed: Path, text: str) -> None:
    found = run("ask", text, "--json")
    assert found.code == 0 and misfits(found.json, ASK) == []
    assert run("ask", text).code == 0


EXPLAIN = {
    "question": str,
    "searched": str,
    "tokens": [str],
    "terms": dict,
    "dates": [{"said": str, "first": str, "last": str}],
    "wants_latest": bool,
    "categories": [str],
    "hits": list,
    "spans": list,
    "choice": {"best", "latest", "version"},
    "signs": (dict, None),
    "confidence": float,
    "threshold": float,
    "answer": (str, None),
    "reason": str,
    "by": {"extract", "llm"},
    "llm": ({"said": (str, None), "unused": (str, None)}, None),
    "took_ms": dict,
}


@pytest.mark.parametrize("question", [BRIDGE, "去年12月财经方面最新的海雾大桥", "😀"])
def test_explain_lays_every_step_open(run: Run, indexed: Path, question: str) -> None:
    found = run("explain", question, "--json", "--today", "2022-06-01")
    assert found.code == 0 and misfits(found.json, EXPLAIN) == []
    asked = run("ask", question, "--json", "--today", "2022-06-01").json
    assert (asked["answer"], asked["confidence"]) == (
        found.json["answer"],
        found.json["confidence"],
    )
    text = run("explain", question, "--today", "2022-06-01")
    assert text.code == 0 and "rank  score   dense   bm25  post" in text.out
    assert "threshold" in text.out.splitlines()[-1]


def test_explain_of_dates_and_categories(run: Run, indexed: Path) -> None:
    found = run("explain", "去年12月财经新闻", "--json", "--today", "2022-06-01").json
    assert found["dates"] == [{"said": "去年12月", "first": "2021-12-01", "last": "2021-12-31"}]
    assert found["categories"] == ["财经"]
    assert {"rank", "post", "passage", "score", "dense", "lexical", "copies", "text"} == found[
        "hits"
    ][0].keys()
