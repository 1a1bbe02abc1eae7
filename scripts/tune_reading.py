#!/usr/bin/env python3
"""How many passages to read, when to stop, and what retrieval's score is worth beside the reader's.

    python scripts/tune_reading.py --squad FILE… [--posts POSTS --posts-squad FILE] [--limit N]

Reads the first hits of every question once, without stopping, and replays every setting on what
was found: recall@1 after reading, CMRC F1, contains, and how many passages were read on average.
Give files of held-back articles (scripts/held_back.py writes them).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from index.answer import Ask
from index.assemble import Around
from index.build import Options, reindex
from index.embedding.bundled import BundledModel
from index.embedding.factory import open_embedder
from index.embedding.progress import open_progress
from index.evaluation.cmrc import f1
from index.evaluation.pooled import open_pool
from index.evaluation.questions import EvalQuestion
from index.evaluation.scores import contains
from index.evaluation.squad import load_squad, sample
from index.lexical.tokens import Tokenizer
from index.opening import Opened, open_answerer
from index.reading.artifact import WEIGHTS
from index.reading.span_reader import DEFAULT_READING, Reading, SpanReader
from index.settings import Settings, cache_dir

DEPTH = 8


@dataclass(frozen=True)
class Read:
    """One hit's best span: the hit's score, the span's, and whether each is right."""

    hit_score: float
    score: float
    right_hit: bool
    f1: float
    contains: float


def main() -> int:
    """Read, replay, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--squad", type=Path, action="append", default=[])
    parser.add_argument("--posts", type=Path)
    parser.add_argument("--posts-squad", type=Path)
    parser.add_argument("--limit", type=int, default=300)
    args = parser.parse_args()
    settings, cache = Settings(), cache_dir()
    around = Around(
        embedder=open_embedder(settings.embedding, cache),
        cache=cache,
        now=datetime.now(UTC),
        progress=open_progress(sys.stderr, "embedding"),
    )
    everything = Reading(hits=DEPTH, sure=float("inf"), retrieval=0.0)
    reader = SpanReader(BundledModel(cache), WEIGHTS, Tokenizer(()).tagged, reading=everything)
    for path in args.squad:
        squad = load_squad(path)
        with open_pool(squad, settings, around, reader) as opened:
            asked = sample(squad.questions, args.limit, 0)
            _report(path.stem, _all(opened, asked, date.today()), pooled=True)
    if args.posts:
        folder = cache / "calibration"
        own = settings.model_copy(
            update={"index": settings.index.model_copy(update={"dir": folder})}
        )
        reindex([args.posts], own, around, Options(allow_removals=True))
        asked = sample(load_squad(args.posts_squad).questions, args.limit, 0)
        with open_answerer(own, cache, around.embedder, reader) as opened:
            today = opened.newest_day or date.today()
            _report("posts", _all(opened, asked, today), pooled=False)
    return 0


def _all(opened: Opened, questions: Sequence[EvalQuestion], today: date) -> list[list[Read]]:
    return [
        list(_read(opened, one, today)) for one in questions if one.answers and one.question.strip()
    ]


def _read(opened: Opened, question: EvalQuestion, today: date) -> Iterator[Read]:
    """The first hits in their order, each with the best span of passage or title."""
    found = opened.answerer.explain(Ask(question.question, today))
    for number, hit in enumerate(found.hits[:DEPTH]):
        span = next((one for one in found.spans if one.hit == number), None)
        if span is not None:
            right = hit.post.path == question.context_id
            marks = f1(span.text, question.answers), contains(span.text, question.answers)
            yield Read(hit.score, span.score, right, *marks)


def _report(name: str, questions: list[list[Read]], *, pooled: bool) -> None:
    """A table; which post is right is known of pooled contexts only."""
    print(f"\n{name}: {len(questions)} questions")
    print("| hits | sure | retrieval | recall@1 | f1 | contains | read |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    chosen = DEFAULT_READING
    tried = [Reading(hits=hits, sure=float("inf")) for hits in (1, 2, 3, 4, 5, 6, 8)]
    tried += [Reading(sure=sure) for sure in (2.0, 4.0, 6.0, 8.0, 10.0, 12.0)]
    tried += [
        Reading(hits=chosen.hits, sure=float("inf"), retrieval=weight)
        for weight in (0.0, 0.5, 1.0, 2.0, 3.0, 4.0)
    ]
    for how in tried:
        best = [_replayed(reads, how) for reads in questions]
        found = [one for one, _ in best if one is not None]
        marks = [
            sum(getattr(one, key) for one in found) / len(questions)
            for key in ("right_hit", "f1", "contains")
        ]
        shown = [f"{mark:.3f}" for mark in marks]
        cells = " | ".join(shown if pooled else ["-", *shown[1:]])
        read = np.mean([count for _, count in best])
        print(f"| {how.hits} | {how.sure:g} | {how.retrieval:g} | {cells} | {read:.2f} |")


def _replayed(reads: list[Read], how: Reading) -> tuple[Read | None, int]:
    """The best of what this setting would have read, and how many that are."""
    top = max((one.hit_score for one in reads), default=0.0)
    seen: list[tuple[float, Read]] = []
    for first in range(0, min(how.hits, len(reads)), how.at_once):
        for one in reads[first : min(first + how.at_once, how.hits)]:
            seen.append((one.score - how.retrieval * (top - one.hit_score), one))
        if seen and max(score for score, _ in seen) >= how.sure:
            break
    best = max(seen, key=lambda pair: pair[0], default=(0.0, None))[1]
    return best, len(seen)


if __name__ == "__main__":
    sys.exit(main())
