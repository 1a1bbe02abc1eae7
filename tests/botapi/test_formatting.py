"""HTML as Telegram reads it. Errors and results are those of Telegram's own parser."""

from __future__ import annotations

import html

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.botapi.errors import Refused
from tests.botapi.formatting import cut_utf16, parse_html, utf16
from tests.botapi.links import checked_link
from tests.botapi.tidying import tidy


def _kinds(source: str) -> list[tuple[str, str]]:
    text, entities = tidy(*parse_html(source))
    return [(one["type"], cut_utf16(text, one["offset"], one["length"])) for one in entities]


@pytest.mark.parametrize(
    ("source", "text", "kinds"),
    [
        ("<b>粗</b> 常", "粗 常", [("bold", "粗")]),
        ("<B>a</b><STRONG>c</strong>", "ac", [("bold", "ac")]),  # names in any case; they touch
        ("<i>a<b>b</b></i>", "ab", [("italic", "ab"), ("bold", "b")]),
        ("a &lt;b&gt; &amp; &quot;&#39;&#x4e2d;", "a <b> & \"'中", []),
        ("&lt a", "< a", []),  # the semicolon may be missing
        ("&nbsp;&copy;&apos;", "&nbsp;&copy;&apos;", []),  # four names only
        ("a & b &; &#; &#0;", "a & b &; &#; &#0;", []),
        ("<a href='https://a.cn/?x=1&amp;y=2'>题</a>", "题", [("text_link", "题")]),
        ('<a href="https://a.cn/">a</>', "a", [("text_link", "a")]),  # </> ends whatever is open
        ("<a>https://a.cn/</a>", "https://a.cn/", [("text_link", "https://a.cn/")]),
        ("<a href='nothing'>题</a>", "题", []),  # no link, no error
        ("<b></b>a", "a", []),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", "a")]),
        ("<blockquote expandable=''>a</blockquote>", "a", [("expandable_blockquote", "a")]),
        ("<blockquote>a <b>b</b></blockquote>", "a b", [("blockquote", "a b"), ("bold", "b")]),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "ab", [("blockquote", "ab")]),
        ("<pre><code class='language-py'>x</code></pre>", "x", [("pre", "x")]),
        ("<code><b>x</b></code>", "x", [("code", "x")]),
        ("<span class='tg-spoiler'>x</span>", "x", [("spoiler", "x")]),
        ("<b>😀</b>𠮷<u>丙</u>", "😀𠮷丙", [("bold", "😀"), ("underline", "丙")]),
        ("  \n a \n ", "a", []),
        ("<b>a \n</b>\n ", "a", [("bold", "a")]),
        ("a\tb\x07c\r\nd\u202ee\u2028f", "a b c\ndef", []),
        ("a > b", "a > b", []),
    ],
)
def test_text_and_entities(source: str, text: str, kinds: list[tuple[str, str]]) -> None:
    assert tidy(*parse_html(source))[0] == text
    assert _kinds(source) == kinds


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("<1%", "Unclosed start tag at byte offset 0"),
        ("涨<1% 跌", 'Unsupported start tag "1%" at byte offset 3'),
        ("<p>a</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        (
            "<b>中<i>a</b></i>",
            'Unmatched end tag at byte offset 10, expected "</i>", found "</b>"',
        ),
        ("<a href=http://a.cn>x</a>", "Unexpected end of name token at byte offset 8"),
        ("<a href='x", "Unclosed start tag at byte offset 0"),
        ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
        ("<a =x>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<b/>", 'Unsupported start tag "b/" at byte offset 0'),
        ("<a />", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<", "Unclosed start tag at byte offset 0"),
    ],
)
def test_errors(source: str, error: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_html(source)
    assert refused.value.description == f"Bad Request: can't parse entities: {error}"
    assert refused.value.broken_rule


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_escaped_comes_back(text: str) -> None:
    assert parse_html(html.escape(text, quote=False)) == (text, [])
    if text:
        parsed, entities = parse_html(f"<b>{html.escape(text)}</b>")
        assert (parsed, len(entities), entities[0]["length"]) == (text, 1, utf16(text))


@settings(deadline=None)
@given(st.text(alphabet="<>/ab='\" &;#中😀ihrefpre\n"))
def test_any_bytes_are_read_or_refused(source: str) -> None:
    try:
        text, entities = tidy(*parse_html(source))
    except Refused as refused:
        assert refused.broken_rule
        return
    for one in entities:
        assert 0 <= one["offset"] < one["offset"] + one["length"] <= utf16(text)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://a.cn/路?x#y", "https://a.cn/路?x#y"),
        ("HTTP://A.cn", "http://a.cn/"),
        ("a.cn/b", "http://a.cn/b"),
        ("https://a.cn?x=1", "https://a.cn/?x=1"),
        ("tg://user?id=1", "tg://user?id=1"),
        ("javascript:alert(1)", None),
        ("ftp://a.cn/", None),
        ("https://localhost/", None),
        ("https://a b.cn/", None),
        ("https://a.cn:99999/", None),
        ("", None),
    ],
)
def test_links(url: str, kept: str | None) -> None:
    assert checked_link(url) == kept


def test_an_entity_must_not_cut_a_symbol() -> None:
    with pytest.raises(Refused, match="inside a symbol"):
        tidy("😀", [{"type": "bold", "offset": 0, "length": 1}])
    with pytest.raises(Refused, match="outside the text"):
        tidy("a", [{"type": "bold", "offset": 0, "length": 2}])
