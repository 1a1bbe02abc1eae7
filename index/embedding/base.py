"""What an embedder is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
OnBatch = Callable[[Sequence[int], Vectors], None]


class Embedder(Protocol):
    """Maps texts to vectors; higher inner product means nearer."""

    @property
    def fingerprint(self) -> str:
        """Names weights, tokenizer and prefixes: equal fingerprints mean comparable vectors."""
        ...

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        ...

    @property
    def engine(self) -> str:
        """What computes, for example `torch-bf16`; recorded, never a reason to refuse an index."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """`(len(texts), dimension)` float32, unit length, in order; empty in, empty out."""
        ...

    def embed_passages(self, texts: Sequence[str], on_batch: OnBatch | None = None) -> Vectors:
        """As `embed_queries`, for passages.

        `on_batch(positions, vectors)` is called after every batch, so that the caller can save what
        is done before the next batch can be lost.
        """
        ...
