"""The tables of `content.sqlite`, shared by its writer and its reader."""

from __future__ import annotations

import errno
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from index.errors import QinwenError, SnapshotError
from index.records import Post
from index.snapshot.disk import RESCUE, storage_error

CONTENT_FORMAT = 1  # kept as SQLite's user_version

# Texts have their own table, so that reading all hashes doesn't wade through them. `filter_columns`
# is what `Columns` needs, derived when the writer finishes: three arrays, little endian.
SCHEMA = f"""
CREATE TABLE posts (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, hash TEXT NOT NULL, title TEXT NOT NULL,
  date TEXT, day INTEGER, categories TEXT NOT NULL, tags TEXT NOT NULL, url TEXT, publisher TEXT
);
CREATE INDEX posts_by_hash ON posts (hash);
CREATE TABLE bodies (post INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE passages (
  id INTEGER PRIMARY KEY, post INTEGER NOT NULL, number INTEGER NOT NULL,
  start INTEGER NOT NULL, stop INTEGER NOT NULL
);
CREATE INDEX passages_by_post ON passages (post);
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE filter_columns (
  one INTEGER PRIMARY KEY CHECK (one = 1), ids BLOB NOT NULL, days BLOB NOT NULL,
  codes BLOB NOT NULL, category_sets TEXT NOT NULL
);
PRAGMA user_version = {CONTENT_FORMAT};
"""

INSERT_POST = """
INSERT INTO posts (id, title, date, categories, tags, url, publisher, day, hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
RENAME_POST = """
UPDATE posts SET (id, title, date, categories, tags, url, publisher, day) = (?, ?, ?, ?, ?, ?, ?, ?)
WHERE number = ?
"""
SAME_WORDS = """
SELECT 1 FROM posts JOIN bodies ON bodies.post = posts.number
WHERE number = ? AND title = ? AND text = ?
"""
# Posts come as text first, then the values of `post_values`; ids and numbers go in as JSON lists.
POST_BY_ID = """
SELECT text, id, title, date, categories, tags, url, publisher
FROM posts JOIN bodies ON bodies.post = posts.number WHERE id = ?
"""
POSTS_BY_NUMBER = """
SELECT number, text, id, title, date, categories, tags, url, publisher
FROM posts JOIN bodies ON bodies.post = posts.number
WHERE number IN (SELECT value FROM json_each(?))
"""
PASSAGES_BY_ID = """
SELECT id, post, number, start, stop FROM passages
WHERE id IN (SELECT value FROM json_each(?))
"""
# Subtle: by julianday, as texts with different offsets don't sort by time; by id among equals.
LATEST_POSTS = """
SELECT number FROM posts
WHERE date IS NOT NULL AND (? IS NULL OR EXISTS
  (SELECT 1 FROM json_each(categories) WHERE value = ?))
ORDER BY julianday(date) DESC, id LIMIT ?
"""
PASSAGE_COUNTS = """
SELECT posts.id, count(passages.id) FROM posts LEFT JOIN passages ON passages.post = posts.number
GROUP BY posts.number
"""

# SQLite's primary result codes for what is the disk's fault, and the system's word for it.
_DISK_FAULTS = {3: errno.EACCES, 8: errno.EROFS, 10: errno.EIO, 13: errno.ENOSPC, 14: errno.EACCES}


def post_values(post: Post) -> tuple[str | None, ...]:
    """A post but for its text, in the order of INSERT_POST."""
    return (
        post.id,
        post.title,
        post.date.isoformat() if post.date else None,
        json.dumps(post.categories, ensure_ascii=False),
        json.dumps(post.tags, ensure_ascii=False),
        post.url,
        post.publisher,
    )


def post_from(values: tuple[str, ...], text: str) -> Post:
    """The post back from `post_values` and its text.

    The date is the same moment and day, its zone a plain offset.
    """
    post_id, title, date, categories, tags, url, publisher = values
    return Post(
        id=post_id,
        title=title,
        date=datetime.fromisoformat(date) if date else None,
        categories=tuple(json.loads(categories)),
        tags=tuple(json.loads(tags)),
        url=url,
        publisher=publisher,
        text=text,
    )


def damaged(path: Path) -> SnapshotError:
    """The error for a file that isn't what the writer left."""
    return SnapshotError(f"{path} is damaged.", RESCUE)


@contextmanager
def reading_errors(path: Path) -> Iterator[None]:
    """Whatever a damaged file leads to inside becomes one SnapshotError."""
    try:
        yield
    except (sqlite3.Error, ValueError, TypeError, OverflowError, IndexError) as error:
        raise damaged(path) from error


@contextmanager
def writing_errors(path: Path) -> Iterator[None]:
    """What SQLite reports inside becomes StorageError where the disk is to blame, else damage."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translated(error, path) from error


def _translated(error: sqlite3.Error, path: Path) -> QinwenError:
    # Subtle: the low byte is the kind; extended codes such as IOERR_WRITE add to the bytes above.
    fault = _DISK_FAULTS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    return storage_error(fault, "writing the index", str(path)) if fault else damaged(path)
