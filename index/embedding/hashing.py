"""Feature hashing: an embedder without a model, for tests and for machines that have none.

Not a quality signal: texts are near when they share characters and pairs of characters.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence

import numpy as np

from index.embedding.base import OnBatch, Vectors

DIMENSION = 256  # collisions stay rare for passages of a few hundred characters
VERSION = 1  # part of the fingerprint: raise it when the vectors change
BATCH_TEXTS = 256  # texts between two calls of `on_batch`

# A shared pair says more than a shared character; 2:1 ranks word order above bag of characters.
_WEIGHTS = {1: 1.0, 2: 2.0}


class HashEmbedder:
    """Character uni- and bigrams, hashed with blake2b into `dimension` signed buckets.

    The same text gives the same vector on every machine, in every process.
    """

    def __init__(self, dimension: int = DIMENSION) -> None:
        if dimension < 1:
            raise ValueError(f"dimension must be at least 1, not {dimension}")
        self._dimension = dimension

    @property
    def fingerprint(self) -> str:
        """Names the scheme and the dimension."""
        return f"hash-v{VERSION}-{self._dimension}"

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return self._dimension

    @property
    def engine(self) -> str:
        """Always `hash`."""
        return "hash"

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """`(len(texts), dimension)` float32, unit length, in order; empty in, empty out."""
        return self.embed_passages(texts)

    def embed_passages(self, texts: Sequence[str], on_batch: OnBatch | None = None) -> Vectors:
        """As `embed_queries`; `on_batch(positions, vectors)` after every `BATCH_TEXTS` texts."""
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        for start in range(0, len(texts), BATCH_TEXTS):
            stop = min(start + BATCH_TEXTS, len(texts))
            for row in range(start, stop):
                vectors[row] = self._vector(texts[row])
            if on_batch is not None:
                on_batch(range(start, stop), vectors[start:stop])
        return vectors

    def _vector(self, text: str) -> Vectors:
        vector = np.zeros(self._dimension, dtype=np.float64)
        for gram, count in _grams(text).items():
            digest = hashlib.blake2b(gram.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            number = int.from_bytes(digest, "little")
            sign = 1.0 if number >> 63 else -1.0
            vector[number % self._dimension] += sign * count * _WEIGHTS[len(gram)]
        length = float(np.linalg.norm(vector))
        if (
            length == 0.0
        ):  # no characters, or signs that cancel: still a unit vector, always this one
            vector[0], length = 1.0, 1.0
        return (vector / length).astype(np.float32)


def _grams(text: str) -> Counter[str]:
    """Counts of characters and adjacent pairs; white space does not count: `"a b"` is `"ab"`."""
    bare = "".join(text.split())
    grams = Counter(bare)
    grams.update(bare[start : start + 2] for start in range(len(bare) - 1))
    return grams
