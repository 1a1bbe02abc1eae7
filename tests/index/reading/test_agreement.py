"""Whether a passage speaks of what the question speaks of."""

import dataclasses
import json
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given

from index.errors import QuestionError
from index.question import parse_question
from index.reading.agreement import agreement, agreement_with
from index.reading.known_names import known_names
from index.reading.mentions import figures_in, mentions, ordinals_in
from index.text import fold
from tests.factories import NOON, TODAY, UNHURRIED, make_question, ugly_texts
from tests.index.reading.taggers import tag

SHARED = Path(__file__).resolve().parents[4] / "shared"


def agree(question, text, title=""):
    return agreement(make_question(question), fold(title), fold(text), NOON.date(), tag)


def said(question):
    return mentions(make_question(question), tag)


def names(question):
    return [name.whole for name in said(question).names]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("高盛给云岭股份的目标价是多少", ["高盛", "云岭股份"]),
        ("平安人寿青岛分公司赔了多少", ["平安人寿", "青岛"]),
        ("《海上灯塔》的票房", ["海上灯塔"]),
        ("“闪电充”是什么", ["闪电充"]),
        ("哪家公司承建了大桥", []),
        ("哪个城市最冷", []),
        ("渡轮什么时候上市", []),
        ("推动资本市场发展的是谁", []),
        ("离岸人民币兑日元报多少", ["离岸人民币", "日元"]),
        ("票价多少美元", []),
        ("报17.9港元的是哪只股", []),
        ("美国参议院投票结果", ["美国参议院"]),
        ("重大和一般事故各多少", []),
        ("Morgan Stanley的评级", ["morgan stanley"]),
        ("票价多少", []),
    ],
)
def test_names_said(question, found):
    assert names(question) == found


@pytest.mark.parametrize(
    ("question", "kind", "found"),
    [
        ("HFO-1234yf的产能", "codes", ("hfo-1234yf",)),
        ("琴岛e保有多少人", "codes", ("e保",)),
        ("FF 92续航多少", "models", (("ff", "92"),)),
        ("iPhone13销量", "models", (("iphone", "13"),)),
        ("沪深300涨了多少", "models", (("沪深", "300"),)),
        ("ABC 12月销量", "models", ()),
        ("600519涨了多少", "stocks", ("600519",)),
        ("00388.HK的评级", "stocks", ("388",)),
        ("12345元是谁的", "stocks", ()),
        ("第四十九批目录", "ordinals", ((49.0, "批"),)),
        ("Q3营收", "ordinals", ((3.0, "季度"),)),
        ("三季报净利", "ordinals", ((3.0, "季度"),)),
        ("十四五规划目标", "ordinals", ((14.0, "五年规划"),)),
        ("第一大股东是谁", "ordinals", ()),
        ("拿出30亿元的是谁", "figures", ((3e9, "元"),)),
        ("五十亿的项目", "figures", ((5e9, "的"),)),
        ("2022年3月的票价", "figures", ()),  # a date is a sign of its own
        ("百度的专利", "figures", ()),
    ],
)
def test_codes_and_numbers_said(question, kind, found):
    assert getattr(said(question), kind) == found


