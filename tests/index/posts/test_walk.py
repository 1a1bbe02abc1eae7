"""Which files are posts, and what is said of those that are not."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from index.errors import SettingsError
from index.posts.walk import Walk, walk_posts

LIMIT = 1_000


def write(path: Path, content: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def ids(walk: Walk) -> list[str]:
    return [file.id for file in walk.files]


def skips(walk: Walk) -> dict[str, str]:
    return {skip.post: skip.reason for skip in walk.skipped}


def test_ids_are_root_name_and_relative_path_in_order(tmp_path: Path) -> None:
    site = tmp_path / "site"
    for name in ("b.md", "a/z.md", "a/y.markdown", "C.HTML", "_posts/p.md", "notes.txt"):
        write(site / name)
    walk = walk_posts([site], LIMIT)
    assert ids(walk) == [
        "site/C.HTML",
        "site/_posts/p.md",
        "site/a/y.markdown",
        "site/a/z.md",
        "site/b.md",
    ]
    assert walk.skipped == ()


def test_a_file_carries_its_stat(tmp_path: Path) -> None:
    path = write(tmp_path / "site" / "a.md", b"12345")
    (file,) = walk_posts([path.parent], LIMIT).files
    status = path.stat()
    assert file.path == path
    assert (file.size, file.mtime_ns, file.inode) == (5, status.st_mtime_ns, status.st_ino)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_odd_names_are_posts_too(tmp_path: Path) -> None:
    folder = os.fsencode(write(tmp_path / "site" / "-dash.md").parent)
    for name in (b"two words.md", "中文 名.md".encode(), b"bad\xff.md", b"line\nend.md"):
        Path(os.fsdecode(folder + b"/" + name)).write_bytes(name)
    walk = walk_posts([tmp_path / "site"], LIMIT)
    assert ids(walk) == [
        "site/-dash.md",
        "site/bad\\xff.md",
        "site/line\\x0aend.md",
        "site/two words.md",
        "site/中文 名.md",
    ]
    for file in walk.files:
        file.id.encode()  # storable anywhere
    assert walk.files[1].path.read_bytes() == b"bad\xff.md"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_names_that_read_the_same_are_listed(tmp_path: Path) -> None:
    folder = os.fsencode(write(tmp_path / "site" / "a\\xff.md").parent)
    Path(os.fsdecode(folder + b"/a\xff.md")).touch()
    walk = walk_posts([tmp_path / "site"], LIMIT)
    assert ids(walk) == ["site/a\\xff.md"]
    assert skips(walk) == {"a\\xff.md": "another file's name reads the same"}


def test_drafts_are_listed_one_by_one(tmp_path: Path) -> None:
    site = tmp_path / "site"
    for name in ("a.md", "_drafts/d.md", "_drafts/deep/e.html", "_drafts/pic.png", "_drafts/.f.md"):
        write(site / name)
    walk = walk_posts([site], LIMIT)
    assert ids(walk) == ["site/a.md"]
    assert skips(walk) == {
        "_drafts/d.md": "a draft (_drafts)",
        "_drafts/deep/e.html": "a draft (_drafts)",
    }


def test_a_draft_named_on_its_own_stays_a_draft(tmp_path: Path) -> None:
    post = write(tmp_path / "site" / "a.md")
    draft = write(tmp_path / "site" / "_drafts" / "d.md")
    walk = walk_posts([post, draft], LIMIT)
    assert ids(walk) == ["site/a.md"]
    assert skips(walk) == {"d.md": "a draft (_drafts)"}


def test_other_underscore_folders_are_listed_once_with_their_count(tmp_path: Path) -> None:
    site = tmp_path / "site"
    for name in ("a.md", "_layouts/p.html", "_layouts/in/q.html", "_sass/s.scss", "_note.md"):
        write(site / name)
    walk = walk_posts([site], LIMIT)
    assert ids(walk) == ["site/a.md"]
    assert skips(walk) == {
        "_layouts/": "the name of the folder starts with _ (files in it: 2)",
        "_note.md": "the name starts with _, which Jekyll does not publish",
    }


def test_folders_that_never_hold_posts_are_passed_over_in_silence(tmp_path: Path) -> None:
    site = tmp_path / "site"
    for name in (".git/a.md", "_site/b.html", "vendor/c.md", "node_modules/d.md", ".hidden.md"):
        write(site / name)
    write(site / "post.md")
    walk = walk_posts([site], LIMIT)
    assert (ids(walk), walk.skipped) == (["site/post.md"], ())


def test_a_large_file_is_listed_with_its_size(tmp_path: Path) -> None:
    write(tmp_path / "site" / "fits.md", b"x" * LIMIT)
    big = tmp_path / "site" / "big.md"
    with big.open("wb") as file:
        file.truncate(50_000_000)  # sparse: nobody reads it
    walk = walk_posts([tmp_path / "site"], LIMIT)
    assert ids(walk) == ["site/fits.md"]
    assert skips(walk) == {"big.md": "50.0 MB is more than the 0.001 MB of posts.max_file_bytes"}


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes need POSIX")
def test_links_and_pipes_are_listed_and_loops_end(tmp_path: Path) -> None:
    site = tmp_path / "site"
    write(site / "a.md")
    (site / "link.md").symlink_to(site / "a.md")
    (site / "loop").symlink_to(site)
    (site / "self").symlink_to("self")
    (site / "gone.md").symlink_to("nowhere")
    (site / "picture.png").symlink_to(site / "a.md")
    os.mkfifo(site / "pipe.md")
    walk = walk_posts([site], LIMIT)
    assert ids(walk) == ["site/a.md"]
    link = "a symbolic link, not followed"
    assert skips(walk) == {
        "link.md": link,
        "loop": link,
        "self": link,
        "gone.md": link,
        "pipe.md": "not an ordinary file",
    }


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="the superuser may read everything"
)
def test_an_unreadable_folder_inside_is_listed(tmp_path: Path) -> None:
    write(tmp_path / "site" / "a.md")
    closed = write(tmp_path / "site" / "closed" / "b.md").parent
    closed.chmod(0)
    try:
        walk = walk_posts([tmp_path / "site"], LIMIT)
    finally:
        closed.chmod(0o700)
    assert skips(walk) == {"closed/": "the folder can't be read: Permission denied"}


def test_single_files_take_their_folder_as_root(tmp_path: Path) -> None:
    first = write(tmp_path / "site" / "a.md")
    second = write(tmp_path / "site" / "b.md")
    write(tmp_path / "site" / "c.md")
    assert ids(walk_posts([second, first, first], LIMIT)) == ["site/a.md", "site/b.md"]


def test_the_same_root_twice_is_taken_once(tmp_path: Path) -> None:
    site = write(tmp_path / "site" / "a.md").parent
    again = tmp_path / "site" / ".." / "site"
    assert ids(walk_posts([site, again, site / "a.md"], LIMIT)) == ["site/a.md"]


def test_a_root_inside_another_is_part_of_it(tmp_path: Path) -> None:
    inner = write(tmp_path / "site" / "news" / "a.md").parent
    roots = [inner, inner / "a.md", tmp_path / "site"]
    assert ids(walk_posts(roots, LIMIT)) == ["site/news/a.md"]


def test_a_file_inside_another_root_is_part_of_it(tmp_path: Path) -> None:
    post = write(tmp_path / "site" / "news" / "a.md")
    assert ids(walk_posts([post, tmp_path / "site"], LIMIT)) == ["site/news/a.md"]


def test_a_root_that_the_outer_one_leaves_out_is_still_taken(tmp_path: Path) -> None:
    inner = write(tmp_path / "site" / "_news" / "a.md").parent
    write(tmp_path / "site" / "b.md")
    walk = walk_posts([tmp_path / "site", inner], LIMIT)
    assert ids(walk) == ["_news/a.md", "site/b.md"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need POSIX")
def test_a_linked_root_keeps_the_name_it_was_given(tmp_path: Path) -> None:
    write(tmp_path / "release-42" / "a.md")
    (tmp_path / "current").symlink_to("release-42")
    assert ids(walk_posts([tmp_path / "current"], LIMIT)) == ["current/a.md"]


def test_two_roots_of_one_name_are_refused_and_both_named(tmp_path: Path) -> None:
    one = write(tmp_path / "one" / "posts" / "a.md").parent
    two = write(tmp_path / "two" / "posts" / "b.md").parent
    with pytest.raises(SettingsError) as caught:
        walk_posts([one, two], LIMIT)
    assert str(one) in str(caught.value)
    assert str(two) in str(caught.value)


def test_a_missing_root_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere.*can't be read: No such file"):
        walk_posts([tmp_path / "nowhere"], LIMIT)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"a\.txt.*is not a post"):
        walk_posts([write(tmp_path / "a.txt")], LIMIT)


@pytest.mark.skipif(sys.platform == "win32", reason="links need POSIX")
def test_a_root_that_is_a_loop_of_links_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(SettingsError, match="can't be read"):
        walk_posts([tmp_path / "loop"], LIMIT)


def test_no_post_at_all_says_what_was_left_out(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SettingsError, match=r"No posts found in .*empty\."):
        walk_posts([tmp_path / "empty"], LIMIT)
    draft = write(tmp_path / "only" / "_drafts" / "d.md")
    with pytest.raises(SettingsError, match=r"1 left out, first: a draft"):
        walk_posts([draft.parent.parent], LIMIT)
    with pytest.raises(SettingsError, match="no folder given"):
        walk_posts([], LIMIT)


def test_a_deep_tree_is_walked(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    for _ in range(200):
        folder = folder / "d"
    write(folder / "a.md")
    assert ids(walk_posts([tmp_path / "site"], LIMIT)) == ["site/" + "d/" * 200 + "a.md"]
