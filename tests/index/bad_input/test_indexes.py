"""Indexes that are missing, damaged, of another kind, or not to be read."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.errors import IndexMissingError, QinwenError, SnapshotError, StorageError
from index.snapshot.lock import writer_lock
from index.snapshot.pointer import rollback
from tests.index.bad_input.survival import NOBODY, answers, as_nobody, is_clear
from tests.index.runs import NOW, Site, Watched
from tests.sites import post_text


def test_no_index_at_all(site: Site) -> None:
    with pytest.raises(IndexMissingError, match="There is no index in") as caught:
        site.open()
    is_clear(caught.value)
    assert not site.index.exists()


def test_an_index_of_another_model(built: Site) -> None:
    own, built.embedder = built.embedder, Watched(dimension=64)
    for attempt in (built.open, built.reindex):
        with pytest.raises(SnapshotError, match="hash-v1-256 in the index, hash-v1-64 in"):
            attempt()
    built.embedder = own
    answers(built)


def test_an_index_of_another_format(built: Site) -> None:
    manifest = built.layout.snapshot(built.snapshot or "").manifest
    good = manifest.read_text()
    manifest.write_text(good.replace('"format": 1', '"format": 99'))
    for attempt in (built.open, built.reindex):
        with pytest.raises(SnapshotError, match="format 99, this program reads format 1") as caught:
            attempt()
        is_clear(caught.value)
        assert "--full" in caught.value.remedy
    manifest.write_text(good)
    answers(built)


def _truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _grown(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"x")


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _gone(path: Path) -> None:
    path.unlink()


DAMAGES = (_truncated, _flipped, _grown, _emptied, _gone)


def _damaged(site: Site, damage: Callable[[Path], None]) -> Iterator[Path]:
    """Each file of the current snapshot in turn, damaged; whole again afterwards."""
    folder = site.layout.snapshot(site.snapshot or "").folder
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or (path.stat().st_size == 0 and damage is not _grown):
            continue
        good = path.read_bytes()
        damage(path)
        yield path
        path.write_bytes(good)


@pytest.mark.parametrize("damage", DAMAGES)
def test_any_damaged_file_is_named_and_the_last_good_snapshot_answers(
    built: Site, damage: Callable[[Path], None]
) -> None:
    old = built.snapshot
    built.write({"new.md": post_text("新", "新的一篇。")})
    built.reindex()
    new = built.snapshot
    damaged = 0
    for path in _damaged(built, damage):
        damaged += 1
        for attempt in (built.open, built.reindex):
            with pytest.raises(SnapshotError) as caught:
                attempt()
            is_clear(caught.value)
            assert str(path) in caught.value.message
            assert "qinwen rollback" in caught.value.remedy
        with pytest.raises(SnapshotError) as caught:
            built.open()
        assert f"answer from {old}, which is whole" in caught.value.remedy
        with writer_lock(built.layout, lambda: NOW):
            assert rollback(built.layout) == old
        answers(built)
        built.layout.current.write_text(f"{new}\n")
    assert damaged > 8
    answers(built)


@pytest.mark.parametrize("damage", DAMAGES)
def test_full_mends_any_damage_and_embeds_nothing(
    built: Site, damage: Callable[[Path], None]
) -> None:
    old = built.snapshot
    next(_damaged(built, damage))
    report = built.reindex(full=True)
    assert report.embedded == 0 and built.snapshot != old
    answers(built)


@pytest.mark.parametrize("text", ["", "\n", "../../etc\n", "20220601T040000Z-000077\n", "\xff\xfe"])
def test_a_damaged_pointer(built: Site, text: str) -> None:
    built.layout.current.write_text(text, encoding="latin-1")
    for attempt in (built.open, built.reindex):
        with pytest.raises(SnapshotError) as caught:
            attempt()
        is_clear(caught.value)
    with writer_lock(built.layout, lambda: NOW):
        rollback(built.layout)
    answers(built)


def test_a_read_only_disk_answers(built: Site) -> None:
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("only root may mount")
    mount = ["mount", "--bind", str(built.index), str(built.index)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        again = ["mount", "-o", "remount,ro,bind", str(built.index)]
        if subprocess.run(again, capture_output=True).returncode:
            pytest.skip("mounting is not allowed here")
        answers(built)
        with pytest.raises(StorageError, match=r"read-only|can't be written") as caught:
            built.reindex()
        is_clear(caught.value)
    finally:
        subprocess.run(["umount", str(built.index)], check=True)
    answers(built)


def test_a_reader_needs_no_right_to_write(shared: Site) -> None:
    """The bot is another user than the admin who indexes."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    shared.cache = shared.home / "nobody-has-this"
    os.seteuid(NOBODY)
    try:
        answers(shared)
        with pytest.raises(StorageError, match="No permission to write") as caught:
            shared.reindex()
        is_clear(caught.value)
    finally:
        os.seteuid(0)


def test_a_folder_that_may_not_be_read(shared: Site) -> None:
    with as_nobody(shared.home):
        shared.index.chmod(0)
        with pytest.raises(QinwenError, match=r"No permission to (read|write)") as caught:
            shared.open()
        is_clear(caught.value)
        shared.index.chmod(0o700)
        answers(shared)
