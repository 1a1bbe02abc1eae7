"""What `qinwen bench` runs."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from index.embedding.bench import bench_embed
from index.embedding.bench_texts import default_texts
from index.errors import PostError
from index.evaluation.draw import unit_hash
from index.evaluation.squad import load_squad
from index.passages import matched_text, passage_spans
from index.posts.hashes import read_post_bytes
from index.posts.parse import parse_post
from index.posts.walk import walk_posts
from index.settings import Settings


def run_bench(args: Namespace, settings: Settings, cache: Path) -> dict[str, Any]:
    """The figures of `qinwen bench embed`, over passages drawn from what the arguments name."""
    if args.squad:
        texts = [
            cut for one in load_squad(args.squad).contexts for cut in _cut("", one.text, settings)
        ]
    elif args.posts:
        texts = _passages(args.posts, settings)
    else:
        texts = default_texts(args.limit)
    drawn = sorted(range(len(texts)), key=lambda number: unit_hash(str(number), "bench"))
    return bench_embed(settings.embedding, cache, [texts[at] for at in drawn[: args.limit]])


def _passages(roots: list[Path], settings: Settings) -> list[str]:
    zone = ZoneInfo(settings.posts.timezone)
    found: list[str] = []
    for file in walk_posts(roots, settings.posts.max_file_bytes).files:
        try:
            post = parse_post(file.id, read_post_bytes(file), zone, datetime.now(UTC))
        except PostError:
            continue  # a reindex lists it; here it is only a text less
        found += _cut(post.title, post.text, settings)
    return found


def _cut(title: str, text: str, settings: Settings) -> list[str]:
    bounds = settings.passages
    spans = passage_spans(text, bounds.max_chars, bounds.min_chars)
    return [matched_text(title, text[start:end]) for start, end in spans]
