#!/usr/bin/env python3
"""Fit the confidence: how the signs of an answer combine, and under which value to refuse.

    python scripts/calibrate.py --posts POSTS --posts-squad FILE --fit FILE… --check FILE…
        [--rows FILE] [--plots FOLDER] [--write]

`--posts-squad` holds questions on the posts (SQuAD 2.0: some unanswerable); each `--fit` and
`--check` file is asked of a pool that holds only half of its contexts, so that the other half's
questions are near misses: about the same things, and not answered. None of them may have been
trained on (scripts/held_back.py). `--write` replaces the trained reader's weights in
index/reading/confidence.json, `--rows` keeps what was asked, so that a second fit needs no asking.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from index.answer import Ask
from index.assemble import Around
from index.build import Options, reindex
from index.embedding.factory import open_embedder
from index.embedding.progress import open_progress
from index.evaluation.calibration import (
    Judged,
    choose_threshold,
    expected_calibration_error,
    reliability,
    threshold_curve,
)
from index.evaluation.cmrc import f1
from index.evaluation.draw import unit_hash
from index.evaluation.logistic import fit_logistic
from index.evaluation.plots import write_svgs
from index.evaluation.pooled import open_pool
from index.evaluation.questions import EvalQuestion
from index.evaluation.scores import contains
from index.evaluation.squad import SquadSet, load_squad, sample
from index.opening import Opened, open_answerer
from index.reading.confidence import Signs, coefficients, confidence
from index.settings import Settings, cache_dir, load_settings

TARGET = Path(__file__).resolve().parents[1] / "index" / "reading" / "confidence.json"
READER = "trained"
NAMES = [field.name for field in fields(Signs)]
# A wrong answer does as much harm as a right one does good.
WRONG_COST = 1.0
# Of the characters that answer and gold share: at least half, or the answer is another one.
RIGHT_F1 = 0.5


@dataclass(frozen=True)
class Row:
    """One question: its signs, whether the answer is right, where it's from, and its part."""

    set_name: str
    check: bool
    signs: tuple[float, ...]
    right: bool
    answerable: bool


def main() -> int:
    """Fit, check, report; write where asked."""
    args = _arguments()
    rows = _rows(args)
    tune, check = ([row for row in rows if row.check == part] for part in (False, True))
    weights = _fit(tune)
    judged = _judged(tune, weights)
    point = choose_threshold(judged, WRONG_COST)
    assert point is not None
    print(json.dumps({"weights": weights, "threshold": round(point.threshold, 3)}, indent=1))
    for name, chosen in (("fit", tune), ("check", check)):
        for part in sorted({row.set_name for row in chosen}):
            of_part = [row for row in chosen if row.set_name == part]
            print(f"{name} {part:<18} {_summary(_judged(of_part, weights), point.threshold)}")
    _print_curve(_judged(check, weights))
    if args.plots:
        write_svgs(args.plots, _judged(check, weights), point.threshold)
    if args.write:
        kept = {name: dict(values) for name, values in coefficients().items()} | {READER: weights}
        TARGET.write_text(f"{json.dumps(kept, indent=1)}\n", encoding="utf-8")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--posts", type=Path, required=True)
    parser.add_argument("--posts-squad", type=Path, required=True)
    parser.add_argument("--fit", type=Path, action="append", default=[])
    parser.add_argument("--check", type=Path, action="append", default=[])
    parser.add_argument("--limit", type=int, default=600, help="questions a file")
    parser.add_argument("--rows", type=Path)
    parser.add_argument("--plots", type=Path)
    parser.add_argument("--write", action="store_true")
    return parser.parse_args()


def _rows(args: argparse.Namespace) -> list[Row]:
    if args.rows and args.rows.is_file():
        return [Row(**row) for row in json.loads(args.rows.read_text(encoding="utf-8"))]
    settings = load_settings(os.environ, Path.cwd())
    rows = list(_post_rows(args, settings))
    for check, path in [*((False, one) for one in args.fit), *((True, one) for one in args.check)]:
        rows += _pool_rows(path, check, args.limit, settings)
    if args.rows:
        args.rows.write_text(json.dumps([asdict(row) for row in rows]), encoding="utf-8")
    return rows


