"""From settings to an embedder."""

from __future__ import annotations

from pathlib import Path

from index.embedding.base import Embedder
from index.embedding.bundled import BUNDLED, HASHES, MODELS, BundledModel
from index.embedding.file_hashes import FileHashes
from index.embedding.folder_model import FolderModel, find_model_folder
from index.embedding.hashing import HashEmbedder
from index.embedding.model_folder import ModelFolder, Prefixes
from index.embedding.sentence import SentenceEmbedder
from index.settings import BUNDLED_MODEL, HASH_MODEL, EmbeddingSection


def open_embedder(settings: EmbeddingSection, cache: Path) -> Embedder:
    """The embedder that `settings.model` names; `cache` is the user's cache folder.

    Loads no model and no heavy library: that happens at the first text. Raises SettingsError if a
    model other than the bundled one is not there.
    """
    if settings.model == HASH_MODEL:
        return HashEmbedder()
    return SentenceEmbedder(
        open_model(settings, cache),
        precision=settings.precision,
        threads=settings.threads,
        batch_tokens=settings.batch_tokens,
    )


def open_model(settings: EmbeddingSection, cache: Path) -> ModelFolder:
    """The model that `settings.model` names, not loaded; not for `hash`, which has no model.

    Raises SettingsError if a model other than the bundled one is not there.
    """
    query, passage = settings.query_prefix, settings.passage_prefix
    if settings.model == BUNDLED_MODEL:
        own = BUNDLED.prefixes
        return BundledModel(
            cache,
            Prefixes(
                own.query if query is None else query,
                own.passage if passage is None else passage,
            ),
        )
    hashes = FileHashes(cache / MODELS / HASHES)
    folder = find_model_folder(settings.model)
    return FolderModel(folder, _name(settings.model, folder), hashes, query, passage)


def _name(model: str, folder: Path) -> str:
    """A hub name as it is, a path's last part: messages and fingerprints name no place."""
    path = Path(model).expanduser()
    return path.resolve().name if path.is_dir() else model or folder.name
