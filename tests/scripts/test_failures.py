"""The one line that each failure of the two README commands gets."""

import errno
import importlib
import os
import shutil
import stat
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
CLOSED = "http://127.0.0.1:9"  # the discard port: nothing listens, so it refuses at once
Usage = namedtuple("Usage", "total used free")

# Scripts made by these tests are for /bin/sh.
pytestmark = pytest.mark.skipif(os.name == "nt", reason="the commands are shell scripts")


def run(command, **variables):
    dropped = ("QINWEN_VENV", "PYTHON", "PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL")
    env = {name: value for name, value in os.environ.items() if name not in dropped} | variables
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=300)


def only_line(ran):
    """The one line of a failure; the steps before it have come through already."""
    assert ran.returncode not in (0, None)
    assert ran.stdout == ""
    assert "Traceback" not in ran.stderr
    return ran.stderr.splitlines()[-1]


def program(path, text):
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.mark.parametrize("script", ["quickstart", "bot", "demo", "test", "dev"])
def test_a_python_that_is_too_old(checkout, tmp_path, script):
    old = program(tmp_path / "python-of-old", "#!/bin/sh\necho 3 9\n")
    ran = run([checkout / "scripts" / script], PYTHON=str(old))
    assert ran.returncode == 1
    assert ran.stderr == (
        f"qinwen: PYTHON={old} is Python 3.9, and 3.11 is the oldest that works: name a newer one,"
        " or unset PYTHON.\n"
    )


def test_a_python_that_does_not_exist(checkout):
    ran = run([checkout / "scripts" / "quickstart"], PYTHON="/nowhere/python3")
    assert only_line(ran).startswith("qinwen: PYTHON=/nowhere/python3 can't be run")


@pytest.fixture
def bare_path(tmp_path):
    """A PATH with a shell and nothing that is called python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "dirname"):
        (folder / name).symlink_to(shutil.which(name))
    return folder


def test_no_python_at_all(checkout, bare_path):
    ran = run([checkout / "scripts" / "quickstart"], PATH=str(bare_path))
    assert "no python3 at all" in only_line(ran)


def test_only_old_pythons(checkout, bare_path):
    program(bare_path / "python3", f"#!{shutil.which('sh')}\necho 3 9\n")
    program(bare_path / "python3.12", f"#!{shutil.which('sh')}\nexit 127\n")  # a shim without one
    ran = run([checkout / "scripts" / "test"], PATH=str(bare_path))
    assert "found no Python of 3.11 or newer (python3 is 3.9)" in only_line(ran)


def test_a_newer_python_is_found_behind_an_old_one(bare_path):
    program(bare_path / "python3", f"#!{shutil.which('sh')}\necho 3 9\n")
    newer = program(bare_path / "python3.12", f"#!{shutil.which('sh')}\necho 3 12\n")
    ran = run([SCRIPTS / "find-python"], PATH=str(bare_path))
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"{newer}\n", "")


def test_no_network(checkout):
    ran = run(
        [checkout / "scripts" / "test"],
        PYTHON=sys.executable,
        PIP_CONFIG_FILE=os.devnull,
        PIP_INDEX_URL=f"{CLOSED}/simple",
        PIP_RETRIES="1",  # with none, pip keeps the reason to itself
        HTTPS_PROXY=CLOSED,  # PyTorch's own index isn't reached either
        https_proxy=CLOSED,
    )
    line = only_line(ran)
    assert line.startswith("qinwen: the package index can't be reached: check the network")
    log = checkout / ".venv" / "qinwen-install.log"
    assert line.endswith(f"All that pip said: {log}")
    assert "$ pip install" in log.read_text()
    assert not (checkout / ".venv" / "qinwen-stamp.json").exists()


def test_posts_that_do_not_exist_are_told_before_anything_is_installed(checkout):
    ran = run([checkout / "scripts" / "quickstart", "no/such/posts"], PYTHON=sys.executable)
    assert ran.stderr.startswith("qinwen: no/such/posts does not exist")
    assert only_line(ran) == ran.stderr.strip()
    assert not (checkout / ".venv").exists()


def test_reindex_without_its_libraries(checkout):
    ran = run([sys.executable, "-I", "-S", checkout / "scripts" / "reindex.py", "posts"])
    assert ran.returncode == 2
    assert "has no module" in only_line(ran)


def test_a_full_disk(modules, monkeypatch, capsys, checkout):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10 * 1024**3, 0, 2 * 1024**3))
    assert modules.bootstrap.main(["test"]) == 1
    assert capsys.readouterr().err == (
        f"qinwen: the disk of {checkout} has 2.0 GiB free and the Python environment needs 3 GiB:"
        " make room, or name another place (QINWEN_VENV, TMPDIR).\n"
    )
    assert not (checkout / ".venv").exists()


def test_a_read_only_checkout(modules, monkeypatch, capsys, checkout):
    """Injected, since root may write anywhere."""

    def refuse(**_):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(modules.environment.tempfile, "TemporaryFile", refuse)
    assert modules.bootstrap.main(["quickstart", str(checkout)]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"qinwen: {checkout} can't be written (Read-only file system)")
    assert error.count("\n") == 1


def test_an_environment_in_an_impossible_place(checkout, tmp_path):
    file = tmp_path / "file"
    file.touch()
    ran = run([checkout / "scripts" / "test"], PYTHON=sys.executable, QINWEN_VENV=f"{file}/venv")
    assert only_line(ran).startswith(f"qinwen: {file} can't be written")


def test_a_folder_of_someone_elses_is_left_alone(checkout, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("dear")
    ran = run([checkout / "scripts" / "test"], PYTHON=sys.executable, QINWEN_VENV=str(mine))
    assert only_line(ran).startswith(f"qinwen: {mine} is no Python environment")
    assert (mine / "letter.txt").read_text() == "dear"


def test_a_python_without_venv(modules, monkeypatch, capsys):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert modules.bootstrap.main(["test"]) == 1
    error = capsys.readouterr().err
    assert "apt install python3-venv" in error
    assert error.count("\n") == 1


def test_ctrl_c(modules, monkeypatch, capsys):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(modules.bootstrap, "ensure", interrupt)
    assert modules.bootstrap.main(["test"]) == 130
    assert capsys.readouterr().err.count("\n") == 1


PIP_SAYS = {
    "disk": ("OSError: [Errno 28] No space left on device", "the disk is full"),
    "disk before network": ("Read timed out.\nNo space left on device", "the disk is full"),
    "dns": ("Temporary failure in name resolution", "index can't be reached"),
    "refused": ("[Errno 111] Connection refused'))': /simple/x/", "index can't be reached"),
    "proxy": ("('Cannot connect to proxy.', OSError())", "index can't be reached"),
    "certificate": ("SSLError(SSLCertVerificationError(1, ...))", "index can't be reached"),
    "network before not offered": (
        "Network is unreachable\nERROR: No matching distribution found for a==1",
        "index can't be reached",
    ),
    "not offered": ("ERROR: No matching distribution found for a==1", "offer no a==1"),
    "rights": ("PermissionError: [Errno 13] Permission denied: '/x'", "can't be written"),
    "last error": ("ERROR: first\nERROR: Cannot install a and b.", "pip says: Cannot install a"),
    "silence": ("", "pip gave no reason"),
}


@pytest.mark.parametrize("case", PIP_SAYS)
def test_pip_failures_become_one_sentence(modules, case):
    log, expected = PIP_SAYS[case]
    sentence = modules.pip_runs.explain(log)
    assert expected in sentence
    assert "\n" not in sentence
    assert not sentence.endswith(".")
