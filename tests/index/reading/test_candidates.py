"""Candidates: figures whole, dates, names, lists, predicates, and clauses last."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.reading.candidates import candidates
from index.reading.expect import Expectation, expectation
from index.reading.figures import DATE, FIGURE, code_spans
from index.text import fold
from tests.factories import UNHURRIED, ugly_texts
from tests.index.reading.taggers import tag


def found(sentence, question):
    """What could answer, each with its best fit, clauses left out."""
    best = {}
    folded = fold(sentence)
    for one in candidates(folded, expectation(fold(question)), tag):
        if not one.whole:
            text = folded[one.start : one.end]
            best[text] = max(one.fit, best.get(text, -1))
    return best


def best(sentence, question):
    fits = found(sentence, question)
    return {text for text, fit in fits.items() if fit == max(fits.values())}


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("票价12元", "12元"),
        ("营收约8.4亿元", "约8.4亿元"),
        ("超1.2万余位客户", "超1.2万余位"),
        ("净买入12,345.6万港元", "12,345.6万港元"),
        ("同比增长-3.5%", "-3.5%"),
        ("报6.3-6.7元", "6.3-6.7元"),
        ("增长9%至10%", "9%至10%"),
        ("60周岁以上", "60周岁以上"),
        ("120度以上", "120度以上"),
        ("8000吨/年", "8000吨/年"),
        ("5000吨/年的产能", "5000吨/年"),
        ("1525.5元/股计算", "1525.5元/股"),
        ("时速80km/h", "80km/h"),
        ("近1个半月", "近1个半月"),
        ("三十二家公司", "三十二家"),
        ("百分之五", "百分之五"),
        ("两层楼", "两层"),
        ("位居第一", "第一"),
        ("全国第八大港口", "第八大"),
        ("第3名", "第3名"),
        ("电导率1.8ms/cm", "1.8ms/cm"),
        ("像素8mp", "8mp"),
        ("降到1.25 以下", "1.25 以下"),
        ("下调50个基点", "50个基点"),
        ("逾 30 艘", "30 艘"),
    ],
)
def test_figures_are_kept_whole(text, figure):
    assert [match.group().strip() for match in FIGURE.finditer(text)][:1] == [figure]


@pytest.mark.parametrize("text", ["hfo-1234yf", "r1234yf", "p5", "v1.2", "渡轮"])
def test_what_is_no_figure(text):
    assert FIGURE.search(text) is None


@pytest.mark.parametrize(
    "date",
    [
        *(
            "2021年12月8日",
            "2021年12月",
            "12月8日",
            "8日",
            "去年12月",
            "去年底",
            "今年3月中旬",
            "2021-12-08",
        ),
        *(
            "2020年上半年",
            "2022年第一季度",
            "19世纪",
            "20世纪30年代",
            "二〇二一年",
            "公元前221年",
            "昨天",
        ),
        *("上午10点55分", "9:30", "2021年末", "11月底", "昨天", "2021-12-08"),
    ],
)
def test_dates_are_kept_whole(date):
    assert [match.group() for match in DATE.finditer(f"自{date}起")] == [date]


def test_a_span_of_years_is_no_date():
    assert DATE.search("已有2000年以上") is None
    assert DATE.search("2000年的历史") is None


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("腾云(00700.hk)涨3%", ["00700.hk"]),
        ("青石(600519)", ["600519"]),
        ("英特(intc.o)", ["intc.o"]),
        ("拨打95519热线", ["95519"]),
        ("共12345.6元", []),
        ("2021年", []),
    ],
)
def test_codes(text, codes):
    assert [text[start:end] for start, end in code_spans(text)] == codes


@pytest.mark.parametrize(
    ("sentence", "question", "answer"),
    [
        ("渡轮每天6班，票价12元。", "票价多少钱", {"12元"}),
        ("渡轮每天6班，票价12元。", "每天几班", {"6班"}),
        ("成交额下降3.5%至27亿元", "成交额下降了多少", {"3.5%", "27亿元"}),
        ("产量占比升到43%，共15万吨", "占比是多少", {"43%"}),
        ("服务网点80个，客户1.2万余位", "有多少位客户", {"1.2万余位"}),
        ("大桥2021年通车，耗时3年半。", "大桥哪年通车", {"2021年"}),
        ("12月5日行权，12月卖出", "哪天行权", {"12月5日"}),
        ("云岭茶业(600519)涨3%报27元", "云岭茶业的股票代码是多少", {"600519"}),
        ("销量12.25万辆，同比跌16%", "销量多少", {"12.25万辆"}),
        ("提供95519热线，服务80个网点", "热线号码是什么", {"95519"}),
        ("在全国港口中排名第五，吞吐量3亿吨", "排名第几", {"第五"}),
    ],
)
def test_figures_and_dates_in_the_unit_asked_for_come_first(sentence, question, answer):
    assert best(sentence, question) == answer


def test_stock_codes_are_no_figures():
    assert "600519" not in found("青石股份(600519)涨3%", "青石股份涨了多少")


@pytest.mark.parametrize(
    ("sentence", "question", "answer"),
    [
        ("云岭茶业董事长林知远表示", "谁是董事长", "林知远"),
        ("分析师Katy Huberty上调目标价", "哪位分析师上调目标价", "katy huberty"),
        ("总部设在德国柏林", "总部在哪里", "德国柏林"),
        ("大桥由青石桥梁集团承建", "哪家公司承建大桥", "青石桥梁集团"),
        ("授予青石网络(北京)有限公司", "专利授予哪家公司", "青石网络(北京)有限公司"),
        ("获得“买入”评级", "给了什么评级", "买入"),
        ("获得环保评级", "给了什么评级", "环保评级"),
        ("湿地有白鹭、灰雁和野鸭", "湿地有哪些鸟", "白鹭、灰雁和野鸭"),
        ("公司的核心战略是绿色发展", "核心战略是什么", "绿色发展"),
    ],
)
def test_names_and_things(sentence, question, answer):
    assert found(sentence, question)[answer] >= 0.8


def test_stock_codes_are_no_names():
    fits = found("海石酒业(09869.HK)涨超10%", "哪家公司涨了")
    assert not any("hk" in text for text in fits)


def test_a_clause_is_the_last_resort_and_the_first_for_why():
    sentence = "渡轮停航，因为大风来袭"
    clauses = [one for one in candidates(sentence, Expectation("figure"), tag) if one.whole]
    assert [sentence[one.start : one.end] for one in clauses] == ["渡轮停航", "因为大风来袭"]
    assert all(one.fit < 0 for one in clauses)
    why = candidates(sentence, Expectation("sentence"), tag)
    assert max(one.fit for one in why if one.whole) == max(one.fit for one in why)


def test_causes_come_first_where_one_is_asked_for():
    sentence, question = "渡轮停航,因为大风来袭,码头关闭", "渡轮为什么停航"
    fits = found(sentence, question)
    assert fits == {"渡轮停航": 0.3, "因为大风来袭": 1.0, "码头关闭": 0.3, "大风来袭": 0.6}
    assert "因为大风来袭" not in found(sentence, "渡轮怎么停航")


def test_tags_are_asked_for_only_where_they_help():
    def refusing(text):
        raise AssertionError(text)

    for kind in ("figure", "date", "sentence"):
        assert candidates("渡轮每天6班，自12月8日起", Expectation(kind), refusing)


@pytest.mark.parametrize("sentence", ["", " ", "。", "——、，", "“ ”", "😀", "\x01\x01\x01"])
@pytest.mark.parametrize("kind", ["figure", "date", "name", "thing", "sentence"])
def test_where_nothing_is_said_there_is_no_candidate(sentence, kind):
    assert candidates(sentence, Expectation(kind), tag) == []


@given(
    ugly_texts, st.sampled_from(["谁", "多少元", "哪年", "什么评级", "哪些鸟", "为什么", "在哪里"])
)
@UNHURRIED
def test_candidates_lie_in_the_sentence_and_say_something(sentence, question):
    folded = fold(sentence)
    for one in candidates(folded, expectation(question), tag):
        assert 0 <= one.start < one.end <= len(folded)
        assert any(char.isalnum() for char in folded[one.start : one.end])
        assert one.fit <= 1.0


@pytest.mark.parametrize("piece", ["二", "1,", "是", "“a", "甲、", "a ", "12月", "(1"])
@pytest.mark.parametrize("kind", ["figure", "date", "sentence", "thing"])
def test_long_sentences_take_no_time(piece, kind):
    def words(text):
        return [(char, "n", place, place + 1) for place, char in enumerate(text)]

    started = time.perf_counter()
    candidates((piece * 20_000)[:20_000], Expectation(kind), words)
    assert time.perf_counter() - started < 5
