import os
import resource
import signal

import pytest

from index.errors import SettingsError, StorageError
from index.evaluation.output_file import check_output, write_output


def test_an_old_file_is_replaced_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("old")
    write_output(path, "report", "新\n")
    assert path.read_bytes() == "新\n".encode()
    assert [file.name for file in tmp_path.iterdir()] == ["page.html"]


def test_a_link_keeps_pointing_to_the_file(tmp_path):
    target, link = tmp_path / "real", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    write_output(link, "report", "new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="gone for the report does not exist") as caught:
        write_output(tmp_path / "gone" / "p", "report", "")
    assert caught.value.remedy == "Create it, or give another --report."


def test_a_folder_a_device_and_a_file_as_folder_are_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="not an ordinary file"):
        check_output(tmp_path, "report")
    with pytest.raises(SettingsError, match="not an ordinary file"):
        check_output(type(tmp_path)("/dev/null"), "report")
    with pytest.raises(SettingsError, match="does not exist"):
        check_output(tmp_path / "file" / "p", "report")


def test_a_name_that_is_too_long_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="File name too long"):
        write_output(tmp_path / ("n" * 300), "report", "")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(SettingsError, match="can't be written to"):
            check_output(tmp_path / "p", "report")
    finally:
        tmp_path.chmod(0o700)


def test_a_disk_that_refuses_leaves_the_old_file_whole(tmp_path):
    path = tmp_path / "p"
    path.write_text("old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(StorageError, match="File too large") as caught:
            write_output(path, "report", "x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert "Make room" in caught.value.remedy
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["p"]
