"""The word index: BM25 over our own tokens, kept by tantivy.

tantivy (Lucene's design in Rust) maps its files instead of reading them, filters while it searches
and changes in proportion to what changed; docs/lexical.md compares it with others. It gets tokens
that are already cut, one value each, and cuts nothing itself.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from index.errors import SnapshotError, StorageError
from index.filters import Filters, IdArray

if TYPE_CHECKING:
    import tantivy

Scores = npt.NDArray[np.float32]

_WRITER_BYTES = 100_000_000  # tokens gathered before a segment is written
_WRITER_THREADS = 1  # one segment order on every machine, so that equal scores tie alike
_LAST_DAY = date.max.toordinal()
_LOCKS = ".lock"
_READABLE = 0o666  # of a file's permissions


@dataclass(frozen=True, slots=True)
class Entry:
    """One passage on its way into the word index."""

    id: int
    tokens: Sequence[str]  # repeats count
    day: date | None
    categories: Iterable[str]


def write_index(folder: Path, entries: Iterable[Entry]) -> None:
    """Write a new word index of `entries` into `folder`, which is made if need be.

    Raises StorageError where the disk refuses. No entries make an empty index.
    """
    import tantivy

    with _storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _write(tantivy.Index(_schema(), path=str(folder)), (), entries)
        _open_to_readers(folder)


def update_index(folder: Path, previous: Path, removed: IdArray, entries: Iterable[Entry]) -> None:
    """Write what `previous` holds, less `removed`, plus `entries`, into the new `folder`.

    No file of `previous` is touched: finished segments are copied, and removals are noted beside
    them. Subtle: copied, not hard-linked: a bad block would take all snapshots that share it, and
    there would be none to go back to. Until tantivy merges a segment, removed passages still count
    in document frequencies; that shifts scores by a hair until the next full run.
    """
    import tantivy

    with _storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for file in previous.iterdir():
            if not file.name.endswith(_LOCKS):
                shutil.copyfile(file, folder / file.name)
        _write(tantivy.Index.open(str(folder)), removed.tolist(), entries)
        _open_to_readers(folder)


def _open_to_readers(folder: Path) -> None:
    """Let everyone read the files who may read the folder; tantivy keeps some to their owner."""
    mode = folder.stat().st_mode & _READABLE
    for file in folder.iterdir():
        file.chmod(mode)


def _schema() -> tantivy.Schema:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", indexed=True, fast=True)
    builder.add_integer_field("day", indexed=True, fast=True)
    builder.add_text_field("category", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("token", tokenizer_name="raw", index_option="freq")
    return builder.build()


def _write(index: tantivy.Index, removed: Iterable[int], entries: Iterable[Entry]) -> None:
    import tantivy

    writer = index.writer(_WRITER_BYTES, _WRITER_THREADS)
    for gone in removed:
        writer.delete_documents_by_term("id", gone)
    for entry in entries:
        document = tantivy.Document()
        document.add_integer("id", entry.id)
        if entry.day is not None:
            document.add_integer("day", entry.day.toordinal())
        for category in entry.categories:
            document.add_text("category", category)
        for token in entry.tokens:
            document.add_text("token", token)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


class LexicalIndex:
    """An open word index, read-only; any number of threads may search.

    Files are mapped, so a snapshot that is deleted meanwhile can still be searched (POSIX).
    """

    def __init__(self, folder: Path) -> None:
        """Raises SnapshotError for a folder that is damaged or isn't a word index."""
        import tantivy

        self._tantivy = tantivy
        try:
            self._schema, self._searcher = _opened(folder)
        except (ValueError, OSError) as error:
            raise SnapshotError(
                f"The word index in {folder} can't be opened: {error}.",
                "Run `qinwen rollback`, or `qinwen reindex POSTS… --full`.",
            ) from error

    @property
    def count(self) -> int:
        """How many passages it holds."""
        return int(self._searcher.num_docs)

    def search(self, tokens: Sequence[str], k: int, filters: Filters) -> tuple[IdArray, Scores]:
        """The `k` best passages with a score above 0, and their BM25 scores.

        Best first, ties by ascending id, filtered before the top k. Every distinct token counts
        once. No tokens, or nothing that passes: two empty arrays.
        """
        limits = self._limits(filters)
        if not tokens or not self.count or filters.categories == frozenset():
            return _arrays([])
        return self._run([self._any_of(tokens), *limits], min(k, self.count))

    def scores(self, tokens: Sequence[str], ids: IdArray) -> Scores:
        """The BM25 scores `(len(ids),)` of the given passages, in order; 0 where none stands."""
        if not tokens or not len(ids):
            return np.zeros(len(ids), dtype=np.float32)
        chosen = self._tantivy.Query.term_set_query(self._schema, "id", ids.tolist())
        found, scores = self._run([self._any_of(tokens), self._unscored(chosen)], len(ids))
        known = dict(zip(found.tolist(), scores.tolist(), strict=True))
        return np.array([known.get(one, 0.0) for one in ids.tolist()], dtype=np.float32)

    def idf(self, token: str) -> float:
        """`ln(1 + (N - n + 0.5) / (n + 0.5))`, BM25's inverse document frequency as in Lucene.

        For a token in 1 of 3 passages: ln(1 + 2.5 / 1.5) = 0.98. Highest for a token that isn't
        there at all.
        """
        total, found = self.count, self._searcher.doc_freq("token", token)
        return math.log(1 + (max(0, total - found) + 0.5) / (found + 0.5))

    def _any_of(self, tokens: Sequence[str]) -> tantivy.Query:
        query, occur = self._tantivy.Query, self._tantivy.Occur
        terms = [
            query.term_query(self._schema, "token", one, "freq") for one in dict.fromkeys(tokens)
        ]
        return query.boolean_query([(occur.Should, term) for term in terms])

    def _limits(self, filters: Filters) -> list[tantivy.Query]:
        query, limits = self._tantivy.Query, []
        if filters.since is not None or filters.until is not None:
            first = filters.since.toordinal() if filters.since else 0
            last = filters.until.toordinal() if filters.until else _LAST_DAY
            kind = self._tantivy.FieldType.Integer
            limits.append(query.range_query(self._schema, "day", kind, first, last))
        if filters.categories:
            names = sorted(filters.categories)
            limits.append(query.term_set_query(self._schema, "category", names))
        return [self._unscored(limit) for limit in limits]

    def _unscored(self, query: tantivy.Query) -> tantivy.Query:
        return self._tantivy.Query.const_score_query(query, 0.0)

    def _run(self, required: Sequence[tantivy.Query], limit: int) -> tuple[IdArray, Scores]:
        occur = self._tantivy.Occur.Must
        query = self._tantivy.Query.boolean_query([(occur, one) for one in required])
        hits = self._searcher.search(query, limit, count=False).hits
        ids = self._searcher.fast_field_values("id", [address for _, address in hits])
        pairs = [(score, one) for (score, _), one in zip(hits, ids, strict=True)]
        return _arrays(sorted(pairs, key=lambda pair: (-pair[0], pair[1])))


