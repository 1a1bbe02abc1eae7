"""What counts as added, changed, renamed, removed, skipped."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from index.changes import Changes, NewPost, is_mere_rename
from index.errors import RemovalGuardError
from index.posts.hashes import FileHashes
from index.records import Post
from tests.sites import post_text, write_site

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2022, 6, 1, tzinfo=UTC)
LONG_AGO = 1_600_000_000 * 10**9  # old enough for a file's stamp to vouch for its hash


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_site(
        tmp_path / "site", {f"{name}.md": post_text(name, f"正文{name}。") for name in "abcd"}
    )


@contextmanager
def changes_of(folder: Path, known: dict[str, str], full: bool = False) -> Iterator[Changes]:
    with FileHashes(folder.parent / "files.sqlite") as hashes:
        yield Changes([folder], known, hashes, max_file_bytes=10_000, full=full)


def known_of(folder: Path) -> dict[str, str]:
    """What an index of the folder as it is now would know."""
    with changes_of(folder, {}) as changes:
        return {new.post.id: new.sha256 for new in changes.new_posts(ZONE, NOW)}


def found(changes: Changes) -> list[NewPost]:
    """All new posts, renames noted as a run does."""
    posts = []
    for new in changes.new_posts(ZONE, NOW):
        posts.append(new)
        old = changes.old_name(new)
        if old is not None:
            changes.renamed(old)
    return posts


def counts(changes: Changes) -> tuple[int, int, int, int, int]:
    tally = changes.tally
    return tally.added, tally.changed, tally.renamed, len(tally.removed), tally.unchanged


def test_all_is_new_at_first(folder: Path) -> None:
    with changes_of(folder, {}) as changes:
        assert [new.post.id for new in found(changes)] == [f"site/{name}.md" for name in "abcd"]
        assert counts(changes) == (4, 0, 0, 0, 0)


def test_nothing_is_read_where_nothing_changed(folder: Path) -> None:
    known = known_of(folder)
    with changes_of(folder, known) as changes:
        assert found(changes) == [] and counts(changes) == (0, 0, 0, 0, 4)


def test_each_kind_of_change(folder: Path) -> None:
    known = known_of(folder)
    (folder / "a.md").write_text(post_text("a", "另一篇。"))
    (folder / "b.md").rename(folder / "z.md")
    (folder / "c.md").unlink()
    write_site(folder, {"e.md": post_text("e", "新的一篇。")})
    with changes_of(folder, known) as changes:
        assert [new.post.id for new in found(changes)] == ["site/a.md", "site/e.md", "site/z.md"]
        assert counts(changes) == (1, 2, 1, 1, 1)
        assert changes.tally.removed == {"site/c.md"}


def test_copies_that_move_together_are_all_renamed(folder: Path) -> None:
    for name in ("b", "c"):
        (folder / f"{name}.md").write_bytes((folder / "a.md").read_bytes())
    known = known_of(folder)
    (folder / "2022").mkdir()
    for name in "abc":
        (folder / f"{name}.md").rename(folder / "2022" / f"{name}.md")
    with changes_of(folder, known) as changes:
        taken = []
        for new in changes.new_posts(ZONE, NOW):
            old = changes.old_name(new)
            assert old is not None
            changes.renamed(old)
            taken.append((old, new.post.id))
        assert taken == [(f"site/{name}.md", f"site/2022/{name}.md") for name in "abc"]
        assert counts(changes) == (0, 3, 3, 0, 1)


def test_one_copy_more_than_vanished_is_added(folder: Path) -> None:
    known = known_of(folder)
    text = (folder / "a.md").read_bytes()
    (folder / "a.md").unlink()
    write_site(folder, {"x.md": text, "y.md": text})
    with changes_of(folder, known) as changes:
        found(changes)
        assert counts(changes) == (1, 1, 1, 0, 3)


def test_a_copy_beside_the_original_is_no_rename(folder: Path) -> None:
    known = known_of(folder)
    write_site(folder, {"copy.md": (folder / "a.md").read_bytes()})
    with changes_of(folder, known) as changes:
        (new,) = found(changes)
        assert new.post.id == "site/copy.md" and counts(changes) == (1, 0, 0, 0, 4)


def test_swapped_names_are_two_changes(folder: Path) -> None:
    known = known_of(folder)
    (folder / "a.md").rename(folder / "t")
    (folder / "b.md").rename(folder / "a.md")
    (folder / "t").rename(folder / "b.md")
    with changes_of(folder, known) as changes:
        found(changes)
        assert counts(changes) == (0, 2, 0, 0, 2)


def test_a_known_post_that_must_be_skipped_now_is_removed_and_listed(folder: Path) -> None:
    known = known_of(folder)
    (folder / "a.md").write_text(post_text("a", "正文。", published="false"))
    with changes_of(folder, known) as changes:
        assert found(changes) == []
        assert counts(changes) == (0, 0, 0, 1, 3)
        assert [(skip.post, skip.reason) for skip in changes.tally.skipped] == [
            ("a.md", "published: false")
        ]


def test_a_refused_post_is_no_longer_counted(folder: Path) -> None:
    known = known_of(folder)
    (folder / "a.md").write_text(post_text("a", "另一篇。"))
    write_site(folder, {"e.md": post_text("e", "新的。")})
    with changes_of(folder, known) as changes:
        for new in changes.new_posts(ZONE, NOW):
            changes.refuse(new, "不行")
        assert counts(changes) == (0, 0, 0, 1, 3)
        assert [skip.post for skip in changes.tally.skipped] == ["a.md", "e.md"]


def test_a_refused_post_of_a_full_run_is_no_longer_counted(folder: Path) -> None:
    with changes_of(folder, known_of(folder), full=True) as changes:
        first = next(changes.new_posts(ZONE, NOW))
        assert counts(changes) == (0, 0, 0, 0, 1)
        changes.refuse(first, "不行")
        assert counts(changes) == (0, 0, 0, 1, 0)


def test_full_gives_out_every_post(folder: Path) -> None:
    with changes_of(folder, known_of(folder), full=True) as changes:
        assert len(found(changes)) == 4 and counts(changes) == (0, 0, 0, 0, 4)


def test_only_full_sees_a_change_behind_the_same_size_and_time(folder: Path) -> None:
    path = folder / "a.md"
    os.utime(path, ns=(LONG_AGO, LONG_AGO))
    known = known_of(folder)
    before = path.stat()
    path.write_text(path.read_text().replace("正文a", "变文a"))
    os.utime(path, ns=(LONG_AGO, LONG_AGO))
    assert (path.stat().st_size, path.stat().st_ino) == (before.st_size, before.st_ino)
    with changes_of(folder, known) as changes:
        assert found(changes) == []
    with changes_of(folder, known, full=True) as changes:
        found(changes)
        assert counts(changes) == (0, 1, 0, 0, 3)


@pytest.mark.parametrize(
    ("gone", "limit", "stops"),
    [(1, 0.25, False), (2, 0.25, True), (2, 0.5, False), (4, 1.0, False), (1, 0.0, True)],
)
def test_the_removal_guard(folder: Path, gone: int, limit: float, stops: bool) -> None:
    known = known_of(folder)
    write_site(folder, {"stays.md": post_text("s", "留下。")})
    for name in "abcd"[:gone]:
        (folder / f"{name}.md").unlink()
    with changes_of(folder, known) as changes:
        if not stops:
            changes.guard_removals(limit)
            return
        with pytest.raises(RemovalGuardError) as caught:
            changes.guard_removals(limit)
        assert caught.value.message.startswith(f"{gone} of 4 indexed posts are gone")
        assert "--allow-removals" in caught.value.remedy


def test_nothing_known_nothing_guarded(folder: Path) -> None:
    with changes_of(folder, {}) as changes:
        changes.guard_removals(0.0)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({}, True),
        ({"id": "site/2.md", "tags": ("x",), "url": "http://e.com/", "publisher": "报"}, True),
        ({"title": "别题"}, False),
        ({"text": "别文"}, False),
        ({"date": datetime(2022, 1, 3, tzinfo=ZONE)}, False),
        ({"date": datetime(2022, 1, 2, 23, tzinfo=ZONE)}, True),
        ({"date": None}, False),
        ({"categories": ("财经",)}, False),
    ],
)
def test_what_a_mere_rename_is(other: dict[str, object], same: bool) -> None:
    values = {
        "id": "site/1.md",
        "title": "题",
        "date": datetime(2022, 1, 2, tzinfo=ZONE),
        "categories": (),
        "tags": (),
        "url": None,
        "publisher": None,
        "text": "文",
    }
    assert is_mere_rename(Post(**values), Post(**{**values, **other})) is same
