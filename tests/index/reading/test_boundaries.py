"""Spans that a model cut badly, mended; good ones left alone."""

import json
import random
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.reading.boundaries import mend
from index.reading.expect import expectation
from index.text import fold, fold_with_offsets
from tests.factories import UNHURRIED, ugly_texts
from tests.index.reading.taggers import tag

SHARED = Path(__file__).resolve().parents[4] / "shared"
MANY, DATE, YEAR, WHO, WHICH = "渡轮有多少", "何时复航", "哪一年通车", "谁承建的", "哪些鸟来了"


def mended(question, marked, tagger=None):
    """The text that `mend` makes of the span between the bars of `marked`."""
    before, span, after = marked.split("|")
    text = before + span + after
    start, end = mend(expectation(question), text, len(before), len(before) + len(span), tagger)
    return text[start:end]


@pytest.mark.parametrize(
    ("question", "marked", "whole"),
    [
        # figures with number, scale and unit
        (MANY, "共有|67.8|万人。", "67.8万人"),
        (MANY, "共有|67.8万|人。", "67.8万人"),
        (MANY, "共有67|.8万人|。", "67.8万人"),
        (MANY, "报|6.35|12元", "6.3512元"),
        (MANY, "增长|9%至10|%。", "9%至10%"),
        (MANY, "增长9%至|10%|。", "9%至10%"),
        (MANY, "上升0.5|个百分|点", "0.5个百分点"),
        (MANY, "占三|分之一|", "三分之一"),
        (MANY, "年产|8000|吨/年", "8000吨/年"),
        (MANY, "共有|1,2|34人", "1,234人"),
        (MANY, "第|30|任", "30"),
        (MANY, "分为|三|类", "三"),
        ("票价是什么", "报|67.8|万人", "67.8万"),  # no figure asked for, no unit needed
        # what stands around a figure is left as the model had it
        (MANY, "涨|超5%|以上", "超5%"),
        (MANY, "涨超|5%|以上", "5%"),
        (MANY, "涨|超5%以上|。", "超5%以上"),
        (MANY, "长|约60分钟|一样", "约60分钟"),
        # 86亿大扩产 begins a word
        (MANY, "再砸|86亿|大扩产", "86亿"),
        (MANY, "再砸|86|亿大扩产", "86亿"),
        # dates, as far as they're asked for
        (DATE, "于|12月|8日复航", "12月8日"),
        (DATE, "于|12月8|日复航", "12月8日"),
        (DATE, "于1|2月8日|复航", "12月8日"),
        (DATE, "于2021年|12月8日|复航", "2021年12月8日"),
        ("哪天复航", "于2021年|12月8|日复航", "12月8日"),
        (YEAR, "于|2021|年12月", "2021年"),
        (YEAR, "于|2021年|12月", "2021年"),
        # Latin words and codes
        (WHO, "由|HFO-12|34yf公司", "hfo-1234yf"),
        (WHO, "由H|FO—1234yf|公司", "hfo—1234yf"),
        (WHO, "由|Mobi|leye承建", "mobileye"),
        (WHO, "国标18030-|2005|版", "2005"),  # digits on both sides are two numbers
        # brackets and quotation marks
        ("叫什么", "印发《|港口规划|》。", "《港口规划》"),
        ("叫什么", "印发|《港口|规划》。", "《港口规划》"),
        ("叫什么", "印发《港口|规划》|。", "《港口规划》"),
        ("叫什么", "在《|书|里说了很多话》", "书"),  # a word of a title is no title
        ("叫什么", "给出|“买入”|评级", "买入"),
        ("叫什么", "推出|“甲”与“乙”|方案", "“甲”与“乙”"),
        ("叫什么", "属于|氢氟烯烃(HFO|)。", "氢氟烯烃(hfo)"),
        ("叫什么", "即(|四氟丙烯)|制冷剂", "四氟丙烯"),
        ("叫什么", "即|(四氟丙烯|制冷剂", "四氟丙烯"),
        # edges
        (WHO, "由|，青石建工 |承建", "青石建工"),
        (WHO, "承建方|是青石建工的|。", "青石建工"),
        (WHO, "|的青石建工|", "青石建工"),
        ("为什么停航", "|为安全停航了|。", "为安全停航了"),  # a clause keeps its words
        (DATE, "于|2021年。|复航", "2021年"),
        (WHO, "是|，。|", "，。"),  # nothing but edges
    ],
)
def test_without_a_tagger(question, marked, whole):
    assert mended(question, fold(marked)) == fold(whole)


@pytest.mark.parametrize(
    ("question", "marked", "whole"),
    [
        ("哪家公司承建", "由青|岛港口|承建", "青岛港口"),
        ("哪所大学", "毕业于|北京大|学附近", "北京大学"),
        ("哪个省", "地处|江苏|省会", "江苏"),  # a word within a word may be meant
        ("哪个省", "地处|湖|南省会", "湖南省"),
        (WHICH, "湿地有白鹭、|大雁|、天鹅和野鸭。", "白鹭、大雁、天鹅和野鸭"),
        ("来了什么鸟", "湿地有白鹭、|大雁|、天鹅。", "大雁"),  # one is asked for
        ("除了白鹭、天鹅还有哪些鸟", "湿地有白鹭、|大雁|、天鹅。", "大雁"),
        (MANY, "政|府12艘|船", "府12艘"),  # words are mended where words are asked for
    ],
)
def test_with_a_tagger(question, marked, whole):
    assert mended(question, fold(marked), tag) == whole


questions = st.sampled_from((MANY, DATE, YEAR, WHO, WHICH, "哪些股票", "为什么", ""))


@given(questions, ugly_texts, st.data())
@UNHURRIED
def test_any_span_stays_in_the_text_and_keeps_its_core(question, text, data):
    folded = fold(text)
    if not folded:
        return
    start = data.draw(st.integers(0, len(folded) - 1))
    end = data.draw(st.integers(start + 1, len(folded)))
    for tagger in (None, tag):
        first, last = mend(expectation(question), folded, start, end, tagger)
        assert 0 <= first < last <= len(folded)
        core = [
            at for at in range(start, end) if folded[at].isalnum() and folded[at] not in "的了是为"
        ]
        assert all(first <= at < last for at in core)


def golds(path, most=400):
    """Questions with folded contexts and the places of their answers, a fixed sample."""
    found = []
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            context = fold_with_offsets(paragraph["context"])
            place = {original: at for at, original in reversed(list(enumerate(context.offsets)))}
            for qa in paragraph["qas"]:
                for answer in qa["answers"] if not qa.get("is_impossible") else []:
                    start = answer["answer_start"]
                    end = start + len(answer["text"])
                    if start in place and end in place:
                        found.append((qa["question"], context.text, place[start], place[end]))
    return random.Random(7).sample(found, min(most, len(found)))


def plain(text):
    """As the usual scripts compare answers: without punctuation and blanks."""
    return "".join(char for char in text if unicodedata.category(char)[0] not in "PSZ")


@pytest.mark.skipif(not SHARED.exists(), reason="needs the question sets in ../shared")
@pytest.mark.parametrize(
    "name", ["qa/finews_train.json", "squad/cmrc_trial.json", "squad/drcd_train_part.json"]
)
def test_good_spans_are_left_alone(name):
    found = golds(SHARED / name)
    same = 0
    for question, text, start, end in found:
        first, last = mend(expectation(fold(question)), text, start, end, tag)
        same += plain(text[first:last]) == plain(text[start:end])
    assert same / len(found) >= 0.98
