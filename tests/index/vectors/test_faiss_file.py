"""What is FAISS's own: its files, its limits, the choice by size, and when it is imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import faiss
import numpy as np
import pytest

from index.errors import SnapshotError
from index.filters import Filters
from index.vectors import faiss_file, faiss_store
from index.vectors.arrays import write_array
from index.vectors.base import Rows
from index.vectors.faiss_file import choose_index, load_faiss, update_faiss, write_faiss
from index.vectors.faiss_store import FaissStore
from tests.index.vectors.rows import columns_of, gone, rows_of, units

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("count", [0, 1, 10_000, 10_000_000])
def test_the_choice_by_size_is_flat_today(count: int) -> None:
    assert choose_index(count) == "Flat"


def test_a_stored_index_is_flat_inner_product(tmp_path: Path) -> None:
    write_faiss(tmp_path, rows_of(range(9)))
    index = faiss.read_index(str(tmp_path / "index.faiss"))
    assert isinstance(index, faiss.IndexFlatIP) and index.ntotal == 9


def test_another_kind_of_index_is_refused(tmp_path: Path) -> None:
    write_faiss(tmp_path, rows_of(range(9)))
    for other, said in (
        (faiss.IndexHNSWFlat(24, 8, faiss.METRIC_INNER_PRODUCT), "HNSW"),
        (faiss.IndexFlatL2(24), "vectors"),
    ):
        other.add(rows_of(range(9)).vectors)
        faiss.write_index(other, str(tmp_path / "index.faiss"))
        with pytest.raises(SnapshotError, match=said):
            load_faiss(tmp_path)


def test_ids_and_vectors_of_different_number_are_refused(tmp_path: Path) -> None:
    write_faiss(tmp_path, rows_of(range(9)))
    write_array(tmp_path / "ids.npy", np.arange(8))
    with pytest.raises(SnapshotError, match="8 ids, 9 vectors"):
        load_faiss(tmp_path)


def test_ids_of_another_type_are_refused(tmp_path: Path) -> None:
    write_faiss(tmp_path, rows_of(range(9)))
    write_array(tmp_path / "ids.npy", np.arange(9, dtype=np.int32))
    with pytest.raises(SnapshotError, match="another kind of array"):
        load_faiss(tmp_path)


def test_a_header_that_promises_a_huge_vector_is_refused_unread(tmp_path: Path) -> None:
    """Bytes 4 to 16 of the file are dimension and count; FAISS must not allocate what they say."""
    write_faiss(tmp_path, rows_of(range(9)))
    path = tmp_path / "index.faiss"
    data = bytearray(path.read_bytes())
    length_at = len(data) - 9 * 24 * 4 - 8
    assert int.from_bytes(data[length_at : length_at + 8], "little") == 9 * 24
    data[length_at : length_at + 8] = (1 << 38).to_bytes(8, "little")
    path.write_bytes(data)
    with pytest.raises(SnapshotError, match="FAISS can't read"):
        load_faiss(tmp_path)
    assert faiss.get_deserialization_vector_byte_limit() == len(data)
    assert faiss.get_deserialization_loop_limit() > 0


def test_a_full_disk_is_an_oserror(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    (tmp_path / "ids.npy").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "index.faiss").symlink_to(full)
    with pytest.raises(OSError, match="No space left"):
        write_faiss(tmp_path, rows_of(range(9_000)))


def test_update_keeps_what_stays_without_adding_it_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_faiss(tmp_path / "old", rows_of(range(100)))
    added: list[int] = []
    real = faiss.IndexFlatIP.add

    def counting(self: object, vectors: np.ndarray) -> None:
        added.append(len(vectors))
        real(self, vectors)

    monkeypatch.setattr(faiss.IndexFlatIP, "add", counting)
    update_faiss(tmp_path / "new", tmp_path / "old", gone(1, 2), rows_of([100, 101, 102]))
    assert added == [3]


def test_a_size_that_asks_for_another_kind_builds_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_faiss(tmp_path / "old", rows_of(range(9)))
    asked: list[int] = []

    def choice(count: int) -> str:
        asked.append(count)
        return "SQfp16"

    monkeypatch.setattr(faiss_file, "choose_index", choice)
    update_faiss(tmp_path / "new", tmp_path / "old", gone(0), rows_of([9, 10]))
    assert set(asked) == {10}
    index = faiss.read_index(str(tmp_path / "new" / "index.faiss"))
    assert isinstance(index, faiss.IndexScalarQuantizer) and index.ntotal == 10


@pytest.mark.parametrize("spread", [3e-7, 1e-6, 3e-6])
def test_single_precision_noise_at_the_last_place_does_not_decide(
    tmp_path: Path, spread: float
) -> None:
    """2,000 vectors within a millionth of one another: FAISS's order among them is noise."""
    asked, base, _ = units(3, 384).astype(np.float64)
    noise = np.random.default_rng(5).standard_normal((2_000, 384)) * spread
    near = base + 0.5 * asked + noise
    near /= np.linalg.norm(near, axis=1, keepdims=True)
    rows = Rows(np.arange(2_000), near.astype(np.float32))
    write_faiss(tmp_path, rows)
    store = FaissStore(tmp_path, columns_of(rows.ids))
    question = asked.astype(np.float32)
    exact = (rows.vectors.astype(np.float64) @ question.astype(np.float64)).astype(np.float32)
    truth = np.lexsort((rows.ids, -exact))
    for k in (1, 2, 5, 10, 20, 50, 100, 200):
        for ids, scores in store.search(np.repeat(question[None], 1 + k % 40, 0), k, Filters()):
            assert ids.tolist() == truth[:k].tolist()
            assert scores.tolist() == exact[truth[:k]].tolist()


def test_a_clear_last_place_needs_one_look(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    rows = rows_of(range(1_000), dimension=384)
    write_faiss(tmp_path, rows)
    store = FaissStore(tmp_path, columns_of(rows.ids), threads=1)
    looks: list[int] = []
    real = store._candidates

    def counting(queries: np.ndarray, wanted: int, bitmap: object) -> object:
        looks.append(wanted)
        return real(queries, wanted, bitmap)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "_candidates", counting)
    store.search(units(1, 384, seed=1), 10, Filters())
    assert looks == [10 + faiss_store.SLACK]


def test_threads_bound_the_searching_thread(tmp_path: Path) -> None:
    write_faiss(tmp_path, rows_of(range(9)))
    before = faiss.omp_get_max_threads()
    try:
        FaissStore(tmp_path, columns_of(np.arange(9)), threads=1).search(units(1, 24), 1, Filters())
        assert faiss.omp_get_max_threads() == 1
    finally:
        faiss.omp_set_num_threads(before)


def test_faiss_is_imported_only_when_chosen(tmp_path: Path) -> None:
    code = (
        "import sys, numpy as np; from pathlib import Path;"
        "from index.vectors.factory import open_store, write_store;"
        "from index.vectors.base import Rows; from index.filters import Columns;"
        "import index.vectors.faiss_store, index.vectors.faiss_file;"
        "ids = np.arange(1); folder = Path(sys.argv[1]);"
        "write_store('exact', folder, Rows(ids, np.ones((1, 1), np.float32)));"
        "codes = np.zeros(1, np.int32);"
        "open_store('exact', folder, Columns(ids, codes, codes, (frozenset(),)));"
        "assert 'faiss' not in sys.modules;"
        "write_store('faiss', folder, Rows(ids, np.ones((1, 1), np.float32)));"
        "assert 'faiss' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, cwd=ROOT)
