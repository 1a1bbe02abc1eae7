"""The reindex run: folders in, the next snapshot published.

Reading order: `reindex` (the run), `_write_content` (posts and passages). What has changed is found
by `index.changes`; vectors, words and publication are `index.assemble`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from index.assemble import Around, Delta, assemble, extra_words, passage_settings
from index.changes import Changes, NewPost
from index.embedding.cache import EmbeddingCache
from index.errors import PostError, SettingsError, SnapshotError
from index.lexical.word_list import load_word_list
from index.passages import matched_text, passage_spans
from index.posts.hashes import FileHashes
from index.records import Skip
from index.settings import Settings
from index.snapshot.content import ContentReader
from index.snapshot.content_writer import ContentWriter
from index.snapshot.layout import IndexLayout, SnapshotLayout
from index.snapshot.lock import writer_lock
from index.snapshot.manifest import Expected, check_compatible
from index.snapshot.pointer import current
from index.snapshot.publish import Draft, building
from index.snapshot.verify import verify

VERIFIED_FOLDER = "verified"  # in the cache folder: which snapshots' checksums were right


@dataclass(frozen=True, slots=True)
class Options:
    """How to run; see `qinwen reindex --help`."""

    full: bool = False
    dry_run: bool = False
    allow_removals: bool = False


@dataclass(frozen=True, slots=True)
class ReindexReport:
    """What a run did or, dry, would do. `posts` and `passages` are the index's afterwards."""

    posts: int
    passages: int
    added: int
    changed: int  # renamed ones included
    removed: int
    unchanged: int
    renamed: int
    skipped: tuple[Skip, ...]
    embedded: int  # texts that the model saw; the others' vectors were there already
    snapshot: str | None
    seconds: float


@dataclass(frozen=True, slots=True)
class _Done:
    """What the index holds after the run."""

    posts: int
    passages: int
    embedded: int
    snapshot: str | None


@dataclass(frozen=True, slots=True)
class _Before:
    """The snapshot that the run starts from; its layout is None where everything is made anew."""

    layout: SnapshotLayout | None
    content: ContentReader | None

    def hashes(self) -> dict[str, str]:
        """Post id to content hash; empty without an index."""
        return self.content.hashes() if self.content else {}

    @property
    def next_id(self) -> int:
        """Where passage ids go on."""
        return self.content.next_id if self.content else 1


def reindex(
    roots: Sequence[Path], settings: Settings, around: Around, options: Options
) -> ReindexReport:
    """Bring the index in `settings.index.dir` up to date with the posts in `roots`.

    Embeds only texts that this model never embedded; publishes nothing where nothing has changed.
    Raises SettingsError for roots without usable posts, RemovalGuardError, SnapshotError where the
    index is damaged or was built otherwise and `full` isn't set, BusyError, StorageError.
    """
    start = perf_counter()
    layout = IndexLayout(settings.index.dir)
    lock = nullcontext() if options.dry_run else writer_lock(layout, lambda: datetime.now(UTC))
    with ExitStack() as stack:
        stack.enter_context(lock)
        before = stack.enter_context(_before(layout, settings, around, options.full))
        hashes = stack.enter_context(FileHashes(layout.files))
        changes = Changes(
            roots,
            before.hashes(),
            hashes,
            max_file_bytes=settings.posts.max_file_bytes,
            full=options.full,
        )
        limit = 1.0 if options.allow_removals else settings.index.max_removed_share
        changes.guard_removals(limit)
        posts = changes.new_posts(ZoneInfo(settings.posts.timezone), around.now)
        if options.dry_run:
            done = _foresee(before, changes, posts, settings, around)
        else:
            done = _update(before, changes, posts, settings, around, limit)
    tally = changes.tally
    return ReindexReport(
        posts=done.posts,
        passages=done.passages,
        added=tally.added,
        changed=tally.changed,
        removed=len(tally.removed),
        unchanged=tally.unchanged,
        renamed=tally.renamed,
        skipped=tuple(tally.skipped),
        embedded=done.embedded,
        snapshot=done.snapshot,
        seconds=round(perf_counter() - start, 3),
    )


@contextmanager
def _before(
    layout: IndexLayout, settings: Settings, around: Around, full: bool
) -> Iterator[_Before]:
    """The current snapshot, verified and compatible; with `full` a bad one is as good as none."""
    content = folder = None
    try:
        folder = current(layout)
        if folder is not None:
            manifest = verify(SnapshotLayout(folder), around.cache / VERIFIED_FOLDER)
            if not full:
                check_compatible(manifest, expected(settings, around.embedder.fingerprint))
            content = ContentReader(SnapshotLayout(folder).content)
    except SnapshotError:
        if not full:
            raise
    try:
        usable = folder is not None and content is not None and not full
        yield _Before(SnapshotLayout(folder) if folder and usable else None, content)
    finally:
        if content is not None:
            content.close()


def expected(settings: Settings, model: str) -> Expected:
    """What the settings ask of an index before its own dictionary is known."""
    return Expected(model=model, passage_settings=passage_settings(settings))