def _around(settings: Settings) -> Around:
    cache = cache_dir()
    return Around(
        embedder=open_embedder(settings.embedding, cache),
        cache=cache,
        now=datetime.now(UTC),
        progress=open_progress(sys.stderr, "embedding"),
    )


def _post_rows(args: argparse.Namespace, settings: Settings) -> Iterator[Row]:
    around = _around(settings)
    folder = around.cache / "calibration"
    own = settings.model_copy(update={"index": settings.index.model_copy(update={"dir": folder})})
    reindex([args.posts], own, around, Options(allow_removals=True))
    with open_answerer(own, around.cache, around.embedder) as opened:
        today = opened.newest_day or date.today()
        for question in load_squad(args.posts_squad).questions:
            yield from _row("posts", False, opened, question, today)


def _pool_rows(path: Path, check: bool, limit: int, settings: Settings) -> Iterator[Row]:
    squad = load_squad(path)
    known = {one.id for one in squad.contexts if unit_hash(one.text, "known") < 0.5}
    half = SquadSet(tuple(one for one in squad.contexts if one.id in known), squad.questions)
    with open_pool(half, settings, _around(settings)) as opened:
        for question in sample(squad.questions, limit, 0):
            if question.question.strip():
                golds = question.answers if question.context_id in known else ()
                asked = replace(question, answers=golds)
                yield from _row(path.stem, check, opened, asked, date.today())


def _row(
    set_name: str, check: bool, opened: Opened, question: EvalQuestion, today: date
) -> Iterator[Row]:
    """A row; none where nothing was read, which is a refusal whatever the weights."""
    found = opened.answerer.explain(Ask(question.question, today, question.history))
    if found.signs is None:
        return
    said, golds = found.spans[0].text, question.answers
    right = bool(golds) and (contains(said, golds) > 0 or f1(said, golds) >= RIGHT_F1)
    yield Row(set_name, check, tuple(asdict(found.signs).values()), right, bool(golds))


def _fit(rows: Sequence[Row]) -> dict[str, float]:
    """Weights by name; signs are scaled for the fit and the weights scaled back."""
    signs = np.array([row.signs for row in rows])
    spread = signs.std(axis=0)
    spread[spread == 0] = 1.0
    fitted = fit_logistic(signs / spread, [row.right for row in rows])
    scaled = np.array(fitted.weights) / spread
    named = dict(zip(NAMES, scaled.tolist(), strict=True))
    return {name: round(value, 4) for name, value in {"bias": fitted.bias, **named}.items()}


def _judged(rows: Sequence[Row], weights: dict[str, float]) -> list[Judged]:
    return [
        Judged(confidence(Signs(*row.signs), weights), row.right, row.answerable) for row in rows
    ]


def _summary(judged: Sequence[Judged], threshold: float) -> str:
    answered = [item for item in judged if item.confidence >= threshold]
    refused = [item for item in judged if item.confidence < threshold]
    unanswerable = sum(not item.answerable for item in judged)
    well = sum(not item.answerable for item in refused)
    error = expected_calibration_error(judged)
    return (
        f"n {len(judged)}, answered {len(answered)}, of them wrong "
        f"{sum(not item.right for item in answered)}; refusal precision "
        f"{well / max(1, len(refused)):.3f}, recall {well / max(1, unanswerable):.3f}; "
        f"calibration error {error:.3f}"
    )


def _print_curve(judged: Sequence[Judged]) -> None:
    print("\n| confidence | questions | mean | right |\n| --- | --- | --- | --- |")
    for one in reliability(judged):
        if one.n:
            cells = f"{one.n} | {one.mean_confidence:.3f} | {one.share_right:.3f}"
            print(f"| {one.low:.1f}-{one.high:.1f} | {cells} |")
    print("\n| threshold | answered | wrong | refusal precision | recall |")
    print("| --- | --- | --- | --- | --- |")
    curve = threshold_curve(judged, WRONG_COST)
    for wanted in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        point = min(curve, key=lambda one: abs(one.threshold - wanted))
        shares = [point.refusal.precision or 0.0, point.refusal.recall or 0.0]
        counts = f"{point.threshold:.2f} | {point.answered} | {point.wrong}"
        print(f"| {counts} | {shares[0]:.3f} | {shares[1]:.3f} |")


if __name__ == "__main__":
    sys.exit(main())
