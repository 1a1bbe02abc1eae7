"""Writes `constraints.txt` anew (`make lock`): the versions that everything resolves to.

Without options the present pins stay wherever pyproject.toml still allows them, and only what is
missing or out of bounds moves. `--upgrade` takes the newest of everything but torch, whose version
must be one that builds without CUDA exist for: `--torch VERSION` moves it.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
CONSTRAINTS = ROOT / "constraints.txt"
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)$", re.MULTILINE)
# What only torch's builds with CUDA need: pinned, it would tie those to one torch.
CUDA_PREFIXES = ("nvidia-", "cuda-", "triton")
HEADER = """\
# The versions that were tested together. Written by `make lock` (scripts/lock.py) with Python {}
# on {}; change bounds in pyproject.toml, not here. Used by ./scripts/quickstart,
# ./scripts/test and CI as `pip install -c constraints.txt`. No hashes and no local versions: a
# build of torch without CUDA satisfies its pin as well as the general one.
"""


def main(arguments: Sequence[str]) -> int:
    """Resolves, writes the file, says what moved; returns 0, or pip's code when it fails."""
    parser = argparse.ArgumentParser(prog="scripts.lock", description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="newest versions, torch excepted")
    parser.add_argument("--torch", metavar="VERSION", help="pin torch to this version")
    options = parser.parse_args(arguments)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    old = dict(PIN.findall(CONSTRAINTS.read_text(encoding="utf-8")))
    keep = {"torch": old["torch"]} if options.upgrade else allowed(old, project)
    if options.torch:
        keep["torch"] = options.torch
    code, new = resolve(keep, sorted(project["optional-dependencies"]))
    if code != 0:
        sys.stderr.write("qinwen: pip can't resolve these pins: see above, or try --upgrade.\n")
        return code
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            sys.stderr.write(f"{name}: {old.get(name, 'none')} -> {new.get(name, 'none')}\n")
    header = HEADER.format(".".join(platform.python_version_tuple()[:2]), sys.platform)
    lines = [f"{name}=={new[name]}\n" for name in sorted(new)]
    CONSTRAINTS.write_text(header + "".join(lines), encoding="utf-8")
    return 0


def allowed(pins: dict[str, str], project: dict[str, Any]) -> dict[str, str]:
    """The pins that break none of pyproject's own bounds."""
    requirements = list(project["dependencies"])
    for extra in project["optional-dependencies"].values():
        requirements += extra
    kept = dict(pins)
    for requirement in map(Requirement, requirements):
        name = canonicalize_name(requirement.name)
        if name in kept and not requirement.specifier.contains(kept[name], prereleases=True):
            del kept[name]
    return kept


def resolve(keep: dict[str, str], extras: Sequence[str]) -> tuple[int, dict[str, str]]:
    """pip's exit code and the versions it would install, by canonical name."""
    with tempfile.TemporaryDirectory() as folder:
        constraints, report = Path(folder, "keep.txt"), Path(folder, "report.json")
        constraints.write_text("".join(f"{name}=={keep[name]}\n" for name in keep))
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run"]
        command += ["--ignore-installed", "--constraint", str(constraints)]
        command += ["--report", str(report), f".[{','.join(extras)}]"]
        code = subprocess.run(command, cwd=ROOT).returncode
        if code != 0:
            return code, {}
        installs = json.loads(report.read_text(encoding="utf-8"))["install"]
    found: dict[str, str] = {}
    for item in installs:
        name = canonicalize_name(item["metadata"]["name"])
        if name != "qinwen" and not name.startswith(CUDA_PREFIXES):
            found[name] = item["metadata"]["version"].partition("+")[0]
    return code, found


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
