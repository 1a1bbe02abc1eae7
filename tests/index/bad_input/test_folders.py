"""Folders that hold no posts, or are none."""

from __future__ import annotations

import pytest

from index.errors import SettingsError, SnapshotError, StorageError
from tests.index.bad_input.survival import answers, is_clear
from tests.index.runs import Site
from tests.sites import post_text, write_site


def test_a_folder_that_does_not_exist(built: Site) -> None:
    with pytest.raises(SettingsError, match="can't be read: No such file or directory") as caught:
        built.reindex(built.home / "nowhere")
    is_clear(caught.value)
    answers(built)


@pytest.mark.parametrize("name", ["nothing", "only-text", "only-hidden"])
def test_a_folder_without_posts(built: Site, name: str) -> None:
    """An unmounted disk looks like this, and must not empty the index."""
    folder = built.home / name
    write_site(folder, {"only-text": {"a.txt": "x"}, "only-hidden": {".a.md": "x"}}.get(name, {}))
    folder.mkdir(exist_ok=True)
    with pytest.raises(SettingsError, match="No posts found in") as caught:
        built.reindex(folder)
    is_clear(caught.value)
    answers(built)


def test_a_wrong_folder_with_posts(built: Site) -> None:
    write_site(built.home / "other", {"a.md": post_text("别的", "别的文章。")})
    with pytest.raises(SettingsError, match="5 of 5 indexed posts are gone"):
        built.reindex(built.home / "other")
    answers(built)


def test_an_index_folder_that_is_a_file(site: Site) -> None:
    site.index.write_text("no folder")
    with pytest.raises(StorageError, match="A file is where a folder is needed") as caught:
        site.reindex()
    is_clear(caught.value)
    with pytest.raises(SnapshotError, match="Not a directory") as other:
        site.open()
    is_clear(other.value)
