"""The stat cache: what vouches for a hash, and what becomes of damaged caches."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from pathlib import Path

import pytest

from index.errors import PostError
from index.posts import hashes
from index.posts.hashes import RACY_NS, FileHashes, read_post_bytes
from index.posts.walk import PostFile, walk_posts

LATER = 3 * RACY_NS


class Clock:
    """Nanoseconds that stand still until told otherwise."""

    def __init__(self, now_ns: int) -> None:
        self.now_ns = now_ns

    def __call__(self) -> int:
        return self.now_ns


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "a.md").write_bytes(b"one")
    (folder / "b.md").write_bytes(b"two")
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "files.sqlite"


@pytest.fixture
def calm(site: Path) -> Clock:
    """A clock well after every file was written."""
    return Clock(max(file.stat().st_mtime_ns for file in site.iterdir()) + LATER)


def walked(site: Path) -> list[PostFile]:
    return list(walk_posts([site], 1_000).files)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def swap_content(path: Path, content: bytes) -> None:
    """Same size, same mtime, same inode: only reading the file can tell."""
    status = path.stat()
    with path.open("r+b") as file:
        file.write(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_hashes_are_those_of_the_content(site: Path, cache: Path) -> None:
    with FileHashes(cache) as known:
        found = [known.sha256(file, trust_stat=True) for file in walked(site)]
    assert found == [digest(b"one"), digest(b"two")]


def test_an_unchanged_stat_vouches_and_only_when_trusted(
    site: Path, cache: Path, calm: Clock
) -> None:
    with FileHashes(cache, calm) as known:
        known.sha256(walked(site)[0], trust_stat=True)
    swap_content(site / "a.md", b"eno")
    file = walked(site)[0]
    with FileHashes(cache, calm) as known:
        assert known.sha256(file, trust_stat=True) == digest(b"one")
        assert known.sha256(file, trust_stat=False) == digest(b"eno")
    with FileHashes(cache, calm) as known:
        assert known.sha256(file, trust_stat=True) == digest(b"eno")


@pytest.mark.parametrize("age_ns", [-LATER, 0, RACY_NS - 1])
def test_a_hash_taken_within_a_tick_of_the_write_is_not_trusted(
    site: Path, cache: Path, calm: Clock, age_ns: int
) -> None:
    file = walked(site)[0]
    with FileHashes(cache, Clock(file.mtime_ns + age_ns)) as known:
        known.sha256(file, trust_stat=True)
    swap_content(site / "a.md", b"eno")
    with FileHashes(cache, calm) as known:
        assert known.sha256(walked(site)[0], trust_stat=True) == digest(b"eno")


def test_a_hash_taken_a_tick_after_the_write_is_trusted(site: Path, cache: Path) -> None:
    file = walked(site)[0]
    clock = Clock(file.mtime_ns + RACY_NS)
    with FileHashes(cache, clock) as known:
        known.sha256(file, trust_stat=True)
    swap_content(site / "a.md", b"eno")
    with FileHashes(cache, clock) as known:
        assert known.sha256(walked(site)[0], trust_stat=True) == digest(b"one")


@pytest.mark.parametrize("change", ["size", "mtime", "inode"])
def test_each_part_of_the_stat_counts(site: Path, cache: Path, calm: Clock, change: str) -> None:
    with FileHashes(cache, calm) as known:
        known.sha256(walked(site)[0], trust_stat=True)
    path = site / "a.md"
    status = path.stat()
    if change == "inode":
        spare = site / "spare"
        spare.write_bytes(b"eno")
        spare.replace(path)
    else:
        path.write_bytes(b"eno" if change == "mtime" else b"long")
    later = status.st_mtime_ns + (1 if change == "mtime" else 0)
    os.utime(path, ns=(later, later))
    content = path.read_bytes()
    with FileHashes(cache, calm) as known:
        assert known.sha256(walked(site)[0], trust_stat=True) == digest(content)


def test_a_file_that_changed_since_the_walk_is_not_remembered(
    site: Path, cache: Path, calm: Clock
) -> None:
    before = walked(site)[0]
    (site / "a.md").write_bytes(b"more than before")
    with FileHashes(cache, calm) as known:
        raw, sha256 = known.read(before)
        assert (raw, sha256) == (b"more than before", digest(b"more than before"))
    assert rows(cache) == 0


def rows(cache: Path) -> int:
    database = sqlite3.connect(cache)
    try:
        (count,) = database.execute("SELECT count(*) FROM files").fetchone()
        return int(count)
    finally:
        database.close()


def test_files_no_longer_seen_are_forgotten(site: Path, cache: Path, calm: Clock) -> None:
    with FileHashes(cache, calm) as known:
        for file in walked(site):
            known.sha256(file, trust_stat=True)
    assert rows(cache) == 2
    (site / "b.md").unlink()
    with FileHashes(cache, calm) as known:
        known.sha256(walked(site)[0], trust_stat=True)
    assert rows(cache) == 1


def test_a_run_that_fails_forgets_nothing_and_keeps_what_it_did(
    site: Path, cache: Path, calm: Clock
) -> None:
    with FileHashes(cache, calm) as known:
        known.sha256(walked(site)[1], trust_stat=True)
    with pytest.raises(KeyboardInterrupt), FileHashes(cache, calm) as known:
        known.sha256(walked(site)[0], trust_stat=True)
        raise KeyboardInterrupt
    assert rows(cache) == 2


def test_hashes_reach_the_disk_in_batches(
    site: Path, cache: Path, calm: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashes, "BATCH", 1)
    with FileHashes(cache, calm) as known:
        known.sha256(walked(site)[0], trust_stat=True)
        assert rows(cache) == 1


def make_foreign(cache: Path) -> None:
    database = sqlite3.connect(cache)
    database.execute("CREATE TABLE files (name TEXT)")
    database.commit()
    database.close()


def make_older(cache: Path) -> None:
    with FileHashes(cache):
        pass
    database = sqlite3.connect(cache)
    database.execute("PRAGMA user_version = 999")
    database.commit()
    database.close()


def make_torn(cache: Path) -> None:
    with FileHashes(cache):
        pass
    content = cache.read_bytes()
    cache.write_bytes(content[: len(content) // 2])


def make_scrambled(cache: Path) -> None:
    with FileHashes(cache):
        pass
    content = bytearray(cache.read_bytes())
    content[100:] = b"\xa5" * (len(content) - 100)
    cache.write_bytes(content)


DAMAGE = {
    "text": lambda cache: cache.write_bytes(b"not a database at all" * 100),
    "empty": lambda cache: cache.write_bytes(b""),
    "foreign": make_foreign,
    "older": make_older,
    "torn": make_torn,
    "scrambled": make_scrambled,
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_or_foreign_cache_is_rebuilt(
    site: Path, cache: Path, calm: Clock, kind: str
) -> None:
    DAMAGE[kind](cache)
    for _ in range(2):
        with FileHashes(cache, calm) as known:
            found = [known.sha256(file, trust_stat=True) for file in walked(site)]
        assert found == [digest(b"one"), digest(b"two")]
        assert known.problem is None
    assert rows(cache) == 2
    database = sqlite3.connect(cache)
    assert database.execute("PRAGMA user_version").fetchone() == (hashes.FORMAT_VERSION,)
    database.close()


def test_every_flipped_byte_is_harmless(site: Path, cache: Path, calm: Clock) -> None:
    files = walked(site)
    with FileHashes(cache, calm) as known:
        for file in files:
            known.sha256(file, trust_stat=True)
    good = cache.read_bytes()
    for position in range(0, len(good), 61):
        damaged = bytearray(good)
        damaged[position] ^= 0xFF
        cache.write_bytes(damaged)
        with FileHashes(cache, calm) as known:
            for file in files:
                assert known.sha256(file, trust_stat=False) in {digest(b"one"), digest(b"two")}
        assert known.problem is None or not cache.exists()  # else the next run starts afresh


def test_rows_of_the_wrong_kind_are_left_out(site: Path, cache: Path, calm: Clock) -> None:
    files = walked(site)
    with FileHashes(cache, calm) as known:
        known.sha256(files[0], trust_stat=True)
    database = sqlite3.connect(cache)
    database.execute("UPDATE files SET sha256 = x'00'")
    database.execute("INSERT INTO files VALUES (1, 2, 'x', 4)")
    database.commit()
    database.close()
    with FileHashes(cache, calm) as known:
        assert known.sha256(files[0], trust_stat=True) == digest(b"one")


@pytest.mark.parametrize("place", ["missing folder", "a folder"])
def test_a_cache_that_can_not_be_kept_is_a_problem_not_an_error(
    site: Path, tmp_path: Path, place: str
) -> None:
    cache = tmp_path / "nowhere" / "files.sqlite"
    if place == "a folder":
        cache = tmp_path / "files.sqlite"
        cache.mkdir()
    with FileHashes(cache) as known:
        assert known.sha256(walked(site)[0], trust_stat=True) == digest(b"one")
    assert known.problem is not None
    assert str(cache) in known.problem


def test_a_cache_that_another_process_has_locked_is_left_alone(
    site: Path, cache: Path, calm: Clock
) -> None:
    with FileHashes(cache, calm) as known:
        for file in walked(site):
            known.sha256(file, trust_stat=True)
    holder = sqlite3.connect(cache)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        with FileHashes(cache, calm) as known:
            assert known.sha256(walked(site)[0], trust_stat=True) == digest(b"one")
    finally:
        holder.rollback()
        holder.close()
    assert known.problem is not None
    assert "locked" in known.problem
    assert rows(cache) == 2


def test_a_file_that_is_gone_is_a_post_error(site: Path, cache: Path) -> None:
    file = walked(site)[0]
    file.path.unlink()
    with pytest.raises(PostError, match="can't be read: No such file"):
        read_post_bytes(file)
    with FileHashes(cache) as known, pytest.raises(PostError, match="can't be read"):
        known.sha256(file, trust_stat=True)


def test_read_post_bytes_is_the_content(site: Path) -> None:
    assert read_post_bytes(walked(site)[1]) == b"two"
