"""The reindex run: folders in, the next snapshot published.

Reading order: `reindex` (the run), `_write_content` (posts and passages). What it goes on from is
`index.basis`'s, what has changed is found by `index.changes`; vectors, words and publication are
`index.assemble`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from index.assemble import Around, Delta, assemble, extra_words
from index.basis import Basis, open_basis
from index.changes import Changes, NewPost, is_mere_rename
from index.errors import PostError, SettingsError
from index.foresee import borrowed_hashes, foresee
from index.lexical.word_list import load_word_list
from index.passages import passage_spans
from index.posts.hashes import FileHashes
from index.records import Skip
from index.settings import Settings
from index.snapshot.content import ContentReader
from index.snapshot.content_writer import ContentWriter
from index.snapshot.layout import IndexLayout
from index.snapshot.lock import writer_lock
from index.snapshot.publish import Draft, building, tidy


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
        before = stack.enter_context(open_basis(layout, settings, around, options.full))
        remember = borrowed_hashes if options.dry_run else FileHashes
        hashes = stack.enter_context(remember(layout.files))
        changes = Changes(
            roots,
            before.hashes(),
            hashes,
            max_file_bytes=settings.posts.max_file_bytes,
            full=options.full,
        )
        limit = 1.0 if options.allow_removals else settings.index.max_removed_share
        posts = changes.new_posts(ZoneInfo(settings.posts.timezone), around.now)
        if options.dry_run:
            done = _foresee(before, changes, posts, settings, around, limit)
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


def _foresee(
    before: Basis,
    changes: Changes,
    posts: Iterator[NewPost],
    settings: Settings,
    around: Around,
    max_removed_share: float,
) -> _Done:
    """What `_update` would do, its errors included."""
    content = before.content if before.layout else None
    seen = foresee(content, changes, posts, settings, around)
    changes.guard_removals(max_removed_share)
    _need_posts(seen.posts, changes.tally.skipped)
    return _Done(seen.posts, seen.passages, seen.embedded, None)


def _update(
    before: Basis,
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
            tidy(IndexLayout(settings.index.dir), settings.index.keep_snapshots, around.disk)
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
    _need_posts(posts, delta.skipped)
    embedded = assemble(draft, delta, settings, around)
    return _Done(posts, passages, embedded, draft.files.name)


def _need_posts(count: int, skipped: Sequence[Skip]) -> None:
    if not count:
        why = f"; the first: {skipped[0].post}: {skipped[0].reason}" if skipped else ""
        raise SettingsError(
            f"No post can be indexed{why}.", "Mend the posts or name other folders."
        )


def _serves(before: Basis, settings: Settings) -> bool:
    """Whether the dictionary of the current snapshot is the one that would be used now."""
    if before.layout is None or before.content is None:
        return False
    words = load_word_list(before.layout.words)
    return words.serves(before.content.post_count, extra_words(settings.lexical))


def _write_content(
    draft: Draft,
    before: Basis,
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
            if old in present and _renamed(content, before, old, new):
                changes.renamed(old)
                present.remove(old)
                continue
            replaced = present & {old or new.post.id}
            present -= replaced
            removed.append(content.remove_posts(replaced))
            try:
                added.append(content.add_post(new.post, new.sha256, _spans(new, settings)))
            except PostError as error:
                changes.refuse(new, str(error))
                continue
            if old is not None:
                changes.renamed(old)
        removed.append(content.remove_posts(sorted(changes.tally.removed & present)))
    return Delta(before.layout, _joined(removed), _joined(added), tuple(changes.tally.skipped))


def _renamed(content: ContentWriter, before: Basis, old: str, new: NewPost) -> bool:
    """Let the passages of `old` be those of `new`, if they can."""
    known = before.content
    fits = known is not None and is_mere_rename(known.post(old), new.post)
    return fits and content.rename_post(old, new.post)


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
