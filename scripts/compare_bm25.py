"""Compares BM25 engines on our tokens: quality, time, disk, memory, cost of a change.

    python scripts/compare_bm25.py ../shared/squad --sizes 10000 1000000 --json out.json

Prints a Markdown table. An engine that is not installed is left out (`pip install bm25s numba
rank_bm25`). Each runs in a process of its own. docs/lexical.md has the outcome.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bm25_corpus import DAYS, SQUAD_FILES, MixedCorpus, question_set  # noqa: E402
from bm25_engines import ENGINES, Engine  # noqa: E402

from index.lexical.tokens import Tokenizer  # noqa: E402

K = 100  # candidates that retrieval takes from a leg
CHANGED = 100
SAMPLED = 10_000  # passages made once more to know what making them takes
SEED = 20_211_208
Row = dict[str, Any]


def timed(work: Callable[[], Any]) -> float:
    """Seconds of wall clock."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def busy(work: Callable[[], Any]) -> float:
    """Milliseconds of processor time: other programs on the machine do not count."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1e3


def quality(make: Callable[[], Engine], squad: Path, folder: Path, tokenizer: Tokenizer) -> Row:
    """recall@1 and @10 per question set."""
    row: Row = {}
    for name in SQUAD_FILES:
        data = question_set(squad / f"{name}.json", tokenizer)
        engine, place = make(), folder / name
        engine.build(place, enumerate(data.passages))
        engine.open(place)
        ranks = [
            found.index(right) if right in (found := engine.search(tokens, 10, None)) else 10
            for tokens, right in zip(data.questions, data.right, strict=True)
        ]
        row[f"{name} recall@1"] = round(sum(rank == 0 for rank in ranks) / len(ranks), 4)
        row[f"{name} recall@10"] = round(sum(rank < 10 for rank in ranks) / len(ranks), 4)
    return row


def speed(
    engine: Engine, corpus: MixedCorpus, questions: Sequence[list[str]], size: int, folder: Path
) -> Row:
    """Times in seconds or milliseconds, sizes in megabytes."""
    row: Row = {}
    sample = min(size, SAMPLED)
    made = timed(lambda: [None for _ in corpus.passages(0, sample)]) * size / sample
    row["build s"] = round(timed(lambda: engine.build(folder, corpus.passages(0, size))) - made, 1)
    row["disk MB"] = round(sum(file.stat().st_size for file in folder.iterdir()) / 1e6, 1)
    before = resident()
    row["load ms"] = round(timed(lambda: engine.open(folder)) * 1e3, 1)
    row["first ms"] = round(timed(lambda: engine.search(questions[0], K, None)) * 1e3, 1)
    for label, days in (("all", None), ("50 %", DAYS // 2), ("1 %", DAYS // 100)):
        times = [busy(partial(engine.search, one, K, days)) for one in questions]
        row[f"{label} p50 ms"], row[f"{label} p95 ms"] = np.percentile(times, [50, 95]).round(2)
    row["resident MB"] = round(resident() - before)
    row["change s"] = change(engine, corpus, size, folder)
    return row


def change(engine: Engine, corpus: MixedCorpus, size: int, folder: Path) -> float | None:
    """Seconds to remove 100 passages and add 100; None: only by building anew."""
    removed = np.random.default_rng(SEED).choice(size, CHANGED, replace=False).tolist()
    added = list(corpus.passages(size, CHANGED))
    new = folder.with_name(folder.name + "-next")
    try:
        return round(timed(lambda: engine.update(folder, new, removed, added)), 2)
    except NotImplementedError:
        return None


def resident() -> float:
    """Megabytes of this process in memory, mapped files included (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def measure(arguments: argparse.Namespace) -> Row:
    """One engine at one size; 0 passages: quality."""
    tokenizer = Tokenizer(())
    make = ENGINES[arguments.engine]
    with tempfile.TemporaryDirectory(dir=arguments.work) as folder:
        if not arguments.size:
            return quality(make, arguments.squad, Path(folder), tokenizer)
        asked = [
            question
            for name in SQUAD_FILES
            for question in question_set(arguments.squad / f"{name}.json", tokenizer).questions
        ]
        chosen = np.random.default_rng(SEED).choice(len(asked), arguments.questions, replace=False)
        questions = [asked[at] for at in chosen]
        corpus = MixedCorpus(arguments.squad, tokenizer)
        return speed(make(), corpus, questions, arguments.size, Path(folder) / "index")


def in_own_process(arguments: argparse.Namespace, engine: str, size: int) -> Row:
    """`measure` in a fresh process; an engine that fails has its error as its row."""
    command = [sys.executable, __file__, str(arguments.squad), "--engine", engine]
    command += ["--size", str(size), "--questions", str(arguments.questions)]
    command += ["--work", arguments.work] if arguments.work else []
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"error": done.stderr.strip().splitlines()[-1]}
    row: Row = json.loads(done.stdout)
    return row


def markdown(rows: Sequence[Row]) -> str:
    """One table: figures down, engines across."""
    figures = list(dict.fromkeys(key for row in rows for key in row if key != "engine"))
    lines = ["| | " + " | ".join(row["engine"] for row in rows) + " |"]
    lines.append("|---" * (len(rows) + 1) + "|")
    for figure in figures:
        cells = ("–" if row.get(figure) is None else str(row[figure]) for row in rows)
        lines.append(f"| {figure} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def parse(given: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("squad", type=Path, help="folder with the SQuAD files")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000], help="mixed passages")
    parser.add_argument("--engines", nargs="*", default=list(ENGINES), choices=list(ENGINES))
    parser.add_argument("--questions", type=int, default=200, help="timed questions")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    parser.add_argument("--work", help="folder for the indexes; default: the temporary folder")
    parser.add_argument("--engine", choices=list(ENGINES), help=argparse.SUPPRESS)
    parser.add_argument("--size", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args(given)


def main() -> int:
    """All engines, all sizes."""
    arguments = parse()
    if arguments.engine:
        sys.stdout.write(json.dumps(measure(arguments)))
        return 0
    tables: dict[str, list[Row]] = {}
    for size in (0, *arguments.sizes):
        tables[f"{size:,} passages" if size else "quality"] = rows = []
        for engine in arguments.engines:
            if size <= ENGINES[engine].largest:
                rows.append({"engine": engine, **in_own_process(arguments, engine, size)})
                sys.stderr.write(f"{rows[-1]}\n")
    for title, rows in tables.items():
        sys.stdout.write(f"\n### {title}\n\n{markdown(rows)}")
    if arguments.json:
        arguments.json.write_text(json.dumps(tables, indent=1, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
