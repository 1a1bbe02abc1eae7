"""The names of all files and folders of an index, and how snapshots are named."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

BUILDING = ".building-"  # a snapshot that is being built, or was when its writer was killed
RETIRED = ".retired-"  # a snapshot that is being deleted, or was when its writer was killed
_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"(\d{8}T\d{6}Z)-(\d{6,})")


@dataclass(frozen=True, slots=True)
class IndexLayout:
    """An index folder. Nothing here touches the disk."""

    root: Path

    @property
    def current(self) -> Path:
        """The pointer: one line, the name of the snapshot that answers."""
        return self.root / "CURRENT"

    @property
    def next_pointer(self) -> Path:
        """The pointer to be, before it takes the place of `current` in one step."""
        return self.root / "CURRENT.next"

    @property
    def snapshots(self) -> Path:
        """The folder of all snapshots."""
        return self.root / "snapshots"

    @property
    def embeddings(self) -> Path:
        """The embedding cache."""
        return self.root / "embeddings.sqlite"

    @property
    def files(self) -> Path:
        """What is known of the post files' sizes, times and hashes."""
        return self.root / "files.sqlite"

    @property
    def writer_lock(self) -> Path:
        """Locked by the one writer."""
        return self.root / "writer.lock"

    @property
    def writer_info(self) -> Path:
        """Who holds the lock and since when; only for the message."""
        return self.root / "writer.json"

    def snapshot(self, name: str) -> SnapshotLayout:
        """The layout of the snapshot `name`, there or not."""
        return SnapshotLayout(self.snapshots / name)


@dataclass(frozen=True, slots=True)
class SnapshotLayout:
    """A snapshot folder, published or being built."""

    folder: Path

    @property
    def name(self) -> str:
        """The name it has or, while it is being built, will have."""
        return self.folder.name.removeprefix(BUILDING)

    @property
    def manifest(self) -> Path:
        """What the snapshot says of itself."""
        return self.folder / "manifest.json"

    @property
    def content(self) -> Path:
        """Posts and passages."""
        return self.folder / "content.sqlite"

    @property
    def vectors(self) -> Path:
        """The vector store's folder."""
        return self.folder / "vectors"

    @property
    def words(self) -> Path:
        """The site dictionary that the word index was made with."""
        return self.folder / "words.json"

    @property
    def lexical(self) -> Path:
        """The word index's folder."""
        return self.folder / "lexical"


def is_snapshot_name(name: str) -> bool:
    """Whether `name` could be a published snapshot's; `.building-…` and the like are not."""
    return _NAME.fullmatch(name) is not None


def next_snapshot_name(names: list[str], now: datetime) -> str:
    """A new name that sorts after all of `names` and says when: `20261123T134501Z-000007`.

    `now` is aware. The number goes up by one from name to name; where the clock went back, the
    newest name's time is kept, so that names always sort in the order they were published.
    """
    stamp, number = now.astimezone(UTC).strftime(_STAMP), 0
    for name in names:
        match = _NAME.fullmatch(name)
        if match:
            stamp = max(stamp, match[1])
            number = max(number, int(match[2]))
    return f"{stamp}-{number + 1:06d}"
