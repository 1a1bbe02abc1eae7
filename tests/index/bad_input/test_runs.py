"""A second run at the same time, and Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence

import pytest

from index.embedding.base import OnBatch, Vectors
from index.errors import BusyError
from tests.index.bad_input.survival import LIMIT_S, ROOT, answers, is_clear
from tests.index.runs import Site, Watched, cached_vectors
from tests.sites import numbered_posts, post_text


class Slow(Watched):
    """Stops in the middle of embedding until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.go = threading.Event(), threading.Event()

    def embed_passages(self, texts: Sequence[str], on_batch: OnBatch | None = None) -> Vectors:
        self.reached.set()
        assert self.go.wait(LIMIT_S)
        return super().embed_passages(texts, on_batch)


def test_a_second_run_at_the_same_time(built: Site) -> None:
    built.write({"new.md": post_text("新", "新的一篇。")})
    slow = Site(built.home, built.cache, embedder=Slow())
    failed: list[BaseException] = []

    def work() -> None:
        try:
            slow.reindex()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        assert slow.embedder.reached.wait(LIMIT_S)  # type: ignore[attr-defined]
        with pytest.raises(BusyError) as caught:
            built.reindex()
        is_clear(caught.value)
        assert f"(process {os.getpid()})" in caught.value.message
        answers(built)  # readers are not held up
        assert built.reindex(dry_run=True).added == 1  # nor is a dry run
    finally:
        slow.embedder.go.set()  # type: ignore[attr-defined]
        thread.join(LIMIT_S)
    assert failed == [] and built.reindex().unchanged == 6


# Writes a byte once the first batch is kept, then takes its time: a moment to press Ctrl-C.
INTERRUPTED = """
import sys, time
from pathlib import Path
from index.cli import main
from index.embedding import factory
from index.embedding.hashing import HashEmbedder
class Slow(HashEmbedder):
    def embed_passages(self, texts, on_batch=None):
        kept = on_batch
        def slow(positions, vectors):
            kept(positions, vectors)
            sys.stdout.write("."); sys.stdout.flush()
            time.sleep(60)
        return super().embed_passages(texts, slow)
factory.HashEmbedder = Slow
sys.exit(main(["reindex", sys.argv[1], "--index", sys.argv[2]]))
"""


def test_ctrl_c_in_the_middle_of_embedding(built: Site) -> None:
    """One line, exit code 130, and the batch that was done is not done again."""
    built.write(numbered_posts(600))
    command = [sys.executable, "-c", INTERRUPTED, str(built.posts), str(built.index)]
    env = {
        **os.environ,
        "QINWEN_EMBEDDING__MODEL": "hash",
        "XDG_CACHE_HOME": str(built.cache / "xdg"),
    }
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stdout.read(1) == "."
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 130 and out == ""
    lines = [line for line in err.splitlines() if not line.startswith("embedding: ")]
    assert lines == ["qinwen: Stopped. Nothing is lost; run it again to go on."]
    assert cached_vectors(built.layout.embeddings) == 5 + 256
    answers(built)
    assert not [p for p in built.layout.snapshots.iterdir() if p.name.startswith(".")]
    report = built.reindex()
    assert (report.added, report.embedded) == (600, 600 - 256)
