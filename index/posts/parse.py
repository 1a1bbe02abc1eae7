"""One post file to one `Post`."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from index.errors import PostError
from index.posts.body import Body, read_body
from index.posts.dates import date_in_code, date_of_name, parse_date
from index.posts.decode import decode_post
from index.posts.front_matter import FrontMatter
from index.posts.front_repair import read_front_matter
from index.posts.hashes import read_post_bytes
from index.posts.source_link import valid_url
from index.posts.walk import POSTS_FOLDER, PostFile
from index.records import Post

PARSER_VERSION = 1  # raise it when the same bytes give another Post: all posts are parsed again

# What YAML 1.1, and so Jekyll, reads as false.
_FALSE = frozenset({"false", "no", "off"})
_TRUE = frozenset({"true", "yes", "on"})
_URL_KEYS = ("source_url", "original_url", "source", "link", "canonical_url", "原文链接")
_PUBLISHER_KEYS = ("publisher", "source", "来源")
_NAME_PREFIX = re.compile(r"[-_\d]*\d[-_]+|-+")
_RUNNING_NUMBER = re.compile(r"\d{6}")
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|#39|apos|nbsp);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "#39": "'", "apos": "'", "nbsp": " "}


def parse_file(file: PostFile, zone: ZoneInfo, now: datetime) -> Post:
    """`parse_post` of a file's bytes. Raises PostError, also where the file can't be read."""
    return parse_post(file.id, read_post_bytes(file), zone, now)


def parse_post(post_id: str, raw: bytes, zone: ZoneInfo, now: datetime) -> Post:
    """The post in `raw`; dates without an offset are meant in `zone`, `now` is aware.

    Raises PostError with the reason in one short sentence for what is to be skipped and listed: no
    text, broken YAML, `published: false`, a draft, a date after `now`, no words in the body.
    """
    front, body = read_front_matter(decode_post(raw))
    _refuse_unpublished(front)
    path = PurePosixPath(post_id)
    date = _date(front, path.name, zone, now)
    content = read_body(body, is_html=path.suffix.lower() == ".html")
    if not content.lines:
        raise PostError("no text in the body")
    title, lines = _title_and_lines(front, content, path.stem)
    tags = front.names("tag", "tags")
    return Post(
        id=post_id,
        title=title,
        date=date,
        categories=_categories(front, path),
        tags=tags,
        url=_first_url(front) or content.url,
        publisher=_publisher(front) or content.publisher or (tags[0] if tags else None),
        text="\n".join(lines),
    )


def _refuse_unpublished(front: FrontMatter) -> None:
    if front.text("published").lower() in _FALSE:
        raise PostError("published: false")
    if front.text("draft").lower() in _TRUE:
        raise PostError("draft: true")


def _date(front: FrontMatter, name: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Front matter, else the name's date, else the date in the name's running number.

    Subtle: the running number is a guess, so one in the future means no date, not a future post.
    """
    date = parse_date(front.text("date"), zone) or date_of_name(name, zone)
    if date is not None:
        if date > now:
            raise PostError(f"dated {date:%Y-%m-%d %H:%M}, in the future")
        return date
    guess = date_in_code(name, zone)
    return guess if guess is not None and guess <= now else None


def _title_and_lines(front: FrontMatter, content: Body, stem: str) -> tuple[str, tuple[str, ...]]:
    """The front matter's title (an empty one stays empty), else a first heading, else the name.

    A heading that becomes the title leaves the text, unless it is all there is.
    """
    if front.has("title"):
        title = _ENTITY.sub(lambda match: _ENTITIES[match[0][1:-1]], front.text("title"))
        return title, content.lines
    if content.heading is not None:
        return content.heading, content.lines[1:] or content.lines
    slug = _NAME_PREFIX.sub("", stem, count=1)
    return "" if _RUNNING_NUMBER.search(slug) else re.sub(r"[-_\s]+", " ", slug), content.lines


def _categories(front: FrontMatter, path: PurePosixPath) -> tuple[str, ...]:
    """The front matter's, after the folders above `_posts`, which are categories in Jekyll."""
    folders = path.parts[1:-1]
    above = folders[: folders.index(POSTS_FOLDER)] if POSTS_FOLDER in folders else ()
    return tuple(dict.fromkeys((*above, *front.names("category", "categories"))))


def _first_url(front: FrontMatter) -> str | None:
    return next((url for key in _URL_KEYS if (url := valid_url(front.text(key)))), None)


def _publisher(front: FrontMatter) -> str | None:
    names = (front.text(key) for key in _PUBLISHER_KEYS)
    return next((name for name in names if name and "://" not in name), None)
