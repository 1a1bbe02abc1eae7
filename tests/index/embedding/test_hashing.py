from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.embedding.hashing import BATCH_TEXTS, HashEmbedder

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = [-0.5547, -0.5547, 0.0, 0.0, 0.27735, 0.0, -0.5547, 0.0]  # of 琴岛e保2021年, to 1e-5


def _bucket(gram: str, dimension: int) -> tuple[int, int]:
    number = int.from_bytes(hashlib.blake2b(gram.encode(), digest_size=8).digest(), "little")
    return number % dimension, 1 if number >= 2**63 else -1


def test_a_vector_worked_by_hand() -> None:
    """`琴岛琴`: 琴 twice and 岛 once at weight 1, 琴岛 and 岛琴 once at weight 2."""
    expected = np.zeros(1_000)
    for gram, weight in (("琴", 2), ("岛", 1), ("琴岛", 2), ("岛琴", 2)):
        bucket, sign = _bucket(gram, 1_000)
        expected[bucket] += sign * weight
    vector = HashEmbedder(1_000).embed_queries(["琴岛琴"])[0]
    np.testing.assert_allclose(vector, expected / np.sqrt(4 + 1 + 4 + 4), rtol=1e-6)


def test_golden_vector() -> None:
    """Written down once: it must be the same on every machine and in every version."""
    vector = HashEmbedder(8).embed_queries(["琴岛e保2021年"])[0]
    np.testing.assert_allclose(vector, GOLDEN, atol=1e-5)


def test_shape_kind_and_length() -> None:
    vectors = HashEmbedder().embed_passages(["一", "二三", ""])
    assert vectors.shape == (3, 256)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-6)


def test_nothing_in_nothing_out() -> None:
    assert HashEmbedder().embed_queries([]).shape == (0, 256)


def test_questions_and_passages_are_alike_and_spaces_do_not_count() -> None:
    embedder = HashEmbedder()
    a = embedder.embed_queries(["北向资金 净买入"])
    b = embedder.embed_passages(["北向资金净买入\n"])
    np.testing.assert_array_equal(a, b)


def test_shared_characters_mean_nearer() -> None:
    question, near, far = HashEmbedder().embed_queries(
        ["北向资金净买入多少亿元", "北向资金全天净买入40亿元", "琴岛e保的首席承保方"]
    )
    assert question @ near > 0.5 > question @ far


def test_the_caller_hears_of_every_batch() -> None:
    heard: dict[int, np.ndarray] = {}
    texts = [f"第{number}条" for number in range(BATCH_TEXTS + 3)]
    whole = HashEmbedder().embed_passages(
        texts, lambda at, found: heard.update(zip(at, found.copy(), strict=True))
    )
    assert sorted(heard) == list(range(len(texts)))
    for at, vector in heard.items():
        np.testing.assert_array_equal(vector, whole[at])


def test_another_process_with_other_hash_seed_agrees() -> None:
    script = (
        "from index.embedding.hashing import HashEmbedder;"
        "print(HashEmbedder(16).embed_queries(['琴岛e保']).tobytes().hex())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert said == {HashEmbedder(16).embed_queries(["琴岛e保"]).tobytes().hex()}


def test_fingerprint_and_engine() -> None:
    assert HashEmbedder().fingerprint == "hash-v1-256"
    assert HashEmbedder(8).fingerprint == "hash-v1-8"
    assert HashEmbedder().engine == "hash"


def test_a_dimension_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1, not 0"):
        HashEmbedder(0)
