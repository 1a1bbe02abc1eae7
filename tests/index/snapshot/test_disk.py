from __future__ import annotations

import errno
from pathlib import Path

import pytest

from index.errors import SnapshotError, StorageError
from index.snapshot.disk import DISK, read_error, storage_errors

SENTENCES = {
    errno.ENOSPC: "The disk is full: writing the index stopped (a/b).",
    errno.EDQUOT: "The disk is full: writing the index stopped (a/b).",
    errno.EROFS: "The disk is read-only: writing the index stopped (a/b).",
    errno.EACCES: "No permission to write: writing the index stopped (a/b).",
    errno.EPERM: "No permission to write: writing the index stopped (a/b).",
    errno.EIO: "The disk failed (Input/output error): writing the index stopped (a/b).",
}


@pytest.mark.parametrize("number", SENTENCES)
def test_one_plain_sentence_and_a_remedy(number: int) -> None:
    with pytest.raises(StorageError) as caught, storage_errors("writing the index"):
        raise OSError(number, "said by the system", "a/b")
    assert caught.value.message == SENTENCES[number]
    assert caught.value.remedy.endswith(".") and caught.value.exit_code == 1


def test_an_error_without_number_or_file() -> None:
    said = r"input/output error\): publishing stopped\."
    with pytest.raises(StorageError, match=said), storage_errors("publishing"):
        raise OSError("odd")


def test_other_errors_pass_through() -> None:
    with pytest.raises(KeyError), storage_errors("x"):
        raise KeyError("x")


def test_errors_of_reading() -> None:
    assert isinstance(read_error(PermissionError(errno.EACCES, "no"), Path("a")), StorageError)
    assert isinstance(read_error(OSError(errno.EIO, "bad"), Path("a")), SnapshotError)


def test_the_steps_do_what_they_say(tmp_path: Path) -> None:
    DISK.make_folder(tmp_path / "a")
    with pytest.raises(FileExistsError):
        DISK.make_folder(tmp_path / "a")
    DISK.write_bytes(tmp_path / "a" / "f", b"1")
    DISK.write_bytes(tmp_path / "g", b"2")
    DISK.fsync(tmp_path / "a" / "f")
    DISK.fsync(tmp_path / "a")
    DISK.replace(tmp_path / "g", tmp_path / "a" / "f")
    DISK.rename(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b" / "f").read_bytes() == b"2"
    DISK.remove_tree(tmp_path / "b")
    assert list(tmp_path.iterdir()) == []


def test_each_step_raises_oserror(tmp_path: Path) -> None:
    none = tmp_path / "none"
    for step in (
        lambda: DISK.make_folder(none / "x"),
        lambda: DISK.write_bytes(none / "x", b""),
        lambda: DISK.fsync(none),
        lambda: DISK.rename(none, tmp_path / "y"),
        lambda: DISK.replace(none, tmp_path / "y"),
        lambda: DISK.remove_tree(none),
    ):
        with pytest.raises(OSError):
            step()
