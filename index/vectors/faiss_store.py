"""FAISS behind the store interface."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.filters import Columns, Filters, IdArray
from index.vectors.arrays import (
    allowed_positions,
    best_first,
    check_columns,
    checked_vectors,
    exact_scores,
    positions_of,
)
from index.vectors.base import Scores, Vectors
from index.vectors.faiss_file import Positions, faiss_module, load_faiss

Bitmap = npt.NDArray[np.uint8]

# Candidates beyond k, so that one look usually settles the last place. Near-copies of one story
# come in twos and threes, rarely in more than a dozen.
SLACK = 16
WIDEN = 4  # how many times more candidates when the last place is still open


class FaissStore:
    """A `VectorStore` over FAISS. All of it is in memory, `4 * dimension + 8` bytes a vector.

    `threads` is what FAISS may use for one search; 0 leaves the choice to it.
    """

    def __init__(self, folder: Path, columns: Columns, threads: int = 0) -> None:
        self._ids, self._index = load_faiss(folder)
        self._columns = columns
        self._threads = threads
        check_columns(self._ids, columns)

    @property
    def count(self) -> int:
        """See `VectorStore`."""
        return len(self._ids)

    @property
    def dimension(self) -> int:
        """See `VectorStore`."""
        return int(self._index.d)

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
        available = self.count if allowed is None else len(allowed)
        if not available or not len(queries):
            return [(self._ids[:0], np.empty(0, np.float32)) for _ in queries]
        bitmap = None if allowed is None else self._bitmap(allowed)
        candidates = min(k + SLACK, available)
        coarse, positions = self._candidates(queries, candidates, bitmap)
        return [
            self._settle(query, k, available, bitmap, (coarse[row], positions[row]))
            for row, query in enumerate(queries)
        ]

    def _bitmap(self, allowed: Positions) -> Bitmap:
        mask = np.zeros(self.count, dtype=bool)
        mask[allowed] = True
        return np.packbits(mask, bitorder="little")

    def _candidates(
        self, queries: Vectors, wanted: int, bitmap: Bitmap | None
    ) -> tuple[Scores, Positions]:
        """FAISS's own scores and positions, `(q, wanted)` each, best first."""
        faiss = faiss_module()
        if self._threads:
            # Subtle: before every search, because OpenMP keeps this number per calling thread.
            faiss.omp_set_num_threads(self._threads)
        if bitmap is None:
            return self._index.search(queries, wanted)
        # Subtle: FAISS reads the bitmap through a bare pointer; `bitmap` outlives the call.
        params = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bitmap))
        return self._index.search(queries, wanted, params=params)

    def _settle(
        self,
        query: Vectors,
        k: int,
        available: int,
        bitmap: Bitmap | None,
        found: tuple[Scores, Positions],
    ) -> tuple[IdArray, Scores]:
        """The true top k: candidates scored exactly, more of them while the last place is open.

        FAISS sums in single precision, differently for a batch and for one query, and breaks ties
        as it likes; a vector it left out can truly score at most its last score plus `rounding`
        (dimension times the unit roundoff 2^-24 bounds the error of such a sum; taken twice).
        """
        rounding = self.dimension * 2.0**-23
        while True:
            coarse, positions = found
            # FAISS fills up with -1 where fewer pass than were wanted.
            inside = np.sort(positions[positions >= 0])
            scores = exact_scores(self._rows(inside), query)
            best = best_first(scores, k)
            if len(positions) >= available or scores[best[-1]] > coarse[-1] + rounding:
                return self._ids[inside[best]], scores[best]
            wanted = min(len(positions) * WIDEN, available)
            more, places = self._candidates(query[None], wanted, bitmap)
            found = more[0], places[0]

    def _rows(self, positions: Positions) -> Vectors:
        return self._index.reconstruct_batch(positions)

    def scores(self, vector: Vectors, ids: IdArray) -> Scores:
        """See `VectorStore`."""
        query = checked_vectors(vector[None], self.dimension)[0]
        return exact_scores(self.vectors(ids), query)

    def vectors(self, ids: IdArray) -> Vectors:
        """See `VectorStore`."""
        return self._rows(positions_of(self._ids, ids))

    def close(self) -> None:
        """See `VectorStore`."""
        # Subtle: another index, not `reset()`: a search still running in C++ keeps the old one.
        self._index = faiss_module().IndexFlatIP(self.dimension)
        self._ids = np.empty(0, np.int64)
