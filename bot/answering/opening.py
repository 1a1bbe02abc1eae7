"""Opens the snapshot that the pointer names, warm and proven, with the models of the one before."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

from index.answer import Ask
from index.embedding.base import Embedder
from index.embedding.factory import open_embedder
from index.errors import SnapshotError
from index.lexical.tokens import Tagged, Tokenizer
from index.opening import Opened, open_answerer
from index.reading.base import Reader
from index.reading.factory import open_reader
from index.settings import Settings
from index.snapshot.disk import REBUILD

_PROBE_CHARS = 60  # a long title, or a title and the first words after it
_ANY_WORDS, _ANY_DAY = "新闻", date(2022, 1, 1)  # where no post has words or a date


class _ByWordsError(Exception):
    """The settings name the reader that needs no model."""


class Opener:
    """Loads embedder and reader once, whatever the number of snapshots. Safe between threads."""

    def __init__(self, settings: Settings, cache: Path) -> None:
        self._settings, self._cache = settings, cache
        self._lock = threading.Lock()
        self._embedder: Embedder | None = None
        self._reader: Reader | None = None
        self._tokenizer = Tokenizer(())

    def open(self) -> Opened:
        """The current snapshot, after a question to it has gone well.

        Raises IndexMissingError, SnapshotError, and what loading the models raises.
        """
        with self._lock:
            if self._embedder is None:
                self._reader = self._lasting_reader()
                self._embedder = open_embedder(self._settings.embedding, self._cache)
            opened = open_answerer(self._settings, self._cache, self._embedder, self._reader)
            try:
                opened.answerer.warm_up()
                _probe(opened)
            except BaseException:
                opened.close()
                raise
            self._tokenizer = Tokenizer(opened.snapshot.lexical.known.words)
            return opened

    def _lasting_reader(self) -> Reader | None:
        """The reader with a model; None where reading is by words, which each snapshot has anew."""
        try:
            return open_reader(self._settings, self._cache, self._tagged, _no_reader)
        except _ByWordsError:
            return None

    def _tagged(self, text: str) -> list[Tagged]:
        """By the newest snapshot's words: the reader outlives the snapshot it was opened for."""
        return self._tokenizer.tagged(text)


def _no_reader() -> Reader:
    raise _ByWordsError


def _probe(opened: Opened) -> None:
    """Ask for the newest post. Raises SnapshotError where nothing at all is found."""
    content = opened.snapshot.content
    text, day = _ANY_WORDS, _ANY_DAY
    for post in content.latest_posts(1):
        text = f"{post.title} {post.text}".strip()[:_PROBE_CHARS] or _ANY_WORDS
        day = post.day or _ANY_DAY
    answer = opened.answerer.ask(Ask(text, today=day))
    if answer.reason == "no_passages" and content.passage_count:
        raise SnapshotError(f"The snapshot {opened.snapshot.name} finds no passage.", REBUILD)
