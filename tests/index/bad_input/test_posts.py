"""Files that are no posts, or none that can be read."""

from __future__ import annotations

import os
import time

import pytest

from index.changes import Changes
from tests.index.bad_input.survival import TEA, answers, as_nobody
from tests.index.runs import Site, reasons
from tests.sites import post_text


def test_an_unreadable_file_is_listed(shared: Site) -> None:
    shared.write({"secret.md": post_text("密", "密文。")})
    with as_nobody(shared.home):
        for name in ("secret.md", TEA):
            (shared.posts / name).chmod(0)
        report = shared.reindex()
        assert reasons(report) == dict.fromkeys(
            ("secret.md", TEA), "the file can't be read: Permission denied"
        )
        assert (report.posts, report.removed, report.unchanged) == (4, 1, 4)
        answers(shared)
        (shared.posts / TEA).chmod(0o600)
        assert (shared.reindex().added, shared.reindex().posts) == (1, 5)


def test_an_unreadable_folder_is_listed(shared: Site) -> None:
    shared.write({"sub/a.md": post_text("密", "密文。")})
    with as_nobody(shared.home):
        assert shared.reindex().posts == 6
        (shared.posts / "sub").chmod(0)
        report = shared.reindex()
        assert reasons(report) == {"sub/": "the folder can't be read: Permission denied"}
        assert (report.posts, report.removed) == (5, 1)
        (shared.posts / "sub").chmod(0o700)


BROKEN = {
    "no-end.md": ("---\ntitle: 没有结尾\n正文\n", "the front matter has no closing ---"),
    "alias.md": ("---\na: &x [1]\nb: *x\n---\n正文\n", "the front matter uses YAML aliases"),
    "tab.md": ("---\n\t- {[}\n---\n正文\n", "front matter"),
    "huge.md": (f"---\ntitle: {'长' * 30_000}\n---\n正文\n", "the front matter is over 64 KB"),
    "list.md": ("---\n- a\n- b\n---\n正文\n", "front matter"),
}


def test_broken_yaml_is_listed(built: Site) -> None:
    built.write({name: text for name, (text, _) in BROKEN.items()})
    report = built.reindex()
    said = reasons(report)
    for name, (_, reason) in BROKEN.items():
        assert reason in said.get(name, reason), said
    assert {"no-end.md", "alias.md", "huge.md"} <= said.keys()
    assert report.posts == 5 + len(BROKEN) - len(said)
    answers(built)


def test_a_post_of_fifty_megabytes_is_listed(built: Site) -> None:
    with (built.posts / "big.md").open("wb") as file:
        file.truncate(50_000_000)
    report = built.reindex()
    (reason,) = reasons(report).values()
    assert reason == "50.0 MB is more than the 5 MB of posts.max_file_bytes"
    answers(built)


def test_a_line_of_a_hundred_thousand_characters_is_indexed(built: Site) -> None:
    text = "".join(f"第{n}格仓库存粮{n * 3}吨，" for n in range(6_000))[:100_000]
    built.write({"line.md": post_text("仓库清单", text)})
    start = time.perf_counter()
    report = built.reindex()
    assert time.perf_counter() - start < 30
    assert report.posts == 6 and report.passages > 100_000 // 400
    longest = max(len(text) for one in built.passages().values() for _, text in one)
    assert longest <= built.settings.passages.max_chars
    assert built.ask("第3456格仓库存粮多少吨").sources[0].post == "line.md"
    answers(built)


@pytest.mark.parametrize("unbroken", ["字" * 100_000, "a" * 100_000, "<" * 100_000, "*" * 99_999])
def test_a_line_without_an_end_does_no_harm(built: Site, unbroken: str) -> None:
    built.write({"line.md": post_text("长", unbroken)})
    start = time.perf_counter()
    built.reindex()
    assert time.perf_counter() - start < 30
    answers(built)


def _junk(name: str) -> bytes:
    if name == "random":
        return bytes((n * n * 131 + n // 7) % 256 for n in range(60_000))
    if name == "zip":
        return b"PK\x03\x04" + bytes(range(256)) * 40
    if name == "nul":
        return b"\0" * 5_000
    if name == "png":
        return b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
    return b"\xff\xfe" + "---\ntitle: 十六位\n---\n正文".encode("utf-16-le")


@pytest.mark.parametrize("name", ["random", "zip", "nul", "png", "utf16"])
def test_binary_junk_is_listed_or_read_and_harms_nothing(built: Site, name: str) -> None:
    built.write({"junk.md": _junk(name)})
    report = built.reindex()
    assert report.posts + len(report.skipped) == 6
    if name in ("zip", "nul", "png"):
        assert list(reasons(report)) == ["junk.md"]
    answers(built)
    assert built.reindex().skipped == report.skipped


def test_links_that_lead_in_a_circle_are_listed(built: Site) -> None:
    (built.posts / "up").symlink_to(built.posts)
    (built.posts / "sub").mkdir()
    (built.posts / "sub" / "top").symlink_to("..")
    (built.posts / "self.md").symlink_to("self.md")
    (built.posts / "a.md").symlink_to("b.md")
    (built.posts / "b.md").symlink_to("a.md")
    report = built.reindex()
    assert reasons(report) == dict.fromkeys(
        ("up", "sub/top", "self.md", "a.md", "b.md"), "a symbolic link, not followed"
    )
    assert report.posts == 5
    answers(built)


def test_things_that_are_no_files_are_listed(built: Site) -> None:
    os.mkfifo(built.posts / "pipe.md")  # reading it would wait for ever
    (built.posts / "folder.md").mkdir()
    assert reasons(built.reindex()) == {"pipe.md": "not an ordinary file"}
    answers(built)


def test_a_post_that_vanishes_while_it_is_read(built: Site) -> None:
    """The folder is alive: between the walk and the reading anything may happen."""
    built.write({"new.md": post_text("新", "新的一篇。"), "gone.md": post_text("没", "没有了。")})
    original = Changes.new_posts

    def vanishing(self: Changes, *arguments: object) -> object:
        (built.posts / "gone.md").unlink()
        return original(self, *arguments)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Changes, "new_posts", vanishing)
        report = built.reindex()
    assert report.added == 1
    assert reasons(report) == {"gone.md": "the file can't be read: No such file or directory"}
    assert built.reindex().skipped == ()
