"""A SQuAD file as a site of its own: every context a post, in an index that lives in the cache."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from index.assemble import Around
from index.build import build_from_posts
from index.changes import NewPost
from index.evaluation.squad import SquadSet
from index.opening import Opened, open_answerer
from index.passages import passage_settings
from index.records import Post
from index.settings import Settings
from index.snapshot.layout import IndexLayout
from index.snapshot.pointer import current

_ROOT = "squad"


def open_pool(path: Path, squad: SquadSet, settings: Settings, around: Around) -> Opened:
    """An answerer over the contexts of `squad`, read from `path`.

    The index is built on first use and found again by the file's content, the model and the
    passage settings.
    """
    key = hashlib.sha256(path.read_bytes())
    facts = [around.embedder.fingerprint, passage_settings(settings.passages)]
    key.update(json.dumps(facts, sort_keys=True).encode())
    folder = around.cache / "eval" / key.hexdigest()[:32]
    pooled = settings.model_copy(
        update={"index": settings.index.model_copy(update={"dir": folder})}
    )
    if current(IndexLayout(folder)) is None:
        build_from_posts([_as_post(one.id, one.text) for one in squad.contexts], pooled, around)
    return open_answerer(pooled, around.cache, around.embedder)


def _as_post(context_id: str, text: str) -> NewPost:
    post = Post(f"{_ROOT}/{context_id}", "", None, (), (), None, None, text)
    return NewPost(post, hashlib.sha256(text.encode()).hexdigest())
