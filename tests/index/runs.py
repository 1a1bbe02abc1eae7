"""A site, its index and what one does with them, for tests of whole runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from index.answer import Ask
from index.assemble import Around
from index.build import Options, ReindexReport, reindex
from index.embedding.base import OnBatch, Vectors
from index.embedding.hashing import HashEmbedder
from index.embedding.progress import NoProgress, Progress
from index.opening import Opened, open_answerer
from index.records import Answer
from index.settings import HASH_MODEL, Settings
from index.snapshot.content import ContentReader
from index.snapshot.disk import Disk
from index.snapshot.layout import IndexLayout
from index.snapshot.pointer import current_name
from tests.index.snapshot.faults import FaultyDisk
from tests.sites import Texts, write_site

NOW = datetime(2022, 6, 1, 4, tzinfo=UTC)  # noon at the site
TODAY = date(2022, 6, 1)


class Watched(HashEmbedder):
    """The hash embedder, which remembers what it was given to embed."""

    def __init__(self, dimension: int = 256) -> None:
        super().__init__(dimension)
        self.seen: list[str] = []

    def embed_passages(self, texts: Sequence[str], on_batch: OnBatch | None = None) -> Vectors:
        self.seen += texts
        return super().embed_passages(texts, on_batch)


def settings_of(folder: Path, /, **sections: dict[str, Any]) -> Settings:
    """Settings for the index in `folder`, with the hash embedder; the rest are sections."""
    values = {"index": {"dir": folder}, "embedding": {"model": HASH_MODEL}}
    merged = {name: {**values.get(name, {}), **part} for name, part in sections.items()}
    return Settings.model_validate({**values, **merged})


@dataclass
class Site:
    """One folder of posts with its index. Changed by writing files and calling `reindex`."""

    home: Path
    cache: Path
    settings: Settings = field(init=False)
    embedder: Watched = field(default_factory=Watched)
    now: datetime = NOW
    disk: Disk = field(default_factory=FaultyDisk)  # doesn't wait for the real one

    def __post_init__(self) -> None:
        self.settings = settings_of(self.index)

    @property
    def posts(self) -> Path:
        return self.home / "site"

    @property
    def index(self) -> Path:
        return self.home / "index"

    @property
    def layout(self) -> IndexLayout:
        return IndexLayout(self.index)

    @property
    def snapshot(self) -> str | None:
        """The name of the snapshot that answers."""
        return current_name(self.layout)

    def write(self, posts: Texts) -> None:
        write_site(self.posts, posts)

    def around(self, progress: Progress | None = None) -> Around:
        return Around(self.embedder, self.cache, self.now, progress or NoProgress(), self.disk)

    def reindex(
        self, *roots: Path, progress: Progress | None = None, **options: bool
    ) -> ReindexReport:
        """One run over `roots`, or over the site's folder."""
        around = self.around(progress)
        return reindex(roots or [self.posts], self.settings, around, Options(**options))

    def open(self) -> Opened:
        return open_answerer(self.settings, self.cache, self.embedder)

    def ask(self, text: str, **more: Any) -> Answer:
        with self.open() as opened:
            return opened.answerer.ask(Ask(text, **{"today": TODAY, **more}))

    def passages(self) -> dict[str, list[tuple[int, str]]]:
        """Post id to ids and texts of its passages, in the snapshot that answers."""
        name = self.snapshot
        assert name is not None
        with closing(ContentReader(self.layout.snapshot(name).content)) as content:
            found: dict[str, list[tuple[int, str]]] = {}
            for passage, post in content.iter_passages():
                found.setdefault(post.id, []).append((passage.id, passage.text))
        return found

    def cached_vectors(self) -> int:
        """How many vectors the embedding cache holds; 0 without one."""
        return cached_vectors(self.layout.embeddings)


def cached_vectors(path: Path) -> int:
    """How many vectors the embedding cache at `path` holds; 0 without one."""
    if not path.exists():
        return 0
    with closing(sqlite3.connect(path)) as database:
        (count,) = database.execute("SELECT count(*) FROM vectors").fetchone()
    return int(count)


def state_of(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file and folder below `folder` with inode and content: equal means untouched."""
    return {
        str(path.relative_to(folder)): (
            path.stat().st_ino,
            b"" if path.is_dir() else path.read_bytes(),
        )
        for path in sorted(folder.rglob("*"))
    }


def reasons(report: ReindexReport) -> dict[str, str]:
    """Skipped posts and why."""
    return {skip.post: skip.reason for skip in report.skipped}
