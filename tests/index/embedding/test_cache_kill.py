"""kill -9 while batches are put: what was said to be kept is there afterwards."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.embedding.cache import EmbeddingCache
from index.embedding.hashing import HashEmbedder

ROOT = Path(__file__).resolve().parents[3]
PER_BATCH = 20

_SCRIPT = """
import sys
from pathlib import Path
from index.embedding.cache import EmbeddingCache
from index.embedding.hashing import HashEmbedder
embedder = HashEmbedder(64)
cache = EmbeddingCache(Path(sys.argv[1]), embedder.fingerprint, 64)
for batch in range(100_000):
    texts = [f"{batch} {number}" for number in range(20)]
    cache.put(texts, embedder.embed_passages(texts))
    print(batch, flush=True)
"""


@pytest.mark.parametrize("batches", [1, 7, 40])
def test_kill_9_loses_no_batch_that_was_put(tmp_path: Path, batches: int) -> None:
    path = tmp_path / "embeddings.sqlite"
    run = subprocess.Popen(
        [sys.executable, "-c", _SCRIPT, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    last = -1
    for _ in range(batches):
        last = int(run.stdout.readline())
    run.send_signal(signal.SIGKILL)
    rest = run.communicate()[0].split()
    last = int(rest[-1]) if rest else last
    embedder = HashEmbedder(64)
    texts = [f"{batch} {number}" for batch in range(last + 1) for number in range(PER_BATCH)]
    with EmbeddingCache(path, embedder.fingerprint, 64) as cache:
        vectors, found = cache.get(texts)
        assert cache.warnings == []
    assert found.all()
    np.testing.assert_array_equal(vectors, embedder.embed_passages(texts))
