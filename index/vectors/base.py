"""What a vector store is. Building one is in `index.vectors.factory`."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from index.filters import Filters, IdArray

Vectors = npt.NDArray[np.float32]  # (n, dimension), every row of unit length
Scores = npt.NDArray[np.float32]  # cosines: inner products of unit vectors


class Rows(NamedTuple):
    """What goes into a store: `ids` `(n,)` int64 in any order, `vectors` `(n, dim)` likewise."""

    ids: IdArray
    vectors: Vectors


class VectorStore(Protocol):
    """Unit vectors keyed by passage id, opened read-only; any number of threads may search."""

    @property
    def count(self) -> int:
        """How many vectors there are."""
        ...

    @property
    def dimension(self) -> int:
        """The length of a vector; known of an empty store, too."""
        ...

    @property
    def ids(self) -> IdArray:
        """`(count,)` int64, ascending; not to be written to."""
        ...

    def search(self, vectors: Vectors, k: int, filters: Filters) -> list[tuple[IdArray, Scores]]:
        """The `k` nearest ids and their cosines for each row of `vectors` `(q, dimension)`.

        Best first, ties by ascending id, filtered before the top k: fewer than `k` come back only
        where fewer pass, none where none does. Raises ValueError for `k` < 1 or a wrong shape,
        SettingsError for vectors that aren't of unit length. No queries in, empty list out.
        """
        ...

    def scores(self, vector: Vectors, ids: IdArray) -> Scores:
        """The exact cosines `(len(ids),)` of `vector` `(dimension,)` with the given ids, in order.

        Raises SnapshotError for an id that isn't here. Empty in, empty out.
        """
        ...

    def vectors(self, ids: IdArray) -> Vectors:
        """The vectors `(len(ids), dimension)` of the given ids, in order; errors as `scores`."""
        ...

    def close(self) -> None:
        """Let go of memory and files; nothing may be asked afterwards."""
        ...
