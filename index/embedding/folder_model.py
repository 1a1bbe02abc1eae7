"""Any other sentence-transformers model: a folder, or a name in the local hub cache."""

from __future__ import annotations

import json
import re
from functools import cached_property
from pathlib import Path
from typing import Any

from index.embedding.disk import storage_errors
from index.embedding.file_hashes import FileHashes
from index.embedding.model_folder import Prefixes, fingerprint_of
from index.errors import SettingsError

# What decides the vectors: weights, tokenizer, configuration. Other engines' exports don't.
_DECISIVE = {".safetensors", ".bin", ".json", ".txt", ".model"}
_OTHER_ENGINES = {"onnx", "openvino"}
_PASSAGE_NAMES = ("document", "passage", "corpus")  # in the order sentence-transformers looks

# The e5 family by its names (multilingual-e5-base, e5-large-v2); its instruct models differ.
_E5 = re.compile(r"(^|[^a-z0-9])e5([^a-z0-9]|$)", re.IGNORECASE)
_INSTRUCT = re.compile("instruct", re.IGNORECASE)
_E5_PREFIXES = Prefixes("query: ", "passage: ")
_HUB_ORGANISATION = "sentence-transformers"  # stands before a hub name that has none


class FolderModel:
    """A sentence-transformers folder as a `ModelFolder`; nothing is read until it is asked for.

    `query_prefix` and `passage_prefix` come before what the model's own configuration says.
    """

    golden = None

    def __init__(
        self,
        folder: Path,
        name: str,
        hashes: FileHashes,
        query_prefix: str | None = None,
        passage_prefix: str | None = None,
    ) -> None:
        self._folder, self._name, self._hashes = folder, name, hashes
        self._query_prefix, self._passage_prefix = query_prefix, passage_prefix

    @property
    def name(self) -> str:
        """The hub name or the folder's name."""
        return self._name

    @cached_property
    def fingerprint(self) -> str:
        """Over the content of weights, tokenizer and configuration, and the prefixes.

        Takes a second per half gigabyte once, then nothing while the files stay as they are.
        """
        with storage_errors("reading the model", self._folder):
            files = {
                path.relative_to(self._folder).as_posix(): self._hashes.sha256(path)
                for path in self._decisive_files()
            }
        label = re.sub(r"[^A-Za-z0-9.]+", "-", self._name).strip("-") or "model"
        return fingerprint_of(label, files, self.prefixes.query, self.prefixes.passage)

    @cached_property
    def dimension(self) -> int | None:
        """From the configuration of the last module that names one, else None."""
        for module in reversed(self._modules()):
            config = self._config(f"{module.get('path') or '.'}/config.json")
            for key in ("out_features", "embedding_dimension", "word_embedding_dimension"):
                if isinstance(config.get(key), int):
                    return int(config[key])
        return None

    @cached_property
    def prefixes(self) -> Prefixes:
        """The settings' prefixes, else the model's prompts, else its family's, else none."""
        prompts = self._config("config_sentence_transformers.json").get("prompts") or {}
        passages = [prompts[name] for name in _PASSAGE_NAMES if prompts.get(name)]
        own = Prefixes(prompts.get("query") or "", passages[0] if passages else "")
        if own == Prefixes("", "") and _E5.search(self._name) and not _INSTRUCT.search(self._name):
            own = _E5_PREFIXES
        return Prefixes(
            own.query if self._query_prefix is None else self._query_prefix,
            own.passage if self._passage_prefix is None else self._passage_prefix,
        )

    def open(self) -> Path:
        """The folder. Raises SettingsError if it holds no model with safetensors weights."""
        if not (self._folder / "config.json").is_file() and not self._modules():
            raise SettingsError(
                f"{self._folder} is no sentence-transformers folder: it has neither "
                "config.json nor modules.json.",
                "Set embedding.model to another folder or hub name.",
            )
        if not any(self._folder.rglob("*.safetensors")):
            raise SettingsError(
                f"{self._folder} holds no safetensors weights; others are not loaded.",
                "Convert the model to safetensors, or choose another embedding.model.",
            )
        return self._folder

    def _decisive_files(self) -> list[Path]:
        return sorted(
            path
            for path in self._folder.rglob("*")
            if path.suffix in _DECISIVE
            and path.is_file()
            and not _OTHER_ENGINES.intersection(path.relative_to(self._folder).parts)
        )

    def _modules(self) -> list[dict[str, Any]]:
        found = self._json("modules.json")
        return [module for module in found if isinstance(module, dict)] if found else []

    def _config(self, name: str) -> dict[str, Any]:
        found = self._json(name)
        return found if isinstance(found, dict) else {}

    def _json(self, name: str) -> list[Any] | dict[str, Any] | None:
        try:
            found = json.loads((self._folder / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"{self._folder / name} can't be read: {error}.", "Mend or fetch the model again."
            ) from error
        return found if isinstance(found, list | dict) else None


def find_model_folder(model: str) -> Path:
    """The folder that the setting `embedding.model` means: a path, or a name in the hub's cache.

    Never online. Raises SettingsError that says how to fetch the model if it is not there.
    """
    folder = Path(model).expanduser()
    if folder.is_dir():
        return folder
    cached = _in_hub_cache(model) if not folder.is_absolute() else None
    if cached is None:
        raise SettingsError(
            f"The model {model!r} is neither a folder nor in the local hub cache.",
            f"Fetch it once with `hf download {model}`, or set embedding.model to a folder.",
        )
    return cached


def _in_hub_cache(name: str) -> Path | None:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    for candidate in [name] if "/" in name else [name, f"{_HUB_ORGANISATION}/{name}"]:
        try:
            return Path(snapshot_download(candidate, local_files_only=True))
        except (LocalEntryNotFoundError, HFValidationError):
            continue
    return None
