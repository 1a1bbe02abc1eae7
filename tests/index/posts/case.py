"""How the tests of this folder parse: one zone, one clock, and posts written in place."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from index.posts.parse import parse_post
from index.records import Post

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2024, 1, 1, tzinfo=ZONE)
NAME = "site/2021-12-08-abc.md"

PROJECT = Path(__file__).resolve().parents[3]
SAMPLES = PROJECT / "tests" / "data" / "posts"
REAL_POSTS = PROJECT.parent / "shared" / "posts"


def parse(raw: bytes | str, post_id: str = NAME) -> Post:
    """The post in `raw`, as of 2024."""
    return parse_post(post_id, raw.encode() if isinstance(raw, str) else raw, ZONE, NOW)


def parse_body(body: str, post_id: str = NAME) -> Post:
    """A post with a title and this body."""
    return parse(f"---\ntitle: 题\n---\n{body}", post_id)


def parse_header(header: str, post_id: str = NAME) -> Post:
    """A post with this front matter and a body."""
    return parse(f"---\n{header}\n---\n正文。", post_id)
