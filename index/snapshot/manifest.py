"""What a snapshot says of itself, and whether that agrees with what is asked of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index.errors import SnapshotError
from index.records import Skip
from index.snapshot.disk import REBUILD, RESCUE, read_error

FORMAT = 1  # raise it when older programs could no longer read a snapshot, or newer ones misread it


class MismatchError(SnapshotError):
    """The index is whole, but was built with other settings: rebuild it, or set them back."""


class FileFact(BaseModel):
    """One file's size in bytes and SHA-256 in hexadecimal."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    size: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """Everything that must agree before a snapshot is used. Frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int = FORMAT
    qinwen: str  # version of the program that built it
    created: str  # ISO 8601 with offset
    previous: str | None = None  # the snapshot that it took the place of; set by `publish`
    model: str  # fingerprint: weights, tokenizer, prefixes
    engine: str  # what computed the vectors; recorded, never a reason to refuse
    dimension: int = Field(ge=1)
    normalisation: str = "unit"  # of the vectors
    store: str = "faiss"  # which vector store
    tokenizer: str  # fingerprint of the word index's tokenizer
    passage_settings: dict[str, int | str]  # all that decides how posts become passages
    posts: int = Field(ge=0)
    passages: int = Field(ge=0)
    skipped: tuple[Skip, ...] = ()
    files: dict[str, FileFact] = Field(default_factory=dict)  # by relative path; set by `publish`

    def dump(self) -> bytes:
        """The one and only way this manifest is written, its own checksum included."""
        body = json.loads(self.model_dump_json())
        return _text({**body, "checksum": _checksum(body)})


def _text(body: dict[str, object]) -> bytes:
    return (json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _checksum(body: dict[str, object]) -> str:
    return hashlib.sha256(_text(body)).hexdigest()


def parse_manifest(data: bytes, path: Path) -> Manifest:
    """The manifest in `data`; `path` is for the message.

    Raises SnapshotError for another format, and for anything that `dump` would not have written:
    every flipped byte is found, also in figures that nothing else depends on.
    """
    damaged = SnapshotError(f"{path} is damaged.", RESCUE)
    try:
        body = json.loads(data)
        if not isinstance(body, dict):
            raise damaged
        found = body.get("format")
        if isinstance(found, int) and found != FORMAT:
            raise SnapshotError(
                f"The index has format {found}, this program reads format {FORMAT}.", REBUILD
            )
        body.pop("checksum", None)
        manifest = Manifest.model_validate(body)
    except (ValueError, ValidationError, RecursionError) as error:
        raise damaged from error
    if manifest.dump() != data:
        raise damaged
    return manifest


def read_manifest(path: Path) -> tuple[Manifest, bytes]:
    """The manifest in the file `path`, and the bytes it was read from; SnapshotError else."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise SnapshotError(f"{path} is missing.", RESCUE) from error
    except OSError as error:
        raise read_error(error, path) from error
    return parse_manifest(data, path), data


@dataclass(frozen=True, slots=True)
class Expected:
    """What the caller's settings ask of an index; None where it doesn't matter to the caller."""

    model: str | None = None
    dimension: int | None = None
    normalisation: str | None = None
    tokenizer: str | None = None
    passage_settings: Mapping[str, int | str] | None = None


def differences(manifest: Manifest, expected: Expected) -> list[str]:
    """One clause for each thing that doesn't agree, with both values; none if all agrees."""
    compared: list[tuple[str, object, object]] = [
        ("the model", manifest.model, expected.model),
        ("the vectors' dimension", manifest.dimension, expected.dimension),
        ("the vectors' normalisation", manifest.normalisation, expected.normalisation),
        ("the tokenizer", manifest.tokenizer, expected.tokenizer),
        ("the passage settings", manifest.passage_settings, _plain(expected.passage_settings)),
    ]
    return [
        f"{what} is {_shown(built)} in the index, {_shown(asked)} in the settings"
        for what, built, asked in compared
        if asked is not None and asked != built
    ]


def check_compatible(manifest: Manifest, expected: Expected) -> None:
    """Raises MismatchError that names the first difference, both values, and the way to mend it."""
    found = differences(manifest, expected)
    if found:
        raise MismatchError(
            f"The index was built otherwise: {found[0]}.",
            "Run `qinwen reindex POSTS… --full`, or set it back.",
        )


def _plain(settings: Mapping[str, int | str] | None) -> dict[str, int | str] | None:
    return None if settings is None else dict(settings)


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}={value[key]}" for key in sorted(value))
    return str(value)
