"""FAISS files: written, updated, read. FAISS keeps the vectors by position, we keep the ids.

The id column is ascending, so position order is id order: no hash map to build at every start, and
a filter is a bitmap over positions.
"""

from __future__ import annotations

import threading
from pathlib import Path
from types import ModuleType
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index.errors import SnapshotError
from index.filters import IdArray
from index.vectors.arrays import (
    REBUILD,
    checked_vectors,
    positions_of,
    read_array,
    sorted_rows,
    write_array,
)
from index.vectors.base import Rows, Scores, Vectors

IDS_FILE = "ids.npy"
INDEX_FILE = "index.faiss"
FLAT = "Flat"

Positions = npt.NDArray[np.int64]

_LOOP_LIMIT = 1_000_000  # far above any list count we would ever write
_reading = threading.Lock()  # FAISS's deserialisation limits belong to the whole process


def choose_index(count: int) -> str:
    """The FAISS factory string for `count` vectors: the one place where size decides.

    Flat is exact, needs no training, and stays under 50 ms a question up to 10^5 vectors of 384
    dimensions on 2 cores; larger sizes are the scale issue's to choose.
    """
    return FLAT


class _Index(Protocol):
    """What we use of a FAISS index."""

    d: int
    ntotal: int
    metric_type: int

    def add(self, vectors: Vectors) -> None: ...
    def remove_ids(self, selector: object) -> int: ...
    def reconstruct_n(self, start: int, count: int) -> Vectors: ...
    def reconstruct_batch(self, positions: Positions) -> Vectors: ...
    def search(
        self, queries: Vectors, k: int, *, params: object = None
    ) -> tuple[Scores, Positions]: ...


def faiss_module() -> ModuleType:
    """FAISS, imported when a store is first made or opened; it takes a third of a second."""
    import faiss

    return faiss


def write_faiss(folder: Path, rows: Rows) -> None:
    """See `write_store`."""
    faiss = faiss_module()
    ids, vectors = sorted_rows(rows)
    kind = choose_index(len(ids))
    index = faiss.index_factory(vectors.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    index.add(vectors)
    _save(folder, ids, index)


def update_faiss(folder: Path, previous: Path, removed: IdArray, added: Rows) -> None:
    """See `update_store`.

    What stays is neither looked at nor added again while new ids are above the old ones, as the
    passage table hands them out, and the size still asks for the same kind of index.
    """
    old_ids, index = load_faiss(previous)
    gone = positions_of(old_ids, removed)
    kept_ids = np.delete(old_ids, gone)
    ids, vectors = sorted_rows(Rows(added.ids, checked_vectors(added.vectors, index.d)))
    all_ids = np.concatenate([kept_ids, ids])
    above = not len(ids) or not len(kept_ids) or ids[0] > kept_ids[-1]
    if not above or choose_index(len(all_ids)) != FLAT:
        kept = np.delete(index.reconstruct_n(0, index.ntotal), gone, axis=0)
        write_faiss(folder, Rows(all_ids, np.concatenate([kept, vectors])))
        return
    if len(gone):
        index.remove_ids(faiss_module().IDSelectorBatch(gone))
    index.add(vectors)
    _save(folder, all_ids, index)


def _save(folder: Path, ids: IdArray, index: _Index) -> None:
    faiss = faiss_module()
    folder.mkdir(parents=True, exist_ok=True)
    write_array(folder / IDS_FILE, ids)
    with (folder / INDEX_FILE).open("wb") as file:
        # Subtle: through Python's file rather than by name, so that a full disk is an OSError with
        # its number and not a RuntimeError with a C++ expression.
        faiss.write_index(index, faiss.PyCallbackIOWriter(file.write))


def load_faiss(folder: Path) -> tuple[IdArray, _Index]:
    """The ids and the FAISS index, checked against each other; all of it goes into memory."""
    ids: IdArray = read_array(folder / IDS_FILE, np.int64, 1)
    index = _read_index(folder / INDEX_FILE)
    if index.ntotal != len(ids) or index.metric_type != faiss_module().METRIC_INNER_PRODUCT:
        raise SnapshotError(f"{folder} holds {len(ids)} ids, {index.ntotal} vectors.", REBUILD)
    return ids, index


def _read_index(path: Path) -> _Index:
    """FAISS's reader, fenced in: nothing in a file can be larger than the file.

    The snapshot's checksums have been verified before this; the fence is the second one.
    """
    faiss = faiss_module()
    try:
        size = path.stat().st_size
        with _reading:
            faiss.set_deserialization_vector_byte_limit(size)
            faiss.set_deserialization_loop_limit(_LOOP_LIMIT)
            index: _Index = faiss.read_index(str(path))
    except (OSError, RuntimeError, MemoryError) as error:
        raise SnapshotError(f"{path} is damaged: FAISS can't read it.", REBUILD) from error
    flat: type = faiss.IndexFlat
    if not isinstance(index, flat):
        raise SnapshotError(f"{path} holds a {type(index).__name__}, not a flat one.", REBUILD)
    return index
