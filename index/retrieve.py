"""Question to hits: both legs over the same passages, fused, moved by dates and categories.

Reading the hits and deciding whether they answer is left to `index.answer`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from index.copies import collapse_copies
from index.filters import Filters, IdArray
from index.fusion import fuse
from index.lexical.inverted_index import LexicalIndex
from index.passages import search_text
from index.question import Question, date_agreement
from index.records import Hit
from index.settings import RetrievalSection
from index.snapshot.content import ContentReader
from index.vectors.base import VectorStore

# Weights in standard deviations of the fused score. A date that agrees may lift a passage past a
# rival that matches about as well, not past one that matches clearly better (docs/quality.md).
DATE_WEIGHT = 0.8
CATEGORY_WEIGHT = 0.3
LATEST_WEIGHT = 0.4

# Passages looked at for dates and copies: enough for ten distinct posts after collapsing.
EXAMINED = 40
# A post about a day often appears on the days after it.
_REPORTING_LAG = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Query:
    """A question in the forms that the legs take: `tokens` for BM25, `vector` `(dim,)` float32."""

    question: Question
    tokens: Sequence[str]
    vector: npt.NDArray[np.float32]


class Retriever:
    """Searches one open snapshot. Safe to share between threads, as its parts are."""

    def __init__(
        self,
        content: ContentReader,
        vectors: VectorStore,
        lexical: LexicalIndex,
        settings: RetrievalSection,
    ) -> None:
        self._content = content
        self._vectors = vectors
        self._lexical = lexical
        self._settings = settings

    def search(self, query: Query, filters: Filters) -> list[Hit]:
        """Up to `EXAMINED` hits, best first, near-copies collapsed: into the best of them, or
        into the newest where the question asks for the present.

        Filters apply before top-k: nothing passes, nothing comes back. Several hits may belong to
        one post.
        """
        ids = self._candidates(query, filters)
        if not len(ids):
            return []
        dense = self._vectors.scores(query.vector, ids)
        lexical = self._lexical.scores(query.tokens, ids)
        fused = fuse(dense, lexical, self._settings.lexical_weight)
        # Subtle: ties go to the lower id, so that equal scores give one order everywhere.
        best = np.lexsort((ids, -fused))[:EXAMINED]
        found = self._content.passages(ids[best])
        hits = [
            Hit(passage, post, float(fused[i]), float(dense[i]), float(lexical[i]))
            for i, (passage, post) in zip(best, found, strict=True)
        ]
        moved = _moved(query.question, hits)
        return collapse_copies(moved, newest=query.question.wants_latest)

    def _candidates(self, query: Query, filters: Filters) -> IdArray:
        """The ids that either leg finds, also within the days that the question names."""
        depth = self._settings.candidates
        pools = self._legs(query, filters, depth)
        for said in query.question.dates:
            since = max(said.first, filters.since) if filters.since else said.first
            last = min(said.last, date.max - _REPORTING_LAG) + _REPORTING_LAG
            until = min(last, filters.until) if filters.until else last
            pools += self._legs(query, replace(filters, since=since, until=until), depth // 4 + 1)
        return np.unique(np.concatenate(pools))

    def _legs(self, query: Query, filters: Filters, depth: int) -> list[IdArray]:
        (near, _), *_ = self._vectors.search(query.vector[np.newaxis], depth, filters)
        worded, _ = self._lexical.search(query.tokens, depth, filters)
        return [near, worded]


def _moved(question: Question, hits: Sequence[Hit]) -> list[Hit]:
    """The hits with dates, categories and recency added to their scores, sorted anew."""
    newness = _newness(hits) if question.wants_latest else {}
    moved = []
    for hit in hits:
        score = hit.score
        score += LATEST_WEIGHT * newness.get(hit.passage.id, 0.0)
        if question.dates:
            text = search_text(hit.post, hit.passage)
            score += DATE_WEIGHT * date_agreement(question, text, hit.post.day)
        if question.categories & {*hit.post.categories, *hit.post.tags}:
            score += CATEGORY_WEIGHT
        moved.append(replace(hit, score=score))
    return sorted(moved, key=lambda hit: (-hit.score, hit.passage.id))


def _newness(hits: Sequence[Hit]) -> dict[int, float]:
    """Passage id to 0 (oldest) … 1 (newest) by rank of date; undated ones are left out."""
    dated = sorted({hit.post.date for hit in hits if hit.post.date})
    if len(dated) < 2:
        return {}
    place = {when: rank / (len(dated) - 1) for rank, when in enumerate(dated)}
    return {hit.passage.id: place[hit.post.date] for hit in hits if hit.post.date}
