import re
from datetime import datetime

import pytest
from selectolax.lexbor import LexborHTMLParser

from index.errors import SettingsError
from index.evaluation import html_report
from index.evaluation.html_report import About, check_report, html_of, write_html
from index.records import Span
from tests.factories import SITE_ZONE, make_hit, make_post

from .makers import found, outcome, question, report

ABOUT = About(0.5, {"Questions": "q.jsonl", "Model": "<hash>"})
EVIL = '<script>alert("x")</script><img src=http://evil.example.com/x.png onerror=alert(1)>'
# Whatever makes a browser fetch something by itself.
LOADING = "script, link, img, iframe, object, embed, audio, video, source, base, form, image"


def _page(*pairs, **options):
    return LexborHTMLParser(html_of(report(*pairs, **options), ABOUT))


def _cells(page, heading):
    """The rows of the table after a heading, by their first cell."""
    (table,) = [
        node
        for node in page.css("table")
        if node.parent.prev.prev is not None and node.css_first("th").text() == heading
    ]
    return {
        row[0]: row[1:] for tr in table.css("tr") if (row := [td.text() for td in tr.css("td")])
    }


def _facts(article):
    names, values = article.css("dt"), article.css("dd")
    return {name.text(): value.text() for name, value in zip(names, values, strict=True)}


RIGHT = (question("fine", kind="甲类"), outcome("甲", **found("甲"), cited=True))
WRONG = (question("wrong", ["青岛"], kind="乙类"), outcome("济南", **found("济南", "总部设在")))


def test_a_wrong_answer_stands_beside_its_gold():
    page = _page(RIGHT, WRONG)
    (article,) = page.css("article")
    facts = _facts(article)
    assert (facts["Answered"], facts["Right is"]) == ("济南", "青岛")
    assert facts["Stands in"] == "a.md (found at rank 1)"
    assert facts["Scores"] == (
        "confidence 0.900, span 2.000, fused 1.000, cosine 0.800, BM25 5.00, em 0, f1 0.00"
    )
    assert article.css_first(".passage").text() == "总部设在济南。"
    assert [mark.text() for mark in article.css("mark")] == ["济南"]
    assert article.css_first(".title").text(deep=False).strip() == "渡轮复航"
    link = article.css_first("a")
    assert link.attributes["href"] == "http://news.example.com/ferry"
    assert "2022-03-01 12:00" in article.css_first("blockquote .meta").text()
    assert page.css_first("#wrong-span article").attributes["id"] == "q-wrong"


def test_the_question_as_searched_and_what_was_asked_before():
    asked = question("f", history=["海雾大桥多长？", "谁建的？"], text="那造价呢？")
    (article,) = _page((asked, outcome(None))).css("article")
    facts = _facts(article)
    assert article.css_first("h3").text() == "那造价呢？"
    assert facts["Asked before"] == "海雾大桥多长？ → 谁建的？"
    assert facts["Searched as"] == "问？"
    assert facts["Refused"] == "no span was found"


def test_a_question_searched_as_it_stands_is_not_said_twice():
    (article,) = _page((question(text="问？"), outcome("乙"))).css("article")
    assert "Searched as" not in _facts(article)


@pytest.mark.parametrize(("said", "verdict"), [("甲", "right"), ("乙", "wrong")])
def test_a_refusal_shows_what_was_kept_back(said, verdict):
    page = _page((question(), outcome(None, confidence=0.31, **found(said))))
    (article,) = page.css("#refused article")
    assert _facts(article)["Refused"] == f"and kept back {said}, which is {verdict}"
    assert "confidence 0.310" in _facts(article)["Scores"]
    assert article.css_first("mark").text() == said


def test_an_answer_to_what_nothing_answers():
    page = _page((question(answers=(), sources=()), outcome("甲", **found("甲"))))
    (article,) = page.css("#answered article")
    facts = _facts(article)
    assert (facts["Answered"], facts["Right is"]) == ("甲", "to refuse")
    assert "Stands in" not in facts
    assert "em" not in facts["Scores"]


def test_an_answer_in_the_title_is_marked_there():
    hit = make_hit(post=make_post(title="渡轮周二复航"))
    wrong = outcome("周二", hit=hit, span=Span(0, True, 2, 4, "周二", 1.0))
    (article,) = _page((question(), wrong)).css("article")
    assert article.css_first(".title mark").text() == "周二"
    assert article.css_first(".passage mark") is None


def test_a_post_without_title_date_and_link():
    hit = make_hit(post=make_post(title="", date=None, url=None))
    (article,) = _page((question(), outcome(None, hit=hit))).css("article")
    title = article.css_first(".title").text()
    assert "(no title)" in title and "no date" in title and "2022-03-01-ferry.md" in title
    assert article.css_first("a") is None
    assert article.css_first(".passage").text() == hit.passage.text


def test_nothing_from_outside_becomes_markup_or_is_loaded():
    post = make_post(id=f"posts/{EVIL}.md", title=EVIL, url="http://x.example.com/?a=1&b=<i>")
    hit = make_hit(f"文{EVIL}章", post=post)
    evil = question(EVIL, [EVIL], [EVIL], EVIL, EVIL, [EVIL])
    bad = outcome("章", (), hit=hit, span=Span(0, False, 1, 1 + len(EVIL), EVIL, 1.0))
    about = About(0.5, {EVIL: EVIL})
    text = html_of(report((evil, bad)), about)
    page = LexborHTMLParser(text)
    assert page.css(LOADING) == []
    assert page.css_first("style + style, [onerror], [onload]") is None
    shown = page.body.text()
    assert shown.count(EVIL) == 12  # as words, wherever they belong
    assert page.css_first("article a").attributes["href"] == post.url
    assert page.css_first("mark").text() == EVIL
    # Links to sources are for people to follow; nothing else names a place outside.
    links = {
        value or ""
        for node in page.css("*")
        for name, value in node.attributes.items()
        if name in ("href", "xlink:href")
    }
    assert {link for link in links if not link.startswith("#")} == {post.url}
    assert page.css("[src], [srcset], [background], [poster], [action]") == []
    assert "url(http" not in text and "@import" not in text
    policy = page.css_first("meta[http-equiv]").attributes
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'"


