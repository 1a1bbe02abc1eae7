"""The `qinwen` command. Errors become text here and nowhere else.

Reading order: `arguments` (the grammar), `commands` (one function a command), `show` (what people
and programs get to see).
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from index.cli.arguments import build_parser
from index.cli.commands import COMMANDS
from index.cli.show import note, print_json, ready_streams
from index.errors import QinwenError, StorageError
from index.settings import cache_dir, load_settings

_UNEXPECTED = "This is a bug; please report it with what you did."


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    0 done (a refusal is done), 1 unexpected or the disk refused, 2 bad usage, settings or input,
    3 no usable index. On an error standard error gets one line and, with `--json`, standard output
    one object with `error`.
    """
    ready_streams()
    arguments = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in itertools.takewhile(lambda one: one != "--", arguments)
    try:
        return _run(arguments)
    except QinwenError as error:
        return _failed(error.message, error.remedy, error.exit_code, as_json)
    except KeyboardInterrupt:
        if argv is None:  # a second Ctrl-C must not tear up the farewell
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        return _failed("Stopped.", "Nothing is lost; run it again to go on.", 130, as_json)
    except BrokenPipeError:
        return 0  # the reader of our output has gone (`qinwen … | head`): that is its good right
    except Exception as error:
        message = f"Unexpected {type(error).__name__}: {error}."
        return _failed(" ".join(message.split()), _UNEXPECTED, 1, as_json)


def _run(arguments: Sequence[str]) -> int:
    try:
        args = build_parser(metadata.version("qinwen")).parse_args(arguments)
    except SystemExit:  # argparse's way to say that --help or --version has been served
        return 0
    settings = load_settings(os.environ, Path.cwd(), getattr(args, "index", None))
    return COMMANDS[args.command](args, settings, cache_dir())


def _failed(message: str, remedy: str, exit_code: int, as_json: bool) -> int:
    with suppress(OSError, StorageError):  # nobody is there to be told
        note(f"qinwen: {message} {remedy}".rstrip())
        if as_json:
            print_json({"error": {"message": message, "remedy": remedy}})
    return exit_code
