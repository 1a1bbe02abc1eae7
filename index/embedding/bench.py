"""How fast this machine embeds, against sentence-transformers as it comes, in one run."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from index.embedding.base import Vectors
from index.embedding.cpus import granted_cpus
from index.embedding.engine import quiet_loading
from index.embedding.factory import open_model
from index.embedding.model_folder import ModelFolder
from index.embedding.sentence import SentenceEmbedder
from index.errors import SettingsError
from index.settings import HASH_MODEL, EmbeddingSection

ROUNDS = 3  # each engine embeds a third of the texts, then the other one does, and so on
QUESTIONS = 40  # enough for a 95th percentile
QUESTION_CHARS = 20  # of a usual question; cut from the texts
_FLAGS = ("avx2", "avx512_f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8", "bf16", "sve")
_PACKAGES = ("torch", "transformers", "sentence-transformers", "tokenizers")

_HAS_LOAD = hasattr(os, "getloadavg")  # not on Windows

Clock = Callable[[], float]


@dataclass(slots=True)
class _Tally:
    """Seconds, processor seconds and vectors of one engine, round by round."""

    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    vectors: list[Vectors] = field(default_factory=list)


def bench_embed(
    settings: EmbeddingSection,
    cache: Path,
    texts: Sequence[str],
    rounds: int = ROUNDS,
    clock: Clock = time.perf_counter,
) -> dict[str, Any]:
    """Figures that JSON can hold. The baseline is `SentenceTransformer(folder).encode(texts)`.

    Both get the same texts with the same prefix, in turns, after a warm-up; the baseline keeps all
    its defaults (fp32, batches of 32, torch's threads). `ratio` is over the whole run and above 1
    where ours is faster. On a busy machine torch's several threads suffer more than our single
    ones: see `machine.load` before quoting. Raises SettingsError without texts or for the hash
    embedder.
    """
    _refuse_nothing(settings, texts)
    import torch

    torch_threads = torch.get_num_threads()  # before ours sets it
    machine = machine_facts() | {"load": list(os.getloadavg()) if _HAS_LOAD else None}
    model = open_model(settings, cache)
    ours = SentenceEmbedder(model, settings.precision, settings.threads, settings.batch_tokens)
    began = clock()
    runner = ours.load()
    load_s = clock() - began
    baseline = _baseline(model, torch_threads)
    mine, theirs = _in_turns(ours.embed_passages, baseline, texts, max(1, rounds), clock)
    tokens = sum(runner.lengths(texts, model.prefixes.passage))
    rates = zip(mine.seconds, theirs.seconds, strict=True)
    return {
        "texts": len(texts),
        "tokens": tokens,
        "ours": _speed(mine, len(texts), tokens)
        | {"engine": ours.engine, "threads": settings.threads or granted_cpus()}
        | {"batch_tokens": settings.batch_tokens, "load_s": round(load_s, 3)},
        "baseline": _speed(theirs, len(texts), tokens)
        | {"engine": "SentenceTransformer.encode", "threads": torch_threads, "batch_texts": 32},
        "ratio": round(sum(theirs.seconds) / sum(mine.seconds), 3),
        "ratio_rounds": [round(slow / fast, 3) for fast, slow in rates],
        "cosine": _cosine(mine, theirs),
        "question_ms": _latency(ours, texts, clock),
        "machine": machine,
    }


def machine_facts() -> dict[str, Any]:
    """Processor, cores, the flags that matter for bf16, and the versions of the libraries."""
    import torch

    found = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    return {
        "cpu": str(found.get("cpu_name") or platform.processor() or platform.machine()),
        "architecture": platform.machine(),
        "cores": os.cpu_count(),
        "granted": granted_cpus(),
        "flags": [flag for flag in _FLAGS if found.get(flag) is True],
        "python": platform.python_version(),
        "versions": {name: version(name) for name in _PACKAGES},
    }


def _refuse_nothing(settings: EmbeddingSection, texts: Sequence[str]) -> None:
    if settings.model == HASH_MODEL or not texts:
        what = "the hash embedder is no model" if texts else "there are no texts"
        raise SettingsError(
            f"Nothing to measure: {what}.", "Choose another embedding.model, or give texts."
        )


def _baseline(model: ModelFolder, torch_threads: int) -> Callable[[Sequence[str]], Vectors]:
    """The model as sentence-transformers loads and runs it by itself."""
    import torch
    from sentence_transformers import SentenceTransformer

    with quiet_loading():
        plain = SentenceTransformer(str(model.open()), device="cpu", local_files_only=True)
    prefix = model.prefixes.passage

    def embed(texts: Sequence[str]) -> Vectors:
        torch.set_num_threads(torch_threads)
        found: Vectors = plain.encode([prefix + text for text in texts], show_progress_bar=False)
        return found

    return embed


def _in_turns(
    ours: Callable[[Sequence[str]], Vectors],
    theirs: Callable[[Sequence[str]], Vectors],
    texts: Sequence[str],
    rounds: int,
    clock: Clock,
) -> tuple[_Tally, _Tally]:
    """Each round is every n-th text, so that all rounds have the same mix of lengths."""
    tallies = (_Tally(), _Tally())
    sides = list(zip((ours, theirs), tallies, strict=True))
    for embed, _ in sides:
        embed(texts[:2])
    for start in range(min(rounds, len(texts))):
        for embed, tally in sides if start % 2 == 0 else sides[::-1]:
            began, cpu_began = clock(), time.process_time()
            tally.vectors.append(embed(texts[start::rounds]))
            tally.seconds.append(clock() - began)
            tally.cpu_seconds.append(time.process_time() - cpu_began)
    return tallies


def _speed(tally: _Tally, texts: int, tokens: int) -> dict[str, Any]:
    seconds = sum(tally.seconds)
    return {
        "seconds": round(seconds, 3),
        "texts_per_s": round(texts / seconds, 2),
        "tokens_per_s": round(tokens / seconds, 1),
        "cpu_seconds": round(sum(tally.cpu_seconds), 3),
    }


def _cosine(mine: _Tally, theirs: _Tally) -> dict[str, float]:
    a, b = np.concatenate(mine.vectors), np.concatenate(theirs.vectors)
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    cosines = np.sum(a * b, axis=1) / lengths
    return {"min": round(float(cosines.min()), 6), "mean": round(float(cosines.mean()), 6)}


def _latency(ours: SentenceEmbedder, texts: Sequence[str], clock: Clock) -> dict[str, float]:
    taken: list[float] = []
    for number in range(QUESTIONS):
        text = texts[number % len(texts)][:QUESTION_CHARS]
        began = clock()
        ours.embed_queries([text])
        taken.append((clock() - began) * 1_000)
    p50, p95 = np.percentile(taken, [50, 95])
    return {"p50": round(float(p50), 2), "p95": round(float(p95), 2)}
