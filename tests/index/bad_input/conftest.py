"""Sites that something bad will happen to."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.index.bad_input.survival import answers
from tests.index.runs import Site
from tests.sites import HARBOUR


@pytest.fixture
def built(site: Site) -> Site:
    site.reindex()
    site.embedder.seen.clear()
    return site


@pytest.fixture
def shared() -> Iterator[Site]:
    """A site in a place that every user may enter."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        home.chmod(0o755)
        site = Site(home, home / "cache")
        site.write(HARBOUR)
        site.reindex()
        answers(site)  # loads what nobody may not be able to load
        yield site
