"""From settings to an answerer over the current snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType

from index.answer import Answerer, Parts
from index.assemble import Words, open_words
from index.basis import VERIFIED_FOLDER, expected
from index.embedding.base import Embedder
from index.embedding.factory import open_embedder
from index.errors import SnapshotError
from index.lexical.tokens import Tokenizer
from index.reading.base import Reader
from index.reading.factory import open_reader
from index.reading.phrase import open_phraser
from index.reading.sentences import SentenceReader
from index.retrieve import Retriever
from index.settings import Settings
from index.snapshot.layout import IndexLayout
from index.snapshot.manifest import Expected, check_compatible
from index.snapshot.opened import Opening, Snapshot, open_snapshot


@dataclass(frozen=True, slots=True)
class Opened:
    """An answerer and what it stands on; use it in a `with` block or call `close`."""

    answerer: Answerer
    snapshot: Snapshot[Words]

    @property
    def newest_day(self) -> date | None:
        """The day of the newest post; None where no post has a date."""
        return self.snapshot.content.newest_day()

    def close(self) -> None:
        """Let go of the snapshot's files."""
        self.snapshot.close()

    def __enter__(self) -> Opened:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_answerer(
    settings: Settings,
    cache: Path,
    embedder: Embedder | None = None,
    reader: Reader | None = None,
) -> Opened:
    """Open the current snapshot; `embedder` and `reader` None open those that the settings name.

    Loads neither model nor jieba: the first question does, or `Answerer.warm_up`. Raises
    IndexMissingError, and SnapshotError where the index is damaged or was built otherwise.
    """
    phraser = open_phraser(settings.llm)
    model = embedder or open_embedder(settings.embedding, cache)
    how = Opening(open_words, cache / VERIFIED_FOLDER, expected(settings, model.fingerprint))
    snapshot = open_snapshot(IndexLayout(settings.index.dir), how)
    try:
        tokenizer = Tokenizer(snapshot.lexical.known.words)
        check_compatible(snapshot.manifest, Expected(tokenizer=tokenizer.fingerprint))
    except SnapshotError:
        snapshot.close()
        raise
    content, lexical = snapshot.content, snapshot.lexical.index
    parts = Parts(
        retriever=Retriever(content, snapshot.vectors, lexical, settings.retrieval),
        embedder=model,
        tokenizer=tokenizer,
        lexical=lexical,
        reader=reader
        or open_reader(
            settings,
            cache,
            tokenizer.tagged,
            lambda: SentenceReader(tokenizer.question_tokens, lexical.idf, tokenizer.tagged),
        ),
        categories=frozenset().union(*content.columns().category_sets),
        phraser=phraser,
    )
    return Opened(Answerer(parts, settings.answer), snapshot)
