"""What tests of whole runs share: a cache folder, so that jieba's tables are built once; a site; a
server with a language model that says what the test wants."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.index.runs import Site
from tests.llm_server import LlmServer, llm_server
from tests.sites import HARBOUR


@pytest.fixture(scope="session")
def warm_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder that tests may share: everything in it is keyed by what it belongs to."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def empty_site(tmp_path: Path, warm_cache: Path) -> Site:
    """A site without any post."""
    return Site(tmp_path, warm_cache)


@pytest.fixture
def site(empty_site: Site) -> Site:
    """The harbour town's five posts, not yet indexed."""
    empty_site.write(HARBOUR)
    return empty_site


@pytest.fixture
def llm() -> Iterator[LlmServer]:
    """A language model's server on this machine."""
    with llm_server() as server:
        yield server