def _foresee(
    before: _Before,
    changes: Changes,
    posts: Iterable[NewPost],
    settings: Settings,
    around: Around,
) -> _Done:
    """The report of a dry run: everything is read and cut, nothing is written."""
    texts: list[str] = []
    total = changes.tally.unchanged
    for new in posts:
        total += 1
        old = changes.old_name(new)
        if old is not None:
            changes.renamed(old)
        spans = _spans(new, settings)
        texts += [matched_text(new.post.title, new.post.text[start:end]) for start, end in spans]
    missing = _to_embed(texts, IndexLayout(settings.index.dir).embeddings, around)
    kept = before.content.passage_count if before.content and changes.tally.unchanged else 0
    return _Done(total, kept + len(texts), missing, None)


def _to_embed(texts: Sequence[str], path: Path, around: Around) -> int:
    """How many different texts the model would see."""
    distinct = list(dict.fromkeys(texts))
    if not path.exists():
        return len(distinct)
    with EmbeddingCache(path, around.embedder.fingerprint, around.embedder.dimension) as cache:
        _, found = cache.get(distinct)
    return int((~found).sum())


def _update(
    before: _Before,
    changes: Changes,
    posts: Iterator[NewPost],
    settings: Settings,
    around: Around,
    max_removed_share: float,
) -> _Done:
    """Build and publish the next snapshot, unless the current one is as good."""
    first = next(posts, None)
    if first is None and not changes.tally.removed and _serves(before, settings):
        content, current_layout = before.content, before.layout
        if content is not None and current_layout is not None:
            return _Done(content.post_count, content.passage_count, 0, current_layout.name)
    found = posts if first is None else chain([first], posts)
    layout = IndexLayout(settings.index.dir)
    with building(layout, around.now, around.disk) as draft:
        delta = _write_content(draft, before, changes, found, settings)
        changes.guard_removals(max_removed_share)
        return _assembled(draft, delta, settings, around)


def _assembled(draft: Draft, delta: Delta, settings: Settings, around: Around) -> _Done:
    content = ContentReader(draft.files.content)
    try:
        posts, passages = content.post_count, content.passage_count
    finally:
        content.close()
    if not posts:
        why = (
            f"; the first: {delta.skipped[0].post}: {delta.skipped[0].reason}"
            if delta.skipped
            else ""
        )
        raise SettingsError(
            f"No post can be indexed{why}.", "Mend the posts or name other folders."
        )
    embedded = assemble(draft, delta, settings, around)
    return _Done(posts, passages, embedded, draft.files.name)


def _serves(before: _Before, settings: Settings) -> bool:
    """Whether the dictionary of the current snapshot is the one that would be used now."""
    if before.layout is None or before.content is None:
        return False
    words = load_word_list(before.layout.words)
    return words.serves(before.content.post_count, extra_words(settings.lexical))


def _write_content(
    draft: Draft,
    before: _Before,
    changes: Changes,
    posts: Iterable[NewPost],
    settings: Settings,
) -> Delta:
    """Posts and passages of the next snapshot, from those of the one before."""
    added: list[npt.NDArray[np.int64]] = []
    removed: list[npt.NDArray[np.int64]] = []
    previous = before.layout.content if before.layout else None
    present = set(before.hashes()) if before.layout else set()  # what the new file holds already
    with ContentWriter(draft.files.content, previous, before.next_id) as content:
        for new in posts:
            old = changes.old_name(new)
            if old is not None:
                changes.renamed(old)
            replaced = present & {old or new.post.id}
            if old in replaced and content.rename_post(old, new.post):
                present -= replaced
                continue
            removed.append(content.remove_posts(replaced))
            present -= replaced
            try:
                added.append(content.add_post(new.post, new.sha256, _spans(new, settings)))
            except PostError as error:
                changes.refuse(new, str(error))
        removed.append(content.remove_posts(sorted(changes.tally.removed & present)))
    return Delta(before.layout, _joined(removed), _joined(added), tuple(changes.tally.skipped))


def _spans(new: NewPost, settings: Settings) -> list[tuple[int, int]]:
    bounds = settings.passages
    return passage_spans(new.post.text, bounds.max_chars, bounds.min_chars)


def _joined(ids: Sequence[npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
    return np.sort(np.concatenate([np.empty(0, dtype=np.int64), *ids]))


def build_from_posts(posts: Sequence[NewPost], settings: Settings, around: Around) -> None:
    """Publish an index of just these posts; for question sets that bring their own texts."""
    layout = IndexLayout(settings.index.dir)
    with (
        writer_lock(layout, lambda: datetime.now(UTC)),
        building(layout, around.now, around.disk) as draft,
    ):
        with ContentWriter(draft.files.content) as content:
            added = [content.add_post(new.post, new.sha256, _spans(new, settings)) for new in posts]
        nothing = np.empty(0, dtype=np.int64)
        assemble(draft, Delta(None, nothing, _joined(added), ()), settings, around)
