"""Posts and passages to a whole snapshot: vectors, words, manifest, proof, publication."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from pathlib import Path

from index.embedding.base import Embedder
from index.embedding.cache import EmbeddingCache, embed_passages_cached
from index.embedding.progress import Progress
from index.errors import SnapshotError
from index.filters import Columns, Filters, IdArray
from index.lexical.dictionary import read_dictionary_file, site_words
from index.lexical.inverted_index import Entry, LexicalIndex, update_index, write_index
from index.lexical.tokens import Tokenizer
from index.lexical.word_list import WordList, load_word_list
from index.passages import PASSAGE_VERSION, search_text
from index.posts.parse import PARSER_VERSION
from index.records import Skip
from index.settings import LexicalSection, Settings
from index.snapshot.content import ContentReader
from index.snapshot.disk import DISK, REBUILD, RESCUE, Disk
from index.snapshot.layout import SnapshotLayout
from index.snapshot.manifest import Manifest
from index.snapshot.opened import Opening, Snapshot, open_folder
from index.snapshot.publish import Draft, publish
from index.vectors.base import Rows
from index.vectors.factory import StoreKind, update_store, write_store

STORE: StoreKind = "faiss"
_SELF_SIMILARITY = 0.99  # of a stored vector with itself; rounding stays far above


@dataclass(frozen=True, slots=True)
class Around:
    """What a run works with besides posts and settings."""

    embedder: Embedder
    cache: Path  # the user's cache folder
    now: datetime  # aware
    progress: Progress
    disk: Disk = DISK


@dataclass(frozen=True, slots=True)
class Delta:
    """Passage ids, by what happens to them on the way from `previous` to the next snapshot."""

    previous: SnapshotLayout | None  # None: everything is written anew, and `removed` is empty
    removed: IdArray
    added: IdArray
    skipped: tuple[Skip, ...]


def passage_settings(settings: Settings) -> dict[str, int | str]:
    """All that decides what passages come of a post file, for the manifest."""
    return {
        **settings.passages.model_dump(),
        "timezone": settings.posts.timezone,
        "parser": PARSER_VERSION,
        "version": PASSAGE_VERSION,
    }


def extra_words(section: LexicalSection) -> tuple[str, ...]:
    """The admin's words; none where no file is set. Raises SettingsError for a wrong file."""
    return read_dictionary_file(section.dictionary) if section.dictionary else ()


def tokenizer_of(files: SnapshotLayout) -> Tokenizer:
    """The tokenizer with the dictionary of a snapshot. Raises SnapshotError."""
    return Tokenizer(load_word_list(files.words).words)


def assemble(draft: Draft, delta: Delta, settings: Settings, around: Around) -> int:
    """Complete the draft, whose content is written, and publish it.

    Returns how many texts were really embedded; the rest came from the cache. Raises StorageError,
    and SnapshotError where the finished snapshot doesn't prove itself: then nothing is published.
    """
    files = draft.files
    content = ContentReader(files.content)
    try:
        embedded = _write_vectors(files, content, delta, draft.index.embeddings, around)
        tokenizer = _write_words(files, content, delta, settings, around)
        manifest = Manifest(
            qinwen=metadata.version("qinwen"),
            created=around.now.isoformat(),
            model=around.embedder.fingerprint,
            engine=around.embedder.engine,
            dimension=around.embedder.dimension,
            store=STORE,
            tokenizer=tokenizer.fingerprint,
            passage_settings=passage_settings(settings),
            posts=content.post_count,
            passages=content.passage_count,
            skipped=delta.skipped,
        )
    finally:
        content.close()
    publish(draft, manifest, prove, settings.index.keep_snapshots)
    return embedded


def _write_vectors(
    files: SnapshotLayout, content: ContentReader, delta: Delta, cache: Path, around: Around
) -> int:
    texts = [search_text(post, passage) for passage, post in content.passages(delta.added)]
    embedder = around.embedder
    with EmbeddingCache(cache, embedder.fingerprint, embedder.dimension) as known:
        vectors, embedded = embed_passages_cached(embedder, known, texts, around.progress)
    rows = Rows(delta.added, vectors)
    if delta.previous is None:
        write_store(STORE, files.vectors, rows)
    else:
        update_store(STORE, files.vectors, delta.previous.vectors, delta.removed, rows)
    return embedded


def _write_words(
    files: SnapshotLayout,
    content: ContentReader,
    delta: Delta,
    settings: Settings,
    around: Around,
) -> Tokenizer:
    extra = extra_words(settings.lexical)
    known = load_word_list(delta.previous.words) if delta.previous else None
    serves = known is not None and known.serves(content.post_count, extra)
    words = known if known and serves else _gather_words(content, extra)
    words.save(files.words)
    tokenizer = Tokenizer(words.words)
    if delta.previous is not None and serves:
        entries = _entries(content, delta.added, tokenizer)
        update_index(files.lexical, delta.previous.lexical, delta.removed, entries)
    else:
        write_index(files.lexical, _entries(content, content.columns().ids, tokenizer))
    return tokenizer


def _gather_words(content: ContentReader, extra: tuple[str, ...]) -> WordList:
    posts = content.titles_and_tags()
    titles = [title for title, _ in posts]
    tags = [tag for _, names in posts for tag in names]
    return WordList(site_words(titles, tags, extra), len(posts), extra)


def _entries(content: ContentReader, ids: IdArray, tokenizer: Tokenizer) -> Iterator[Entry]:
    for first in range(0, len(ids), 1_000):
        for passage, post in content.passages(ids[first : first + 1_000]):
            tokens = tokenizer.passage_tokens(search_text(post, passage))
            yield Entry(passage.id, tokens, post.day, post.categories)


@dataclass(frozen=True, slots=True)
class Words:
    """A snapshot's word index and the site dictionary it was made with."""

    index: LexicalIndex
    known: WordList


def open_words(folder: Path, columns: Columns) -> Words:
    """Both, from `folder`, the snapshot's word index.

    Opened together with the rest of the snapshot, so that a run that publishes meanwhile can't
    delete one of them. Raises SnapshotError where they are damaged or lack passages.
    """
    index = LexicalIndex(folder)
    if index.count != len(columns.ids):
        raise SnapshotError(
            f"The word index holds {index.count} passages instead of {len(columns.ids)}.", RESCUE
        )
    return Words(index, load_word_list(SnapshotLayout(folder.parent).words))


def prove(files: SnapshotLayout) -> None:
    """Open the finished snapshot and ask it something; SnapshotError unless it answers rightly."""
    snapshot = open_folder(files, Opening(open_words, verified_dir=None))
    try:
        _ask_something(snapshot)
    finally:
        snapshot.close()


def _ask_something(snapshot: Snapshot[Words]) -> None:
    """The first passage must be found by its own vector, and the word index must answer at all."""
    ids = snapshot.content.columns().ids[:1]
    if not len(ids):
        return
    ((passage, post),) = snapshot.content.passages(ids)
    own = snapshot.vectors.vectors(ids)
    ((_, scores),) = snapshot.vectors.search(own, 1, Filters())
    if post.text[passage.start : passage.end] != passage.text or scores[0] < _SELF_SIMILARITY:
        raise SnapshotError("The new snapshot doesn't find its own first passage.", REBUILD)
    snapshot.lexical.index.search([passage.text[:1]], 1, Filters())
