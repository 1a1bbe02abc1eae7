"""The builders build what really fits together."""

from index.records import Hit, Source
from tests.factories import make_answer, make_copy, make_hit, make_post, make_source, make_span


def test_defaults_agree_with_each_other():
    hit, span, source = make_hit(), make_span(), make_source()
    assert hit.passage.text == hit.post.text[hit.passage.start : hit.passage.end]
    assert hit.passage.post_id == hit.post.id
    assert hit.passage.text[span.start : span.end] == span.text == source.answer
    assert make_answer().text == source.answer and source.post == hit.post.path
    assert make_copy().post != source.post


def test_keywords_replace_defaults():
    assert make_post(title="x").title == "x"
    hit = make_hit("甲", score=-1.0)
    assert (hit.passage.text, hit.passage.end, hit.post.text, hit.score) == ("甲", 1, "甲", -1.0)
    assert isinstance(hit, Hit) and isinstance(make_source(rank=2), Source)