def test_the_summary_has_every_measure_with_its_interval():
    other = (question("2", sources=["b.md"]), outcome("乙", ["b.md"]))
    rows = _cells(_page(RIGHT, other), "measure")
    assert list(rows) == [
        *["recall@1", "recall@3", "recall@10", "mrr@10", "em", "f1", "contains"],
        *["refusal precision", "refusal recall", "refusal f1", "citation valid"],
    ]
    assert rows["em"] == ["0.500", "0.000 - 1.000", "2"]
    assert rows["refusal recall"] == ["-", "-", "0"]
    assert rows["citation valid"] == ["1.000", "-", "1"]


def test_results_by_kind():
    rows = _cells(_page(RIGHT, WRONG), "kind")
    assert list(rows) == ["甲类", "乙类"]
    # n, r@1, r@3, em, f1, contains, refused
    assert rows["乙类"] == ["1", "1.000", "1.000", "0.000", "0.000", "0.000", "0.000"]
    assert _page((question(), outcome())).css_first("#kinds") is None


def test_follow_ups_are_counted_in_words():
    followed = (question(history=["早？"]), outcome("乙"))
    assert "Follow-ups: 0 of 1 right." in _page(RIGHT, followed).body.text()
    assert "Follow-ups" not in _page(RIGHT).body.text()


CAPTIONS = ["Reliability", "Confidence", "What each threshold", "Precision, recall", "Time"]


def _captions(page):
    assert all(figure.css_first("svg") for figure in page.css("figure"))
    return [node.text() for node in page.css("figcaption")]


def test_plots():
    captions = _captions(_page(RIGHT, (question("no", answers=()), outcome(None))))
    assert len(captions) == 5
    for caption, start in zip(captions, CAPTIONS, strict=True):
        assert caption.startswith(start)


def test_plots_that_would_show_nothing_are_left_out():
    # All have an answer: no curve of refusals. No confidence: time alone. Nothing at all: none.
    assert len(_captions(_page(RIGHT))) == 4
    assert _captions(_page(RIGHT, given_context=True)) == ["Time a question took."]
    page = _page()
    assert _captions(page) == [] and page.css_first("#plots") is None
    assert "0 questions" in page.body.text()


def test_groups_with_counts_and_anchors():
    page = _page(RIGHT, WRONG, (question("2"), outcome(None)), (question("3"), outcome(None)))
    links = {node.attributes["href"]: node.text() for node in page.css("nav a")}
    assert all(page.css_first(target) is not None for target in links)
    assert links["#wrong-span"] == "Wrong span (1)"
    assert links["#no-span"] == "No span found (2)"
    assert page.css_first("#no-span h2").text() == "No span found (2)"
    assert len(page.css("#no-span article")) == 2


def test_ids_are_unique():
    page = _page(RIGHT, WRONG, (question("2", answers=()), outcome("乙", **found("乙"))))
    ids = [node.attributes["id"] for node in page.css("[id]")]
    assert len(ids) == len(set(ids)) > 8


def test_of_too_many_the_surest_are_shown_and_the_rest_is_counted():
    limit = html_report.SHOWN_PER_SORT
    pairs = [
        (question(f"q{n}"), outcome("乙", confidence=n / 1000, **found("乙")))
        for n in range(limit + 3)
    ]
    section = _page(*pairs).css_first("#wrong-span")
    assert section.css_first("h2").text() == f"Wrong span ({limit + 3})"
    assert f"The first {limit} are shown, 3 more are left out" in section.text()
    shown = [node.attributes["id"] for node in section.css("article")]
    assert shown == [f"q-q{n}" for n in range(limit + 2, 2, -1)]
    assert _page(*pairs[3:]).css_first(".left-out") is None


def test_it_is_made_for_phones_and_says_what_was_run():
    page = _page(RIGHT)
    content = page.css_first("meta[name=viewport]").attributes["content"]
    assert "width=device-width" in content
    assert page.css_first("meta[charset]").attributes["charset"] == "utf-8"
    assert {node.text() for node in page.css("body > dl dd")} == {"q.jsonl", "<hash>"}
    tables = page.css("table")
    assert tables and all("scroll" in (one.parent.attributes["class"] or "") for one in tables)


def test_a_page_is_written_whole(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("old")
    write_html(path, report(RIGHT, WRONG), ABOUT)
    text = path.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>") and text.rstrip().endswith("</html>")
    assert text == html_of(report(RIGHT, WRONG), ABOUT)


def test_a_place_that_can_not_be_written_is_refused_early(tmp_path):
    with pytest.raises(SettingsError, match="gone for the report does not exist"):
        check_report(tmp_path / "gone" / "page.html")
    check_report(tmp_path / "page.html")
    assert not list(tmp_path.iterdir())


def test_dates_are_the_sites():
    late = datetime(2022, 12, 18, 23, 5, tzinfo=SITE_ZONE)
    hit = make_hit(post=make_post(date=late))
    (article,) = _page((question(), outcome(None, hit=hit))).css("article")
    assert re.search(r"2022-12-18 23:05", article.css_first("blockquote").text())
