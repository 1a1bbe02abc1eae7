"""The admin's command: `python scripts/reindex.py …` is the same as `qinwen reindex …`."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
USAGE_EXIT_CODE = 2


def main() -> int:
    """Runs `qinwen reindex` with this process's arguments; returns its exit code."""
    # Subtle: the first entry is this folder, whose modules must not stand in for anyone else's.
    sys.path[0] = str(ROOT)
    try:
        from index.cli import main as qinwen
    except ModuleNotFoundError as error:
        sys.stderr.write(
            f"qinwen: {sys.executable} has no module {error.name}: run ./scripts/quickstart once,"
            " then .venv/bin/python scripts/reindex.py POSTS….\n"
        )
        return USAGE_EXIT_CODE
    return qinwen(["reindex", *sys.argv[1:]])


if __name__ == "__main__":
    raise SystemExit(main())