def test_without_names_or_numbers_there_is_nothing():
    found = said("票价多少")
    assert all(value == () for value in dataclasses.astuple(found))


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("大摩给云岭茶业的目标价", "摩根士丹利上调云岭茶业目标价。"),  # by another name
        ("Goldman怎么看云岭茶业", "高盛看好云岭茶业。"),
        ("特斯拉CFO是谁", "特斯拉首席财务官离职。"),
        ("广期所有几个品种", "广州期货交易所上市新品种。"),
        ("广州期货交易所有几个品种", "广期所上市新品种。"),
        ("青港所何时开市", "青石港交易所下月开市。"),  # abbreviated, not in the table
        ("林远山是谁", "记者见到了林远山。"),
        ("霍尼维尔宣布了什么", "霍尼韦尔宣布供货。"),  # a typo
        ("katy hubert在哪家投行", "分析师Katy Huberty说。"),
        ("EFT涨了多少", "ETF涨超2%。"),
        ("江苏省的任务", "江苏完成任务。"),
        ("云岭集团的茶", "云岭股份的茶"),
        ("FF91停航吗", "FF 91试航。"),
        ("HFO1234yf的产能", "HFO-1234yf产能"),
        ("HFO-1234yf的产能", "HFO—1234yf产能"),
        ("00388.HK的评级", "港交所(0388.HK)获评买入。"),
        ("Q3营收多少", "第三季度营收2亿元。"),
        ("前三批撤回率", "前3批撤回率九成。"),
        ("五十亿元的项目是哪个", "项目投资50亿元。"),
        ("30亿元是谁出的", "投资3,000,000,000元。"),
        ("在岸还是离岸人民币", "离岸人民币走强。"),  # one of two asked after is enough
    ],
)
def test_stands(question, text):
    found = agree(question, text)
    assert (found.missing, found.instead) == ((), ())
    assert (found.names, found.codes, found.ordinals, found.figures) == (1, 1, 1, 1)


@pytest.mark.parametrize(
    ("question", "text", "sign", "missing", "instead"),
    [
        ("高盛给云岭茶业的目标价", "大摩给云岭茶业目标价", "other_name", "高盛", "摩根士丹利"),
        ("美国参议院投了几票", "美国众议院投票", "other_name", "美国参议院", "众议院"),
        ("离岸人民币兑日元报多少", "离岸人民币兑美元", "other_name", "日元", "美元"),
        ("山西省的储备任务", "江苏省储备任务", "other_name", "山西省", "江苏"),
        ("北向资金净流出多少", "北向资金净流入", "other_name", "净流出", "净流入"),
        ("海丰证券怎么看", "云岭证券看好", "other_name", "海丰证券", "云岭证券"),
        ("FF 92续航多少", "FF 91续航远", "other_code", "ff92", "ff 91"),
        ("iPhone 14产量", "iPhone 13产量", "other_code", "iphone14", "iphone 13"),
        ("R1234ze的产能", "R1234yf产能", "other_code", "r1234ze", "r1234yf"),
        ("600519跌了吗", "茅台(600520)涨", "other_code", "600519", "600520"),
        ("第三季度营收", "第二季度营收", "other_ordinal", "第3季度", "第2季度"),
        ("第五十批目录", "第四十九批目录", "other_ordinal", "第50批", "第49批"),
        ("12元的票是哪天的", "票价13元", "other_figure", "12元", "13元"),
        ("济南市分公司有几家", "青岛市分公司", "other_name", "济南市", "青岛市分公"),
    ],
)
def test_another_in_its_place(question, text, sign, missing, instead):
    found = agree(question, text)
    assert (found.missing, found.instead) == ((missing,), (instead,))
    assert getattr(found, sign) == 1.0
    others = {name for name in dataclasses.asdict(found) if name.startswith("other_")} - {sign}
    assert all(getattr(found, name) == 0.0 for name in others)


@pytest.mark.parametrize(
    ("question", "text", "missing"),
    [
        ("林徽因说了什么", "渡轮周二复航。", ("林徽因",)),
        ("高盛怎么看", "渡轮周二复航。", ("高盛",)),
        ("FF 92停航吗", "渡轮周二复航。", ("ff92",)),
        ("5%是谁的份额", "份额1.5%。", ("5%",)),
        ("ff的车", "offer很多。", ("ff",)),
        ("林徽因和梁思成", "林徽因到了。", ("梁思成",)),
    ],
)
def test_missing(question, text, missing):
    assert agree(question, text).missing == missing


def test_shares_by_hand():
    found = agree("高盛和大摩怎么看FF 91与FF 92", "高盛谈FF 91。")
    assert (found.names, found.codes, found.other_code) == (0.5, 0.5, 1.0)


def test_the_title_counts():
    assert agree("高盛怎么看云岭", "看好云岭。", title="高盛报告").names == 1.0


