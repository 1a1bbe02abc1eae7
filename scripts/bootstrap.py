"""The README's commands and the developers' tools, on a machine with nothing but Python.

`./scripts/quickstart`, `bot`, `demo`, `test` and `dev` find a Python and call this. Every
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
        commands = {"quickstart": quickstart, "bot": bot, "demo": demo, "test": test, "dev": dev}
        return commands[command](rest)
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
    place, _, index = _indexed(
        arguments,
        RUN_EXTRAS,
        "./scripts/quickstart",
        "From a fresh checkout to an answer. Made again only where something changed.",
    )
    say(f"asking: {QUESTION}")
    code = _qinwen(place, "ask", QUESTION, "--index", str(index))
    if code != 0:
        return code
    if sys.stdin.isatty() and sys.stdout.isatty():
        return _become([str(place.programs / "qinwen"), "ask", "--index", str(index)])
    say(f"ask more: {place.programs / 'qinwen'} ask QUESTION --index {index}")
    return 0


def bot(arguments: Sequence[str]) -> int:
    """Environment, model, index, and the Telegram bot on it."""
    place, posts, index = _indexed(
        arguments,
        RUN_EXTRAS,
        "./scripts/bot",
        "From a fresh checkout to a bot in Telegram; QINWEN_BOT_TOKEN holds its token.",
    )
    # So that /reindex reads what was read now.
    os.environ.setdefault("QINWEN_BOT_POSTS", ",".join(str(path.resolve()) for path in posts))
    return _become([str(place.programs / "qinwen"), "bot", "--index", str(index)])


def demo(arguments: Sequence[str]) -> int:
    """The bot without a token: a Bot API server on loopback and a chat window in the terminal."""
    place, _, index = _indexed(
        arguments,
        TEST_EXTRAS,
        "./scripts/demo",
        "The bot on a Bot API server of this machine, in a chat window; no token.",
    )
    os.chdir(ROOT)
    window = [str(place.python), "-m", "tests.botapi.chat", "--"]
    return _become([*window, str(place.programs / "qinwen"), "bot", "--index", str(index)])


def _indexed(
    arguments: Sequence[str], extras: frozenset[str], command: str, description: str
) -> tuple[Environment, list[Path], Path]:
    """The environment, the folders of posts that `arguments` name, and their index, made anew.

    Ends the program with the reindex's exit code where that fails: it has said why.
    """
    parser = argparse.ArgumentParser(
        prog=command, description=description, epilog=f"Example: {command} ~/site/_posts"
    )
    parser.add_argument("posts", nargs="*", type=Path, help="folders of posts (default: samples)")
    posts: list[Path] = parser.parse_args(arguments).posts or [SAMPLE_POSTS]
    for path in posts:
        if not path.exists():
            raise Problem(f"{path} does not exist: name a folder of posts, or none for samples.")
    place, index = locate(ROOT), index_folder(posts)
    ensure(place, extras, say)
    weights.provide(place, say)
    say(f"indexing {', '.join(map(str, posts))} into {index}")
    code = _qinwen(place, "reindex", *map(str, posts), "--index", str(index))
    if code != 0:
        raise SystemExit(code)
    return place, posts, index


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
