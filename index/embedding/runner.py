"""A loaded sentence-transformers model: one batch in, unit vectors out."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from index.embedding.base import Vectors
from index.embedding.model_folder import Golden
from index.errors import QinwenError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Task = Literal["query", "document"]  # sentence-transformers' words, for models with two halves

GOLDEN_COSINE = 0.995  # an engine below is refused; bf16 reaches 0.9999 here
_PINNED = "Install the versions in constraints.txt."


class Runner:
    """Runs one batch at a time in each calling thread, on one torch thread.

    Subtle: one, because several torch threads inside one operation wait at every operation for a
    core that another process may hold: measured on a busy machine, 22 ms for a question with one
    thread and 700 to 970 ms with two. Run several batches in several threads instead.
    """

    def __init__(self, model: SentenceTransformer, engine: str) -> None:
        self._model = model
        self.engine = engine
        self._tokenizing = threading.Lock()  # a fast tokenizer may not be used by two threads

    @property
    def dimension(self) -> int:
        """The length of a vector, as the loaded model says."""
        found = self._model.get_embedding_dimension()
        if found is None:
            raise QinwenError(
                "The model does not say how long its vectors are.", "Choose another model."
            )
        return found

    def forward(self, texts: Sequence[str], prefix: str, task: Task) -> Vectors:
        """`(len(texts), dimension)` float32, unit length, in order.

        The same as `encode_query` or `encode_document` with `prefix` as the prompt, but without
        their sorting, which is done over many batches elsewhere. Raises QinwenError if a vector is
        not made of numbers or has no length.
        """
        import torch

        # Subtle: torch keeps this number per thread, so it is set here and not once at the start.
        torch.set_num_threads(1)
        with torch.inference_mode():
            with self._tokenizing:
                features = self._model.preprocess(list(texts), prompt=prefix or None, task=task)
            output = self._model(features, task=task)["sentence_embedding"]
        return _unit_length(output.float().numpy()[:, : self.dimension], self.engine)

    def lengths(self, texts: Sequence[str], prefix: str) -> list[int]:
        """Tokens of each text with its prefix, after the model's truncation.

        Characters instead, where the tokenizer is not one of transformers' (static models).
        """
        if not callable(self._model.tokenizer):
            return [len(prefix) + len(text) for text in texts]
        return [len(ids) for ids in self._token_ids([prefix + text for text in texts])]

    def check(self, golden: Golden) -> None:
        """Raise QinwenError unless tokens and vector of the golden text are the known ones."""
        ids = tuple(self._token_ids([golden.text])[0])
        if ids != golden.ids:
            raise QinwenError(
                f"The installed transformers cuts {golden.text!r} into {list(ids)}, "
                f"not into {list(golden.ids)}.",
                _PINNED,
            )
        if golden.vector:
            vector = self.forward([golden.text], "", "query")[0]
            known = np.array(golden.vector, dtype=np.float32)
            cosine = float(vector @ known / np.linalg.norm(known))
            if cosine < GOLDEN_COSINE:
                raise QinwenError(
                    f"The engine {self.engine} gives another vector than it must for a known text "
                    f"(cosine {cosine:.4f}, at least {GOLDEN_COSINE}).",
                    f"Set embedding.precision to fp32. {_PINNED}",
                )

    def _token_ids(self, texts: list[str]) -> list[list[int]]:
        tokenizer: Any = self._model.tokenizer
        with self._tokenizing:
            found: list[list[int]] = tokenizer(
                texts,
                truncation=True,
                max_length=self._model.max_seq_length,
                padding=False,
                return_attention_mask=False,
            )["input_ids"]
        return found


def _unit_length(vectors: Vectors, engine: str) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    # Subtle: also false where a length is not a number.
    if not bool(np.all((lengths > 0) & np.isfinite(lengths))):
        raise QinwenError(
            f"The engine {engine} gave a vector that is empty or not made of numbers.",
            "Set embedding.precision to fp32, or choose another embedding.model.",
        )
    return np.ascontiguousarray(vectors / lengths, dtype=np.float32)
