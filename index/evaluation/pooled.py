"""A SQuAD file as a site of its own: every context a post, in an index that lives in the cache."""

from __future__ import annotations

import hashlib
import json

from index.assemble import Around, passage_settings
from index.build import build_from_posts
from index.changes import NewPost
from index.errors import IndexMissingError, SnapshotError
from index.evaluation.squad import SquadSet
from index.opening import Opened, open_answerer
from index.reading.base import Reader
from index.records import Post
from index.settings import Settings

_ROOT = "squad"


def open_pool(
    squad: SquadSet, settings: Settings, around: Around, reader: Reader | None = None
) -> Opened:
    """An answerer over the contexts of `squad`, which may be a part of a file's.

    The index is built on first use and found again by the contexts, the model and the passage
    settings. One that is damaged or was built otherwise is built anew: it is a cache.
    """
    key = hashlib.sha256("\0".join(one.text for one in squad.contexts).encode())
    facts = [around.embedder.fingerprint, passage_settings(settings)]
    key.update(json.dumps(facts, sort_keys=True).encode())
    folder = around.cache / "eval" / key.hexdigest()[:32]
    pooled = settings.model_copy(
        update={"index": settings.index.model_copy(update={"dir": folder})}
    )
    try:
        return open_answerer(pooled, around.cache, around.embedder, reader)
    except (IndexMissingError, SnapshotError):
        build_from_posts([_as_post(one.id, one.text) for one in squad.contexts], pooled, around)
    return open_answerer(pooled, around.cache, around.embedder, reader)


def _as_post(context_id: str, text: str) -> NewPost:
    post = Post(f"{_ROOT}/{context_id}", "", None, (), (), None, None, text)
    return NewPost(post, hashlib.sha256(text.encode()).hexdigest())
