"""Kills reindex runs at random moments and looks at what is left. Prints one JSON object.

`python -m tests.index.killed_runs HOME CACHE KILLS SEED`. Every run is a fork of this one warm
process, which itself opens nothing; it must not run inside pytest, whose threads a fork would lose.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections import Counter, deque
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from index.embedding import hashing
from index.embedding.base import OnBatch, Vectors
from index.embedding.cache import EmbeddingCache
from index.embedding.hashing import HashEmbedder
from index.errors import IndexMissingError
from index.lexical.tokens import Tokenizer
from index.passages import search_text
from index.snapshot.opened import Opening, open_folder
from index.snapshot.pointer import snapshot_names
from tests.index.runs import Site, Watched
from tests.index.snapshot.faults import FaultyDisk, Step
from tests.sites import post_text, write_site

BATCH = 8  # texts a batch, so that a run has many: the product's own is larger
BATCH_S = 0.003  # a batch takes at least that long, as it would with a model
STEP_S = 0.001  # a step of publishing takes at least that long, as it would on a slow disk
POSTS = 64
KEPT = {"CURRENT", "snapshots", "embeddings.sqlite", "files.sqlite", "writer.lock", "writer.json"}
# From where the time to a kill is counted; each is drawn as often as the others.
WINDOWS = ("start", "embedding", "publishing")

Tell = Callable[[str], None]


class Embedding(Watched):
    """Says when embedding begins, and takes its time over each batch."""

    def __init__(self, tell: Tell) -> None:
        super().__init__()
        self._tell = tell

    def embed_passages(self, texts: Sequence[str], on_batch: OnBatch | None = None) -> Vectors:
        def kept(positions: Sequence[int], vectors: Vectors) -> None:
            time.sleep(BATCH_S)
            if on_batch is not None:
                on_batch(positions, vectors)

        self._tell("embedding")
        vectors = super().embed_passages(texts, kept)
        self._tell("embedded")
        return vectors


class Publishing(FaultyDisk):
    """Says when publishing begins, and takes its time over each step."""

    def __init__(self, tell: Tell) -> None:
        super().__init__()
        self._tell = tell

    def _step(self, act: Step, half: Step) -> None:
        time.sleep(STEP_S)
        super()._step(act, half)

    def write_bytes(self, path: Path, data: bytes) -> None:
        if path.name == "manifest.json":
            self._tell("publishing")
        super().write_bytes(path, data)


def text_of(number: int, version: int) -> str:
    facts = "，".join(f"第{n}仓存粮{number * 11 + n * version}吨" for n in range(1, 6))
    return post_text(f"第{number}号盘点", f"第{version}版：{facts}。")


def write_sites(home: Path) -> tuple[Path, Path]:
    """The site before and after: edited, added, removed and renamed posts."""
    old = {f"{n:03}.md": text_of(n, 1) for n in range(POSTS)}
    new = {name: text for n, (name, text) in enumerate(old.items()) if n % 8 != 7}
    new |= {f"{n:03}.md": text_of(n, 2) for n in range(0, POSTS, 4)}
    new |= {f"{n:03}.md": text_of(n, 2) for n in range(POSTS, POSTS + 15)}
    for n in range(1, POSTS, 16):
        new[f"moved-{n:03}.md"] = new.pop(f"{n:03}.md")
    return write_site(home / "old" / "site", old), write_site(home / "new" / "site", new)


def in_fork(work: Callable[[], Any]) -> Any:
    """What `work` returns in a process of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        code = 1
        try:
            with os.fdopen(writing, "w") as out:
                json.dump(work(), out)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    if os.waitpid(child, 0)[1]:
        raise SystemExit("a check failed")
    return json.loads(text)


