"""What a requirement drags in, and an environment that holds exactly that.

The clean environment of the packaging tests: the installed libraries that the product needs, linked
rather than installed again, and nothing else.
"""

import subprocess
import sys
import sysconfig
from collections import Counter
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from pathlib import Path, PurePath

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def closure(requirements: Iterable[str]) -> dict[str, Distribution]:
    """The installed distributions that `requirements` need, directly or not, by canonical name.

    Follows markers and extras as pip does. A missing one fails the test with its name.
    """
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [(Requirement(text), frozenset({""})) for text in requirements]
    while waiting:
        requirement, parent_extras = waiting.pop()
        if not _applies(requirement, parent_extras):
            continue
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras) | {""}
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            found[name] = distribution(name)
        except PackageNotFoundError as error:
            raise AssertionError(f"{name} is required and not installed: ./scripts/test") from error
        waiting += [(Requirement(text), extras) for text in found[name].requires or ()]
    return found


def _applies(requirement: Requirement, extras: frozenset[str]) -> bool:
    environment = {key: str(value) for key, value in default_environment().items()}
    marker = requirement.marker
    return marker is None or any(marker.evaluate(environment | {"extra": e}) for e in extras)


def clean_environment(folder: Path, libraries: Iterable[Distribution], wheel: Path) -> Path:
    """A virtual environment with `wheel` and `libraries` and nothing else; returns its python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    site = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    for library in libraries:
        _link(library, site)
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--quiet"]
    subprocess.run([*pip, "install", "--no-index", "--no-deps", wheel], check=True)
    return python


def _link(library: Distribution, site: Path) -> None:
    """Links a library's folders into `site`, or its files one by one where a folder is shared."""
    for file in library.files or ():
        if file.parts[0] in {"..", "__pycache__"}:  # programs and bytecode: not needed
            continue
        shared = _owners()[file.parts[0]] > 1
        part = PurePath(file) if shared else PurePath(file.parts[0])
        link = site / part
        if not link.is_symlink():
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(Path(str(library.locate_file(part))))


_OWNERS: Counter[str] = Counter()


def _owners() -> Counter[str]:
    """How many installed distributions put files into each top folder; read once."""
    if not _OWNERS:
        for each in distributions():
            _OWNERS.update({file.parts[0] for file in each.files or ()})
    return _OWNERS
