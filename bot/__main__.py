"""`python -m bot`, the same as `qinwen bot`. The bot itself comes with its own issue."""

from __future__ import annotations

import sys

USAGE_EXIT_CODE = 2


def main() -> int:
    """Says that there is no bot yet, on stderr; returns 2."""
    sys.stderr.write("qinwen: the Telegram bot isn't built yet: ask in the terminal, qinwen ask.\n")
    return USAGE_EXIT_CODE


if __name__ == "__main__":
    raise SystemExit(main())
