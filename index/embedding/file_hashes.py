"""SHA-256 of large files, remembered while size, time and inode stay the same.

Half a gigabyte of weights takes a second to hash; it is done once per machine and file.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path

from index.embedding.disk import replace_text

_State = tuple[int, int, int]


class FileHashes:
    """Hashes of files, remembered in one small JSON file `memo`.

    A memo that is missing, damaged or can't be written only costs time.
    """

    def __init__(self, memo: Path) -> None:
        self._memo = memo

    def sha256(self, path: Path) -> str:
        """The hash of `path` in hex, read from the disk unless remembered. Raises OSError."""
        state = _state(path)
        known = self._read().get(str(path.resolve()))
        if known is not None and known[0] == state:
            return known[1]
        digest = sha256_of(path)
        if _state(path) == state:  # else it was written to while we read
            self.remember({path: digest})
        return digest

    def remember(self, digests: dict[Path, str]) -> None:
        """Keep hashes that the caller has just worked out."""
        entries = self._read()
        for path, digest in digests.items():
            entries[str(path.resolve())] = (_state(path), digest)
        text = json.dumps({name: [*state, digest] for name, (state, digest) in entries.items()})
        with suppress(OSError):
            self._memo.parent.mkdir(parents=True, exist_ok=True)
            replace_text(self._memo, text)

    def _read(self) -> dict[str, tuple[_State, str]]:
        try:
            found = json.loads(self._memo.read_text(encoding="utf-8"))
            return {
                str(name): ((int(size), int(mtime_ns), int(inode)), str(digest))
                for name, (size, mtime_ns, inode, digest) in found.items()
            }
        except (OSError, ValueError, TypeError, AttributeError):
            return {}


def sha256_of(path: Path) -> str:
    """The hash of the file's content in hex. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _state(path: Path) -> _State:
    found = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_ino
