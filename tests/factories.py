"""Records with sensible defaults for tests, and the ugly texts that everything must survive.

Each `make_…` takes the record's own fields as keywords; what isn't given has a default.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from index.question import Question, parse_question
from index.records import Answer, Copy, Hit, Passage, Post, Source, Span

SITE_ZONE = timezone(timedelta(hours=8))
TODAY = date(2022, 3, 5)  # a Saturday
NOON = datetime(2022, 3, 1, 12, 0, tzinfo=SITE_ZONE)

# For property tests: a busy machine must not fail them.
UNHURRIED = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])

# Pieces that have broken text tools before: Traditional script and its phrases, Extension B, emoji
# of several code points, full width, combining marks, half characters, NULs, odd line ends.
_PIECES = (
    *(
        "股价上涨",
        "畢昇",
        "乾隆",
        "乾燥",
        "臺灣",
        "𠮷野家",
        "二〇二二年",
        "去年",
        "一二三四",
        "谁",
        "多少",
    ),
    *(
        "😀",
        "👨\u200d👩\u200d👧",
        "1️⃣",
        "ＡＢＣ１２",
        "e\u0301",
        "か\u3099",
        "℃",
        "㎞",
        "½",
        "ﬁ",
        "ǅ",
        "İ",
    ),
    *(
        "\udcff",
        "\ud800",
        "\x00",
        "\u200b",
        "\ufeff",
        "\x85",
        "\u2028",
        "\r\n",
        "\n",
        "\n\n",
        "\t",
        " ",
    ),
    *("　", "“", "”", "。", "！", "……", "，", "、", "?", "(", "[", "\\", ".*", "%", "-", "/"),
)
ugly_texts = st.lists(
    st.one_of(st.sampled_from(_PIECES), st.text(st.characters(), max_size=6)), max_size=30
).map("".join)


def make_post(**fields: Any) -> Post:
    """A dated post of one paragraph."""
    defaults: dict[str, Any] = {
        "id": "posts/2022-03-01-ferry.md",
        "title": "渡轮复航",
        "date": NOON,
        "categories": ("交通",),
        "tags": ("青石晚报",),
        "url": "http://news.example.com/ferry",
        "publisher": "青石晚报",
        "text": "青石港的渡轮周二复航，每天往返6班。",
    }
    return Post(**defaults | fields)


def make_passage(**fields: Any) -> Passage:
    """The first passage of a post; `end` follows from `start` and `text`."""
    text = fields.get("text", "青石港的渡轮周二复航，每天往返6班。")
    start = fields.get("start", 0)
    defaults: dict[str, Any] = {
        "id": 1,
        "post_id": "posts/2022-03-01-ferry.md",
        "number": 0,
        "start": start,
        "end": start + len(text),
        "text": text,
    }
    return Passage(**defaults | fields)


def make_hit(text: str = "青石港的渡轮周二复航，每天往返6班。", **fields: Any) -> Hit:
    """A hit whose post says `text` and nothing else; `post` and `passage` may be given instead."""
    post = fields.get("post") or make_post(text=text)
    defaults: dict[str, Any] = {
        "passage": make_passage(text=text, post_id=post.id),
        "post": post,
        "score": 1.0,
        "dense": 0.8,
        "lexical": 5.0,
    }
    return Hit(**defaults | fields)


def make_span(**fields: Any) -> Span:
    """The figure in `make_hit`'s passage."""
    defaults: dict[str, Any] = {
        "hit": 0,
        "in_title": False,
        "start": 15,
        "end": 17,
        "text": "6班",
        "score": 3.0,
    }
    return Span(**defaults | fields)


def make_source(**fields: Any) -> Source:
    """The first source, with the answer marked in it."""
    defaults: dict[str, Any] = {
        "rank": 1,
        "text": "青石港的渡轮周二复航，每天往返6班。",
        "highlight": (15, 17),
        "title": "渡轮复航",
        "date": NOON,
        "url": "http://news.example.com/ferry",
        "post": "2022-03-01-ferry.md",
        "score": 1.0,
        "answer": "6班",
        "publisher": "青石晚报",
        "copies": (),
        "old": False,
    }
    return Source(**defaults | fields)


def make_copy(**fields: Any) -> Copy:
    """The same story under another name."""
    defaults: dict[str, Any] = {
        "title": "渡轮复航了",
        "date": datetime(2022, 3, 2, 4, 0, tzinfo=UTC),
        "url": None,
        "post": "2022-03-02-ferry.md",
    }
    return Copy(**defaults | fields)


def make_answer(**fields: Any) -> Answer:
    """An answer from one source."""
    defaults: dict[str, Any] = {
        "question": "渡轮每天几班？",
        "searched": "渡轮每天几班？",
        "text": "6班",
        "confidence": 0.9,
        "sources": (make_source(),),
        "reason": "found",
    }
    return Answer(**defaults | fields)


def make_question(text: str = "渡轮每天几班？", today: date = TODAY, *names: str) -> Question:
    """A question parsed as `ask` does it; `names` are the categories that the index knows."""
    return parse_question(text, today, names)
