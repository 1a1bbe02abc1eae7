import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.wording import ending, flowing, one_line, shortened, units, visible, web_link
from tests.bot.render.strategies import texts
from tests.factories import UNHURRIED


def test_units_are_those_of_utf_16():
    some = ("", "涨a", "😀", "𠮷野家", "👨\u200d👩\u200d👧")
    assert [units(text) for text in some] == [0, 2, 2, 4, 8]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb\u2066c\u200bd\ufeffe\xadf", "abcdef"),
        ("a\x00\x07b\x9fc", "abc"),
        ("a\r\nb\rc\u2028d\u2029e\x85f\x0bg\x0ch", "a\nb\nc\nd\ne\nf\ng\nh"),
        ("a\tb", "a b"),
        ("\ud800", "\ufffd"),
        ("👨\u200d👩\u200d👧 ❤\ufe0f", "👨\u200d👩\u200d👧 ❤\ufe0f"),
        ("🏴\U000e0067\U000e007f", "🏴"),
        ("مرحبا", "مرحبا"),
        ("", ""),
    ],
)
def test_what_is_visible(text, shown):
    assert visible(text) == shown


def test_texts_flow():
    assert flowing("　　一。  \n\n　　二。\t三。") == " 一。\n二。 三。"
    assert one_line(" 一。\n\n\u3000二。\u200b ") == "一。 二。"


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [
        ("涨了。", 3, "涨了。"),
        ("沪指今日涨了。深成指跌了。", 10, "沪指今日涨了。…"),
        ("涨了。深成指今日大幅下跌，跌幅超过百分之三。", 12, "涨了。深成指今日大幅下…"),
        ("一二三四五六", 4, "一二三…"),
        ("一二三四五六", 1, "…"),
        ("一二三四五六", 0, ""),
        ("", 0, ""),
        ("😀😀😀", 4, "😀…"),
        ("a👨\u200d👩\u200d👧b", 8, "a…"),
        ("ae\u0301\u0301z", 4, "a…"),
        ("👍🏽👍🏽", 4, "…"),
        ("\u0301" * 40, 30, "\u0301" * 29 + "…"),
        ("一二 三四", 4, "一二…"),
    ],
)
def test_shortened(text, most, short):
    assert shortened(text, most) == short


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [
        ("涨了。", 3, "涨了。"),
        ("一二三四五六", 4, "…四五六"),
        ("一二三四五六", 0, ""),
        ("😀😀😀", 4, "…😀"),
        ("b👨\u200d👩a", 6, "…a"),
        ("xe\u0301y", 3, "…y"),
    ],
)
def test_ending(text, most, short):
    assert ending(text, most) == short


@UNHURRIED
@given(texts(5_000).map(visible), st.integers(-2, 1_200))
def test_cuts_keep_to_their_length_and_to_the_text(text, most):
    head, tail = shortened(text, most), ending(text, most)
    assert units(head) <= max(most, 0) and units(tail) <= max(most, 0)
    if units(text) <= most:
        assert head == tail == text
    elif most > 0:
        assert head[-1] == tail[0] == "…"
        assert text.startswith(head[:-1]) and text.endswith(tail[1:])


@UNHURRIED
@given(texts(3_000))
def test_cleaning_twice_changes_nothing(text):
    for clean in (visible, flowing, one_line):
        assert clean(clean(text)) == clean(text)
        assert "\n" not in one_line(text)
    visible(text).encode()


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example",
        "https://新闻.example.cn/上证指数/「收评」?a=1&b=2#c",
        "https://a.example:8443/x",
    ],
)
def test_links_that_may_be_pressed(url):
    assert web_link(url) == url


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "tg://user?id=1",
        "ftp://a.example",
        "//a.example/x",
        "/x",
        "http://",
        "http:///x",
        "http://[::1",
        "http://bank.example@evil.example/",
        "http://a.example/a b",
        "http://a.example/\n",
        "http://a.example/\u202egpj.exe",
        "http://a.example/\u200b",
        "http://a.example/\ud800",
    ],
)
def test_links_that_may_not(url):
    assert web_link(url) is None
