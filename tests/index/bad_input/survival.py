"""What must hold after every bad input."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import QinwenError
from tests.index.runs import Site

ROOT = Path(__file__).resolve().parents[3]
BRIDGE, TEA = "2021-12-08-bridge.md", "2022-03-01-tea.md"
QUESTION = "海雾大桥全长多少公里？"
NOBODY = 65534
LIMIT_S = 60.0


def answers(site: Site) -> None:
    """The index answers as it did."""
    assert site.ask(QUESTION).sources[0].post.endswith(BRIDGE)


def is_clear(error: QinwenError) -> None:
    """One sentence on one line, and what to do now."""
    assert error.message.endswith((".", "?")) and error.remedy.endswith(".")
    assert "\n" not in str(error) and "Traceback" not in str(error)


@contextmanager
def as_nobody(folder: Path) -> Iterator[None]:
    """Without root's right to read everything; `folder` is ours then."""
    if os.geteuid() != 0:
        yield
        return
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
