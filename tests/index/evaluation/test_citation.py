from index.evaluation.citation import citation_holds
from tests.factories import make_answer, make_hit, make_passage, make_post, make_source

HITS = [make_hit(post=make_post(id="posts/other.md", url=None)), make_hit()]


def _holds(answer=None, **source):
    return citation_holds(answer or make_answer(sources=(make_source(**source),)), HITS)


def test_an_answer_where_it_says_it_stands():
    assert _holds() is True


def test_an_answer_in_the_title():
    answer = make_answer(text="复航", sources=(make_source(highlight=None),))
    assert _holds(answer) is True
    assert _holds(make_answer(text="停航", sources=(make_source(highlight=None),))) is False


def test_a_highlight_beside_the_answer():
    assert _holds(highlight=(14, 17)) is False
    assert _holds(highlight=(15, 40)) is False


def test_an_answer_that_is_almost_verbatim():
    assert _holds(make_answer(text="六班")) is False


def test_a_link_of_another_post():
    assert _holds(url="http://news.example.com/other") is False
    assert _holds(url=None) is False
    # The other hit's link, under this one's name: each is known, the pair is not.
    assert _holds(post="other.md") is False


def test_a_title_or_a_passage_that_is_not_the_posts():
    assert _holds(title="渡轮停航") is False
    longer = "青石港的渡轮周二复航，每天往返6班。大概。"
    assert _holds(text=longer) is False
    assert citation_holds(make_answer(sources=(make_source(text=longer),)), []) is False


def test_another_passage_of_the_same_post_is_its_own():
    text = "青石港的渡轮周二复航，每天往返6班。"
    post = make_post(text=f"票价5元。\n{text}")
    hits = [
        make_hit(post=post, passage=make_passage(text="票价5元。")),
        make_hit(post=post, passage=make_passage(text=text, number=1, start=6)),
    ]
    assert citation_holds(make_answer(), hits) is True


def test_an_answer_that_is_not_extracted_needs_a_source_and_no_verbatim_place():
    source = make_source(highlight=None)
    assert _holds(make_answer(text="每天六班", by="llm", sources=(source,))) is True
    wrong = make_source(highlight=None, url=None)
    assert _holds(make_answer(text="每天六班", by="llm", sources=(wrong,))) is False


def test_a_refusal_cites_nothing_and_an_answer_must():
    assert _holds(make_answer(text=None)) is None
    assert _holds(make_answer(sources=())) is False
