"""A folder that is written once and knows its own content: sizes and hashes in one file.

Written aside, then renamed, so that it is there whole or not at all.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from index.embedding.disk import fsync_tree
from index.embedding.file_hashes import FileHashes, sha256_of

SEAL = "qinwen-files.json"
SEAL_VERSION = 1


def write_sealed(folder: Path, write: Callable[[Path], None], hashes: FileHashes) -> None:
    """Let `write` fill an empty folder, seal it and put it in the place of `folder`.

    The caller holds a lock. What a killed run left behind is removed first. Raises OSError, and
    whatever `write` raises; then `folder` is as it was.
    """
    aside = folder.with_name(f".{folder.name}.partial")
    _remove(aside)
    aside.mkdir(parents=True)
    try:
        write(aside)
        digests = {path.relative_to(aside): sha256_of(path) for path in _files(aside)}
        files = {
            path.as_posix(): {"bytes": (aside / path).stat().st_size, "sha256": digest}
            for path, digest in digests.items()
        }
        content = json.dumps({"version": SEAL_VERSION, "files": files}, indent=1)
        (aside / SEAL).write_text(content + "\n", encoding="utf-8")
        fsync_tree(aside)
        _remove(folder)
        aside.rename(folder)
    finally:
        _remove(aside)
    hashes.remember({folder / path: digest for path, digest in digests.items()})


def seal_broken(folder: Path, hashes: FileHashes) -> str:
    """What is wrong with a sealed folder in a few words; empty if nothing.

    Sizes are compared always; content when a file's size, time or inode is not the one that was
    hashed last on this machine.
    """
    try:
        seal = json.loads((folder / SEAL).read_text(encoding="utf-8"))
        if seal["version"] != SEAL_VERSION:
            return f"its list of files has version {seal['version']}"
        for name, entry in seal["files"].items():
            path = folder / name
            if path.stat().st_size != entry["bytes"]:
                return f"{name} has {path.stat().st_size} bytes, not {entry['bytes']}"
            if hashes.sha256(path) != entry["sha256"]:
                return f"{name} has another content"
    except OSError as error:
        return f"{Path(error.filename or folder).name} can't be read"
    except (ValueError, KeyError, TypeError, AttributeError):
        return "its list of files can't be read"
    return ""


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
