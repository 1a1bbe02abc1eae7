"""Makes and keeps the project's own Python environment, with nothing but the standard library.

A virtual environment in the checkout (or at QINWEN_VENV), CPU PyTorch, the project itself in
editable form, everything pinned by `constraints.txt`. What the commands do with it is
`bootstrap.py`'s business; pip's failures become sentences in `pip_runs.py`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pip_runs import Pip, Problem

# PyTorch's own index of builds without CUDA. Asked for torch alone, and only where the configured
# sources offer no such build.
CPU_TORCH_INDEX = "https://download.pytorch.org/whl/cpu"
PROBE_TIMEOUT_S = 8  # an index that takes longer to answer isn't worth waiting for

GIB = 1024**3
# Measured: the environment is 1.7 GiB with test and development tools, the unpacked model 0.5 GiB.
ENVIRONMENT_BYTES = 3 * GIB
CUDA_BYTES = 8 * GIB  # torch's CUDA libraries unpack to 4-5 GiB on top
TEMPORARY_BYTES = 1 * GIB  # pip's downloads on their way (torch's wheel is 0.2 GiB)

OLDEST_PYTHON = (3, 11)  # as in pyproject.toml and find-python
STAMP_FORMAT = 1  # raise it when this module installs differently, so that old environments follow
Say = Callable[[str], None]


@dataclass(frozen=True)
class Environment:
    """Where things lie: the checkout and its virtual environment."""

    root: Path
    folder: Path

    @property
    def programs(self) -> Path:
        """The folder of the environment's programs."""
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.programs / ("python.exe" if os.name == "nt" else "python")

    @property
    def stamp(self) -> Path:
        """Says what was installed; written last, so that a broken-off set-up is done again."""
        return self.folder / "qinwen-stamp.json"

    @property
    def log(self) -> Path:
        """What pip said."""
        return self.folder / "qinwen-install.log"


def locate(root: Path) -> Environment:
    """The environment of the checkout `root`: `.venv` in it, or what QINWEN_VENV names."""
    named = os.environ.get("QINWEN_VENV")
    return Environment(root, Path(named).absolute() if named else root / ".venv")


def ensure(place: Environment, extras: frozenset[str], say: Say) -> None:
    """Makes the environment hold the project with `extras`; quick when it already does.

    Raises Problem with one line that says what is wrong and what to do.
    """
    if _is_current(place, extras):
        return
    check_writable(place.root)
    check_writable(place.folder.parent)
    check_space(place.folder, ENVIRONMENT_BYTES, "the Python environment")
    check_space(Path(tempfile.gettempdir()), TEMPORARY_BYTES, "pip's downloads")
    with _only_one(place, say):
        if _is_current(place, extras):  # another run has just made it
            return
        extras |= _stamped_extras(place)  # what was there stays
        _make_venv(place, say)
        place.stamp.unlink(missing_ok=True)
        place.log.write_text("", encoding="utf-8")
        pip = Pip(place.python, place.log, place.root)
        _install_torch(place, pip, say)
        _install_project(place, pip, extras, say)


def pinned(root: Path, name: str) -> str:
    """The version that `constraints.txt` pins `name` to."""
    text = (root / "constraints.txt").read_text(encoding="utf-8")
    found = re.search(rf"^{re.escape(name)}==(\S+)", text, re.MULTILINE)
    if found is None:
        raise Problem(f"constraints.txt has no pin for {name}: run `make lock` on a good checkout.")
    return found[1]


def check_space(folder: Path, needed: int, what: str) -> None:
    """Raises Problem when the disk that `folder` will lie on has less than `needed` bytes free."""
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    if free < needed:
        raise Problem(
            f"the disk of {existing} has {free / GIB:.1f} GiB free and {what} needs"
            f" {needed / GIB:.0f} GiB: make room, or name another place (QINWEN_VENV, TMPDIR)."
        )


