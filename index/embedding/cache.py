"""Vectors that were worked out once are kept: a killed or repeated run embeds no text twice."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from index.embedding.base import Embedder, Vectors
from index.embedding.cache_file import guarded, open_database, throw_away
from index.embedding.progress import NoProgress, Progress

_LOG = logging.getLogger(__name__)

_LOOKUP_KEYS = 1_000  # keys in one query; SQLite allows 32,766, and 1,000 is as quick
_CHECK_BYTES = 8  # of a blake2b over the vector: a flipped bit is seen

_Result = TypeVar("_Result")
Mask = npt.NDArray[np.bool_]


class EmbeddingCache:
    """Vectors by model fingerprint and SHA-256 of the text, in one SQLite file.

    One process and one thread at a time. Every `put` is one transaction: a killed run loses the
    batch it was in and no other. A file that is damaged or of another format is thrown away and
    begun anew; `warnings` says so. Vectors are checked as they are read, so a damaged one counts as
    missing. Raises StorageError if the disk is full or refuses, BusyError if another process holds
    the file.
    """

    def __init__(self, path: Path, fingerprint: str, dimension: int) -> None:
        """Opens `path` or makes it, with its folder."""
        self._path, self._fingerprint, self._dimension = path, fingerprint, dimension
        self.warnings: list[str] = []
        try:
            self._database, self._model = open_database(path, fingerprint)
        except sqlite3.DatabaseError as error:
            self._begin_anew(error)

    def get(self, texts: Sequence[str]) -> tuple[Vectors, Mask]:
        """`(len(texts), dimension)` float32 and which rows were there; the others are zeros."""
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        found = np.zeros(len(texts), dtype=np.bool_)
        rows: dict[bytes, list[int]] = {}
        for row, text in enumerate(texts):
            rows.setdefault(text_key(text), []).append(row)
        damaged = 0
        for key, blob in self._rows(list(rows)):
            vector = self._decoded(key, blob)
            if vector is None:
                damaged += 1
                continue
            vectors[rows[key]] = vector
            found[rows[key]] = True
        if damaged:
            self._warn(f"{damaged} vectors in the embedding cache {self._path} were damaged.")
        return vectors, found

    def put(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Keep one vector a text, in one transaction; a text that is there already is replaced.

        Raises ValueError if `vectors` is not `(len(texts), dimension)`.
        """
        if vectors.shape != (len(texts), self._dimension):
            raise ValueError(f"{vectors.shape} vectors for {len(texts)} texts x {self._dimension}")
        keys = [text_key(text) for text in texts]
        blobs = [self._encoded(key, vector) for key, vector in zip(keys, vectors, strict=True)]
        self._unless_damaged(partial(self._write, keys, blobs))

    def prune(self, texts: Iterable[str], keep_other_models: bool = False) -> int:
        """Drop every vector but those of `texts`; gives how many were dropped.

        Other models' vectors go too, unless `keep_other_models`.
        """
        keys = {text_key(text) for text in texts}
        return self._unless_damaged(partial(self._prune, keys, keep_other_models))

    def close(self) -> None:
        """Let go of the file; twice is fine."""
        self._database.close()

    def __enter__(self) -> EmbeddingCache:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _unless_damaged(self, work: Callable[[], _Result]) -> _Result:
        """What `work` gives; if it meets a damaged file, what it gives with an empty one."""
        try:
            with guarded(self._path):
                return work()
        except sqlite3.DatabaseError as error:
            self._database.close()
            self._begin_anew(error)
            with guarded(self._path):
                return work()

    def _begin_anew(self, error: sqlite3.DatabaseError) -> None:
        throw_away(self._path)
        self._database, self._model = open_database(self._path, self._fingerprint)
        self._warn(f"The embedding cache {self._path} was damaged ({error}) and is begun anew.")

    def _warn(self, text: str) -> None:
        self.warnings.append(text)
        _LOG.warning(text)

    def _rows(self, keys: list[bytes]) -> Iterator[tuple[bytes, bytes]]:
        for start in range(0, len(keys), _LOOKUP_KEYS):
            part = keys[start : start + _LOOKUP_KEYS]
            yield from self._unless_damaged(partial(self._read, part))

    def _read(self, keys: list[bytes]) -> list[tuple[bytes, bytes]]:
        marks = ",".join("?" * len(keys))
        query = f"SELECT key, vector FROM vectors WHERE model = ? AND key IN ({marks})"  # noqa: S608
        return self._database.execute(query, (self._model, *keys)).fetchall()

    def _write(self, keys: list[bytes], blobs: list[bytes]) -> None:
        rows = [(self._model, key, blob) for key, blob in zip(keys, blobs, strict=True)]
        with self._database:
            self._database.executemany(
                "INSERT OR REPLACE INTO vectors (model, key, vector) VALUES (?, ?, ?)", rows
            )

    def _prune(self, keys: set[bytes], keep_other_models: bool) -> int:
        mine = "DELETE FROM vectors WHERE model = ? AND key NOT IN (SELECT key FROM kept)"
        with self._database as database:
            database.execute("CREATE TEMP TABLE IF NOT EXISTS kept (key BLOB PRIMARY KEY)")
            database.execute("DELETE FROM kept")
            database.executemany("INSERT INTO kept VALUES (?)", ((key,) for key in keys))
            dropped = database.execute(mine, (self._model,)).rowcount
            if not keep_other_models:
                others = "DELETE FROM vectors WHERE model <> ?"
                dropped += database.execute(others, (self._model,)).rowcount
        # Subtle: `execute` would take one step of it, that is, give back one page.
        self._database.executescript("PRAGMA incremental_vacuum")
        return dropped

    def _encoded(self, key: bytes, vector: Vectors) -> bytes:
        data = vector.astype("<f4").tobytes()
        return data + self._check(key, data)

    def _decoded(self, key: bytes, blob: bytes) -> Vectors | None:
        data, check = blob[:-_CHECK_BYTES], blob[-_CHECK_BYTES:]
        if len(data) != 4 * self._dimension or check != self._check(key, data):
            return None
        return np.frombuffer(data, dtype="<f4").astype(np.float32)

    def _check(self, key: bytes, data: bytes) -> bytes:
        """Over model and text too, so that a vector that slipped to another row is seen."""
        whole = self._fingerprint.encode() + key + data
        return hashlib.blake2b(whole, digest_size=_CHECK_BYTES).digest()


def text_key(text: str) -> bytes:
    """SHA-256 of the text, 32 bytes."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def embed_passages_cached(
    embedder: Embedder,
    cache: EmbeddingCache,
    texts: Sequence[str],
    progress: Progress | None = None,
) -> tuple[Vectors, int]:
    """`(len(texts), dimension)` float32, unit length, in order, and how many were really embedded.

    The same text is embedded once, and every batch is kept as soon as it is done. `progress` counts
    only texts that must be embedded; without any it is not even started, nor is the model loaded.
    """
    progress = progress or NoProgress()
    vectors, found = cache.get(texts)
    rows: dict[str, list[int]] = {}
    for row in np.flatnonzero(~found).tolist():
        rows.setdefault(texts[row], []).append(row)
    missing = list(rows)
    if not missing:
        return vectors, 0

    def keep(positions: Sequence[int], batch: Vectors) -> None:
        cache.put([missing[at] for at in positions], batch)
        for at, vector in zip(positions, batch, strict=True):
            vectors[rows[missing[at]]] = vector
        progress.advance(len(positions))

    progress.start(len(missing))
    try:
        embedder.embed_passages(missing, keep)
    finally:
        progress.finish()
    return vectors, len(missing)
