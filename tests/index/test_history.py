"""Follow-up questions: what is taken over from the turns before, and what isn't."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.history import as_searched
from tests.factories import UNHURRIED, ugly_texts

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
BEFORE = "青石渡轮2021年票价多少？"
CONTEXT = "青石渡轮2021年票价"


@pytest.mark.parametrize(
    ("turn", "searched"),
    [
        ("那班次呢？", f"{CONTEXT} 班次呢？"),
        ("那么，它几点开船", f"{CONTEXT} 它几点开船"),
        ("它的总部在哪里", f"{CONTEXT} 它的总部在哪里"),
        ("该公司成立于哪年", f"{CONTEXT} 该公司成立于哪年"),
        ("同比呢", f"{CONTEXT} 同比呢"),
        ("利润是多少？", f"{CONTEXT} 利润是多少？"),
        ("CEO是哪位", f"{CONTEXT} CEO是哪位"),
        ("为什么？", f"{CONTEXT} 为什么？"),
        ("多少钱", f"{CONTEXT} 多少钱"),
        ("在哪里？", f"{CONTEXT} 在哪里？"),
        ("什么时候上市", f"{CONTEXT} 什么时候上市"),
        ("涨了多少", f"{CONTEXT} 涨了多少"),
        ("還有呢？", f"{CONTEXT} 呢？"),
        ("誰給了它評級", f"{CONTEXT} 誰給了它評級"),
        ("那總市值呢", f"{CONTEXT} 總市值呢"),
        ("北湾渡轮呢？", f"{CONTEXT} 北湾渡轮呢？"),
    ],
)
def test_elliptic_questions_take_over_the_words_before(turn, searched):
    assert as_searched(turn, [BEFORE]) == searched


@pytest.mark.parametrize(
    "turn",
    [
        *("北湾渡轮票价多少？", "林知远是谁？", "谁是林知远", "云岭茶业涨了多少", "白鹭有几只？"),
        *("其他公司怎么样", "吉他多少钱一把", "那曲在哪里", "这个月的CPI是多少"),
        "青石港有多少个泊位呢？",
        *(
            "维他奶市值是多少",
            "阿托伐他汀是什么药",
            "其实就是问北湾债券利率多少",
            "今年的渡轮班次有多少",
        ),
        *("😀", "？？", "。"),
        "请问青石市渔业博览会上，他们邀请的那些来自北湾和云岭的参展公司一共有多少家，门票怎么卖？",
    ],
)
def test_questions_that_stand_by_themselves_inherit_nothing(turn):
    assert as_searched(turn, [BEFORE]) == turn


@pytest.mark.parametrize("history", [[], [""], ["  "], ["？"], ["😀"], ["多少？"]])
def test_without_words_before_nothing_is_added(history):
    assert as_searched(" 那班次呢？ ", history) == "那班次呢？"


@pytest.mark.parametrize(
    ("before", "context"),
    [
        ("青石港是第几大港口？", "青石港是大港口"),
        ("北湾渡轮有多少艘", "北湾渡轮有"),
        ("云岭茶业属于第几代企业", "云岭茶业属于企业"),
        ("请问哪家公司承建了海雾大桥呢？", "公司承建了海雾大桥"),
        ("海霧大橋什麼時候通車", "海霧大橋通車"),
        ("青石港几点开船，为什么晚点？", "青石港点开船 晚点"),
    ],
)
def test_question_words_are_not_taken_over(before, context):
    assert as_searched("那利润呢", [before]) == f"{context} 利润呢"


def test_the_example_of_the_docstring():
    assert as_searched("那总市值呢？", ["海伦司现在股价多少"]) == "海伦司现在股价 总市值呢？"


@pytest.mark.parametrize(
    ("history", "turn", "searched"),
    [
        # A mere attribute is not carried on; another subject is.
        ([BEFORE, "同比呢？"], "环比呢", f"{CONTEXT} 环比呢"),
        ([BEFORE, "那北湾渡轮呢？"], "利润是多少", f"{CONTEXT} 北湾渡轮 利润是多少"),
        # A new subject drops the old one.
        ([BEFORE, "云岭茶业的董事长是谁？"], "它的股价呢", "云岭茶业的董事长是 它的股价呢"),
        # Blank turns and emoji change nothing.
        ([BEFORE, "", "😀"], "那班次呢", f"{CONTEXT} 班次呢"),
    ],
)
def test_several_turns(history, turn, searched):
    assert as_searched(turn, history) == searched


@pytest.mark.parametrize(
    ("turn", "searched"),
    [
        ("那2020年呢？", "青石渡轮票价 2020年呢？"),
        ("那去年呢", "青石渡轮票价 去年呢"),
        ("那3月5日呢", "青石渡轮票价 3月5日呢"),
        ("那今年的班次呢", "青石渡轮票价 今年的班次呢"),
    ],
)
def test_a_new_date_takes_the_place_of_the_old_one(turn, searched):
    assert as_searched(turn, [BEFORE]) == searched


@given(ugly_texts, st.lists(ugly_texts, max_size=4))
@UNHURRIED
def test_the_question_itself_always_stays(turn, history):
    searched = as_searched(turn, history)
    stripped = turn.strip()
    assert searched == stripped or len(searched) <= len(stripped) + 201
    for lead in ("那么", "那", "还有", "然后"):
        stripped = stripped.removeprefix(lead)
    assert searched.endswith(stripped.lstrip(" ，,\n\t"))


def test_a_long_history_does_not_push_the_question_out():
    history = ["那" + "很长的话题" * 7] * 50
    searched = as_searched("那班次呢？", [BEFORE, *history])
    assert searched.endswith(" 班次呢？") and len(searched) <= 220


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the shared question sets")
def test_shared_follow_ups_mostly_take_over_their_subject():
    lines = (SHARED / "qa" / "finews_dev2.jsonl").read_text(encoding="utf-8").splitlines()
    turns = [one for one in map(json.loads, lines) if one.get("history")]
    joined = [as_searched(one["question"], one["history"]) for one in turns]
    # All but one, which names a subject of its own, lean on the turn before.
    kept = [text for text, one in zip(joined, turns, strict=True) if text == one["question"]]
    assert len(turns) >= 15 and len(kept) <= 1
