"""`python -m bot.operations`: does the bot run? For Docker's HEALTHCHECK and scripts.

Exit code 0 and one line on stdout, or 1 (2: settings) and one line on stderr. Needs no port: it
reads the heartbeat in `bot.state_dir`, so it must see the same settings as the bot.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from bot.operations.heartbeat import STALE_S, file_age_s
from index.errors import QinwenError
from index.settings import load_settings


def main() -> int:
    """Looks once; returns the exit code."""
    try:
        state_dir = load_settings(os.environ, Path.cwd()).bot.state_dir
        age_s = file_age_s(state_dir, time.time())
    except QinwenError as error:
        sys.stderr.write(f"qinwen: {error}\n")
        return error.exit_code
    if age_s is None:
        sys.stderr.write(f"qinwen: no bot runs with {state_dir}. Start it: qinwen bot.\n")
        return 1
    if age_s >= STALE_S:
        sys.stderr.write(f"qinwen: the bot fetches no updates since {age_s:.0f} s. See its log.\n")
        return 1
    sys.stdout.write(f"qinwen: the bot fetched updates {max(age_s, 0):.0f} s ago.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
