"""PLACEHOLDER by the integrator; the lexical helper replaces this file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def site_words(titles: Iterable[str], tags: Iterable[str], extra: Iterable[str]) -> tuple[str, ...]:
    """Words."""
    return tuple(sorted(set(extra)))


def read_dictionary_file(path: Path) -> tuple[str, ...]:
    """Words."""
    return tuple(path.read_text().split())
