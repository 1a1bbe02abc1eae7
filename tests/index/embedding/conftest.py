"""One loaded model for the whole session."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.embedding.bundled import BundledModel, find_source
from index.embedding.file_hashes import FileHashes
from index.embedding.folder_model import FolderModel
from index.embedding.sentence import SentenceEmbedder
from index.errors import SettingsError
from index.settings import cache_dir
from tests.index.embedding.tiny import write_tiny


@pytest.fixture(scope="session")
def bundled() -> BundledModel:
    """The real model, unpacked into the user's own cache: it is the product's cache, too."""
    model = BundledModel(cache_dir())
    if not model.folder.is_dir():
        try:
            find_source(None, model.folder.parent)
        except SettingsError as error:
            pytest.skip(str(error))
    return model


@pytest.fixture(scope="session")
def embedder(bundled: BundledModel) -> SentenceEmbedder:
    """The real model, loaded once, precision `auto`."""
    embedder = SentenceEmbedder(bundled)
    embedder.load()
    return embedder


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers folder of 0.2 MB with random weights; not to be changed."""
    home = tmp_path_factory.mktemp("tiny")
    recipe = write_tiny(home / "tiny.bin")
    return BundledModel(home, source=home / "tiny.bin", recipe=recipe).open()


@pytest.fixture
def tiny_model(tiny_folder: Path, tmp_path: Path) -> FolderModel:
    """The tiny folder as any other model's folder."""
    return FolderModel(tiny_folder, "tiny", FileHashes(tmp_path / "hashes.json"))
