#!/usr/bin/env python3
"""Which span of a paragraph is taken: by window, brevity and mending, the right paragraph given.

    python scripts/tune_spans.py --squad FILE… --news FILE [--limit N] [--weights FILE]

Reads each question's paragraph once a window and replays everything else on the best spans found.
Prints em / F1 (CMRC) / contains. Give files of held-back articles (scripts/held_back.py).
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from index.embedding.bundled import BundledModel
from index.evaluation.cmrc import em, f1
from index.evaluation.scores import contains
from index.evaluation.squad import load_squad
from index.lexical.tokens import Tokenizer
from index.reading.artifact import WEIGHTS, open_model
from index.reading.boundaries import mend
from index.reading.decode import best_span
from index.reading.encoding import Encoding
from index.reading.expect import expectation
from index.reading.span_model import collate
from index.reading.windows import window_spans
from index.settings import cache_dir
from index.text import fold

WINDOWS = ((480, 160), (350, 120), (260, 80))
BREVITIES = (-0.02, 0.0, 0.02, 0.05, 0.1)
SEED = 5
TAG = Tokenizer(()).tagged

Scored = list[tuple[int, int, np.ndarray, np.ndarray]]  # a window's first and last place, scores


def main() -> int:
    """Read, replay, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--squad", type=Path, action="append", default=[])
    parser.add_argument("--news", type=Path, help="whose contexts begin with a title")
    parser.add_argument("--limit", type=int, default=200, help="questions a file")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    args = parser.parse_args()
    base = BundledModel(cache_dir()).open()
    reader = Reads(Encoding.from_folder(base), open_model(base, args.weights, None))
    for path in [*args.squad, *([args.news] if args.news else [])]:
        asked = list(_asked(path, args.limit))
        print(f"\n{path.stem}: {len(asked)} questions\n")
        print("| window | brevity | the model's span | mended |\n| --- | --- | --- | --- |")
        for window in WINDOWS:
            read = [reader.scores(question, text, *window) for question, text, _ in asked]
            for brevity in BREVITIES:
                _report(asked, read, window, brevity)
    return 0


class Reads:
    """The span model over a text's windows."""

    def __init__(self, encoding: Encoding, model: torch.nn.Module) -> None:
        self._encoding, self._model = encoding, model

    def scores(self, question: str, text: str, chars: int, overlap: int) -> Scored:
        """Start and end scores of every window of `text`."""
        found: Scored = []
        for first, last in window_spans(text, chars, overlap):
            (pair,) = self._encoding.encode(question, [text[first:last]])
            with torch.inference_mode():
                start, end = self._model(collate([pair], self._encoding.pad))
            found.append((first, last, start[0].float().numpy(), end[0].float().numpy()))
        return found


def _asked(path: Path, limit: int) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    squad = load_squad(path)
    texts = {one.id: fold(one.text) for one in squad.contexts}
    questions = [one for one in squad.questions if one.answers and one.question.strip()]
    random.Random(SEED).shuffle(questions)  # noqa: S311
    for one in questions[:limit]:
        golds = tuple(fold(answer) for answer in one.answers)
        yield fold(one.question).strip(), texts[one.context_id or ""], golds


def _report(
    asked: Sequence[tuple[str, str, tuple[str, ...]]],
    read: Sequence[Scored],
    window: tuple[int, int],
    brevity: float,
) -> None:
    marks: list[list[tuple[float, float, float]]] = [[], []]
    for (question, text, golds), scored in zip(asked, read, strict=True):
        start, end = _best(scored, brevity)
        for said, (first, last) in enumerate(
            ((start, end), mend(expectation(question), text, start, end, TAG))
        ):
            answer = text[first:last]
            marks[said].append((em(answer, golds), f1(answer, golds), contains(answer, golds)))
    cells = (" / ".join(f"{mark:.3f}" for mark in np.mean(one, axis=0)) for one in marks)
    print(f"| {window[0]}, {window[1]} | {brevity:g} | {' | '.join(cells)} |", flush=True)


def _best(scored: Scored, brevity: float) -> tuple[int, int]:
    """The best span over all windows; nothing where there is none."""
    spans = [
        (found.score - brevity * (found.end - found.start), first + found.start, first + found.end)
        for first, last, start, end in scored
        if (found := best_span(start, end, 0, last - first, brevity)) is not None
    ]
    return max(spans)[1:] if spans else (0, 0)


if __name__ == "__main__":
    sys.exit(main())
