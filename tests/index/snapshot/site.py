"""A small site and its index, built with the real parts, for the tests of this package.

Every generation of the site says its number in every passage, vector and word, so that a mixture of
two is seen at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np

from index.errors import SnapshotError
from index.filters import Columns, Filters, IdArray
from index.records import Post
from index.snapshot.content import ContentReader
from index.snapshot.content_writer import ContentWriter
from index.snapshot.disk import Disk
from index.snapshot.layout import IndexLayout, SnapshotLayout
from index.snapshot.lock import writer_lock
from index.snapshot.manifest import Manifest
from index.snapshot.opened import Opening, Snapshot, open_folder
from index.snapshot.publish import building, publish
from index.vectors.base import Rows
from index.vectors.factory import StoreKind, write_store

CHINA = timezone(timedelta(hours=8))
NOON = datetime(2021, 12, 8, 12, tzinfo=CHINA)
DIMENSION = 8


class UnsyncedDisk(Disk):
    """Doesn't wait for the disk: what the kernel has been told outlives a process.

    `test_publish` looks at when and where is synced, `test_crash` at what a power cut leaves.
    """

    def fsync(self, path: Path) -> None:
        path.stat()


UNSYNCED = UnsyncedDisk()


def clock() -> datetime:
    """Always the same noon: snapshot names must be different all the same."""
    return NOON


def post_of(post_id: str, text: str, **other: object) -> Post:
    """A post with plain answers to whatever isn't given."""
    values: dict[str, object] = {
        "title": f"题 {post_id}",
        "date": NOON,
        "categories": ("财经",),
        "tags": ("新闻", post_id),
        "url": "http://example.com/1",
        "publisher": None,
        **other,
    }
    return Post(id=post_id, text=text, **values)  # type: ignore[arg-type]


def hash_of(post: Post) -> str:
    """A stand-in for the hash of a post's file."""
    return hashlib.sha256(repr(post).encode()).hexdigest()


def vector_of(generation: int) -> np.ndarray:
    """The same unit vector for all passages of a generation."""
    vector = np.zeros(DIMENSION, np.float32)
    vector[generation % DIMENSION] = 1
    return vector


def write_words(folder: Path, generation: int, ids: IdArray) -> None:
    """A stand-in for the word index: the generation and the ids."""
    folder.mkdir()
    (folder / "words.txt").write_text(f"{generation}\n" + " ".join(map(str, ids)))


def open_words(folder: Path, columns: Columns) -> int:
    """The generation in the stand-in for the word index, ids checked."""
    try:
        first, rest = (folder / "words.txt").read_text().split("\n")
    except OSError as error:
        raise SnapshotError(f"{folder} can't be read.") from error
    if [int(word) for word in rest.split()] != columns.ids.tolist():
        raise SnapshotError("other words")
    return int(first)


HOW = Opening(open_words, verified_dir=None)


def site_of(generation: int, posts: int = 3) -> list[Post]:
    """The posts of one generation, two passages each."""
    return [post_of(f"site/{i}.md", f"第{generation}代。\n第{i}篇。") for i in range(posts)]


def fill(
    files: SnapshotLayout, generation: int, kind: StoreKind, posts: Sequence[Post]
) -> Manifest:
    """Write all parts of a snapshot and return its manifest, unfinished as `publish` wants it."""
    with ContentWriter(files.content) as writer:
        parts = []
        for post in posts:
            cut = post.text.index("\n")
            parts.append(
                writer.add_post(post, hash_of(post), [(0, cut), (cut + 1, len(post.text))])
            )
    ids = np.concatenate(parts) if parts else np.empty(0, np.int64)
    vectors = np.repeat(vector_of(generation)[None], len(ids), axis=0)
    write_store(kind, files.vectors, Rows(ids, vectors))
    write_words(files.lexical, generation, ids)
    return manifest_of(posts=len(posts), passages=len(ids), store=kind)


def manifest_of(**other: object) -> Manifest:
    """A manifest with plain answers to whatever isn't given."""
    values: dict[str, object] = {
        "qinwen": "0.1.0",
        "created": NOON.isoformat(),
        "model": "hash-8",
        "engine": "none",
        "dimension": DIMENSION,
        "store": "exact",
        "tokenizer": "words-1",
        "passage_settings": {"max_chars": 400, "min_chars": 80},
        "posts": 0,
        "passages": 0,
        **other,
    }
    return Manifest.model_validate(values)


def generation_of(snapshot: Snapshot[int]) -> int:
    """Asks every part of an open snapshot; fails where they are not of one generation."""
    ((ids, scores),) = snapshot.vectors.search(vector_of(snapshot.lexical)[None], 100, Filters())
    assert len(ids) == snapshot.content.passage_count and np.all(scores == 1)
    for number, (passage, post) in enumerate(snapshot.content.passages(ids)):
        assert post.text.startswith(f"第{snapshot.lexical}代。")
        assert passage.text == (f"第{snapshot.lexical}代。", f"第{number // 2}篇。")[number % 2]
    return snapshot.lexical


def probe(files: SnapshotLayout) -> None:
    """What a reindex run does before it publishes: open it and ask it something."""
    snapshot = open_folder(files, HOW)
    generation_of(snapshot)
    snapshot.close()


def publish_generation(
    layout: IndexLayout,
    generation: int,
    kind: StoreKind = "exact",
    keep: int = 3,
    disk: Disk = UNSYNCED,
) -> SnapshotLayout:
    """One whole run: lock, build, publish."""
    with writer_lock(layout, clock), building(layout, NOON, disk) as draft:
        manifest = fill(draft.files, generation, kind, site_of(generation))
        return publish(draft, manifest, probe, keep)


def reader_of(path: Path, posts: Sequence[Post]) -> ContentReader:
    """A content file with each post as one passage, opened."""
    with ContentWriter(path) as writer:
        for post in posts:
            writer.add_post(post, hash_of(post), [(0, len(post.text))])
    return ContentReader(path)
