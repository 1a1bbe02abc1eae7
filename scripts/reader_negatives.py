"""Near misses for the span reader: what our retriever ranks high and doesn't hold the answer."""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from index.assemble import Around
from index.build import build_from_posts
from index.changes import NewPost
from index.embedding.factory import open_embedder
from index.embedding.progress import open_progress
from index.errors import IndexMissingError
from index.evaluation.scores import bare_text
from index.filters import NO_FILTERS
from index.fusion import fuse
from index.lexical.tokens import Tokenizer
from index.opening import Opened, open_answerer
from index.records import Post
from index.settings import Settings
from reader_data import Asked, Data

DEPTH = 12  # near misses kept of a question; training draws from them
_BATCH = 512
_POOL = 40  # candidates of each leg

Misses = dict[str, list[tuple[str, int]]]  # question id: (document id, number of its passage)


def mined(data: Data, settings: Settings, cache: Path, folder: Path) -> Misses:
    """The near misses of every question, best ranked first, other documents' and its own alike.

    All documents are one index, built in `folder` on first use and kept there with what is found.
    """
    key = hashlib.sha256()
    for one in sorted(data.documents):
        key.update(one.encode())
    key.update(json.dumps([q.id for q in data.questions]).encode())
    key.update(settings.passages.model_dump_json().encode())
    folder /= key.hexdigest()[:16]
    file = folder / "misses.json"
    if file.is_file():
        found = json.loads(file.read_text(encoding="utf-8"))
        return {name: [(doc, number) for doc, number in hits] for name, hits in found.items()}
    around = Around(
        embedder=open_embedder(settings.embedding, cache),
        cache=cache,
        now=datetime.now(UTC),
        progress=open_progress(sys.stderr, "embedding"),
    )
    own = settings.model_copy(update={"index": settings.index.model_copy(update={"dir": folder})})
    try:
        opened = open_answerer(own, cache, around.embedder)
    except IndexMissingError:
        build_from_posts([_post(data, one) for one in data.documents], own, around)
        opened = open_answerer(own, cache, around.embedder)
    with opened:
        misses = _search(data, opened, own, around)
    file.write_text(json.dumps(misses), encoding="utf-8")
    return misses


def _post(data: Data, name: str) -> NewPost:
    one = data.documents[name]
    text = one.text[one.title_end :]
    post = Post(f"reader/{name}", one.title, None, (), (), None, None, text)
    return NewPost(post, name)


def _search(data: Data, opened: Opened, settings: Settings, around: Around) -> Misses:
    """Both legs, fused as the product does, for all questions in batches.

    Subtle: not through `Retriever`, which collapses copies and weighs dates for each question: that
    takes four times as long, and training draws from the dozen best anyway.
    """
    snapshot = opened.snapshot
    words, ids = snapshot.lexical, snapshot.content.columns().ids
    matrix = snapshot.vectors.vectors(ids)
    found = snapshot.content.passages(ids)
    texts = [bare_text(f"{post.title}{passage.text}") for passage, post in found]
    places = [(post.path, passage.number) for passage, post in found]
    row = {int(number): at for at, number in enumerate(ids)}
    tokenizer = Tokenizer(words.known.words)
    misses: Misses = {}
    progress = open_progress(sys.stderr, "searching", "questions")
    asked = [one for one in data.questions if data.documents[one.document].part == "train"]
    progress.start(len(asked))
    for first in range(0, len(asked), _BATCH):
        batch = asked[first : first + _BATCH]
        cosines = around.embedder.embed_queries([one.text for one in batch]) @ matrix.T
        for one, cosine in zip(batch, cosines, strict=True):
            tokens = tokenizer.question_tokens(one.text)
            worded, _ = words.index.search(tokens, _POOL, NO_FILTERS)
            pool = np.unique(np.concatenate([ids[np.argsort(-cosine)[:_POOL]], worded]))
            rows = np.array([row[int(number)] for number in pool])
            lexical = words.index.scores(tokens, pool)
            fused = fuse(cosine[rows], lexical, settings.retrieval.lexical_weight)
            golds = _golds(data, one)
            ranked = (rows[at] for at in np.argsort(-fused))
            misses[one.id] = [
                places[at] for at in ranked if not any(gold in texts[at] for gold in golds)
            ][:DEPTH]
        progress.advance(len(batch))
    progress.finish()
    return misses


def _golds(data: Data, asked: Asked) -> list[str]:
    own = data.documents[asked.document].text
    return [bare_text(own[place.start : place.end]) for place in asked.places]
