"""What both stores do alike: checks at the door, exact scores, id columns on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.errors import SettingsError, SnapshotError
from index.filters import Columns, Filters, IdArray
from index.vectors.base import Rows, Scores, Vectors

# bf16 keeps 8 bits: rounding a unit vector to it and back moves its length by at most 2^-9.
UNIT_TOLERANCE = 2**-9
REBUILD = "Run `qinwen reindex POSTS… --full`."


def checked_vectors(vectors: Vectors, dimension: int | None = None) -> Vectors:
    """`vectors` as contiguous `(n, dimension)` float32.

    Raises ValueError for another shape or type, SettingsError where a row isn't of unit length (or
    not a number): then inner products would not be cosines, and longer passages would win.
    """
    if vectors.ndim != 2 or vectors.dtype != np.float32:
        raise ValueError(f"vectors must be (n, dim) float32, not {vectors.shape} {vectors.dtype}")
    if dimension is not None and vectors.shape[1] != dimension:
        raise ValueError(f"vectors have {vectors.shape[1]} dimensions, the store has {dimension}")
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    # Subtle: "not <=" rather than ">", so that a length that is not a number is caught as well.
    wrong = np.flatnonzero(~(np.abs(lengths - 1) <= UNIT_TOLERANCE))
    if len(wrong):
        raise SettingsError(
            f"The model gave a vector of length {lengths[wrong[0]]:.4g} where 1 is due.",
            "Choose another embedding.precision or embedding.model, then reindex.",
        )
    return np.ascontiguousarray(vectors)


def sorted_rows(rows: Rows) -> Rows:
    """The same rows with ids ascending, checked as `checked_vectors` does.

    Raises ValueError where the two don't fit or an id comes twice.
    """
    vectors = checked_vectors(rows.vectors)
    ids = np.asarray(rows.ids, dtype=np.int64)
    if ids.shape != (len(vectors),):
        raise ValueError(f"{ids.shape} ids for {len(vectors)} vectors")
    if np.all(ids[1:] > ids[:-1]):
        return Rows(ids, vectors)
    order = np.argsort(ids)
    ids = ids[order]
    if np.any(ids[1:] == ids[:-1]):
        raise ValueError("an id comes twice")
    return Rows(ids, vectors[order])


def positions_of(ids: IdArray, wanted: IdArray) -> npt.NDArray[np.int64]:
    """Where each of `wanted` stands in the ascending `ids`; SnapshotError if one doesn't."""
    wanted = np.asarray(wanted, dtype=np.int64)
    found = np.searchsorted(ids, wanted)
    known = found < len(ids)
    known[known] = ids[found[known]] == wanted[known]
    if not np.all(known):
        raise SnapshotError(f"Passage {wanted[~known][0]} has no vector in the index.", REBUILD)
    return found


def allowed_positions(
    ids: IdArray, columns: Columns, filters: Filters
) -> npt.NDArray[np.int64] | None:
    """The positions in `ids` that pass `filters`, ascending; None when nothing is limited."""
    allowed = columns.allowed(filters)
    return None if allowed is None else positions_of(ids, allowed)


def check_columns(ids: IdArray, columns: Columns) -> None:
    """Raises SnapshotError unless the passage table and the store hold the very same ids."""
    if not np.array_equal(ids, columns.ids):
        raise SnapshotError(
            f"The index holds {len(columns.ids)} passages, but vectors of {len(ids)} others.",
            REBUILD,
        )


def exact_scores(rows: Vectors, query: Vectors) -> Scores:
    """The cosines `(n,)` of `rows` `(n, dim)` with `query` `(dim,)`.

    Summed in double precision and rounded once, so that equal vectors get equal scores wherever
    they stand, on every processor, and in every store.
    """
    summed = rows.astype(np.float64) @ query.astype(np.float64)
    return summed.astype(np.float32)


def best_first(scores: Scores, k: int) -> npt.NDArray[np.int64]:
    """The indices of the `k` highest scores, ties by place: `([.5, .9, .5], 2)` gives `[1, 0]`."""
    return np.argsort(-scores, kind="stable")[:k]


def write_array(path: Path, array: npt.NDArray[Any]) -> None:
    """Write one `.npy` file; OSError where the disk refuses."""
    with path.open("wb") as file:
        np.save(file, array, allow_pickle=False)


def read_array(path: Path, dtype: npt.DTypeLike, dimensions: int) -> npt.NDArray[Any]:
    """Read one `.npy` file into memory; SnapshotError unless it is what `write_array` wrote."""
    try:
        array = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError, MemoryError) as error:
        raise SnapshotError(f"{path} can't be read: {error}.", REBUILD) from error
    if not isinstance(array, np.ndarray) or array.dtype != dtype or array.ndim != dimensions:
        raise SnapshotError(f"{path} holds another kind of array than it should.", REBUILD)
    return array
