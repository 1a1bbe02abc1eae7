from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from index.embedding.file_hashes import FileHashes
from index.embedding.folder_model import FolderModel, find_model_folder
from index.embedding.model_folder import Prefixes
from index.errors import SettingsError

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def folder(tiny_folder: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(tiny_folder, tmp_path / "model"))


def _model(folder: Path, name: str = "model", **prefixes: str) -> FolderModel:
    return FolderModel(folder, name, FileHashes(folder.parent / "hashes.json"), **prefixes)


def _set_prompts(folder: Path, prompts: dict[str, str]) -> None:
    (folder / "config_sentence_transformers.json").write_text(json.dumps({"prompts": prompts}))


def test_the_fingerprint_stays_where_nothing_that_matters_changes(folder: Path) -> None:
    before = _model(folder).fingerprint
    assert before.startswith("model-")
    (folder / "README.md").write_text("words")
    (folder / "onnx").mkdir()
    (folder / "onnx" / "config.json").write_text("{}")
    assert _model(folder).fingerprint == before
    moved = folder.rename(folder.parent / "elsewhere")
    assert _model(moved).fingerprint == before


@pytest.mark.parametrize(
    "name", ["model.safetensors", "tokenizer.json", "config.json", "1_Pooling/config.json"]
)
def test_the_fingerprint_names_weights_tokenizer_and_configuration(folder: Path, name: str) -> None:
    before = _model(folder).fingerprint
    (folder / name).write_bytes((folder / name).read_bytes() + b" ")
    assert _model(folder).fingerprint != before


def test_the_fingerprint_names_the_prefixes(folder: Path) -> None:
    fingerprints = {
        _model(folder).fingerprint,
        _model(folder, query_prefix="Q").fingerprint,
        _model(folder, passage_prefix="Q").fingerprint,
    }
    assert len(fingerprints) == 3


def test_a_second_fingerprint_reads_no_weights(folder: Path) -> None:
    before = _model(folder).fingerprint
    weights = folder / "model.safetensors"
    state = weights.stat()
    with weights.open("r+b") as file:  # would be seen if it were read
        file.seek(-1, 2)
        file.write(b"?")
    os.utime(weights, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert _model(folder).fingerprint == before


@pytest.mark.parametrize(
    ("name", "prompts", "expected"),
    [
        ("any", {"query": "q: ", "document": "d: "}, Prefixes("q: ", "d: ")),
        ("any", {"query": "q: ", "passage": "p: ", "corpus": "c: "}, Prefixes("q: ", "p: ")),
        ("any", {"query": "q: "}, Prefixes("q: ", "")),
        ("bge-small-zh-v1.5", {}, Prefixes("", "")),
        ("intfloat/multilingual-e5-base", {}, Prefixes("query: ", "passage: ")),
        ("e5-large-v2", {}, Prefixes("query: ", "passage: ")),
        ("multilingual-e5-base", {"query": "own: "}, Prefixes("own: ", "")),
        ("intfloat/multilingual-e5-large-instruct", {}, Prefixes("", "")),
        ("gte5-base", {}, Prefixes("", "")),
    ],
)
def test_prefixes_come_from_the_model_or_its_family(
    folder: Path, name: str, prompts: dict[str, str], expected: Prefixes
) -> None:
    _set_prompts(folder, prompts)
    assert _model(folder, name).prefixes == expected


def test_settings_come_before_the_model(folder: Path) -> None:
    model = _model(folder, query_prefix="", passage_prefix="doc: ")
    assert model.prefixes == Prefixes("", "doc: ")


def test_the_dimension_is_read_from_the_last_module_that_says_one(folder: Path) -> None:
    assert _model(folder).dimension == 32
    modules = json.loads((folder / "modules.json").read_text())
    modules.insert(2, {"idx": 2, "name": "2", "path": "2_Dense", "type": "Dense"})
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "2_Dense").mkdir()
    (folder / "2_Dense" / "config.json").write_text('{"in_features": 32, "out_features": 8}')
    assert _model(folder).dimension == 8


def test_a_folder_that_does_not_say_its_dimension(folder: Path) -> None:
    (folder / "modules.json").unlink()
    assert _model(folder).dimension is None


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SettingsError, match="is no sentence-transformers folder"):
        _model(tmp_path / "empty").open()


def test_weights_that_are_pickled_are_refused(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(SettingsError, match="holds no safetensors weights"):
        _model(folder).open()


def test_a_damaged_configuration_is_said(folder: Path) -> None:
    (folder / "modules.json").write_text("{")
    with pytest.raises(SettingsError, match=r"modules\.json can't be read"):
        _ = _model(folder).dimension


def test_a_path_is_a_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_model_folder(str(folder)) == folder
    monkeypatch.chdir(folder.parent)
    assert find_model_folder("model") == Path("model")


def test_a_path_that_is_not_there_is_no_hub_name(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="neither a folder nor in the local hub cache"):
        find_model_folder(str(tmp_path / "nowhere"))


def test_hub_names_are_found_in_the_local_cache_without_network(
    folder: Path, tmp_path: Path
) -> None:
    for name in ("models--some--thing", "models--sentence-transformers--short"):
        snapshot = tmp_path / "hub" / name / "snapshots" / ("a" * 40)
        snapshot.parent.mkdir(parents=True)
        shutil.copytree(folder, snapshot)
        (tmp_path / "hub" / name / "refs").mkdir()
        (tmp_path / "hub" / name / "refs" / "main").write_text("a" * 40)
    script = """
import socket
def refuse(*_, **__):
    raise SystemExit("tried the network")
socket.socket.connect = socket.getaddrinfo = refuse
from index.embedding.folder_model import find_model_folder
from index.errors import SettingsError
print(find_model_folder("some/thing").parent.parent.name)
print(find_model_folder("short").parent.parent.name)
for name in ("some/other", "other", "../odd name"):
    try:
        find_model_folder(name)
    except SettingsError as error:
        print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HF_HUB_CACHE": str(tmp_path / "hub")},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stdout.splitlines()
    assert lines[:2] == ["models--some--thing", "models--sentence-transformers--short"]
    assert lines[2] == (
        "The model 'some/other' is neither a folder nor in the local hub cache. "
        "Fetch it once with `hf download some/other`, or set embedding.model to a folder."
    )
    assert len(lines) == 5
