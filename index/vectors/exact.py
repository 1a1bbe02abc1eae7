"""Exact search in plain numpy: slow, obvious, and the yardstick for every other store."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from index.errors import SnapshotError
from index.filters import Columns, Filters, IdArray
from index.vectors.arrays import (
    REBUILD,
    allowed_positions,
    best_first,
    check_columns,
    checked_vectors,
    exact_scores,
    positions_of,
    read_array,
    sorted_rows,
    write_array,
)
from index.vectors.base import Rows, Scores, Vectors

IDS_FILE = "ids.npy"
VECTORS_FILE = "vectors.npy"


def write_exact(folder: Path, rows: Rows) -> None:
    """See `write_store`."""
    ids, vectors = sorted_rows(rows)
    folder.mkdir(parents=True, exist_ok=True)
    write_array(folder / IDS_FILE, ids)
    write_array(folder / VECTORS_FILE, vectors)


def update_exact(folder: Path, previous: Path, removed: IdArray, added: Rows) -> None:
    """See `update_store`."""
    old = _load(previous)
    keep = np.ones(len(old.ids), dtype=bool)
    keep[positions_of(old.ids, removed)] = False
    vectors = checked_vectors(added.vectors, old.vectors.shape[1])
    ids = np.concatenate([old.ids[keep], added.ids])
    write_exact(folder, Rows(ids, np.concatenate([old.vectors[keep], vectors])))


def _load(folder: Path) -> Rows:
    ids: IdArray = read_array(folder / IDS_FILE, np.int64, 1)
    vectors: Vectors = read_array(folder / VECTORS_FILE, np.float32, 2)
    if len(ids) != len(vectors):
        raise SnapshotError(f"{folder} holds {len(ids)} ids, {len(vectors)} vectors.", REBUILD)
    return Rows(ids, vectors)


class ExactStore:
    """A `VectorStore` that compares with every vector. All of it is in memory."""

    def __init__(self, folder: Path, columns: Columns) -> None:
        self._ids, self._vectors = _load(folder)
        self._columns = columns
        check_columns(self._ids, columns)

    @property
    def count(self) -> int:
        """See `VectorStore`."""
        return len(self._ids)

    @property
    def dimension(self) -> int:
        """See `VectorStore`."""
        return int(self._vectors.shape[1])

    @property
    def ids(self) -> IdArray:
        """See `VectorStore`."""
        return self._ids

    def search(self, vectors: Vectors, k: int, filters: Filters) -> list[tuple[IdArray, Scores]]:
        """See `VectorStore`."""
        if k < 1:
            raise ValueError(f"k must be 1 or more, not {k}")
        queries = checked_vectors(vectors, self.dimension)
        allowed = allowed_positions(self._ids, self._columns, filters)
        ids, rows = self._ids, self._vectors
        if allowed is not None:
            ids, rows = ids[allowed], rows[allowed]
        found = []
        for query in queries:
            scores = exact_scores(rows, query)
            best = best_first(scores, k)
            found.append((ids[best], scores[best]))
        return found

    def scores(self, vector: Vectors, ids: IdArray) -> Scores:
        """See `VectorStore`."""
        query = checked_vectors(vector[None], self.dimension)[0]
        return exact_scores(self.vectors(ids), query)

    def vectors(self, ids: IdArray) -> Vectors:
        """See `VectorStore`."""
        return self._vectors[positions_of(self._ids, ids)]

    def close(self) -> None:
        """See `VectorStore`."""
        # Subtle: new arrays, because an empty slice would keep the whole of the old one alive.
        self._ids = np.empty(0, np.int64)
        self._vectors = np.empty((0, self.dimension), np.float32)
