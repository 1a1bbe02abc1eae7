# ruff: noqa: D102 - the methods of an engine are what `Engine` says of them
"""The engines of `compare_bm25.py` behind one interface. Each gets the same tokens."""

from __future__ import annotations

import itertools
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np
from bm25_corpus import DAYS, day_of

from index.filters import Filters
from index.lexical.inverted_index import Entry, LexicalIndex, update_index, write_index

Pairs = Iterable[tuple[int, list[str]]]
# How many of `DAYS` days a filter leaves; None is all of them.
Days = int | None


class Engine(Protocol):
    """Ids are 0, 1, 2, …; `build` and `update` write folders, `open` and `search` read them."""

    name: ClassVar[str]
    largest: ClassVar[int]  # the most passages that are worth waiting for

    def build(self, folder: Path, pairs: Pairs) -> None:
        """Write the index of all passages into the new `folder`."""

    def update(self, old: Path, new: Path, removed: Sequence[int], added: Pairs) -> None:
        """Write what `old` becomes into `new`; NotImplementedError: only by building anew."""

    def open(self, folder: Path) -> None:
        """Get ready to search."""

    def search(self, tokens: list[str], k: int, days: Days) -> list[int]:
        """The best k ids, best first."""


class Tantivy:
    """What qinwen uses."""

    name: ClassVar[str] = "tantivy"
    largest: ClassVar[int] = 10**7

    def build(self, folder: Path, pairs: Pairs) -> None:
        write_index(folder, _entries(pairs))

    def update(self, old: Path, new: Path, removed: Sequence[int], added: Pairs) -> None:
        update_index(new, old, np.array(removed, dtype=np.int64), _entries(added))

    def open(self, folder: Path) -> None:
        self._index = LexicalIndex(folder)

    def search(self, tokens: list[str], k: int, days: Days) -> list[int]:
        until = None if days is None else date.fromordinal(days)
        found: list[int] = self._index.search(tokens, k, Filters(until=until))[0].tolist()
        return found


def _entries(pairs: Pairs) -> Iterator[Entry]:
    return (Entry(id_, tokens, date.fromordinal(day_of(id_)), ()) for id_, tokens in pairs)


class Bm25s:
    """Scores computed when indexing, in one sparse matrix: any change makes it anew."""

    name: ClassVar[str] = "bm25s (numpy)"
    largest: ClassVar[int] = 10**6
    backend: ClassVar[str] = "numpy"

    def build(self, folder: Path, pairs: Pairs) -> None:
        import bm25s

        vocabulary: dict[str, int] = {}
        corpus = [
            [vocabulary.setdefault(token, len(vocabulary)) for token in tokens]
            for _, tokens in pairs
        ]
        model = bm25s.BM25(method="lucene", k1=1.2, b=0.75, backend=self.backend)
        model.index((corpus, vocabulary), show_progress=False)
        model.save(folder)

    def update(self, old: Path, new: Path, removed: Sequence[int], added: Pairs) -> None:
        raise NotImplementedError

    def open(self, folder: Path) -> None:
        import bm25s

        self._model = bm25s.BM25.load(folder, mmap=True)
        self._model.backend = self.backend
        self._masks = {days: _mask(days, self._model.scores["num_docs"]) for days in _shares()}

    def search(self, tokens: list[str], k: int, days: Days) -> list[int]:
        if not any(token in self._model.vocab_dict for token in tokens):
            return []
        ids, scores = self._model.retrieve(
            [tokens], k=k, show_progress=False, weight_mask=self._masks[days]
        )
        return [int(one) for one, score in zip(ids[0], scores[0], strict=True) if score > 0]


class Bm25sNumba(Bm25s):
    """The same, compiled."""

    name: ClassVar[str] = "bm25s (numba)"
    backend: ClassVar[str] = "numba"


class Fts5:
    """SQLite's full-text index over tokens joined by blanks; they stand as hexadecimal words."""

    name: ClassVar[str] = "SQLite FTS5"
    largest: ClassVar[int] = 10**5

    def build(self, folder: Path, pairs: Pairs) -> None:
        folder.mkdir()
        with sqlite3.connect(folder / "fts.db") as database:
            database.execute("CREATE VIRTUAL TABLE words USING fts5(text)")
            database.execute("CREATE TABLE days (id INTEGER PRIMARY KEY, day INTEGER)")
            self._insert(database, pairs)
        database.close()

    def update(self, old: Path, new: Path, removed: Sequence[int], added: Pairs) -> None:
        shutil.copytree(old, new)
        with sqlite3.connect(new / "fts.db") as database:
            for table, key in (("words", "rowid"), ("days", "id")):
                database.executemany(f"DELETE FROM {table} WHERE {key} = ?", _rows(removed))  # noqa: S608
            self._insert(database, added)
        database.close()

    def open(self, folder: Path) -> None:
        self._database = sqlite3.connect(folder / "fts.db")

    def search(self, tokens: list[str], k: int, days: Days) -> list[int]:
        query = " OR ".join(map(_hexadecimal, tokens))
        sql = """
            SELECT rowid FROM words WHERE words MATCH ?
            AND (? OR rowid IN (SELECT id FROM days WHERE day <= ?)) ORDER BY rank, rowid LIMIT ?
        """
        found = self._database.execute(sql, (query, days is None, days, k)) if query else ()
        return [row[0] for row in found]

    def _insert(self, database: sqlite3.Connection, pairs: Pairs) -> None:
        for id_, tokens in pairs:
            text = " ".join(map(_hexadecimal, tokens))
            database.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (id_, text))
            database.execute("INSERT INTO days VALUES (?, ?)", (id_, day_of(id_)))


def _rows(ids: Sequence[int]) -> Iterator[tuple[int]]:
    return ((id_,) for id_ in ids)


def _hexadecimal(token: str) -> str:
    return "x" + token.encode("utf-8").hex()


class RankBm25:
    """The one most tutorials use; no format on disk, everything scored at every question."""

    name: ClassVar[str] = "rank_bm25"
    largest: ClassVar[int] = 10**4

    def build(self, folder: Path, pairs: Pairs) -> None:
        from rank_bm25 import BM25Okapi  # type: ignore[import-untyped, import-not-found, unused-ignore]

        folder.mkdir()
        self._model: Any = BM25Okapi([tokens for _, tokens in pairs], k1=1.2, b=0.75)

    def update(self, old: Path, new: Path, removed: Sequence[int], added: Pairs) -> None:
        raise NotImplementedError

    def open(self, folder: Path) -> None:
        self._masks = {days: _mask(days, self._model.corpus_size) for days in _shares()}

    def search(self, tokens: list[str], k: int, days: Days) -> list[int]:
        scores = self._model.get_scores(tokens)
        if (mask := self._masks[days]) is not None:
            scores = scores * mask
        order = np.argsort(-scores, kind="stable")[:k]
        return [int(one) for one in order if scores[one] > 0]


def _shares() -> tuple[Days, Days, Days]:
    return None, DAYS // 2, DAYS // 100


def _mask(days: Days, count: int) -> Any:  # noqa: ANN401 - an array or None
    if days is None:
        return None
    found = np.fromiter(map(day_of, itertools.islice(itertools.count(), count)), dtype=np.int64)
    return (found <= days).astype(np.float32)


_ALL: tuple[type[Engine], ...] = (Tantivy, Bm25sNumba, Bm25s, Fts5, RankBm25)
ENGINES = {engine.name: engine for engine in _ALL}
