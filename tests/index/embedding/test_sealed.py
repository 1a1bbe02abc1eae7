from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from index.embedding.file_hashes import FileHashes
from index.embedding.sealed import SEAL, seal_broken, write_sealed


def _write(folder: Path) -> None:
    (folder / "a.bin").write_bytes(b"12345")
    (folder / "sub").mkdir()
    (folder / "sub" / "b.json").write_text("{}")


@pytest.fixture
def hashes(tmp_path: Path) -> FileHashes:
    return FileHashes(tmp_path / "memo.json")


@pytest.fixture
def sealed(tmp_path: Path, hashes: FileHashes) -> Path:
    write_sealed(tmp_path / "model", _write, hashes)
    return tmp_path / "model"


def test_a_whole_folder_is_fine(sealed: Path, hashes: FileHashes) -> None:
    assert seal_broken(sealed, hashes) == ""
    assert set(json.loads((sealed / SEAL).read_text())["files"]) == {"a.bin", "sub/b.json"}


def test_a_missing_folder_is_broken(tmp_path: Path, hashes: FileHashes) -> None:
    assert "can't be read" in seal_broken(tmp_path / "model", hashes)


def test_a_truncated_file_is_seen(sealed: Path, hashes: FileHashes) -> None:
    (sealed / "a.bin").write_bytes(b"1234")
    assert seal_broken(sealed, hashes) == "a.bin has 4 bytes, not 5"


def test_a_changed_file_of_the_same_size_is_seen(sealed: Path, hashes: FileHashes) -> None:
    (sealed / "a.bin").write_bytes(b"12346")
    os.utime(sealed / "a.bin", ns=(1, 1))
    assert seal_broken(sealed, hashes) == "a.bin has another content"


def test_a_missing_file_is_seen(sealed: Path, hashes: FileHashes) -> None:
    (sealed / "sub" / "b.json").unlink()
    assert seal_broken(sealed, hashes) == "b.json can't be read"


@pytest.mark.parametrize("seal", ["", "[]", '{"version": 1}', '{"version": 1, "files": 3}'])
def test_a_damaged_seal_is_seen(sealed: Path, hashes: FileHashes, seal: str) -> None:
    (sealed / SEAL).write_text(seal)
    assert seal_broken(sealed, hashes) == "its list of files can't be read"


def test_a_failed_write_leaves_the_old_folder(sealed: Path, hashes: FileHashes) -> None:
    def fail(folder: Path) -> None:
        (folder / "a.bin").write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_sealed(sealed, fail, hashes)
    assert seal_broken(sealed, hashes) == ""
    assert [path.name for path in sealed.parent.iterdir() if path.is_dir()] == ["model"]


def test_what_a_killed_run_left_is_removed(tmp_path: Path, hashes: FileHashes) -> None:
    left = tmp_path / ".model.partial"
    left.mkdir()
    (left / "half.bin").write_bytes(b"half")
    write_sealed(tmp_path / "model", _write, hashes)
    assert not left.exists()
    assert not (tmp_path / "model" / "half.bin").exists()
