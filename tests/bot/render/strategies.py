"""Answers of every kind for property tests, and Telegram's own view of a message."""

from dataclasses import dataclass
from datetime import UTC, datetime

from hypothesis import strategies as st

from bot.render import Message
from bot.texts import LANGUAGES, texts_for
from index.records import Answer, Copy, Post, Source, Statement
from tests.botapi.formatting import Entity, cut_utf16
from tests.botapi.rules import text_of
from tests.factories import ugly_texts

MOST_BYTES = 9_000

_MARKUP = ("<b>", "</b>", "<a href='", '"', "&", "&amp;", "&#60;", "<", ">", "</a>", "\u202e")
_RTL = ("مرحبا", "שלום", "\u2067", "\u200f", "🏴\U000e0067\U000e0062\U000e007f")
_pieces = st.one_of(ugly_texts, st.sampled_from((*_MARKUP, *_RTL)))


def texts(longest: int = 2_000):
    """Short ones mostly, and some far too long."""
    times = st.sampled_from((1, 1, 1, 1, 3, 40, longest))
    return st.builds(lambda text, many: (text * many)[:longest], _pieces, times)


urls = st.one_of(
    st.none(),
    st.sampled_from(
        (
            "https://news.example.com/a?b=1&c=2",
            "http://新闻.example.cn/上证指数/「收评」",
            "javascript:alert(1)",
            "tg://user?id=1",
            "http://bank.example@evil.example/",
            "http://[::1",
            "https://a.example/\u202egpj.exe",
            'https://a.example/"><b>',
            "http://a.example/with space",
            "//a.example",
        )
    ),
    st.integers(1, 2_500).map(lambda length: "https://long.example.com/" + "新a%&"[:4] * length),
    st.integers(1, 900).map(lambda length: "https://long.example.com/" + "x" * length),
)
dates = st.one_of(
    st.none(), st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))
)
copies = st.builds(Copy, title=texts(), date=dates, url=urls, post=st.just("a.md"))


@st.composite
def sources(draw, rank: int = 1) -> Source:
    text = draw(texts(5_000))
    places = st.tuples(st.integers(0, len(text) + 3), st.integers(-1, len(text) + 3))
    return Source(
        rank=rank,
        text=text,
        highlight=draw(st.one_of(st.none(), places)),
        title=draw(texts()),
        date=draw(dates),
        url=draw(urls),
        post=draw(st.sampled_from(("a.md", "b.md", "\ud800.md"))),
        score=1.0,
        answer=draw(st.one_of(st.none(), texts())),
        publisher=draw(st.one_of(st.none(), texts())),
        copies=tuple(draw(st.lists(copies, max_size=5))),
        old=draw(st.booleans()),
    )


@st.composite
def answers(draw) -> Answer:
    few = draw(st.lists(sources(), max_size=5))
    # Fifty drawn ones would take too long; what is drawn comes again under other ranks.
    total = draw(st.sampled_from((len(few), len(few), 10, 50))) if few else 0
    shown = tuple(_ranked(few[number % len(few)], number + 1) for number in range(total))
    asked = draw(texts())
    return Answer(
        question=asked,
        searched=draw(st.one_of(st.just(asked), texts())),
        text=draw(st.one_of(st.none(), texts(5_000))) if shown else None,
        confidence=0.5,
        sources=shown,
        reason=draw(st.sampled_from(("found", "no_words", "off_topic", "low_confidence"))),
        statements=statements(shown),
    )


def statements(shown: tuple[Source, ...]) -> tuple[Statement, ...]:
    """Every source says something else."""
    return tuple(
        Statement(one.answer, (one.rank,), one.date) for one in shown if one.answer is not None
    )


def _ranked(source: Source, rank: int) -> Source:
    fields = {name: getattr(source, name) for name in Source.__slots__}
    return Source(**fields | {"rank": rank})


posts = st.builds(
    Post,
    id=st.just("posts/a.md"),
    title=texts(),
    date=dates,
    categories=st.just(()),
    tags=st.just(()),
    url=urls,
    publisher=st.one_of(st.none(), texts()),
    text=st.just(""),
)
some_texts = st.sampled_from(LANGUAGES).map(texts_for)


@dataclass(frozen=True)
class Seen:
    """What somebody sees of a message, and what the plain one says."""

    text: str
    entities: list[Entity]
    plain: str

    def all(self, kind: str) -> list[str]:
        return [
            cut_utf16(self.text, one["offset"], one["length"])
            for one in self.entities
            if one["type"] == kind
        ]

    @property
    def links(self) -> dict[str, str]:
        """Text to address."""
        return {
            cut_utf16(self.text, one["offset"], one["length"]): one["url"]
            for one in self.entities
            if one["type"] == "text_link"
        }


def seen(message: Message) -> Seen:
    """Both forms as Telegram takes them; it refuses what breaks a rule, and so does this."""
    assert len(message.html.encode()) <= MOST_BYTES
    shown = text_of(message.html, "HTML", None)
    return Seen(shown.text, shown.entities, text_of(message.plain, None, None).text)
