"""Questions cleaned, and the dates and categories said in them."""

from datetime import date

import pytest
from hypothesis import given

from index.errors import QuestionError
from index.question import MAX_QUESTION_CHARS, date_agreement, parse_question
from index.text import fold
from tests.factories import TODAY, UNHURRIED, make_question, ugly_texts


def test_a_question_is_cleaned_and_folded():
    question = parse_question("  渡輪\n每天\x00幾　班？ ", TODAY)
    assert question.text == "渡輪 每天 幾 班？"
    assert question.folded == "渡轮 每天 几 班?"


@pytest.mark.parametrize("text", ["", "  ", "\n\t", "\x00", "　", "\x1b\x07"])
def test_an_empty_question_is_refused(text):
    with pytest.raises(QuestionError, match="empty") as caught:
        parse_question(text, TODAY)
    assert caught.value.remedy


def test_the_longest_question_and_one_more():
    assert parse_question("问" * MAX_QUESTION_CHARS, TODAY).text
    assert parse_question(" " * 500 + "问" * MAX_QUESTION_CHARS + "\n", TODAY).text
    with pytest.raises(QuestionError, match="1,001 characters; 1,000 are allowed"):
        parse_question("问" * (MAX_QUESTION_CHARS + 1), TODAY)
    with pytest.raises(QuestionError, match="10,000"):
        parse_question("问" * 10_000, TODAY)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("😀👨\u200d👩\u200d👧", False),
        ("？？！……", False),
        ("🇨🇳", False),
        ("\u200b", False),
        ("😀几班", True),
        ("7", True),
    ],
)
def test_emoji_and_marks_are_no_words(text, words):
    assert parse_question(text, TODAY).has_words is words


@given(ugly_texts)
@UNHURRIED
def test_any_text_is_a_question_or_refused(text):
    try:
        question = parse_question(text, TODAY, ["交通", "AI"])
    except QuestionError:
        return
    assert question.folded == fold(question.text)
    question.text.encode("utf-8")  # nothing is left that can't be printed
    assert question.text == question.text.strip()


@pytest.mark.parametrize(
    ("text", "latest"),
    [
        ("最新票价", True),
        ("现在几班", True),
        ("目前的票價", True),
        ("去年几班", False),
        ("今日头条是谁创办的", False),
    ],
)
def test_questions_about_the_present(text, latest):
    assert parse_question(text, TODAY).wants_latest is latest


def test_dates_count_from_today():
    (said,) = parse_question("去年12月8日的渡轮", TODAY).dates
    assert (said.first, said.last, said.said) == (
        date(2021, 12, 8),
        date(2021, 12, 8),
        "去年12月8日",
    )
    assert parse_question("渡轮", TODAY).dates == ()


@pytest.mark.parametrize(
    ("text", "names", "said"),
    [
        ("交通新闻有哪些", ["交通", "财经"], {"交通"}),
        ("交通新聞有哪些", ["交通", "新聞"], {"交通", "新聞"}),
        ("AI有什么新闻", ["ai", "IT"], {"ai"}),
        ("credit评级", ["IT", "it"], set()),
        ("it行业", ["IT"], {"IT"}),
        ("港股怎么样", ["港"], set()),  # one character is no name
        ("港股怎么样", ["\u200b\u200b", "  ", ""], set()),
        ("c++新闻", ["C++"], {"C++"}),
    ],
)
def test_categories_said_in_a_question(text, names, said):
    assert parse_question(text, TODAY, names).categories == said


POST_DAY = date(2021, 12, 8)


@pytest.mark.parametrize(
    ("asked", "passage", "day", "agreement"),
    [
        ("渡轮几班", "12月8日有6班", POST_DAY, 0.0),  # no date asked
        ("2021年12月8日几班", "2021年12月8日有6班", POST_DAY, 1.0),
        ("2021年12月8日几班", "12月8日有6班", POST_DAY, 1.0),
        ("2021年几班", "今年有6班", POST_DAY, 1.0),  # 今年 of a post of 2021
        ("今年几班", "今年有6班", POST_DAY, 0.5),  # asked in 2022: may be meant from the post
        ("2021年12月几班", "有6班", POST_DAY, 0.7),  # only the post's own date fits
        ("2021年12月8日几班", "今年有6班", date(2021, 12, 20), 0.4),  # the year holds the day
        ("2020年几班", "有6班", POST_DAY, -0.5),
        ("2020年几班", "今年有6班", POST_DAY, -1.0),
        ("2020年几班", "有6班", None, 0.0),
        ("2020年几班", "今年有6班", None, 0.0),  # 今年 of no known year
        ("2020年几班", "2020年有6班", None, 1.0),
        ("12月8日几班", "12月8日有6班", None, 1.0),
        ("1月几班", "11月有6班", None, 0.0),
        ("1月几班", "2021年11月有6班", POST_DAY, -1.0),
        ("2022年1月20日几班", "1月20日起6班", POST_DAY, 1.0),  # announced in December
    ],
)
def test_agreement_of_dates(asked, passage, day, agreement):
    assert date_agreement(make_question(asked), passage, day) == agreement


def test_several_dates_share_the_agreement():
    question = make_question("2020年和2021年各几班")
    assert date_agreement(question, "2021年有6班", POST_DAY) == pytest.approx((-1.0 + 1.0) / 2)


@given(ugly_texts, ugly_texts)
@UNHURRIED
def test_agreement_is_bounded(asked, passage):
    question = make_question(f"问{asked}"[:MAX_QUESTION_CHARS])
    for day in (POST_DAY, None, date.min, date.max):
        assert -1.0 <= date_agreement(question, fold(passage), day) <= 1.0
