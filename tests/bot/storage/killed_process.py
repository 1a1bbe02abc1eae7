"""Adds updates to an inbox, begins and ends them, and tells each step, until it is killed."""

import itertools
import sys
from pathlib import Path

from tests.bot.storage.makers import NOW, open_inbox

# How many wait at a time.
_BEHIND = 3


def tell(what: str, update: int) -> None:
    sys.stdout.write(f"{what} {update}\n")
    sys.stdout.flush()


def main(path: Path, first: int) -> None:
    inbox = open_inbox(path)
    for update in itertools.count(first):
        inbox.add(update, "body", NOW)
        tell("added", update)
        if update - first >= _BEHIND:
            inbox.start(update - _BEHIND)
            inbox.done(update - _BEHIND, NOW)
            tell("done", update - _BEHIND)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
