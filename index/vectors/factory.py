"""Which store: by name, so that FAISS is imported only where it is chosen."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from index.filters import Columns, IdArray
from index.vectors.base import Rows, VectorStore

StoreKind = Literal["faiss", "exact"]
STORE_KINDS: tuple[StoreKind, ...] = ("faiss", "exact")


def open_store(kind: StoreKind, folder: Path, columns: Columns, threads: int = 0) -> VectorStore:
    """Open the store in `folder`; `columns` are the same passages' filter columns.

    `threads` bounds FAISS's threads, 0 leaves them to it. Raises SnapshotError where files are
    damaged or don't hold exactly the ids of `columns`.
    """
    if kind == "exact":
        from index.vectors.exact import ExactStore

        return ExactStore(folder, columns)
    from index.vectors.faiss_store import FaissStore

    return FaissStore(folder, columns, threads)


def write_store(kind: StoreKind, folder: Path, rows: Rows) -> None:
    """Write a new store of `rows` into `folder`, which is made if need be.

    Raises ValueError where ids and vectors don't fit or an id comes twice, SettingsError for
    vectors that aren't of unit length, OSError where the disk refuses. No vectors, shape
    `(0, dim)`, make an empty store.
    """
    if kind == "exact":
        from index.vectors.exact import write_exact

        write_exact(folder, rows)
        return
    from index.vectors.faiss_file import write_faiss

    write_faiss(folder, rows)


def update_store(
    kind: StoreKind,
    folder: Path,
    previous: Path,
    removed: IdArray,
    added: Rows,
) -> None:
    """Write what the store in `previous` holds, less `removed`, plus `added`, into `folder`.

    `previous` stays as it is. Errors as `write_store`, and SnapshotError where `previous` is
    damaged or lacks one of `removed`.
    """
    if kind == "exact":
        from index.vectors.exact import update_exact

        update_exact(folder, previous, removed, added)
        return
    from index.vectors.faiss_file import update_faiss

    update_faiss(folder, previous, removed, added)
