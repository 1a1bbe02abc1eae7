"""`python -m bot`, the same as `qinwen bot`: runs the Telegram bot until it is told to stop."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from index.cli.show import note, ready_streams
from index.errors import QinwenError


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the bot and returns its exit code; on an error one line on stderr says what to do.

    0 stopped by a signal, 1 unexpected or nothing comes in any more, 2 settings, token, or another
    bot with the same token, 3 no usable index.
    """
    ready_streams()
    try:
        return _run(sys.argv[1:] if argv is None else argv)
    except QinwenError as error:
        note(f"qinwen: {error}")
        return error.exit_code
    except Exception as error:
        # By way of the log, which knows what must not be told.
        logging.getLogger("bot").critical("Unexpected %s.", type(error).__name__, exc_info=True)
        return 1


def _run(arguments: Sequence[str]) -> int:
    # Imported here, so that wrong usage is told without waiting for them.
    from index.cli.arguments import bot_parser
    from index.settings import cache_dir, load_settings

    try:
        args = bot_parser().parse_args(arguments)
    except SystemExit:  # argparse's way to say that --help has been served
        return 0
    env = os.environ
    settings = load_settings(env, Path.cwd(), args.index)

    import asyncio

    from bot.operations.credential import read_token
    from bot.operations.logs import set_up_logs
    from bot.receiving import webhook_secret
    from bot.running import Surroundings, run

    token = read_token(env, settings.bot)
    secrets = [token.get_secret_value(), webhook_secret(token)]
    if settings.llm.api_key:
        secrets.append(settings.llm.api_key.get_secret_value())
    set_up_logs(settings.bot.log_format, secrets)
    asyncio.run(run(settings, Surroundings(token, cache_dir(), env)))
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Subtle: Python itself would wait for a thread that still answers something. All that counts is
    # on the disk by now, and the rest of it is in the inbox.
    os._exit(code)
