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
from pathlib import Path

from index.cli.show import note, print_json, ready_streams
from index.errors import QinwenError, StorageError

INTERRUPTED = 130  # as shells say of what Ctrl-C has ended: 128 and the signal's number
_UNEXPECTED = "This is a bug; please report it with what you did."


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    0 done (a refusal is done), 1 unexpected or the disk refused, 2 bad usage, settings or input,
    3 no usable index, 130 stopped by Ctrl-C. On an error standard error gets one line and, with
    `--json`, standard output one object with `error`.
    """
    ready_streams()
    arguments = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in itertools.takewhile(lambda one: one != "--", arguments)
    try:
        return _run(arguments)
    except QinwenError as error:
        return _failed(error.message, error.remedy, error.exit_code, as_json)
    except KeyboardInterrupt:
        return _stopped(as_json, for_good=argv is None)
    except BrokenPipeError:
        return 0  # the reader of our output has gone (`qinwen … | head`): that is its good right
    except Exception as error:
        message = f"Unexpected {type(error).__name__}: {error}."
        return _failed(" ".join(message.split()), _UNEXPECTED, 1, as_json)


def _run(arguments: Sequence[str]) -> int:
    # Imported here, so that Ctrl-C is heeded from the start: they take a third of a second.
    from importlib import metadata

    from index.cli.arguments import build_parser
    from index.cli.commands import COMMANDS
    from index.settings import cache_dir, load_settings

    try:
        args = build_parser(metadata.version("qinwen")).parse_args(arguments)
    except SystemExit:  # argparse's way to say that --help or --version has been served
        return 0
    settings = load_settings(os.environ, Path.cwd(), getattr(args, "index", None))
    return COMMANDS[args.command](args, settings, cache_dir())


def _stopped(as_json: bool, *, for_good: bool) -> int:
    """After Ctrl-C. `for_good`: this process ends now, and no second one tears up its words.

    Subtle: by `os._exit`, after everything has been closed on the way here. Python itself would
    wait for threads that still work, and end by signal 2 instead of code 130 where the interrupt
    came through some library's `exec`.
    """
    if for_good:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    code = _failed("Stopped.", "Nothing is lost; run it again to go on.", INTERRUPTED, as_json)
    if for_good:
        os._exit(code)
    return code


def _failed(message: str, remedy: str, exit_code: int, as_json: bool) -> int:
    with suppress(OSError, StorageError):  # nobody is there to be told
        note(f"qinwen: {message} {remedy}".rstrip())
        if as_json:
            print_json({"error": {"message": message, "remedy": remedy}})
    return exit_code
