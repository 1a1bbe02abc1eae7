from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.index.runs import Site
from tests.llm_server import LlmServer, llm_server
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


@pytest.fixture
def llm() -> Iterator[LlmServer]:
    """A language model's server on this machine: it makes questions slow when a test wants it."""
    with llm_server() as server:
        yield server
