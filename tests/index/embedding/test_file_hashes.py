from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from index.embedding.file_hashes import FileHashes


def _hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_hashes_are_of_the_content(tmp_path: Path) -> None:
    path = tmp_path / "weights"
    path.write_bytes(b"one")
    assert FileHashes(tmp_path / "memo.json").sha256(path) == _hex(b"one")


def test_an_unchanged_file_is_not_read_again(tmp_path: Path) -> None:
    path, hashes = tmp_path / "weights", FileHashes(tmp_path / "memo.json")
    path.write_bytes(b"one")
    hashes.sha256(path)
    state = path.stat()
    with path.open("r+b") as file:  # same size, same inode, and the time is put back
        file.write(b"two")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert FileHashes(tmp_path / "memo.json").sha256(path) == _hex(b"one")


def test_another_time_or_size_is_read_again(tmp_path: Path) -> None:
    path, hashes = tmp_path / "weights", FileHashes(tmp_path / "memo.json")
    path.write_bytes(b"one")
    hashes.sha256(path)
    path.write_bytes(b"two")
    os.utime(path, ns=(1, 1))
    assert hashes.sha256(path) == _hex(b"two")
    path.write_bytes(b"three")
    os.utime(path, ns=(1, 1))
    assert hashes.sha256(path) == _hex(b"three")


@pytest.mark.parametrize("memo", ["", "[1]", '{"a": 3}', '{"a": ["x", 1, 2, "d"]}'])
def test_a_damaged_memo_only_costs_time(tmp_path: Path, memo: str) -> None:
    path = tmp_path / "weights"
    path.write_bytes(b"one")
    (tmp_path / "memo.json").write_text(memo)
    assert FileHashes(tmp_path / "memo.json").sha256(path) == _hex(b"one")


def test_a_memo_that_cannot_be_written_only_costs_time(tmp_path: Path) -> None:
    path = tmp_path / "weights"
    path.write_bytes(b"one")
    (tmp_path / "file").write_text("in the way of a folder")
    assert FileHashes(tmp_path / "file" / "memo.json").sha256(path) == _hex(b"one")