def _opened(folder: Path) -> tuple[tantivy.Schema, tantivy.Searcher]:
    """Schema and searcher of the index in `folder`. Raises ValueError or OSError."""
    import tantivy

    try:
        index = tantivy.Index.open(str(folder))
        return index.schema, index.searcher()
    except (ValueError, OSError):
        # Subtle: for a moment tantivy locks a file in the folder, which a reader may not be allowed
        # to write, or no one on a read-only disk. Then the lock goes to a folder of links.
        with TemporaryDirectory() as scratch:
            for file in folder.resolve().iterdir():
                if not file.name.endswith(_LOCKS):
                    Path(scratch, file.name).symlink_to(file)
            index = tantivy.Index.open(scratch)
            return index.schema, index.searcher()


def _arrays(pairs: Sequence[tuple[Any, Any]]) -> tuple[IdArray, Scores]:
    return (
        np.array([one for _, one in pairs], dtype=np.int64),
        np.array([score for score, _ in pairs], dtype=np.float32),
    )


@contextmanager
def _storage_errors(folder: Path) -> Iterator[None]:
    """tantivy reports a full disk as ValueError; whatever it is, nothing was published yet."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise StorageError(
            f"The word index can't be written to {folder}: {error}.",
            "Make room or mend the permissions, then run again.",
        ) from error
