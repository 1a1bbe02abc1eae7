"""`qinwen doctor`: each check with what it found and, where something is wrong, what to do."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from index.embedding.factory import open_embedder
from index.errors import QinwenError
from index.opening import open_answerer
from index.reading.chat_client import ChatClient
from index.settings import Settings
from index.settings_llm import LlmSection
from index.snapshot.layout import IndexLayout, SnapshotLayout
from index.snapshot.pointer import current
from index.snapshot.verify import verify

INDEX = "index"  # the name of the check that opens the index
_PACKAGES = ("torch", "sentence-transformers", "faiss-cpu", "jieba", "python-telegram-bot")
# The unpacked model takes 0.5 GB, a snapshot beside its successor twice its size.
_LOW_DISK_BYTES = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Check:
    """One finding; `remedy` is empty where `ok`."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def run_checks(settings: Settings, cache: Path) -> list[Check]:
    """All checks in the order in which a failure explains the later ones. Raises nothing."""
    return [
        Check("python", True, sys.version.split()[0]),
        *_packages(),
        _disk("index folder", settings.index.dir),
        _disk("cache folder", cache),
        _guarded("model", lambda: _model(settings, cache)),
        _guarded(INDEX, lambda: _index(settings, cache)),
        *_language_model(settings.llm),
    ]


def _packages() -> Iterator[Check]:
    for name in _PACKAGES:
        try:
            yield Check(name, True, metadata.version(name))
        except metadata.PackageNotFoundError:
            yield Check(name, False, "not installed", "Run `pip install qinwen` again.")


def _disk(name: str, folder: Path) -> Check:
    """Whether the nearest existing folder has room and may be written."""
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    free = shutil.disk_usage(place).free
    detail = f"{folder}, {free / 1e9:.1f} GB free"
    if not os.access(place, os.W_OK):
        return Check(name, False, detail, f"Make {place} writable.")
    if free < _LOW_DISK_BYTES:
        return Check(name, False, detail, "Make room: 2 GB are needed to work safely.")
    return Check(name, True, detail)


def _guarded(name: str, check: Callable[[], str]) -> Check:
    try:
        return Check(name, True, check())
    except QinwenError as error:
        return Check(name, False, error.message, error.remedy)
    except Exception as error:
        # Whatever a broken installation raises: that is what a doctor is for.
        said = " ".join(f"{type(error).__name__}: {error}".split())
        return Check(name, False, said, "Install the versions in constraints.txt.")


def _model(settings: Settings, cache: Path) -> str:
    """Embed a question for real: whatever is wrong with model or engine shows here."""
    embedder = open_embedder(settings.embedding, cache)
    (vector,) = embedder.embed_queries(["测试"])
    return f"{settings.embedding.model}, {embedder.engine}, {len(vector)} dimensions"


def _language_model(llm: LlmSection) -> Iterator[Check]:
    """Where there is one, greet it: of what fails later, only the log tells."""

    def greet() -> str:
        ChatClient(llm).complete("", "你好")
        return f"{llm.model} at {llm.base_url} answers"

    if llm.base_url:
        yield _guarded("language model", greet)


def _index(settings: Settings, cache: Path) -> str:
    """Verify every byte anew, then open it as `ask` does."""
    layout = IndexLayout(settings.index.dir)
    folder = current(layout)
    if folder is not None:
        verify(SnapshotLayout(folder), None)
    with open_answerer(settings, cache) as opened:
        manifest = opened.snapshot.manifest
        newest = opened.newest_day or "no date"
        return (
            f"snapshot {opened.snapshot.name}, {manifest.posts} posts, {manifest.passages} "
            f"passages, newest {newest}, {len(manifest.skipped)} skipped"
        )
