"""The embedder: a sentence-transformers model, loaded at the first text, never online."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Literal

import numpy as np

from index.embedding.base import OnBatch, Vectors
from index.embedding.batches import plan_batches
from index.embedding.cpus import granted_cpus
from index.embedding.engine import load_model, native_bf16
from index.embedding.model_folder import ModelFolder
from index.embedding.runner import Runner, Task

Precision = Literal["auto", "fp32", "bf16"]

WINDOW_TEXTS = 4_096  # sorted together: 200 batches, while progress and memory stay steady
DEFAULT_BATCH_TOKENS = 4_096  # 1,500 to 4,096 are equally quick here, 8,192 is 10 % slower


class SentenceEmbedder:
    """Embeds with the model's own prompts, pooling and length limit.

    Batches of texts of like length run side by side in `threads` threads. Safe to use from several
    threads at once. Loading may raise SettingsError or StorageError (no model, no room) and
    QinwenError (the engine is broken); so may everything here that needs the loaded model.
    """

    def __init__(
        self,
        model: ModelFolder,
        precision: Precision = "auto",
        threads: int = 0,
        batch_tokens: int = DEFAULT_BATCH_TOKENS,
    ) -> None:
        """`threads` 0: what is granted to this process. `batch_tokens` counts padding."""
        self._model, self._precision = model, precision
        self._threads = threads or granted_cpus()
        self._batch_tokens = batch_tokens
        self._runner: Runner | None = None
        self._loading = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """Names weights, tokenizer and prefixes. Loads no model library."""
        return self._model.fingerprint

    @property
    def dimension(self) -> int:
        """The length of a vector. Loads the model only if its configuration doesn't say."""
        known = self._model.dimension
        return known if known is not None else self.load().dimension

    @property
    def engine(self) -> str:
        """`torch-bf16` or `torch-fp32`; with precision `auto`, `torch-auto` until loaded."""
        return self._runner.engine if self._runner else f"torch-{self._precision}"

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """`(len(texts), dimension)` float32, unit length, in order; empty in, empty out."""
        return self._embed(texts, "query", None)

    def embed_passages(self, texts: Sequence[str], on_batch: OnBatch | None = None) -> Vectors:
        """As `embed_queries`; `on_batch(positions, vectors)` after every batch, in this thread."""
        return self._embed(texts, "document", on_batch)

    def load(self) -> Runner:
        """Load the model now instead of at the first text; once, whichever thread comes first."""
        with self._loading:
            if self._runner is None:
                folder = self._model.open()
                bf16 = native_bf16() if self._precision == "auto" else self._precision == "bf16"
                runner = Runner(load_model(folder, bf16), "torch-bf16" if bf16 else "torch-fp32")
                if self._model.golden is not None:
                    runner.check(self._model.golden)
                self._runner = runner
            return self._runner

    def _embed(self, texts: Sequence[str], task: Task, on_batch: OnBatch | None) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), WINDOW_TEXTS):
            window = [_encodable(text) for text in texts[start : start + WINDOW_TEXTS]]
            for positions, found in self._embed_window(window, task):
                places = [start + position for position in positions]
                vectors[places] = found
                if on_batch is not None:
                    on_batch(places, found)
        return vectors

    def _embed_window(self, texts: list[str], task: Task) -> Iterator[tuple[list[int], Vectors]]:
        runner, prefixes = self.load(), self._model.prefixes
        prefix = prefixes.query if task == "query" else prefixes.passage

        def run(batch: list[int]) -> tuple[list[int], Vectors]:
            return batch, runner.forward([texts[at] for at in batch], prefix, task)

        if len(texts) == 1:  # a question: nothing to plan
            yield run([0])
            return
        lengths = runner.lengths(texts, prefix)
        share = -(-sum(lengths) // self._threads)  # few texts: still something for every thread
        batches = plan_batches(lengths, min(self._batch_tokens, share))
        if self._threads == 1 or len(batches) == 1:
            yield from map(run, batches)
            return
        pool = ThreadPoolExecutor(min(self._threads, len(batches)), "embed")
        try:
            for done in as_completed([pool.submit(run, batch) for batch in batches]):
                yield done.result()
        finally:  # also after Ctrl-C or an error: running batches end, waiting ones are dropped
            pool.shutdown(wait=True, cancel_futures=True)


def _encodable(text: str) -> str:
    """`text`, with what can't be UTF-8 (half of a surrogate pair) replaced by question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")
