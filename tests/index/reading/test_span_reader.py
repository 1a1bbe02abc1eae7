"""The trained reader with its real weights."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.embedding.bundled import BundledModel
from index.lexical.tokens import Tokenizer
from index.reading.artifact import WEIGHTS
from index.reading.span_reader import Reading, SpanReader
from index.settings import cache_dir
from tests.factories import UNHURRIED, make_hit, make_post, make_question, ugly_texts

pytestmark = pytest.mark.model

TAG = Tokenizer(()).tagged
FERRY = "青石港的渡轮周二复航，每天往返6班。港务局副局长李安表示，票价维持在12元不变。"
BRIDGE = "海雾大桥全长3.2公里，由青石建设集团承建，预计明年10月通车。"
MARKET = "今日两市成交额突破1.2万亿元，北向资金净买入45.6亿元。"


def reader_with(**how: object) -> SpanReader:
    return SpanReader(BundledModel(cache_dir()), WEIGHTS, TAG, reading=replace(Reading(), **how))


@pytest.fixture(scope="module")
def reader() -> SpanReader:
    return reader_with()


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("渡轮每天往返几班？", FERRY, "6班"),
        ("渡轮票价是多少？", FERRY, "12元"),
        ("谁说票价不变？", FERRY, "李安"),
        ("海霧大橋由誰承建", BRIDGE, "青石建设集团"),
        ("大桥什么时候通车？", BRIDGE, "明年10月"),
        ("北向资金净买入多少", MARKET, "45.6亿元"),
    ],
)
def test_it_answers_plain_questions(reader, question, text, answer):
    spans = reader.read(make_question(question), [make_hit(text)])
    assert answer in spans[0].text
    assert len(spans[0].text) <= 2 * len(answer) + 2
    assert spans[0].score > 0


def test_a_passage_that_says_nothing_of_it_gets_a_low_score(reader):
    asked = make_question("渡轮票价是多少？")
    right, wrong = (reader.read(asked, [make_hit(text)])[0].score for text in (FERRY, MARKET))
    assert wrong < 0 < right


def test_the_passage_that_answers_comes_before_one_that_does_not(reader):
    hits = [make_hit(MARKET), make_hit(BRIDGE)]
    spans = reader.read(make_question("海雾大桥全长多少公里？"), hits)
    assert (spans[0].hit, spans[0].text) == (1, "3.2公里")


def test_a_figure_that_stands_only_in_the_title_is_found_there(reader):
    text = "有关部门未作进一步说明，市场反应平淡。"
    post = make_post(title="海雾大桥全长3.2公里", text=text)
    best = reader.read(make_question("海雾大桥多长？"), [make_hit(text, post=post)])[0]
    assert best.in_title
    assert best.text == post.title[best.start : best.end]
    assert "3.2公里" in best.text


def test_an_answer_far_back_in_a_long_passage_is_found(reader):
    text = "会议讨论了港口的日常事务，没有形成决定。" * 60 + FERRY
    best = reader.read(make_question("渡轮票价是多少？"), [make_hit(text)])[0]
    assert "12元" in best.text
    assert text[best.start : best.end] == best.text


def test_reading_stops_where_a_score_is_sure():
    hits = [make_hit(FERRY), make_hit(BRIDGE), make_hit(MARKET)]
    asked = make_question("渡轮票价是多少？")
    read = {
        sure: {span.hit for span in reader_with(sure=sure, at_once=1).read(asked, hits)}
        for sure in (-1_000.0, 1_000.0)
    }
    assert read == {-1_000.0: {0}, 1_000.0: {0, 1, 2}}


def test_no_more_hits_are_read_than_it_is_told():
    hits = [make_hit(FERRY), make_hit(BRIDGE), make_hit(MARKET)]
    spans = reader_with(hits=2, sure=1_000.0).read(make_question("谁？"), hits)
    assert {span.hit for span in spans} == {0, 1}


def test_a_worse_hit_pays_for_its_distance_to_the_best():
    hits = [make_hit(MARKET, score=2.0), make_hit(FERRY, score=0.5)]
    asked = make_question("渡轮票价是多少？")
    scores = [
        next(s.score for s in reader_with(retrieval=weight).read(asked, hits) if s.hit == 1)
        for weight in (0.0, 2.0)
    ]
    assert scores[0] - scores[1] == pytest.approx(3.0, abs=1e-3)


def test_half_precision_reads_the_same():
    """Where bf16 isn't native it is slow, not wrong; elsewhere it is the default."""
    asked, hits = make_question("渡轮票价是多少？"), [make_hit(FERRY)]
    half, full = (
        SpanReader(BundledModel(cache_dir()), WEIGHTS, TAG, bf16=bf16).read(asked, hits)[0]
        for bf16 in (True, False)
    )
    assert half.text == full.text == "12元"
    assert half.score == pytest.approx(full.score, abs=0.5)


def test_no_hits_no_spans(reader):
    assert reader.read(make_question(), []) == []


def test_the_script_asked_in_makes_no_difference(reader):
    first, second = (
        reader.read(make_question(text), [make_hit(BRIDGE)])[0]
        for text in ("海雾大桥由谁承建？", "海霧大橋由誰承建？")
    )
    assert first == second


@settings(UNHURRIED, max_examples=40)
@given(st.lists(st.tuples(ugly_texts, ugly_texts), max_size=3))
def test_every_span_is_verbatim_whatever_stands_there(reader, parts):
    hits = [make_hit(text, post=make_post(title=title, text=text)) for title, text in parts if text]
    for span in reader.read(make_question("谁涨了多少？"), hits):
        hit = hits[span.hit]
        text = hit.post.title if span.in_title else hit.passage.text
        assert text[span.start : span.end] == span.text
        assert span.text.strip()
