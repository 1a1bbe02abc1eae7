"""What `qinwen bench` runs."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from index.settings import Settings


def run_bench(args: Namespace, settings: Settings, cache: Path) -> dict[str, Any]:
    """The figures of `qinwen bench embed`."""
    raise NotImplementedError
