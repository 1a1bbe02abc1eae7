from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from index.embedding import cache_file
from index.embedding.base import OnBatch, Vectors
from index.embedding.cache import EmbeddingCache, embed_passages_cached
from index.embedding.hashing import HashEmbedder
from index.embedding.progress import Progress
from index.errors import BusyError, StorageError

DIMENSION = 16
TEXTS = [f"第{number}段：{'琴岛' * (number % 5)}" for number in range(300)]
VECTORS = HashEmbedder(DIMENSION).embed_passages(TEXTS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "index" / "embeddings.sqlite"


def _open(path: Path, fingerprint: str = "model-a", dimension: int = DIMENSION) -> EmbeddingCache:
    return EmbeddingCache(path, fingerprint, dimension)


def _filled(path: Path) -> None:
    with _open(path) as cache:
        for start in range(0, len(TEXTS), 50):
            cache.put(TEXTS[start : start + 50], VECTORS[start : start + 50])


def test_what_was_put_comes_back(path: Path) -> None:
    _filled(path)
    with _open(path) as cache:
        vectors, found = cache.get([TEXTS[7], "neu", TEXTS[3], TEXTS[7]])
    assert found.tolist() == [True, False, True, True]
    assert vectors.dtype == np.float32
    np.testing.assert_array_equal(vectors[[0, 2, 3]], VECTORS[[7, 3, 7]])
    assert not vectors[1].any()


def test_nothing_in_nothing_out(path: Path) -> None:
    with _open(path) as cache:
        vectors, found = cache.get([])
        cache.put([], np.zeros((0, DIMENSION), dtype=np.float32))
    assert vectors.shape == (0, DIMENSION)
    assert found.shape == (0,)


def test_more_texts_than_one_query_can_name(path: Path) -> None:
    texts = [str(number) for number in range(40_000)]  # SQLite stops at 32,766
    with _open(path) as cache:
        cache.put(texts[:39_000], np.ones((39_000, DIMENSION), dtype=np.float32))
        _, found = cache.get(texts)
    assert int(found.sum()) == 39_000


def test_another_model_or_dimension_finds_nothing(path: Path) -> None:
    _filled(path)
    with _open(path, "model-b") as cache:
        assert not cache.get(TEXTS)[1].any()
    with _open(path, dimension=DIMENSION * 2) as cache:
        assert not cache.get(TEXTS)[1].any()
    with _open(path) as cache:
        assert cache.get(TEXTS)[1].all()


def test_a_text_put_again_is_replaced(path: Path) -> None:
    with _open(path) as cache:
        cache.put(["a"], VECTORS[:1])
        cache.put(["a"], VECTORS[1:2])
        np.testing.assert_array_equal(cache.get(["a"])[0][0], VECTORS[1])


def test_vectors_of_another_shape_are_a_mistake(path: Path) -> None:
    with _open(path) as cache, pytest.raises(ValueError, match="for 2 texts x 16"):
        cache.put(["a", "b"], VECTORS[:1])


def test_half_a_surrogate_pair_is_a_text_too(path: Path) -> None:
    with _open(path) as cache:
        cache.put(["\ud83d"], VECTORS[:1])
        assert cache.get(["\ud83d", "?"])[1].tolist() == [True, False]


def test_prune_keeps_only_what_is_named(path: Path) -> None:
    _filled(path)
    with _open(path, "model-b") as cache:
        cache.put(TEXTS[:10], VECTORS[:10])
    with _open(path) as cache:
        assert cache.prune(TEXTS[:100], keep_other_models=True) == 200
        assert cache.get(TEXTS)[1].tolist() == [True] * 100 + [False] * 200
        assert cache.prune(TEXTS[:100]) == 10
        assert cache.prune(TEXTS[:100]) == 0
    with _open(path, "model-b") as cache:
        assert not cache.get(TEXTS[:10])[1].any()


def test_prune_gives_the_room_back(path: Path) -> None:
    _filled(path)
    full = path.stat().st_size
    with _open(path) as cache:
        cache.prune([])
    assert path.stat().st_size < full / 2


@pytest.mark.parametrize("content", [b"", b"not a database at all", b"SQLite format 3\x00junk"])
def test_a_file_that_is_something_else_is_begun_anew(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with _open(path) as cache:
        assert bool(cache.warnings) == bool(content)
        cache.put(TEXTS, VECTORS)
        assert cache.get(TEXTS)[1].all()


def test_another_programs_database_is_begun_anew(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE vectors (something TEXT)")
    other.close()
    with _open(path) as cache:
        assert "was damaged (format 0x0 version 0) and is begun anew" in cache.warnings[0]
        assert not cache.get(TEXTS)[1].any()


def test_a_truncated_file_never_gives_wrong_vectors(path: Path) -> None:
    _filled(path)
    whole = path.read_bytes()
    for kept in range(1_000, len(whole), len(whole) // 9):
        path.write_bytes(whole[:kept])
        _assert_right_or_missing(path)


@pytest.mark.parametrize("seed", range(12))
def test_flipped_bytes_never_give_wrong_vectors(path: Path, seed: int) -> None:
    _filled(path)
    data = bytearray(path.read_bytes())
    chance = random.Random(seed)
    for _ in range(chance.choice([1, 10, 200])):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(bytes(data))
    _assert_right_or_missing(path)


def test_a_vector_moved_to_another_text_is_not_believed(path: Path) -> None:
    _filled(path)
    database = sqlite3.connect(path)
    with database:
        database.execute(
            "UPDATE vectors SET vector = (SELECT vector FROM vectors WHERE id = 2) WHERE id = 1"
        )
    database.close()
    with _open(path) as cache:
        assert cache.get(TEXTS)[1].tolist() == [False] + [True] * 299
        assert cache.warnings == [f"1 vectors in the embedding cache {path} were damaged."]


def _assert_right_or_missing(path: Path) -> None:
    with _open(path) as cache:
        vectors, found = cache.get(TEXTS)
        np.testing.assert_array_equal(vectors[found], VECTORS[found])
        cache.put(TEXTS, VECTORS)  # and it can be used again
        vectors, found = cache.get(TEXTS)
        assert found.all()
        np.testing.assert_array_equal(vectors, VECTORS)


def test_a_full_disk_is_said_and_keeps_what_was_there(path: Path) -> None:
    with _open(path) as cache:
        cache.put(TEXTS[:50], VECTORS[:50])
        pages = cache._database.execute("PRAGMA page_count").fetchone()[0]
        cache._database.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StorageError, match="database or disk is full") as caught:
            cache.put(TEXTS[50:], VECTORS[50:])
        assert "Make room" in caught.value.remedy
        assert cache.get(TEXTS)[1].tolist() == [True] * 50 + [False] * 250


def test_a_folder_that_cannot_be_made_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="can't be written"):
        _open(tmp_path / "file" / "embeddings.sqlite")


def test_another_process_holding_the_file_is_said(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _filled(path)
    monkeypatch.setattr(cache_file, "BUSY_TIMEOUT_S", 0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(BusyError, match="Another process"):
        _open(path)
    other.execute("COMMIT")
    with _open(path) as cache:
        assert cache.get(TEXTS)[1].all()
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(BusyError, match="Another process"):
            cache.put(["a"], VECTORS[:1])
    other.close()


class _Counting(HashEmbedder):
    """Counts what is embedded, in batches of four."""

    def __init__(self, dies_after: int = 1_000_000) -> None:
        super().__init__(DIMENSION)
        self.embedded: list[str] = []
        self._dies_after = dies_after

    def embed_passages(self, texts: list[str], on_batch: OnBatch | None = None) -> Vectors:
        for start in range(0, len(texts), 4):
            if len(self.embedded) >= self._dies_after:
                raise KeyboardInterrupt
            part = texts[start : start + 4]
            self.embedded += part
            on_batch(range(start, start + len(part)), super().embed_passages(part))
        return np.zeros((0, DIMENSION), dtype=np.float32)  # the run must use the batches


class _Heard(Progress):
    def __init__(self) -> None:
        self.calls: list[object] = []

    def start(self, total: int) -> None:
        self.calls.append(total)

    def advance(self, count: int) -> None:
        self.calls.append(count)

    def finish(self) -> None:
        self.calls.append("end")


def test_only_what_is_new_is_embedded_and_each_text_once(path: Path) -> None:
    embedder, heard = _Counting(), _Heard()
    with _open(path) as cache:
        cache.put(TEXTS[:2], VECTORS[:2])
        texts = [TEXTS[5], TEXTS[0], *TEXTS[2:8], TEXTS[5], TEXTS[1]]
        vectors, embedded = embed_passages_cached(embedder, cache, texts, heard)
        assert embedded == 6
        assert sorted(embedder.embedded) == sorted(TEXTS[2:8])
        assert heard.calls == [6, 4, 2, "end"]
        np.testing.assert_array_equal(vectors, HashEmbedder(DIMENSION).embed_passages(texts))
        again, embedded = embed_passages_cached(embedder, cache, texts, heard)
    assert embedded == 0
    np.testing.assert_array_equal(again, vectors)
    assert len(embedder.embedded) == 6
    assert heard.calls == [6, 4, 2, "end"]  # nothing to do: not even started


def test_nothing_to_embed_is_nothing(path: Path) -> None:
    with _open(path) as cache:
        vectors, embedded = embed_passages_cached(_Counting(), cache, [])
    assert (vectors.shape, embedded) == ((0, DIMENSION), 0)


def test_a_run_broken_off_goes_on_where_it_stopped(path: Path) -> None:
    first, heard = _Counting(dies_after=8), _Heard()
    with _open(path) as cache, pytest.raises(KeyboardInterrupt):
        embed_passages_cached(first, cache, TEXTS[:20], heard)
    assert heard.calls[-1] == "end"
    second = _Counting()
    with _open(path) as cache:
        vectors, embedded = embed_passages_cached(second, cache, TEXTS[:20])
    assert embedded == 12
    assert not set(first.embedded) & set(second.embedded)
    np.testing.assert_array_equal(vectors, VECTORS[:20])