def check_writable(folder: Path) -> None:
    """Raises Problem when nothing can be written into `folder`, which is made if need be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Problem(
            f"{folder} can't be written ({error.strerror}): use a checkout that can be,"
            " or name another place for the environment with QINWEN_VENV."
        ) from error


def _digest(place: Environment, python_version: str) -> str:
    """Changes with everything that the installation depends on."""
    parts = [str(STAMP_FORMAT), str(place.root), python_version]
    for name in ("pyproject.toml", "constraints.txt"):
        parts.append((place.root / name).read_text(encoding="utf-8"))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _version_inside(place: Environment) -> str | None:
    """What the environment's own interpreter says it is; None when it doesn't run."""
    code = "import sys; print('%d.%d.%d' % sys.version_info[:3])"
    try:
        ran = subprocess.run([place.python, "-I", "-c", code], capture_output=True, text=True)
    except OSError:
        return None
    return ran.stdout.strip() if ran.returncode == 0 else None


def _read_stamp(place: Environment) -> dict[str, object]:
    try:
        stamp = json.loads(place.stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _stamped_extras(place: Environment) -> frozenset[str]:
    extras = _read_stamp(place).get("extras", [])
    return frozenset(map(str, extras)) if isinstance(extras, list) else frozenset()


def _is_current(place: Environment, extras: frozenset[str]) -> bool:
    version = _version_inside(place)
    if version is None or _wrong_python(version):
        return False
    stamp = _read_stamp(place)
    return stamp.get("digest") == _digest(place, version) and extras <= _stamped_extras(place)


def _wrong_python(version_inside: str) -> bool:
    """True for one that is too old, or another release than the one that PYTHON asks for."""
    if tuple(map(int, version_inside.split(".")[:2])) < OLDEST_PYTHON:
        return True
    wanted = "{}.{}.{}".format(*sys.version_info[:3])
    return bool(os.environ.get("PYTHON")) and version_inside != wanted


def _make_venv(place: Environment, say: Say) -> None:
    version = _version_inside(place)
    if version is not None and not _wrong_python(version) and _has_pip(place):
        return
    if place.folder.exists():
        if any(place.folder.iterdir()) and not (place.folder / "pyvenv.cfg").exists():
            raise Problem(
                f"{place.folder} is no Python environment: empty it, or name another with"
                " QINWEN_VENV."
            )
        say(f"removing the environment in {place.folder}: its Python is gone or another")
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        raise Problem(
            f"{sys.executable} has no venv module: install it (Debian, Ubuntu:"
            " apt install python3-venv), then run this again."
        )
    say(f"making a Python {platform.python_version()} environment in {place.folder}")
    command = [sys.executable, "-m", "venv", "--clear", str(place.folder)]
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode != 0:
        last = (ran.stderr or ran.stdout).strip().splitlines()[-1:] or ["no message"]
        raise Problem(
            f"`{sys.executable} -m venv` failed: {last[0]} (Debian, Ubuntu:"
            " apt install python3-venv)."
        )


def _has_pip(place: Environment) -> bool:
    command = [str(place.python), "-I", "-m", "pip", "--version"]
    return subprocess.run(command, capture_output=True).returncode == 0


def _install_torch(place: Environment, pip: Pip, say: Say) -> None:
    """Installs the pinned torch without CUDA, where such a build can be had.

    Only Linux needs the care: elsewhere the ordinary build has no CUDA and comes with the project.
    """
    version = pinned(place.root, "torch")
    if platform.system() != "Linux" or pip.installed_version("torch") == version:
        return
    wanted = f"torch=={version}+cpu"
    for source in ([], ["--index-url", CPU_TORCH_INDEX]):
        quick = ["--timeout", str(PROBE_TIMEOUT_S), "--retries", "0"]
        if pip.works(["install", "--dry-run", "--no-deps", *quick, *source, wanted]):
            say(f"installing PyTorch {version}, the build without CUDA (0.2 GB)")
            pip.run(["install", "--no-deps", *source, wanted], say)
            return
    check_space(place.folder, CUDA_BYTES, "PyTorch with CUDA (its CPU build can't be reached)")
    say(f"PyTorch's CPU builds can't be reached: the general {version} brings 3 GB of CUDA along")


def _install_project(place: Environment, pip: Pip, extras: frozenset[str], say: Say) -> None:
    names = ",".join(sorted(extras))
    say(f"installing qinwen{f' with {names}' if names else ''}, pinned by constraints.txt")
    what = f".[{names}]" if names else "."
    pip.run(["install", "--constraint", "constraints.txt", "--editable", what], say)
    digest = _digest(place, _version_inside(place) or "")
    text = json.dumps({"digest": digest, "extras": sorted(extras)})
    place.stamp.write_text(text + "\n", encoding="utf-8")


@contextmanager
def _only_one(place: Environment, say: Say) -> Iterator[None]:
    """Two set-ups at once would spoil the environment: the second waits, then finds it made."""
    try:
        import fcntl
    except ImportError:  # Windows has no flock; there two runs at once stay the user's own care
        yield
        return
    with place.folder.with_name(place.folder.name + ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"another set-up of {place.folder} is running: waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
