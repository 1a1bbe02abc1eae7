"""The two README commands and the developers' tools, on a machine with nothing but Python.

`./scripts/quickstart`, `./scripts/test` and `./scripts/dev` find a Python and call this. Every
failure is one line on stderr and a non-zero exit code.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import weights
from environment import Environment, ensure, locate
from pip_runs import Problem

ROOT = Path(__file__).resolve().parents[1]
SAMPLE_POSTS = ROOT / "tests" / "data" / "posts"
# quickstart's indexes lie in the checkout: an admin's real index is never touched.
PLAYGROUND = ROOT / ".qinwen"
QUESTION = "琴岛e保的首席承保方是哪家保险公司？"

RUN_EXTRAS: frozenset[str] = frozenset()
TEST_EXTRAS = frozenset({"test"})
DEV_EXTRAS = frozenset({"test", "dev"})


def say(text: str) -> None:
    """One step, one line, on stderr: stdout is for answers."""
    sys.stderr.write(f"qinwen: {text}\n")
    sys.stderr.flush()


def main(arguments: Sequence[str]) -> int:
    """Runs one command; returns its exit code. This is where errors become text."""
    command, *rest = arguments
    try:
        return {"quickstart": quickstart, "test": test, "dev": dev}[command](rest)
    except Problem as problem:
        say(str(problem))
        return 1
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        say(f"{place}{error.strerror or error}: mend that, then run this again.")
        return 1
    except KeyboardInterrupt:
        say("stopped; run it again to go on from here.")
        return 130


def quickstart(arguments: Sequence[str]) -> int:
    """Environment, model, index, one question; on a terminal it goes on as a chat."""
    parser = argparse.ArgumentParser(
        prog="./scripts/quickstart",
        description="From a fresh checkout to an answer. Made again only where something changed.",
        epilog="Example: ./scripts/quickstart ~/site/_posts",
    )
    parser.add_argument("posts", nargs="*", type=Path, help="folders of posts (default: samples)")
    posts: list[Path] = parser.parse_args(arguments).posts or [SAMPLE_POSTS]
    for path in posts:
        if not path.exists():
            raise Problem(f"{path} does not exist: name a folder of posts, or none for samples.")
    place = locate(ROOT)
    ensure(place, RUN_EXTRAS, say)
    weights.provide(place, say)
    index = index_folder(posts)
    say(f"indexing {', '.join(map(str, posts))} into {index}")
    code = _qinwen(place, "reindex", *map(str, posts), "--index", str(index))
    if code != 0:
        return code
    say(f"asking: {QUESTION}")
    code = _qinwen(place, "ask", QUESTION, "--index", str(index))
    if code != 0:
        return code
    if sys.stdin.isatty() and sys.stdout.isatty():
        return _become([str(place.programs / "qinwen"), "ask", "--index", str(index)])
    say(f"ask more: {place.programs / 'qinwen'} ask QUESTION --index {index}")
    return 0


def index_folder(posts: Sequence[Path]) -> Path:
    """The playground index of these posts: `index` for the samples, `index-…` for a site.

    Each set of folders has its own, or the next one would look like posts removed by the hundred.
    """
    if list(posts) == [SAMPLE_POSTS]:
        return PLAYGROUND / "index"
    names = "\0".join(sorted(str(path.resolve()) for path in posts))
    return PLAYGROUND / f"index-{hashlib.sha256(names.encode()).hexdigest()[:8]}"


def test(arguments: Sequence[str]) -> int:
    """The whole suite; `arguments` go to pytest as they are."""
    place = locate(ROOT)
    ensure(place, TEST_EXTRAS, say)
    weights.provide(place, say)
    os.chdir(ROOT)
    return _become([str(place.python), "-m", "pytest", *arguments])


def dev(arguments: Sequence[str]) -> int:
    """A tool of the development environment: `ruff check`, `mypy`; none: just makes it."""
    place = locate(ROOT)
    ensure(place, DEV_EXTRAS, say)
    if not arguments:
        return 0
    os.chdir(ROOT)
    return _become([str(place.python), "-m", *arguments])


def _qinwen(place: Environment, *arguments: str) -> int:
    """Runs the installed command, its output straight to the terminal."""
    return subprocess.run([place.programs / "qinwen", *arguments]).returncode


def _become(command: list[str]) -> int:
    """Runs `command` in place of this process, so that signals and the terminal are its own."""
    if os.name == "nt":  # there exec returns to the shell at once
        return subprocess.run(command).returncode
    sys.stderr.flush()
    os.execv(command[0], command)  # noqa: S606 - a shell is the last thing wanted here


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
