"""What a reindex run would do, found out without writing anything: `qinwen reindex --dry-run`."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from index.assemble import Around
from index.changes import Changes, NewPost, is_mere_rename
from index.embedding.cache import EmbeddingCache
from index.passages import matched_text, passage_spans
from index.posts.hashes import FileHashes
from index.settings import PassagesSection, Settings
from index.snapshot.content import ContentReader
from index.snapshot.layout import IndexLayout


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What the index would hold, and how many texts the model would see."""

    posts: int
    passages: int
    embedded: int


@contextmanager
def borrowed_hashes(path: Path) -> Iterator[FileHashes]:
    """The stat cache at `path`, as a copy that is thrown away: a dry run leaves no trace."""
    with TemporaryDirectory() as scratch:
        copy = Path(scratch) / path.name
        with suppress(OSError):
            shutil.copyfile(path, copy)
        with FileHashes(copy) as hashes:
            yield hashes


def foresee(
    content: ContentReader | None,
    changes: Changes,
    posts: Iterable[NewPost],
    settings: Settings,
    around: Around,
) -> Foreseen:
    """Read and cut all of `posts`; `content` is what the run would go on from, if anything."""
    texts: list[str] = []
    gone: set[str] = set()
    total = passages = 0
    for new in posts:
        old = changes.old_name(new)
        if old is not None:
            changes.renamed(old)
        gone.add(old or new.post.id)
        cut = _texts(new, settings.passages)
        total += 1
        passages += len(cut)
        if content is None or old is None or not is_mere_rename(content.post(old), new.post):
            texts += cut
    if content is not None:
        counts = content.passage_counts()
        left = counts.keys() - gone - changes.tally.removed
        total += len(left)
        passages += sum(counts[post_id] for post_id in left)
    return Foreseen(total, passages, _to_embed(texts, settings, around))


def _texts(new: NewPost, bounds: PassagesSection) -> list[str]:
    post = new.post
    spans = passage_spans(post.text, bounds.max_chars, bounds.min_chars)
    return [matched_text(post.title, post.text[start:end]) for start, end in spans]


def _to_embed(texts: Sequence[str], settings: Settings, around: Around) -> int:
    """How many different texts are not in the embedding cache."""
    distinct = list(dict.fromkeys(texts))
    path, embedder = IndexLayout(settings.index.dir).embeddings, around.embedder
    if not distinct or not path.exists():
        return len(distinct)
    with EmbeddingCache(path, embedder.fingerprint, embedder.dimension) as cache:
        _, found = cache.get(distinct)
    return int((~found).sum())
