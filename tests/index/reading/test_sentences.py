"""The sentence reader: real tokens and tags, small hits."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import QuestionError
from index.reading.sentences import SentenceReader, Weights
from index.text import fold
from tests.factories import UNHURRIED, make_hit, make_passage, make_post, make_question, ugly_texts
from tests.index.reading.taggers import tag, tokenizer


def reader(**weights):
    def tokens(folded):
        return tokenizer().question_tokens(folded)

    return SentenceReader(tokens, lambda token: float(len(token)), tag, Weights(**weights))


def read(question, *texts, title="", **weights):
    post = make_post(title=title)
    hits = [
        make_hit(post=post, passage=make_passage(text=text, id=n)) for n, text in enumerate(texts)
    ]
    return reader(**weights).read(make_question(question), hits)


BRIDGE = (
    "海雾大桥12月8日正式通车，全长3.6公里，由青石桥梁集团承建。大桥总投资27亿元，设计车速每小时80公里。"
    "青石市交通局局长林知远表示，大桥每天可通行约4.5万辆汽车，货车占12%。"
    "桥上可以看到白鹭、灰雁和野鸭。因大风，渡轮周五停航。大桥获得“年度优质工程”称号。"
)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("大桥由谁承建？", "青石桥梁集团"),
        ("哪家公司承建了海雾大桥", "青石桥梁集团"),
        ("大桥总投资多少钱？", "27亿元"),
        ("大桥全长多少公里？", "3.6公里"),
        ("大桥设计车速是多少？", "80公里"),
        ("每天可通行多少辆汽车", "约4.5万辆"),
        ("货车占比多少", "12%"),
        ("大桥什么时候通车？", "12月8日"),
        ("海霧大橋何時通車", "12月8日"),
        ("交通局局长是谁", "林知远"),
        ("桥上可以看到哪些鸟？", "白鹭、灰雁和野鸭"),
        ("大桥获得什么称号", "年度优质工程"),
        ("渡轮为什么停航？", "因大风"),
    ],
)
def test_answers(question, answer):
    assert read(question, BRIDGE)[0].text == answer


def test_the_answer_may_stand_in_the_title_only():
    best = read("云岭茶业净利润多少", "年报周二公布。", title="云岭茶业净利润2.1亿元")[0]
    assert (best.in_title, best.text, best.start, best.end) == (True, "2.1亿元", 7, 12)


def test_places_are_those_of_the_original():
    text = "１、渡轮。\u200b票價\u200b１２元，不變。"
    best = read("渡轮票价多少元", text)[0]
    assert best.text == "１２元" == text[best.start : best.end]


def test_the_better_passage_wins_and_is_named():
    spans = read("渡轮票价多少元", "公交票价2元。", "渡轮票价12元。")
    assert (spans[0].hit, spans[0].text) == (1, "12元")


def test_the_better_hit_wins_where_both_say_it():
    low, high = make_hit("渡轮票价12元。", score=0.0), make_hit("渡轮票价13元。", score=2.0)
    assert reader().read(make_question("渡轮票价多少元"), [low, high])[0].text == "13元"


def test_what_the_question_says_is_no_answer():
    spans = read("渡轮票价12元还是多少元", "渡轮票价12元，公交2元。")
    assert "12元" not in [span.text for span in spans]


def test_nothing_to_read_and_nothing_asked():
    assert reader().read(make_question("渡轮票价多少元"), []) == []
    assert read("什么？", BRIDGE) == []  # stop words only
    assert read("渡轮票价多少元", "") == []
    assert read("😀", BRIDGE) == []


def test_the_number_of_sentences_read_is_bounded():
    texts = ["渡轮票价12元。公交票价2元。地铁票价3元。索道票价80元。"] * 6
    assert len(read("票价多少元", *texts)) == 12
    assert len(read("票价多少元", *texts, sentences_read=1)) == 6
    assert len(read("票价多少元", *texts, sentences_in_all=1)) == 1


def test_order_is_by_score_then_place():
    spans = read("票价多少元", "渡轮票价12元。", "渡轮票价12元。")
    assert [span.hit for span in spans] == [0, 1]
    assert [span.score for span in spans] == sorted((s.score for s in spans), reverse=True)


@given(
    ugly_texts,
    st.lists(st.tuples(ugly_texts, ugly_texts), max_size=3),
    st.sampled_from(["股价多少", "谁", "什么时候", "哪些", "为什么", "是吗", ""]),
)
@UNHURRIED
def test_every_span_is_verbatim(asked, pairs, ending):
    hits = [
        make_hit(post=make_post(title=title, text=text), passage=make_passage(text=text))
        for title, text in pairs
    ]
    try:
        question = make_question(asked + ending)
    except QuestionError:
        return
    spans = reader().read(question, hits)
    for span in spans:
        hit = hits[span.hit]
        text = hit.post.title if span.in_title else hit.passage.text
        assert text[span.start : span.end] == span.text
        assert any(char.isalnum() for char in fold(span.text))
    assert [span.score for span in spans] == sorted((s.score for s in spans), reverse=True)


@pytest.mark.parametrize("piece", ["12月8日，", "第二", "甲、", "票价12元。", "是", "\n", "a "])
def test_the_longest_passages_and_titles_take_no_time(piece):
    text = (piece * 2_000)[:2_000]
    started = time.perf_counter()
    read("渡轮票价多少元", *[text] * 8, title=text)
    assert time.perf_counter() - started < 10
