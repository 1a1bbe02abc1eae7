"""Follow-up questions: what is taken over from the turns before, and what isn't."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.history import TURNS_KEPT, WHOLE_CHARS, as_searched
from index.lexical.tokens import Tokenizer
from tests.factories import UNHURRIED, ugly_texts

ROOT = Path(__file__).resolve().parents[3]
SHARED = ROOT.parent / "shared"
TAG = Tokenizer(()).tagged
BEFORE = "青石渡轮2021年票价多少？"
# Pieces of follow-ups, so that random turns are often nearly sensible.
WORDS = (
    *(
        "那",
        "它",
        "他",
        "其",
        "该公司",
        "海伦司",
        "云岭茶业",
        "高盛",
        "给",
        "对",
        "的",
        "和",
        "股价",
    ),
    *("CEO", "同比", "去年", "11月", "现在", "今天", "海外", "是", "有", "涨", "了", "多少"),
    *(
        "谁",
        "什么时候",
        "为什么",
        "哪家",
        "呢",
        "吗",
        "？",
        "，",
        "。",
        "《",
        "》",
        "FF",
        "91",
        "第四代",
    ),
    *("谢谢", "还有吗", "研发", "(", ")", "后", "能"),
)
# So that random turns are often nearly sensible.
turns = st.lists(st.sampled_from(WORDS), max_size=9).map("".join)


def cases():
    for line in (ROOT / "tests/data/follow_ups.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            said, wanted = line.split(" -> ")
            yield pytest.param(said.split(" / "), *wanted.split(" ! "), id=said)


@pytest.mark.parametrize(
    ("said", "wanted", "unwanted"),
    [pytest.param(*p.values, *[""] * (3 - len(p.values)), id=p.id) for p in cases()],
)
def test_each_case_of_the_table(said, wanted, unwanted):
    *history, question = said
    searched = as_searched(question, history, TAG)
    if wanted == "=":
        assert searched == question
        return
    assert [word for word in wanted.split("|") if word not in searched] == []
    assert [word for word in unwanted.split("|") if word and word in searched] == []


def test_the_table_is_large_enough_to_mean_something():
    found = [case.values for case in cases()]
    assert len(found) >= 250 and sum(wanted == "=" for _, wanted, *_ in found) >= 60


@pytest.mark.parametrize(
    ("said", "searched"),
    [
        ("海伦司现在股价多少 / 那总市值呢？", "海伦司 现在总市值多少？"),
        ("云岭茶业2021年营收多少 / 它的总部在哪里", "云岭茶业的总部在哪里？"),
        ("云岭茶业2021年营收多少 / 其毛利率是多少", "云岭茶业2021年的毛利率是多少？"),
        ("云岭茶业2021年营收多少 / 董事长呢", "云岭茶业 2021年董事长是谁？"),
        ("云岭茶业2021年营收多少 / 同比呢", "云岭茶业2021年营收同比多少？"),
        ("云岭茶业2021年营收多少 / 海外呢", "云岭茶业2021年海外营收多少？"),
        ("云岭茶业2021年11月营收多少 / 10月呢", "云岭茶业2021年10月营收多少？"),
        ("云岭茶业去年11月营收多少 / 今天的呢", "云岭茶业今天营收多少？"),
        ("云岭茶业今天跌了多少 / 为什么？", "云岭茶业今天为什么跌了？"),
        ("云岭茶业今天跌了多少 / 谁说的", "云岭茶业今天跌了 谁说的？"),
        ("云岭茶业收购了哪家公司 / 这是什么时候的事", "云岭茶业什么时候收购了公司？"),
        ("云岭茶业今天跌了多少 / 那北湾茶业呢，涨了没有", "北湾茶业今天涨了没有？"),
        ("云岭茶业今天跌了多少 / 那北湾茶业跌了没有呢", "北湾茶业今天跌了没有呢？"),
        ("云岭茶业CFO卖了多少股 / CEO呢", "云岭茶业CEO卖了多少股？"),
        ("云岭茶业CFO卖了多少股 / 它的总部呢", "云岭茶业的总部在哪里？"),
        ("高盛把云岭茶业目标价上调到多少 / 评级呢", "高盛对云岭茶业的评级是什么？"),
        ("FF 91什么时候推出 / CEO是哪位", "FF 91 CEO是哪位？"),
        ("FF 91什么时候推出 / 2021年呢", "FF 91 2021年什么时候推出？"),
        ("雲嶺茶業去年營收多少 / 董事長呢", "雲嶺茶業 去年董事長是誰？"),
        ("《青石往事》的导演是谁 / 主演呢", "《青石往事》 主演是谁？"),
        ("“青石往事”这首歌是谁唱的 / 什么时候发行的", "“青石往事” 什么时候发行的？"),
        ("青石网络(北京)的市值多少 / 利润呢", "青石网络(北京) 利润多少？"),
        ("贵州茅台市值多少 / 海南呢", "海南市值多少？"),
        ("印度央行利率多少 / 巴西呢", "巴西央行利率多少？"),
        ("你好！云岭茶业营收多少？利润呢？ / 好的，那CEO呢", "云岭茶业 CEO是谁？"),
    ],
)
def test_the_question_as_searched_reads_like_one(said, searched):
    *history, question = said.split(" / ")
    assert as_searched(question, history, TAG) == searched


@pytest.mark.parametrize(
    "turn",
    [
        *("北湾渡轮票价多少？", "林知远是谁？", "谁是林知远", "云岭茶业涨了多少"),
        *("其他公司怎么样", "吉他多少钱一把", "那曲在哪里", "这个月的CPI是多少"),
        *("青石港有多少个泊位呢？", "维他奶市值是多少", "阿托伐他汀是什么药"),
        *("今年的渡轮班次有多少", "😀", "？？", "。", "谢谢你！", "好的，知道了", "OK"),
        "请问青石市渔业博览会上，他们邀请的那些来自北湾和云岭的参展公司一共有多少家，门票怎么卖？",
    ],
)
def test_what_stands_by_itself_inherits_nothing(turn):
    assert as_searched(turn, [BEFORE], TAG) == turn


@pytest.mark.parametrize(
    "history", [[], [""], ["  "], ["？"], ["😀"], ["谢谢"], ["讲个笑话"], ["你是谁"]]
)
def test_without_anything_said_before_nothing_is_added(history):
    assert as_searched(" 那班次呢？ ", history, TAG) == "那班次呢？"


def test_turns_that_say_nothing_are_passed_over():
    history = ["", "云岭茶业营收多少", " ", "😀", "谢谢", "你真棒", "讲个笑话"]
    assert as_searched("利润呢", history, TAG) == "云岭茶业 利润多少？"


def test_only_the_last_turns_are_looked_at():
    said = ["云岭茶业营收多少", *["利润呢"] * (TURNS_KEPT - 1)]
    assert as_searched("总资产呢", said, TAG) == "云岭茶业 总资产多少？"
    assert "云岭茶业" not in as_searched("总资产呢", [*said, "负债呢"], TAG)


@given(st.one_of(turns, ugly_texts), st.lists(st.one_of(turns, ugly_texts), max_size=4))
@UNHURRIED
def test_never_empty_nor_long(turn, history):
    searched = as_searched(turn, history, TAG)
    assert len(searched) <= max(len(turn), WHOLE_CHARS)
    assert any(map(str.isalnum, searched)) or not any(map(str.isalnum, turn))


@given(st.one_of(turns, ugly_texts))
@UNHURRIED
def test_without_history_unchanged(turn):
    assert as_searched(turn, [], TAG) == turn.strip()


@given(turns, st.lists(turns, min_size=1, max_size=3), st.lists(turns, max_size=3))
@UNHURRIED
def test_what_stands_by_itself_does_so_after_itself(turn, history, more):
    stands = as_searched(turn, history, TAG) == turn.strip()
    again = as_searched(turn.strip(), history, TAG)
    assert (again == turn.strip()) is stands
    assert as_searched(turn, [*history, *more, "😀"], TAG) == as_searched(
        turn, [*history, *more], TAG
    )


@pytest.mark.parametrize(
    "piece", ["它", "的", "那", "多少", "2021年", "高盛给", "一", "谢谢", "。", "FF 91 ", "呢？"]
)
def test_a_hostile_history_costs_nothing(piece):
    history = [piece * (500_000 // len(piece))] * 50
    started = time.perf_counter()
    for question in ("那它的总投资呢？", (piece * 40)[:40]):
        assert len(as_searched(question, history, TAG)) <= WHOLE_CHARS
    assert time.perf_counter() - started < 10


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the shared question sets")
def test_shared_follow_ups_take_over_their_subject():
    lines = (SHARED / "qa" / "finews_dev2.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [one for one in map(json.loads, lines) if one.get("history")]
    searched = {one["id"]: as_searched(one["question"], one["history"], TAG) for one in asked}
    # All but one, which names a subject of its own, lean on the turn before.
    assert len(asked) >= 15
    assert len([one for one in asked if searched[one["id"]] == one["question"]]) <= 1


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the shared question sets")
@pytest.mark.parametrize("name", ["finews_dev.jsonl", "finews_dev2.jsonl"])
def test_shared_questions_that_are_no_follow_ups_stay_as_they_are(name):
    lines = (SHARED / "qa" / name).read_text(encoding="utf-8").splitlines()
    asked = [one["question"] for one in map(json.loads, lines) if not one.get("history")]
    changed = [text for text in asked if as_searched(text, [BEFORE], TAG) != text]
    assert len(asked) >= 30 and len(changed) <= 1
