"""Writes the posts and passages of the next snapshot, from a copy of the one before."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt

from index.errors import PostError
from index.filters import NO_DAY, IdArray
from index.records import Post
from index.snapshot.schema import (
    INSERT_POST,
    RENAME_POST,
    SAME_WORDS,
    SCHEMA,
    post_values,
    writing_errors,
)

_CACHE_KIB = 65_536  # of page cache while writing, so that index pages stay in memory


class ContentWriter:
    """One new `content.sqlite`; use it in a `with` block, which finishes the file unless it fails.

    `previous` is the file to go on from; without it the file starts empty and passage ids start at
    `next_id` (a full rebuild hands over the old reader's `next_id`, so that no id comes back with
    another meaning). Raises StorageError where the disk refuses, SnapshotError where `previous` is
    damaged. After an error the file is of no use.
    """

    def __init__(self, path: Path, previous: Path | None = None, next_id: int = 1) -> None:
        self._path = path
        if previous is not None:
            shutil.copyfile(previous, path)
        with writing_errors(path):
            self._db = sqlite3.connect(path, isolation_level=None)
            # Subtle: neither journal nor syncs on disk: the file is new, nobody reads it yet, and
            # publishing syncs it. The journal in memory is for a statement that fails half-way.
            self._db.execute("PRAGMA journal_mode = MEMORY")
            self._db.execute("PRAGMA synchronous = OFF")
            self._db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            if previous is None:
                self._db.executescript(SCHEMA)
                self._db.execute("INSERT INTO counters VALUES ('next_id', ?)", (next_id,))
            self._db.execute("BEGIN")
            found = self._db.execute("SELECT value FROM counters WHERE name = 'next_id'")
            self._next_id = int(found.fetchone()[0])

    def __enter__(self) -> ContentWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            self._db.close()

    def add_post(self, post: Post, content_hash: str, spans: Sequence[tuple[int, int]]) -> IdArray:
        """Add a post with its passages `text[start:end]`, and return their new ids, ascending.

        Raises ValueError for a post that is there or a span outside the text, PostError for text
        that can't be written down at all; then nothing is added and the next post may come.
        """
        _check_text(post)
        if any(not 0 <= start <= end <= len(post.text) for start, end in spans):
            raise ValueError(f"a span of {post.id} is outside of its text: {spans}")
        with writing_errors(self._path):
            if self._number(post.id) is not None:
                raise ValueError(f"{post.id} is there already")
            values = (*post_values(post), _day(post), content_hash)
            row = self._db.execute(INSERT_POST, values)
            number, first = row.lastrowid, self._next_id
            self._db.execute("INSERT INTO bodies VALUES (?, ?)", (number, post.text))
            self._db.executemany(
                "INSERT INTO passages VALUES (?, ?, ?, ?, ?)",
                [(first + i, number, i, start, end) for i, (start, end) in enumerate(spans)],
            )
        self._next_id += len(spans)
        return np.arange(first, self._next_id, dtype=np.int64)

    def remove_posts(self, post_ids: Iterable[str]) -> IdArray:
        """Remove posts, and return the ids of the passages that went with them, ascending.

        Raises ValueError for a post that isn't there.
        """
        gone: list[int] = []
        with writing_errors(self._path):
            for post_id in post_ids:
                number = self._known(post_id)
                found = self._db.execute("SELECT id FROM passages WHERE post = ?", (number,))
                gone.extend(passage for (passage,) in found)
                self._db.execute("DELETE FROM passages WHERE post = ?", (number,))
                self._db.execute("DELETE FROM bodies WHERE post = ?", (number,))
                self._db.execute("DELETE FROM posts WHERE number = ?", (number,))
        return np.array(sorted(gone), dtype=np.int64)

    def rename_post(self, old_id: str, post: Post) -> bool:
        """Let the post `old_id` be `post` from now on, its passages keeping their ids.

        False, and nothing is changed, where title or text differ: the words then differ too, and
        the post has to be removed and added. Raises ValueError where `old_id` isn't there or
        `post.id` is.
        """
        _check_text(post)
        with writing_errors(self._path):
            number = self._known(old_id)
            if post.id != old_id and self._number(post.id) is not None:
                raise ValueError(f"{post.id} is there already")
            same = self._db.execute(SAME_WORDS, (number, post.title, post.text)).fetchone()
            if same:
                self._db.execute(RENAME_POST, (*post_values(post), _day(post), number))
        return same is not None

    def _number(self, post_id: str) -> int | None:
        found = self._db.execute("SELECT number FROM posts WHERE id = ?", (post_id,)).fetchone()
        return int(found[0]) if found else None

    def _known(self, post_id: str) -> int:
        number = self._number(post_id)
        if number is None:
            raise ValueError(f"{post_id} isn't there")
        return number

    def _finish(self) -> None:
        with writing_errors(self._path):
            self._db.execute(
                "UPDATE counters SET value = ? WHERE name = 'next_id'", (self._next_id,)
            )
            self._db.execute(
                "INSERT OR REPLACE INTO filter_columns VALUES (1, ?, ?, ?, ?)", self._columns()
            )
            self._db.execute("COMMIT")

    def _columns(self) -> tuple[bytes, bytes, bytes, str]:
        """What `Columns` needs, derived anew from the tables: ids, days, category codes, sets."""
        posts = self._db.execute("SELECT number, day, categories FROM posts ORDER BY number")
        sets: dict[str, int] = {}
        rows = [(number, day, sets.setdefault(names, len(sets))) for number, day, names in posts]
        of_post = np.array(rows, dtype=np.int64).reshape(-1, 3)
        found = self._db.execute("SELECT id, post FROM passages ORDER BY id")
        passages: npt.NDArray[np.int64] = np.fromiter(found, dtype=np.dtype((np.int64, 2)))
        place = np.searchsorted(of_post[:, 0], passages[:, 1])
        return (
            passages[:, 0].astype("<i8").tobytes(),
            of_post[place, 1].astype("<i4").tobytes(),
            of_post[place, 2].astype("<i4").tobytes(),
            json.dumps([json.loads(names) for names in sets], ensure_ascii=False),
        )


def _day(post: Post) -> int:
    return post.day.toordinal() if post.day else NO_DAY


def _check_text(post: Post) -> None:
    """Half a surrogate pair (from a broken escape or file name) has no place in UTF-8."""
    for value in (post.text, *filter(None, post_values(post))):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise PostError(
                f"{post.id!r} holds half of a surrogate pair, {value[error.start]!r}.",
                "Mend the character or the file name.",
            ) from error
