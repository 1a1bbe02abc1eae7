import hashlib
import hmac
import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.storage.errors import DatabaseError
from bot.storage.salt import Names, read_salt
from index.errors import StorageError


def test_it_is_made_once_and_read_by_nobody_else(tmp_path):
    salt = read_salt(tmp_path)
    assert len(salt) == 32
    assert read_salt(tmp_path) == salt
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_two_folders_have_two(tmp_path):
    for name in "ab":
        (tmp_path / name).mkdir()
    assert read_salt(tmp_path / "a") != read_salt(tmp_path / "b")


def test_whoever_comes_at_once_gets_the_same(tmp_path):
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(lambda _: read_salt(tmp_path), range(32)))) == 1
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("content", [b"", b"s" * 31, b"s" * 33])
def test_a_damaged_one_is_refused_and_kept(tmp_path, content):
    path = tmp_path / "salt"
    path.write_bytes(content)
    with pytest.raises(DatabaseError, match=f"{len(content)} bytes instead of 32. Restore it"):
        read_salt(tmp_path)
    assert path.read_bytes() == content


def test_a_folder_that_is_none_is_told_in_one_line(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="salt can't be used: Not a directory"):
        read_salt(tmp_path / "file")
    with pytest.raises(StorageError, match="salt can't be used: No such file"):
        read_salt(tmp_path / "gone")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_told(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError, match="Permission denied"):
        read_salt(tmp_path)


def test_names_are_hmac_sha256_with_a_domain_each():
    names = Names(b"k" * 32)
    expected = hmac.new(b"k" * 32, b"user 42", hashlib.sha256).hexdigest()
    assert names.user(42) == expected
    assert len({names.user(42), names.chat(42), names.user(43), Names(b"l" * 32).user(42)}) == 4
