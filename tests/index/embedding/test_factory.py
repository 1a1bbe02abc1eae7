from __future__ import annotations

from pathlib import Path

import pytest

from index.embedding.factory import open_embedder, open_model
from index.embedding.hashing import HashEmbedder
from index.embedding.sentence import SentenceEmbedder
from index.errors import SettingsError
from index.settings import EmbeddingSection


def test_hash_needs_no_model(tmp_path: Path) -> None:
    assert isinstance(open_embedder(EmbeddingSection(model="hash"), tmp_path), HashEmbedder)


def test_the_bundled_model_is_the_default_and_is_not_touched_yet(tmp_path: Path) -> None:
    embedder = open_embedder(EmbeddingSection(), tmp_path)
    assert isinstance(embedder, SentenceEmbedder)
    assert embedder.dimension == 384
    assert list(tmp_path.iterdir()) == []


def test_prefixes_of_the_settings_reach_the_bundled_model(tmp_path: Path) -> None:
    plain = open_model(EmbeddingSection(), tmp_path)
    other = open_model(EmbeddingSection(query_prefix=""), tmp_path)
    assert (plain.prefixes.query, plain.prefixes.passage) == ("query: ", "passage: ")
    assert (other.prefixes.query, other.prefixes.passage) == ("", "passage: ")
    assert plain.fingerprint != other.fingerprint


def test_a_folder_is_named_by_its_last_part(tiny_folder: Path, tmp_path: Path) -> None:
    model = open_model(EmbeddingSection(model=str(tiny_folder), passage_prefix="x"), tmp_path)
    assert model.name == tiny_folder.name
    assert model.fingerprint.startswith("tiny-1-")
    assert model.prefixes.passage == "x"


def test_a_model_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="neither a folder"):
        open_embedder(EmbeddingSection(model=str(tmp_path / "nowhere")), tmp_path)
