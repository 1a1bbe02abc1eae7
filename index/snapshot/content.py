"""Reads the posts and passages of a snapshot. Written by `index.snapshot.content_writer`."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from index.errors import SnapshotError
from index.filters import NO_DAY, Columns, IdArray
from index.records import Passage, Post
from index.snapshot.disk import REBUILD
from index.snapshot.schema import (
    CONTENT_FORMAT,
    LATEST_POSTS,
    PASSAGE_COUNTS,
    PASSAGES_BY_ID,
    POST_BY_ID,
    POSTS_BY_NUMBER,
    damaged,
    post_from,
    reading_errors,
)

# Passages loaded at once: some megabytes of posts.
_CHUNK = 1_000


class ContentReader:
    """An open `content.sqlite`; any number of threads may ask.

    The filter columns are in memory (16 bytes a passage), all else stays on the disk. The file is
    held open, so that it can be read to the end even when the snapshot has been pruned (POSIX).
    Raises SnapshotError where the file is missing, damaged, or written by another format.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        # Subtle: one connection for all threads. One per thread would have to open the file again,
        # and by then a later run may have deleted it.
        self._lock = threading.Lock()
        with reading_errors(path):
            # Immutable: no locks and no journal are looked for; nothing changes a published file.
            uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
            self._db = sqlite3.connect(uri, uri=True, check_same_thread=False)
        try:
            self._check_format()
            self._columns = self._read_columns()
            with reading_errors(path):
                self._post_count = int(self._one("SELECT count(*) FROM posts"))
                self._next_id = int(self._one("SELECT value FROM counters WHERE name = 'next_id'"))
        except SnapshotError:
            self._db.close()
            raise

    @property
    def post_count(self) -> int:
        """How many posts there are."""
        return self._post_count

    @property
    def passage_count(self) -> int:
        """How many passages there are."""
        return len(self._columns.ids)

    @property
    def next_id(self) -> int:
        """The id that the next new passage will get; higher than any that was ever given."""
        return self._next_id

    def columns(self) -> Columns:
        """What filters look at; always the same object."""
        return self._columns

    def post(self, post_id: str) -> Post:
        """The post with this id. Raises KeyError where there is none."""
        with reading_errors(self._path):
            posts = [post_from(row[1:], row[0]) for row in self._rows(POST_BY_ID, [post_id])]
        if not posts:
            raise KeyError(post_id)
        return posts[0]

    def passages(self, ids: Sequence[int] | IdArray) -> list[tuple[Passage, Post]]:
        """The passages with these ids and their posts, in the order asked; an id may come twice.

        Passages of one post share its object. Raises SnapshotError for an id that isn't here:
        ids come from the other parts of the same snapshot. Empty in, empty out.
        """
        wanted = np.asarray(ids, dtype=np.int64).tolist()
        found: dict[int, tuple[Passage, Post]] = {}
        distinct = sorted(set(wanted))
        for first in range(0, len(distinct), _CHUNK):
            with reading_errors(self._path):
                found.update(self._load(distinct[first : first + _CHUNK]))
        for passage_id in wanted:
            if passage_id not in found:
                raise SnapshotError(f"Passage {passage_id} is not in the index.", REBUILD)
        return [found[passage_id] for passage_id in wanted]

    def iter_passages(self) -> Iterator[tuple[Passage, Post]]:
        """All passages and their posts by ascending id, without loading more than a chunk."""
        for first in range(0, self.passage_count, _CHUNK):
            yield from self.passages(self._columns.ids[first : first + _CHUNK])

    def hashes(self) -> dict[str, str]:
        """Post id to content hash, all of them."""
        with reading_errors(self._path):
            return dict(self._rows("SELECT id, hash FROM posts"))

    def passage_counts(self) -> dict[str, int]:
        """Post id to how many passages the post has, all posts."""
        with reading_errors(self._path):
            return dict(self._rows(PASSAGE_COUNTS))

    def titles_and_tags(self) -> list[tuple[str, tuple[str, ...]]]:
        """Every post's title and tags, by post id."""
        with reading_errors(self._path):
            # Subtle: sorted here, because SQLite would look up every row by way of the id index.
            found = sorted(self._rows("SELECT id, title, tags FROM posts"))
            return [(title, tuple(json.loads(tags))) for _, title, tags in found]

    def newest_day(self) -> date | None:
        """The day of the newest post in the site's time zone; None where no post has a date."""
        with reading_errors(self._path):
            newest = self._one("SELECT max(day) FROM posts")
            return None if newest in (None, NO_DAY) else date.fromordinal(newest)

    def latest_posts(self, most: int, category: str | None = None) -> list[Post]:
        """Up to `most` posts, newest first; posts without a date are never among them.

        `category` leaves those that are filed under just this name; unknown names leave none.
        """
        with reading_errors(self._path):
            found = self._rows(LATEST_POSTS, [category, category, max(most, 0)])
            numbers = [number for (number,) in found]
            rows = self._rows(POSTS_BY_NUMBER, [json.dumps(numbers)])
            posts = {row[0]: post_from(row[2:], row[1]) for row in rows}
        if len(posts) != len(numbers):
            raise damaged(self._path)
        return [posts[number] for number in numbers]

    def close(self) -> None:
        """Close the file; nothing may be asked afterwards."""
        with self._lock:
            self._db.close()

    def _rows(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def _one(self, sql: str) -> Any:  # noqa: ANN401 (whatever the column holds)
        return self._rows(sql)[0][0]

    def _check_format(self) -> None:
        with reading_errors(self._path):
            version = self._one("PRAGMA user_version")
        if version != CONTENT_FORMAT:
            raise SnapshotError(
                f"{self._path} has content format {version}, this program reads {CONTENT_FORMAT}.",
                REBUILD,
            )

    def _read_columns(self) -> Columns:
        with reading_errors(self._path):
            ((ids, days, codes, sets),) = self._rows(
                "SELECT ids, days, codes, category_sets FROM filter_columns"
            )
            columns = Columns(
                np.frombuffer(ids, "<i8").astype(np.int64, copy=False),
                np.frombuffer(days, "<i4").astype(np.int32, copy=False),
                np.frombuffer(codes, "<i4").astype(np.int32, copy=False),
                tuple(frozenset(names) for names in json.loads(sets)),
            )
            count = self._one("SELECT count(*) FROM passages")
        lengths = {len(columns.ids), len(columns.days), len(columns.category_codes), count}
        if len(lengths) != 1 or np.any(columns.ids[1:] <= columns.ids[:-1]):
            raise damaged(self._path)
        return columns

    def _load(self, ids: list[int]) -> dict[int, tuple[Passage, Post]]:
        passages = self._rows(PASSAGES_BY_ID, [json.dumps(ids)])
        numbers = sorted({row[1] for row in passages})
        rows = self._rows(POSTS_BY_NUMBER, [json.dumps(numbers)])
        posts = {row[0]: post_from(row[2:], row[1]) for row in rows}
        if len(posts) != len(numbers):
            raise damaged(self._path)
        found = {}
        for passage_id, post_number, number, start, stop in passages:
            post = posts[post_number]
            if not 0 <= start <= stop <= len(post.text):
                raise damaged(self._path)
            text = post.text[start:stop]
            found[passage_id] = (Passage(passage_id, post.id, number, start, stop, text), post)
        return found
