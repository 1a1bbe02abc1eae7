from __future__ import annotations

from pathlib import Path

import pytest

from tests.index.runs import Site
from tests.sites import HARBOUR


@pytest.fixture(scope="session")
def warm_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def site(tmp_path: Path, warm_cache: Path) -> Site:
    """The harbour town's five posts, indexed."""
    site = Site(tmp_path, warm_cache)
    site.write(HARBOUR)
    site.reindex()
    return site
