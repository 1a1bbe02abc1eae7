"""How several answers, copies and old news look in the terminal and in JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.cli.show import answer_text
from index.records import Copy
from tests.factories import NOON, make_answer, make_copy, make_source
from tests.index.cli.conftest import Run
from tests.index.cli.shapes import ASK, misfits
from tests.sites import SEVERAL, write_site

FERRY = """\
超5万人次

  市轮渡公司通报，今日载客【超5万人次】，码头秩序良好。

各篇报道的说法：
  超5万人次 · 2022-05-03 19:20 [1]
  超4万人次 · 2022-05-03 18:30 [2]
  超3万人次 · 2022-05-03 17:40 [3]

来源：
[1] 轮渡载客超5万人次 · 青石晚报 · 2022-05-03 19:20
    （无链接）
[2] 轮渡载客超4万人次 · 青石晚报 · 2022-05-03 18:30
    （无链接）
[3] 轮渡载客超3万人次 · 青石晚报 · 2022-05-03 17:40
    （无链接）
"""
PRICES = """\
21港元

  东礁证券发表报告，维持银帆港务买入评级，目标价【21港元】。

各篇报道的说法：
  21港元 · 2022-05-10 [1]
  26港元 · 2022-05-12 [2]

来源：
[1] 东礁证券看好银帆港务 · 北湾日报 · 2022-05-10 09:00
    （无链接）
[2] 银帆港务获唱好 · 财经早知道 · 2022-05-12 15:00
    （无链接）
"""
RATES = """\
1.95%
（2022-05-20 的报道，此后可能已有变化）

  青石银行公告，自2022年5月起一年期存款利率调整为【1.95%】。

各篇报道的说法：
  1.95% · 2022-05-20 [1]
  2.25% · 2021-09-01 [2]

来源：
[1] 青石银行再调利率 · 北湾日报 · 2022-05-20 10:00 · 较早的报道
    （无链接）
[2] 青石银行上调利率 · 北湾日报 · 2021-09-01 10:00 · 较早的报道
    （无链接）
"""
WRECK = """\
[1] 南礁航道将恢复 · 财经早知道 · 2022-05-17 07:00
    （无链接）
    另见 2 篇：快讯：沉船残骸拖走（2022-05-16 08:20）、南礁沉船拖离航道（2022-05-16 08:00）
"""


@pytest.fixture
def several(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index of posts that say different things; it answers whatever it is asked."""
    monkeypatch.setenv("QINWEN_INDEX", str(home / "index"))
    monkeypatch.setenv("QINWEN_ANSWER__THRESHOLD", "0")
    assert run("reindex", write_site(home / "several", SEVERAL)).code == 0


@pytest.mark.parametrize(
    ("question", "top_k", "expected"),
    [
        ("轮渡公司载客多少人次？", 3, FERRY),
        ("银帆港务目标价是多少？", 2, PRICES),
        ("青石银行现在一年期存款利率是多少？", 2, RATES),
    ],
)
def test_several_answers(run: Run, several: None, question: str, top_k: int, expected: str) -> None:
    found = run("ask", question, "--top-k", top_k, "--today", "2022-07-01")
    text, _, last = found.out.removesuffix("\n").rpartition("\n")
    assert f"{text}\n" == expected and last.startswith("可信度 ")


def test_copies_are_named(run: Run, several: None) -> None:
    found = run("ask", "南礁沉船残骸最新消息", "--top-k", 1, "--today", "2022-06-01")
    assert WRECK in found.out and "各篇报道的说法" not in found.out


def test_json_has_the_statements(run: Run, several: None) -> None:
    answer = run("ask", "轮渡公司载客多少人次？", "--json", "--today", "2022-06-01").json
    assert misfits(answer, ASK) == []
    times = ["2022-05-03T19:20:00+08:00", "2022-05-03T18:30:00+08:00", "2022-05-03T17:40:00+08:00"]
    assert answer["statements"] == [
        {"text": f"超{figure}万人次", "sources": [rank], "date": when}
        for rank, (figure, when) in enumerate(zip((5, 4, 3), times, strict=True), 1)
    ]
    assert [source["answer"] for source in answer["sources"]] == [
        "超5万人次",
        "超4万人次",
        "超3万人次",
        None,
        None,
    ]


def test_explain_says_why_another_span_answers(run: Run, several: None) -> None:
    asked = ("5月3日18点半轮渡公司载客多少人次？", "--today", "2022-06-01")
    assert run("explain", *asked, "--json").json["choice"] == "version"
    assert "The first span answers, not the best: of one story" in run("explain", *asked).out
    plain = ("银帆港务目标价是多少？", "--today", "2022-06-01")
    assert run("explain", *plain, "--json").json["choice"] == "best"
    assert "not the best" not in run("explain", *plain).out


def copies(count: int) -> tuple[Copy, ...]:
    return tuple(make_copy(title=f"第{number}篇", date=NOON) for number in range(count))


@pytest.mark.parametrize(
    ("count", "line"),
    [
        (1, "另见 1 篇：第0篇（2022-03-01 12:00）"),
        (5, "第2篇（2022-03-01 12:00）…"),
    ],
)
def test_at_most_three_copies_are_named(count: int, line: str) -> None:
    text = answer_text(make_answer(sources=(make_source(copies=copies(count)),)), colour=False)
    assert line in text and f"另见 {count} 篇" in text and "第3篇" not in text


def test_a_copy_without_title_or_date() -> None:
    source = make_source(copies=(make_copy(title="", date=None),))
    text = answer_text(make_answer(sources=(source,)), colour=False)
    assert "    另见 1 篇：（无标题）（日期不详）" in text.splitlines()
