"""What every store must do. Exact search is the yardstick; ids and scores are compared."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from index.errors import SettingsError, SnapshotError
from index.filters import Columns, Filters
from index.vectors.base import Rows, Scores, VectorStore
from index.vectors.factory import StoreKind, open_store, update_store, write_store
from tests.index.vectors.rows import FIRST_DAY, columns_of, gone, rows_of, units

KINDS: tuple[StoreKind, ...] = ("exact", "faiss")
ANY = Filters()
Build = Callable[[Rows], VectorStore]


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> StoreKind:
    return request.param


@pytest.fixture
def build(kind: StoreKind, tmp_path: Path) -> Build:
    def made(rows: Rows) -> VectorStore:
        write_store(kind, tmp_path / "store", rows)
        return open_store(kind, tmp_path / "store", columns_of(rows.ids))

    return made


def yardstick(rows: Rows, folder: Path) -> VectorStore:
    write_store("exact", folder, rows)
    return open_store("exact", folder, columns_of(rows.ids))


def same(found: list[tuple[np.ndarray, Scores]], expected: list[tuple[np.ndarray, Scores]]) -> None:
    assert len(found) == len(expected)
    for (ids, scores), (true_ids, true_scores) in zip(found, expected, strict=True):
        assert ids.tolist() == true_ids.tolist()
        assert ids.dtype == np.int64 and scores.dtype == np.float32
        np.testing.assert_allclose(scores, true_scores, rtol=0, atol=1e-7)


def test_scores_are_cosines_worked_by_hand(build: Build) -> None:
    vectors = np.array([[1, 0], [0.6, 0.8], [0, 1], [-1, 0]], np.float32)
    store = build(Rows(np.array([10, 20, 30, 40]), vectors))
    ((ids, scores),) = store.search(np.array([[0.8, 0.6]], np.float32), 3, ANY)
    assert ids.tolist() == [20, 10, 30]
    np.testing.assert_allclose(scores, [0.96, 0.8, 0.6], atol=1e-6)
    np.testing.assert_allclose(
        store.scores(np.array([0.8, 0.6], np.float32), gone(40, 20)), [-0.8, 0.96], atol=1e-6
    )
    assert store.vectors(gone(30, 10)).tolist() == [[0, 1], [1, 0]]
    assert (store.count, store.dimension, store.ids.tolist()) == (4, 2, [10, 20, 30, 40])


@pytest.mark.parametrize("k", [1, 7, 100, 499, 500, 2_000])
@pytest.mark.parametrize("queries", [1, 3, 33])  # 33: FAISS takes its batch path
def test_agrees_with_exact_search(build: Build, tmp_path: Path, k: int, queries: int) -> None:
    rows = rows_of(np.arange(3, 1_503, 3))
    asked = units(queries, 24, seed=1)
    found = build(rows).search(asked, k, ANY)
    same(found, yardstick(rows, tmp_path / "true").search(asked, k, ANY))
    assert all(len(ids) == min(k, 500) for ids, _ in found)


def test_exact_yardstick_agrees_with_a_plain_loop(tmp_path: Path) -> None:
    rows = rows_of(range(50))
    asked = units(1, 24, seed=1)
    ((ids, scores),) = yardstick(rows, tmp_path / "true").search(asked, 5, ANY)
    truth = sorted(
        (
            (-sum(float(a) * float(b) for a, b in zip(row, asked[0], strict=True)), key)
            for key, row in zip(rows.ids.tolist(), rows.vectors, strict=True)
        )
    )[:5]
    assert ids.tolist() == [key for _, key in truth]
    np.testing.assert_allclose(scores, [-score for score, _ in truth], atol=1e-7)


def test_rows_may_come_in_any_order(build: Build, tmp_path: Path) -> None:
    order = np.random.default_rng(3).permutation(200)
    rows = rows_of(order)
    store = build(rows)
    assert store.ids.tolist() == list(range(200))
    asked = units(2, 24, seed=1)
    same(store.search(asked, 9, ANY), yardstick(rows, tmp_path / "t").search(asked, 9, ANY))


FILTERS = {
    "since": Filters(since=FIRST_DAY + timedelta(days=6)),
    "until": Filters(until=FIRST_DAY + timedelta(days=1)),
    "one day": Filters(since=FIRST_DAY, until=FIRST_DAY),
    "category": Filters(categories=frozenset({"科技"})),
    "both": Filters(since=FIRST_DAY + timedelta(days=3), categories=frozenset({"财经"})),
    "nothing passes": Filters(since=date(2030, 1, 1)),
    "empty set": Filters(categories=frozenset()),
}


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("k", [1, 20, 1_000])
def test_filters_come_before_top_k(build: Build, tmp_path: Path, name: str, k: int) -> None:
    rows = rows_of(range(300))
    asked = units(2, 24, seed=1)
    found = build(rows).search(asked, k, FILTERS[name])
    same(found, yardstick(rows, tmp_path / "t").search(asked, k, FILTERS[name]))
    allowed = columns_of(rows.ids).allowed(FILTERS[name])
    assert allowed is not None
    for ids, _ in found:
        assert len(ids) == min(k, len(allowed))
        assert set(ids.tolist()) <= set(allowed.tolist())


def test_fewer_allowed_than_k_gives_no_padding(build: Build) -> None:
    store = build(rows_of(range(100)))
    only = Filters(since=FIRST_DAY, until=FIRST_DAY)  # 0, 10, 20, … 90
    ((ids, scores),) = store.search(units(1, 24, seed=1), 50, only)
    assert sorted(ids.tolist()) == list(range(0, 100, 10))
    assert np.all(np.abs(scores) <= 1) and np.all(np.diff(scores) <= 0)


def test_none_allowed_gives_nothing(build: Build) -> None:
    found = build(rows_of(range(10))).search(units(2, 24), 5, Filters(categories=frozenset()))
    assert [(len(ids), len(scores)) for ids, scores in found] == [(0, 0), (0, 0)]


def test_ties_go_by_ascending_id_also_at_the_last_place(build: Build) -> None:
    """300 copies of one vector among others: FAISS alone would pick any of them."""
    rows = rows_of(range(0, 2_000, 2))
    vectors = rows.vectors.copy()
    vectors[500:800] = vectors[500]
    store = build(Rows(rows.ids, vectors))
    for k in (1, 5, 120):
        for asked in (vectors[500:501], np.repeat(vectors[500:501], 25, axis=0)):
            for ids, scores in store.search(asked, k, ANY):
                assert ids.tolist() == list(range(1_000, 1_000 + 2 * k, 2))
                assert len(set(scores.tolist())) == 1


def test_ties_under_a_filter(build: Build) -> None:
    vectors = np.repeat(units(1, 8), 90, axis=0)
    store = build(Rows(np.arange(90), vectors))
    ((ids, _),) = store.search(vectors[:1], 3, Filters(categories=frozenset({"科技"})))
    assert ids.tolist() == [1, 4, 7]


def test_scores_of_chosen_ids_equal_those_of_the_search(build: Build) -> None:
    store = build(rows_of(range(400)))
    asked = units(1, 24, seed=1)
    ((ids, scores),) = store.search(asked, 60, ANY)
    assert store.scores(asked[0], ids).tolist() == scores.tolist()
    assert store.scores(asked[0], ids[::-1]).tolist() == scores[::-1].tolist()


def test_empty_inputs(build: Build) -> None:
    store = build(rows_of(range(5)))
    assert store.search(np.empty((0, 24), np.float32), 3, ANY) == []
    assert store.scores(units(1, 24)[0], gone()).shape == (0,)
    assert store.vectors(gone()).shape == (0, 24)


def test_empty_store(build: Build) -> None:
    store = build(Rows(gone(), np.empty((0, 24), np.float32)))
    assert (store.count, store.dimension) == (0, 24)
    for filters in (ANY, Filters(since=FIRST_DAY)):
        ((ids, scores),) = store.search(units(1, 24), 3, filters)
        assert len(ids) == len(scores) == 0


def test_unknown_ids_are_refused_by_name(build: Build) -> None:
    store = build(rows_of([1, 5, 9]))
    for missing in (0, 4, 10):
        with pytest.raises(SnapshotError, match=f"Passage {missing} "):
            store.vectors(gone(5, missing))
        with pytest.raises(SnapshotError, match=f"Passage {missing} "):
            store.scores(units(1, 24)[0], gone(missing))


@pytest.mark.parametrize("length", [0.0, 0.5, 0.99, 1.01, 2.0, float("nan"), float("inf")])
def test_vectors_that_are_not_of_unit_length_are_refused(build: Build, length: float) -> None:
    rows = rows_of(range(4))
    wrong = rows.vectors.copy()
    wrong[2] *= length
    with pytest.raises(SettingsError, match="length"):
        build(Rows(rows.ids, wrong))
    store = build(rows)
    with pytest.raises(SettingsError, match="length"):
        store.search(wrong, 1, ANY)
    with pytest.raises(SettingsError, match="length"):
        store.scores(wrong[2], gone(1))


def test_rounding_to_bf16_still_counts_as_unit_length(build: Build) -> None:
    vectors = units(200, 24)
    nearest = ((vectors.view(np.uint32) + 0x8000) & 0xFFFF0000).view(np.float32)
    assert np.abs(np.linalg.norm(nearest, axis=1) - 1).max() > 5e-4
    assert build(Rows(np.arange(200), nearest)).count == 200


def test_wrong_shapes_are_refused(build: Build) -> None:
    rows = rows_of(range(4))
    with pytest.raises(ValueError, match="ids for"):
        build(Rows(rows.ids[:3], rows.vectors))
    with pytest.raises(ValueError, match="twice"):
        build(Rows(gone(1, 2, 2, 3), rows.vectors))
    with pytest.raises(ValueError, match="float32"):
        build(Rows(rows.ids, rows.vectors.astype(np.float64)))  # type: ignore[arg-type]
    store = build(rows)
    with pytest.raises(ValueError, match="dimensions"):
        store.search(units(1, 23), 1, ANY)
    with pytest.raises(ValueError, match="k must"):
        store.search(units(1, 24), 0, ANY)


UPDATES = {
    "nothing": ([], []),
    "added above": ([], [500, 501]),
    "removed": ([0, 17, 199], []),
    "both": ([3, 4, 5], [200, 201, 202, 203]),
    "last ones replaced": ([198, 199], [200, 201]),
    "all removed": (list(range(200)), []),
    "all replaced": (list(range(200)), [900, 901]),
    "added below and between": ([50], [-5, 50]),
    "added out of order": ([], [303, 301, 302]),
}


@pytest.mark.parametrize("name", UPDATES)
def test_update_equals_building_anew(kind: StoreKind, tmp_path: Path, name: str) -> None:
    removed, added = UPDATES[name]
    write_store(kind, tmp_path / "old", rows_of(range(200)))
    before = {path.name: path.read_bytes() for path in (tmp_path / "old").iterdir()}
    update_store(kind, tmp_path / "new", tmp_path / "old", gone(*removed), rows_of(added))
    kept = [key for key in range(200) if key not in removed]
    anew = rows_of(np.array(sorted(kept + added), dtype=np.int64))
    store = open_store(kind, tmp_path / "new", columns_of(anew.ids))
    true = yardstick(anew, tmp_path / "true")
    asked = units(3, 24, seed=1)
    assert store.ids.tolist() == anew.ids.tolist()
    for filters in (ANY, FILTERS["since"], FILTERS["category"]):
        same(store.search(asked, 30, filters), true.search(asked, 30, filters))
    assert np.array_equal(store.vectors(store.ids), true.vectors(true.ids))
    assert {path.name: path.read_bytes() for path in (tmp_path / "old").iterdir()} == before


def test_update_of_an_update(kind: StoreKind, tmp_path: Path) -> None:
    write_store(kind, tmp_path / "0", Rows(gone(), np.empty((0, 24), np.float32)))
    update_store(kind, tmp_path / "1", tmp_path / "0", gone(), rows_of([1, 2, 3]))
    update_store(kind, tmp_path / "2", tmp_path / "1", gone(2), rows_of([4, 5]))
    store = open_store(kind, tmp_path / "2", columns_of(gone(1, 3, 4, 5)))
    assert np.array_equal(store.vectors(store.ids), rows_of([1, 3, 4, 5]).vectors)


def test_update_refuses_what_does_not_fit(kind: StoreKind, tmp_path: Path) -> None:
    write_store(kind, tmp_path / "old", rows_of(range(5)))
    new, old = tmp_path / "new", tmp_path / "old"
    with pytest.raises(SnapshotError, match="Passage 9 "):
        update_store(kind, new, old, gone(9), rows_of([]))
    with pytest.raises(ValueError, match="twice"):
        update_store(kind, new, old, gone(), rows_of([4]))
    with pytest.raises(ValueError, match="dimensions"):
        update_store(kind, new, old, gone(), rows_of([7], dimension=25))
    wrong = rows_of([7])
    with pytest.raises(SettingsError, match="length"):
        update_store(kind, new, old, gone(), Rows(wrong.ids, wrong.vectors * 2))


def test_columns_of_other_passages_are_refused(kind: StoreKind, tmp_path: Path) -> None:
    write_store(kind, tmp_path / "store", rows_of(range(5)))
    for other in (range(4), range(6), range(1, 6)):
        with pytest.raises(SnapshotError, match="passages"):
            open_store(kind, tmp_path / "store", columns_of(np.array(other)))


def test_many_threads_search_at_once(build: Build) -> None:
    store = build(rows_of(range(1_000)))
    asked = units(8, 24, seed=1)
    limits: list[Filters] = [ANY, FILTERS["since"], FILTERS["category"]]
    expected = {
        (q, f): store.search(asked[q : q + 1], 20, limits[f]) for q in range(8) for f in range(3)
    }
    wrong: list[object] = []

    def work(offset: int) -> None:
        for turn in range(60):
            key = ((turn + offset) % 8, turn % 3)
            try:
                same(store.search(asked[key[0] : key[0] + 1], 20, limits[key[1]]), expected[key])
            except BaseException as error:
                wrong.append(error)

    threads = [threading.Thread(target=work, args=(offset,)) for offset in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_closing_lets_go_and_leaves_the_files(kind: StoreKind, tmp_path: Path) -> None:
    write_store(kind, tmp_path / "store", rows_of(range(5)))
    columns: Columns = columns_of(np.arange(5))
    store = open_store(kind, tmp_path / "store", columns)
    store.close()
    assert store.count == 0
    assert open_store(kind, tmp_path / "store", columns).count == 5


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "cut in half": lambda data: data[: len(data) // 2],
    "one byte short": lambda data: data[:-1],
    "no header": lambda data: data[8:],
    "header of noise": lambda data: bytes(range(64)) + data[64:],
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_files_are_refused(kind: StoreKind, tmp_path: Path, damage: str) -> None:
    """The checksums of a snapshot catch this before; a store must not crash without them."""
    write_store(kind, tmp_path / "store", rows_of(range(50)))
    for path in sorted((tmp_path / "store").iterdir()):
        whole = path.read_bytes()
        path.write_bytes(DAMAGE[damage](whole))
        with pytest.raises(SnapshotError, match=r"reindex.*--full"):
            open_store(kind, tmp_path / "store", columns_of(np.arange(50)))
        path.unlink()
        with pytest.raises(SnapshotError):
            open_store(kind, tmp_path / "store", columns_of(np.arange(50)))
        path.write_bytes(whole)
    assert open_store(kind, tmp_path / "store", columns_of(np.arange(50))).count == 50
