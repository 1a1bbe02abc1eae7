#!/usr/bin/env python3
"""Write the questions that the reader was not trained on as files for `qinwen eval --squad`.

    python scripts/held_back.py OUT --contexts N FILE…

Writes OUT.tune.json (what thresholds and weights were chosen by) and OUT.check.json (nothing was).
Both hold the same N contexts, so that a pool is as large as a real one: all held-back articles',
and others without questions, drawn by hash.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from index.evaluation.draw import unit_hash
from reader_data import part_of


def main() -> int:
    """Read, draw, write both files."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--contexts", type=int, required=True, help="size of the pool")
    parser.add_argument("files", type=Path, nargs="+")
    args = parser.parse_args()
    held: dict[str, list[dict[str, Any]]] = {"tune": [], "check": [], "train": []}
    for path in args.files:
        for article in json.loads(path.read_text(encoding="utf-8-sig"))["data"]:
            for one in article["paragraphs"]:
                part = part_of(path.stem, article.get("title") or one["context"])
                held[part].append(one)
    others = sorted(held["train"], key=lambda one: unit_hash(one["context"], "pool"))
    others = others[: max(0, args.contexts - len(held["tune"]) - len(held["check"]))]
    for part in ("tune", "check"):
        if not held[part]:
            continue
        silent = [one for name in ("tune", "check") if name != part for one in held[name]] + others
        pool = [*held[part], *({"context": one["context"], "qas": []} for one in silent)]
        pool.sort(key=lambda one: unit_hash(one["context"], "order"))
        text = json.dumps({"data": [{"title": "", "paragraphs": pool}]}, ensure_ascii=False)
        target = args.out.with_name(f"{args.out.name}.{part}.json")
        target.write_text(text, encoding="utf-8")
        asked = sum(len(one["qas"]) for one in held[part])
        print(f"{target}: {asked} questions, {len(pool)} contexts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
