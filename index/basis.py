"""What a reindex run starts from: the snapshot that answers, if it is whole and built alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from index.assemble import Around, passage_settings, tokenizer_of
from index.errors import SnapshotError
from index.settings import Settings
from index.snapshot.content import ContentReader
from index.snapshot.layout import IndexLayout, SnapshotLayout
from index.snapshot.manifest import Expected, check_compatible
from index.snapshot.pointer import current
from index.snapshot.verify import verify

VERIFIED_FOLDER = "verified"  # in the cache folder: which snapshots' checksums were right


@dataclass(frozen=True, slots=True)
class Basis:
    """The snapshot that the run starts from; its layout is None where everything is made anew."""

    layout: SnapshotLayout | None
    content: ContentReader | None

    def hashes(self) -> dict[str, str]:
        """Post id to content hash; empty without an index."""
        return self.content.hashes() if self.content else {}

    @property
    def next_id(self) -> int:
        """Where passage ids go on."""
        return self.content.next_id if self.content else 1


@contextmanager
def open_basis(
    layout: IndexLayout, settings: Settings, around: Around, full: bool
) -> Iterator[Basis]:
    """The current snapshot, verified and compatible; with `full` a bad one is as good as none."""
    content = folder = None
    try:
        folder = current(layout)
        if folder is not None:
            manifest = verify(SnapshotLayout(folder), around.cache / VERIFIED_FOLDER)
            if not full:
                check_compatible(manifest, expected(settings, around.embedder.fingerprint))
                tokenizer = tokenizer_of(SnapshotLayout(folder))
                check_compatible(manifest, Expected(tokenizer=tokenizer.fingerprint))
            content = ContentReader(SnapshotLayout(folder).content)
    except SnapshotError:
        if not full:
            raise
    try:
        usable = folder is not None and content is not None and not full
        yield Basis(SnapshotLayout(folder) if folder and usable else None, content)
    finally:
        if content is not None:
            content.close()


def expected(settings: Settings, model: str) -> Expected:
    """What the settings ask of an index before its own dictionary is known."""
    return Expected(model=model, passage_settings=passage_settings(settings))