def kill_in_fork(work: Callable[[Tell], object], delay_s: float, window: str) -> bool:
    """Runs `work(tell)` and kills it `delay_s` after it told of `window`, at once if it never does.

    False where it was quicker than the kill.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            work(lambda name: os.write(writing, b"!") and None if name == window else None)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(writing)
    os.read(reading, 1)
    time.sleep(delay_s)
    os.kill(child, signal.SIGKILL)
    os.close(reading)
    status = os.waitpid(child, 0)[1]
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit("a run failed before it was killed")
    return os.WIFSIGNALED(status)


def texts_of(site: Site) -> dict[str, list[str]]:
    return {post: [text for _, text in found] for post, found in site.passages().items()}


def wanted(site: Site) -> list[str]:
    """Every text that is embedded for the snapshot that answers."""
    with site.open() as opened:
        return [
            search_text(post, passage) for passage, post in opened.snapshot.content.iter_passages()
        ]


def check_whole(site: Site) -> None:
    """Every published snapshot opens, every byte of it verified."""
    for name in snapshot_names(site.layout):
        open_folder(site.layout.snapshot(name), Opening(lambda folder, columns: None, None)).close()


def check_asked(site: Site) -> None:
    answer = site.ask("第20号盘点第3仓存粮多少吨？")
    assert answer.sources[0].post == "020.md", answer


class Kills:
    """One series of kills; `count` is what they left, by scenario and outcome."""

    def __init__(self, home: Path, cache: Path, seed: int) -> None:
        self.home, self.cache = home, cache
        self.chance = random.Random(seed)
        self.count: Counter[str] = Counter()
        self.old_posts, self.new_posts = write_sites(home)
        base, whole = Site(home / "base", cache), Site(home / "whole", cache)
        self.base = base.index
        self.old = in_fork(lambda: base.reindex(self.old_posts) and texts_of(base))
        took, self.new, texts = in_fork(lambda: (self.run(whole), texts_of(whole), wanted(whole)))
        self.needed = sorted(set(texts))
        self.known_before = in_fork(lambda: self.known(base))
        self.times = {name: deque([took[name]], maxlen=5) for name in WINDOWS}

    def run(self, site: Site, tell: Tell = lambda name: None) -> dict[str, float]:
        """A whole run: how many texts it `embedded`, and the seconds that its windows took."""
        began: dict[str, float] = {}

        def note(name: str) -> None:
            began.setdefault(name, time.perf_counter())
            tell(name)

        site.disk, site.embedder = Publishing(note), Embedding(note)
        note("start")
        report = site.reindex(self.new_posts)
        note("end")
        ends = {"start": "end", "embedding": "embedded", "publishing": "end"}
        took = {name: began[end] - began[name] for name, end in ends.items() if name in began}
        return {**took, "embedded": report.embedded}

    def one(self, number: int) -> None:
        """One kill and all that must hold after it."""
        first, window = number % 2 == 0, WINDOWS[number // 2 % len(WINDOWS)]
        site = Site(self.home / f"{number}", self.cache)
        site.home.mkdir()
        if not first:
            shutil.copytree(self.base, site.index)
        delay = self.chance.uniform(0, median(self.times[window]))
        killed = kill_in_fork(lambda tell: self.run(site, tell), delay, window)
        state, known = in_fork(lambda: (self.look(site, first), self.known(site)))
        took = in_fork(lambda: (self.run(site), self.look_again(site))[0])
        needed = 0 if state == "new" else len(self.needed) - known
        assert took["embedded"] == needed, (number, state, known, took)
        if first and needed == len(self.needed):  # else it went on where the killed one stopped
            for name in WINDOWS:
                self.times[name].append(took[name])
        self.count[f"{'first' if first else 'update'}, {state}"] += 1
        self.count[f"killed, counted from {window}" if killed else "too late"] += 1
        before = 0 if first else self.known_before
        self.count["some texts embedded, not all"] += before < known < len(self.needed)
        shutil.rmtree(site.home)

    def known(self, site: Site) -> int:
        """How many of the texts to embed are in the embedding cache. Looks at a copy."""
        copies = site.home / "looked-at"
        copies.mkdir()
        for path in site.index.glob("embeddings.sqlite*"):
            shutil.copyfile(path, copies / path.name)
        path, embedder = copies / "embeddings.sqlite", HashEmbedder()
        with EmbeddingCache(path, embedder.fingerprint, embedder.dimension) as cache:
            found = int(cache.get(self.needed)[1].sum())
        shutil.rmtree(copies)
        return found

    def look(self, site: Site, first: bool) -> str:
        """What answers after the kill: nothing, the old snapshot, or the new one, each whole."""
        check_whole(site)
        try:
            site.open().close()
        except IndexMissingError:
            assert first
            return "none"
        found = texts_of(site)
        assert found == self.new or (found == self.old and not first)
        check_asked(site)
        return "new" if found == self.new else "old"

    def look_again(self, site: Site) -> None:
        """After the next run: all is there, nothing else is, and a third run has nothing to do."""
        assert texts_of(site) == self.new
        check_asked(site)
        check_whole(site)
        assert {path.name for path in site.index.iterdir()} == KEPT, sorted(site.index.iterdir())
        names = snapshot_names(site.layout)
        assert [path.name for path in sorted(site.layout.snapshots.iterdir())] == names
        report = site.reindex(self.new_posts)
        assert (report.embedded, report.unchanged) == (0, len(self.new))
        assert report.snapshot == site.snapshot and snapshot_names(site.layout) == names


def main(home: Path, cache: Path, kills: int, seed: int) -> None:
    hashing.BATCH_TEXTS = BATCH
    Tokenizer(()).tagged("热身")  # jieba's tables are loaded once, before the forks
    start = time.perf_counter()
    series = Kills(home, cache, seed)
    for number in range(kills):
        series.one(number)
    result = {
        **series.count,
        **{f"{name}_ms": round(median(took) * 1000) for name, took in series.times.items()},
        "seconds": round(time.perf_counter() - start, 1),
    }
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