def test_dates_are_those_of_the_question():
    assert agree("2023年票价", "2021年票价12元。").dates == -1.0
    assert agree("2021年票价", "2021年票价12元。").dates == 1.0
    assert agree("票价", "2021年票价12元。").dates == 0.0


@pytest.mark.parametrize(
    ("question", "text", "other"),
    [
        ("渡轮3月客流多少", "渡轮2月客流大增", ("2月客流",)),
        ("2023年营收多少", "2021年营收12亿元", ("2021年营收",)),
        ("渡轮3月客流多少", "3月客流不如2月客流", ()),
        ("渡轮3月客流多少", "2月停航", ()),
        ("渡轮3月的客流", "2月客流", ()),  # no word follows
        ("去年营收多少", "2021年营收12亿元", ()),
    ],
)
def test_another_date_before_the_same_word(question, text, other):
    found = agree(question, text)
    assert (found.instead, found.other_date) == (other, float(bool(other)))


def test_what_the_question_mentions_can_be_found_before():
    question = make_question("高盛给云岭茶业的目标价")
    given_said = agreement_with(mentions(question, tag), question, "", "高盛", NOON.date())
    assert given_said == agreement(question, "", "高盛", NOON.date(), tag)


def test_ordinals_and_figures_of_a_text():
    assert ordinals_in("前3批和第四批,二季度") == [(3.0, "批"), (4.0, "批"), (2.0, "季度")]
    assert figures_in("涨5.5%,共12万人,五十亿") == [(5.5, "%"), (120000.0, "人"), (5e9, "")]
    assert figures_in("十几亿") == figures_in("") == []


def test_the_table_of_names():
    known = known_names()
    assert set(known.others("大摩")) == {"摩根士丹利", "大摩", "morgan stanley"}
    assert "摩根士丹利" in known.rivals["goldman"] and "高盛" not in known.rivals["goldman"]
    assert known.others("渡轮") == ("渡轮",)
    every = [*known.same, *known.rivals, *known.ends, *known.common]
    assert [name for name in every if fold(name) != name or not name.strip()] == []


def test_nothing_is_in_two_groups_of_the_same():
    groups = set(known_names().same.values())
    assert sum(map(len, groups)) == len(known_names().same)


@given(ugly_texts, ugly_texts)
@UNHURRIED
def test_any_texts(asked, text):
    try:
        question = parse_question(asked, TODAY)
    except QuestionError:
        return
    found = agreement(question, "", fold(text), None, tag)
    shares = (found.names, found.codes, found.ordinals, found.figures)
    others = (found.other_name, found.other_code, found.other_ordinal, found.other_figure)
    assert all(0.0 <= share <= 1.0 for share in shares) and set(others) <= {0.0, 1.0}
    assert -1.0 <= found.dates <= 1.0


@given(ugly_texts)
@UNHURRIED
def test_a_text_agrees_with_itself(text):
    try:
        question = parse_question(text, TODAY)
    except QuestionError:
        return
    assert agreement(question, "", question.folded, TODAY, tag).instead == ()


@pytest.mark.skipif(not SHARED.exists(), reason="needs the question sets in ../shared")
def test_on_the_training_questions():
    articles = json.loads((SHARED / "qa" / "finews_train.json").read_text(encoding="utf-8"))["data"]
    missing = {True: [], False: []}
    for article in articles:
        day = re.search(r"(20\d\d)-(\d\d)-(\d\d)", article["id"])
        post_day = date(*map(int, day.groups())) if day else None
        for paragraph in article["paragraphs"]:
            title, text = fold(article["title"]), fold(paragraph["context"])
            for qa in paragraph["qas"]:
                found = agreement(parse_question(qa["question"], TODAY), title, text, post_day, tag)
                missing[qa["is_impossible"]].append(bool(found.missing) or found.dates < 0)
    assert sum(missing[False]) / len(missing[False]) < 0.02
    assert sum(missing[True]) / len(missing[True]) > 0.25
