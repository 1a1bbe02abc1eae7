#!/usr/bin/env python3
"""Train the span reader: from reading-comprehension files to index/reading/weights.

    python scripts/train_reader.py --squad FILE… --news FILE [--write]
        [--from-artifact [--keep SHARE]]

Mines near misses with the product's own retriever, trains on whole articles that are not held back
and writes the artifact. A run that is stopped goes on from its last checkpoint when it is started
again with the same arguments; `--fresh` begins anew. `--from-artifact` starts from the weights that
are shipped instead of the base model, and `--keep` averages them into the result: weights along one
run's way are better together than the last alone (Wortsman et al., ICML 2022, "Model soups").
docs/reader.md says what it took.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from index.embedding.bundled import BundledModel
from index.reading.artifact import WEIGHTS, base_encoder, load_weights, save_weights
from index.reading.encoding import Encoded, Encoding
from index.reading.span_model import SpanModel, collate
from index.settings import Settings, cache_dir
from reader_data import load
from reader_negatives import mined
from reader_windows import Mix, Window, windows

# Two threads, each with half of a step's windows on one torch thread of its own: 1.4 to 1.8 times
# as quick as two torch threads in one pass on a busy machine, and not slower on a calm one.
WORKERS = 2
STEP_TOKENS = 3_000  # some 18 windows
SORTED_STEPS = 24  # windows of so many steps are sorted by length together
CHECKPOINT_S = 300.0
PEAK_RATE, WARM_UP, DECAY = 2e-4, 0.06, 0.01  # AdamW; rate falls linearly to 0 after the warm-up
CLIP_NORM = 1.0


@dataclass(frozen=True)
class Example:
    """An encoded window and the columns of the scores that are right (0: no answer)."""

    pair: Encoded
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def main() -> int:
    """Train, log, write."""
    args = _arguments()
    settings = Settings()
    cache = cache_dir()
    data = load(args.squad, args.news, settings.passages)
    misses = mined(data, settings, cache, args.work.parent)
    folder = BundledModel(cache).open()
    encoding = Encoding.from_folder(folder)
    model = SpanModel(base_encoder(folder))
    if args.from_artifact:
        load_weights(model, args.artifact)
    torch.manual_seed(args.seed)
    trainer = Trainer(model, encoding.pad, args)
    steps: list[list[Example]] = []
    for epoch in range(args.epochs):
        draw, order = (random.Random(f"{what}{args.seed} {epoch}") for what in ("", "order "))  # noqa: S311
        drawn = list(windows(data, misses, args.news.stem, Mix(), draw))
        steps += _steps(drawn, encoding, order)
    trainer.run(steps)
    if args.keep:
        trained = {name: value.clone() for name, value in model.state_dict().items()}
        load_weights(model, args.artifact)
        for name, value in model.state_dict().items():
            value.lerp_(trained[name], 1 - args.keep)
    if args.write:
        save_weights(model, args.artifact)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--squad", type=Path, action="append", required=True)
    parser.add_argument("--news", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=PEAK_RATE)
    parser.add_argument("--from-artifact", action="store_true")
    parser.add_argument("--keep", type=float, default=0.0, help="share of the weights begun with")
    parser.add_argument("--artifact", type=Path, default=WEIGHTS)
    parser.add_argument("--work", type=Path, default=cache_dir() / "reader" / "run")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    if args.keep and not args.from_artifact:
        parser.error("--keep needs --from-artifact: there is nothing else to average with.")
    return args


def _steps(epoch: Sequence[Window], encoding: Encoding, rng: random.Random) -> list[list[Example]]:
    """Steps of about `STEP_TOKENS`, windows of like length together, in a drawn order."""
    examples = [_example(one, encoding) for one in epoch]
    rng.shuffle(examples)
    steps: list[list[Example]] = []
    block: list[Example] = []
    for one in examples:
        block.append(one)
        if sum(len(each.pair.ids) for each in block) >= STEP_TOKENS * SORTED_STEPS:
            steps += _cut(block)
            block = []
    steps += _cut(block)
    rng.shuffle(steps)
    return steps


def _cut(block: list[Example]) -> Iterator[list[Example]]:
    step: list[Example] = []
    for one in sorted(block, key=lambda each: len(each.pair.ids)):
        if step and (len(step) + 1) * len(one.pair.ids) > STEP_TOKENS:
            yield step
            step = []
        step.append(one)
    if step:
        yield step


def _example(window: Window, encoding: Encoding) -> Example:
    (pair,) = encoding.encode(window.question, [window.text])
    starts, ends = [], []
    for place in window.places:
        start, end = place.start, place.end - 1
        # Subtle: an edge deep inside a long piece has no score of its own: the next outer one.
        while start > 0 and pair.start_at[start] < 0:
            start -= 1
        while end + 1 < len(pair.end_at) and pair.end_at[end] < 0:
            end += 1
        if pair.start_at[start] >= 0 and pair.end_at[end] >= 0:
            starts.append(1 + start)
            ends.append(1 + end)
    return Example(pair, tuple(starts) or (0,), tuple(ends) or (0,))


class Trainer:
    """One pass over given steps with AdamW; saves and finds its own checkpoints."""

    def __init__(self, model: SpanModel, pad: int, args: argparse.Namespace) -> None:
        self._model, self._pad = model, pad
        self._rate = args.rate
        self._parameters = [one for one in model.parameters() if one.requires_grad]
        self._optimiser = torch.optim.AdamW(
            self._parameters, lr=args.rate, weight_decay=DECAY, fused=True
        )
        self._file = args.work / "checkpoint.pt"
        # Of the weights begun with: once they are written over, this run is over.
        begun = hashlib.sha256(args.artifact.read_bytes()).hexdigest() if args.from_artifact else ""
        self._key = f"{args.seed} {args.epochs} {args.rate} {begun}"
        args.work.mkdir(parents=True, exist_ok=True)
        if args.fresh:
            self._file.unlink(missing_ok=True)

    def run(self, steps: Sequence[list[Example]]) -> None:
        """All steps from the last checkpoint on; logs a JSON line every 20 steps."""
        first = self._resumed()
        self._model.train()
        saved = began = time.monotonic()
        tokens, loss = 0, 0.0
        with ThreadPoolExecutor(WORKERS) as pool:
            for number in range(first, len(steps)):
                loss += self._step(steps[number], number / len(steps), pool)
                tokens += sum(len(one.pair.ids) for one in steps[number])
                if (number + 1) % 20 == 0:
                    elapsed = time.monotonic() - began
                    _log(number + 1, len(steps), loss / 20, tokens / elapsed, elapsed)
                    loss = 0.0
                if time.monotonic() - saved > CHECKPOINT_S:
                    self._save(number + 1)
                    saved = time.monotonic()
        self._save(len(steps))
        self._model.eval()

    def _step(self, step: list[Example], progress: float, pool: ThreadPoolExecutor) -> float:
        rate = self._rate * min(1.0, progress / WARM_UP) * (1.0 - progress) / (1.0 - WARM_UP)
        for group in self._optimiser.param_groups:
            group["lr"] = min(self._rate, rate)
        shares = [step[n::WORKERS] for n in range(WORKERS) if step[n::WORKERS]]
        done = list(pool.map(lambda share: self._gradients(share, len(step)), shares))
        for number, parameter in enumerate(self._parameters):
            parameter.grad = sum((found[number] for _, found in done[1:]), done[0][1][number])
        torch.nn.utils.clip_grad_norm_(self._parameters, CLIP_NORM)
        self._optimiser.step()
        return sum(value for value, _ in done)

    def _gradients(self, share: list[Example], total: int) -> tuple[float, tuple[Tensor, ...]]:
        torch.set_num_threads(1)
        start, end = self._model(collate([one.pair for one in share], self._pad))
        loss = _missed(start, [one.starts for one in share])
        loss = (loss + _missed(end, [one.ends for one in share])) / (2 * total)
        return float(loss.detach()), torch.autograd.grad(loss, self._parameters)

    def _save(self, step: int) -> None:
        state: dict[str, Any] = {
            "key": self._key,
            "step": step,
            "model": {
                name: value
                for name, value in self._model.state_dict().items()
                if not name.startswith("encoder.embeddings.")
            },
            "optimiser": self._optimiser.state_dict(),
        }
        aside = self._file.with_suffix(".new")
        torch.save(state, aside)
        aside.replace(self._file)

    def _resumed(self) -> int:
        if not self._file.is_file():
            return 0
        state = torch.load(self._file, weights_only=True)
        if state["key"] != self._key:
            sys.exit(f"{self._file} is of another run: end that one, or begin with --fresh.")
        self._model.load_state_dict(state["model"], strict=False)
        self._optimiser.load_state_dict(state["optimiser"])
        print(json.dumps({"resumed": state["step"]}), flush=True)
        return int(state["step"])


def _missed(scores: Tensor, right: Sequence[tuple[int, ...]]) -> Tensor:
    """Minus the log of the probability that softmax gives to all right columns together, summed.

    The marginal likelihood of Clark and Gardner (ACL 2018): of several right places any will do.
    """
    chosen = torch.stack(
        [torch.logsumexp(scores[row, list(columns)], 0) for row, columns in enumerate(right)]
    )
    return (torch.logsumexp(scores, 1) - chosen).sum()


def _log(step: int, steps: int, loss: float, rate: float, elapsed: float) -> None:
    left = elapsed / max(1, step) * (steps - step)
    line = {"step": step, "of": steps, "loss": round(loss, 4), "tokens/s": round(rate)}
    print(json.dumps({**line, "s": round(elapsed), "left_s": round(left)}), flush=True)


if __name__ == "__main__":
    sys.exit(main())
