"""A snapshot opened as a whole, with all of its parts agreeing."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from index.errors import IndexMissingError, SnapshotError
from index.filters import Columns
from index.snapshot.content import ContentReader
from index.snapshot.disk import REBUILD, RESCUE
from index.snapshot.layout import IndexLayout, SnapshotLayout
from index.snapshot.manifest import Expected, Manifest, MismatchError, check_compatible
from index.snapshot.pointer import current, fallbacks, newest_whole
from index.snapshot.verify import verify
from index.vectors.base import VectorStore
from index.vectors.factory import STORE_KINDS, open_store

# A reader looks at the pointer anew when a snapshot vanishes under its hands. More than this many
# publications within the time of one opening is no race any more.
_ATTEMPTS = 5

Words = TypeVar("Words", covariant=True)


class OpenWords(Protocol[Words]):
    """Opens the word index in a folder; `columns` hold the ids that must be in it."""

    def __call__(self, folder: Path, columns: Columns) -> Words:
        """Raises SnapshotError where the folder is damaged or holds other ids."""
        ...


@dataclass(frozen=True, slots=True)
class Snapshot(Generic[Words]):
    """One whole snapshot, for any number of threads, until `close`.

    Vectors, ids and filter columns are in memory; of posts and passages the file is held open. So a
    later run may delete the folder (POSIX) and questions are still answered from this snapshot.
    """

    layout: SnapshotLayout
    manifest: Manifest
    content: ContentReader
    vectors: VectorStore
    lexical: Words

    @property
    def name(self) -> str:
        """The snapshot's name; compare it with the pointer's to see whether there is a newer."""
        return self.layout.name

    def close(self) -> None:
        """Let go of files and memory; nothing may be asked afterwards."""
        self.vectors.close()
        self.content.close()


@dataclass(frozen=True, slots=True)
class Opening(Generic[Words]):
    """How to open snapshots: the same for each of them.

    `verified_dir` is where verified checksums are remembered (None: hash every time), `expected`
    what the settings ask for, `threads` what FAISS may use for one search (0: its own choice).
    """

    open_words: OpenWords[Words]
    verified_dir: Path | None
    expected: Expected = field(default_factory=Expected)
    threads: int = 0


def open_folder(layout: SnapshotLayout, how: Opening[Words]) -> Snapshot[Words]:
    """Open one snapshot, current or not, published or about to be.

    Every checksum is verified before anything else reads a file. Raises SnapshotError where it is
    damaged, was built otherwise than expected, or its parts disagree.
    """
    manifest = verify(layout, how.verified_dir)
    check_compatible(manifest, how.expected)
    with ExitStack() as undo:
        content = ContentReader(layout.content)
        undo.callback(content.close)
        _same("posts", manifest.posts, content.post_count)
        _same("passages", manifest.passages, content.passage_count)
        kind = next((kind for kind in STORE_KINDS if kind == manifest.store), None)
        if kind is None:
            raise SnapshotError(f"This program has no vector store {manifest.store!r}.", REBUILD)
        columns = content.columns()
        vectors = open_store(kind, layout.vectors, columns, how.threads)
        undo.callback(vectors.close)
        _same("dimensions", manifest.dimension, vectors.dimension)
        lexical = how.open_words(layout.lexical, columns)
        undo.pop_all()
    return Snapshot(layout, manifest, content, vectors, lexical)


def open_snapshot(index: IndexLayout, how: Opening[Words]) -> Snapshot[Words]:
    """Open the snapshot that the pointer names.

    Raises IndexMissingError where there is no index yet, SnapshotError as `open_folder` and where
    the pointer is damaged; never takes another snapshot instead, but says which one is whole.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        folder = None
        try:
            folder = current(index)
            if folder is None:
                raise IndexMissingError(
                    f"There is no index in {index.root} yet.", "Run `qinwen reindex POSTS…`."
                )
            return open_folder(SnapshotLayout(folder), how)
        except SnapshotError as error:
            if attempt < _ATTEMPTS and _moved_on(index, folder):
                continue
            raise _with_way_out(error, index, how.verified_dir) from error
    raise AssertionError("unreachable")


def _moved_on(index: IndexLayout, folder: Path | None) -> bool:
    """Whether the pointer names another snapshot by now: a run has published, and pruned ours."""
    try:
        return current(index) != folder
    except SnapshotError:
        return False


def _with_way_out(
    error: SnapshotError, index: IndexLayout, verified_dir: Path | None
) -> SnapshotError:
    """For damage, the same error with the snapshot that `rollback` would go to, if there is one."""
    if isinstance(error, MismatchError):
        return error
    whole = newest_whole(index, fallbacks(index), verified_dir)
    if whole is None:
        return SnapshotError(error.message, REBUILD)
    return SnapshotError(
        error.message,
        f"Run `qinwen rollback` to answer from {whole}, which is whole, "
        "or `qinwen reindex POSTS… --full`.",
    )


def _same(what: str, promised: int, found: int) -> None:
    if promised != found:
        raise SnapshotError(f"The index should hold {promised} {what}, but holds {found}.", RESCUE)
