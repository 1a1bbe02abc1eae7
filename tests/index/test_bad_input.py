"""Each bad input the product promises to survive: a clear word, and the index answers on."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from index.changes import Changes
from index.embedding.base import OnBatch, Vectors
from index.errors import (
    BusyError,
    IndexMissingError,
    QinwenError,
    SettingsError,
    SnapshotError,
    StorageError,
)
from index.lexical.inverted_index import LexicalIndex
from index.snapshot.lock import writer_lock
from index.snapshot.pointer import rollback
from tests.index.runs import NOW, Site, Watched, cached_vectors, reasons
from tests.index.snapshot.faults import FaultyDisk, disk_full
from tests.sites import HARBOUR, numbered_posts, post_text, write_site

ROOT = Path(__file__).resolve().parents[2]
BRIDGE, TEA = "2021-12-08-bridge.md", "2022-03-01-tea.md"
QUESTION = "海雾大桥全长多少公里？"
NOBODY = 65534
LIMIT_S = 60.0


@pytest.fixture
def built(site: Site) -> Site:
    site.reindex()
    site.embedder.seen.clear()
    return site


def answers(site: Site) -> None:
    """The index answers as it did."""
    assert site.ask(QUESTION).sources[0].post.endswith(BRIDGE)


def is_clear(error: QinwenError) -> None:
    """One sentence on one line, and what to do now."""
    assert error.message.endswith((".", "?")) and error.remedy.endswith(".")
    assert "\n" not in str(error) and "Traceback" not in str(error)


# Folders


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


# Posts


@contextmanager
def as_nobody(folder: Path) -> Iterator[None]:
    """Without root's right to read everything; `folder` is ours then."""
    if os.geteuid() != 0:
        yield
        return
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


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


def test_a_reader_needs_no_right_to_write(shared: Site) -> None:
    """The bot is another user than the admin who indexes."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    shared.cache = shared.home / "nobody-has-this"
    os.seteuid(NOBODY)
    try:
        answers(shared)
        with pytest.raises(StorageError, match="No permission to write") as caught:
            shared.reindex()
        is_clear(caught.value)
    finally:
        os.seteuid(0)


def test_a_folder_that_may_not_be_read(shared: Site) -> None:
    with as_nobody(shared.home):
        shared.index.chmod(0)
        with pytest.raises(QinwenError, match=r"No permission to (read|write)") as caught:
            shared.open()
        is_clear(caught.value)
        shared.index.chmod(0o700)
        answers(shared)


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


# Indexes


def test_no_index_at_all(site: Site) -> None:
    with pytest.raises(IndexMissingError, match="There is no index in") as caught:
        site.open()
    is_clear(caught.value)
    assert not site.index.exists()


def test_an_index_of_another_model(built: Site) -> None:
    own, built.embedder = built.embedder, Watched(dimension=64)
    for attempt in (built.open, built.reindex):
        with pytest.raises(SnapshotError, match="hash-v1-256 in the index, hash-v1-64 in"):
            attempt()
    built.embedder = own
    answers(built)


def test_an_index_of_another_format(built: Site) -> None:
    manifest = built.layout.snapshot(built.snapshot or "").manifest
    good = manifest.read_text()
    manifest.write_text(good.replace('"format": 1', '"format": 99'))
    for attempt in (built.open, built.reindex):
        with pytest.raises(SnapshotError, match="format 99, this program reads format 1") as caught:
            attempt()
        is_clear(caught.value)
        assert "--full" in caught.value.remedy
    manifest.write_text(good)
    answers(built)


def _truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _grown(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"x")


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _gone(path: Path) -> None:
    path.unlink()


DAMAGES = (_truncated, _flipped, _grown, _emptied, _gone)


def _damaged(site: Site, damage: Callable[[Path], None]) -> Iterator[Path]:
    """Each file of the current snapshot in turn, damaged; whole again afterwards."""
    folder = site.layout.snapshot(site.snapshot or "").folder
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or (path.stat().st_size == 0 and damage is not _grown):
            continue
        good = path.read_bytes()
        damage(path)
        yield path
        path.write_bytes(good)


@pytest.mark.parametrize("damage", DAMAGES)
def test_any_damaged_file_is_named_and_the_last_good_snapshot_answers(
    built: Site, damage: Callable[[Path], None]
) -> None:
    old = built.snapshot
    built.write({"new.md": post_text("新", "新的一篇。")})
    built.reindex()
    new = built.snapshot
    damaged = 0
    for path in _damaged(built, damage):
        damaged += 1
        for attempt in (built.open, built.reindex):
            with pytest.raises(SnapshotError) as caught:
                attempt()
            is_clear(caught.value)
            assert str(path) in caught.value.message
            assert "qinwen rollback" in caught.value.remedy
        with pytest.raises(SnapshotError) as caught:
            built.open()
        assert f"answer from {old}, which is whole" in caught.value.remedy
        with writer_lock(built.layout, lambda: NOW):
            assert rollback(built.layout) == old
        answers(built)
        built.layout.current.write_text(f"{new}\n")
    assert damaged > 8
    answers(built)


@pytest.mark.parametrize("damage", DAMAGES)
def test_full_mends_any_damage_and_embeds_nothing(
    built: Site, damage: Callable[[Path], None]
) -> None:
    old = built.snapshot
    next(_damaged(built, damage))
    report = built.reindex(full=True)
    assert report.embedded == 0 and built.snapshot != old
    answers(built)


@pytest.mark.parametrize("text", ["", "\n", "../../etc\n", "20220601T040000Z-000077\n", "\xff\xfe"])
def test_a_damaged_pointer(built: Site, text: str) -> None:
    built.layout.current.write_text(text, encoding="latin-1")
    for attempt in (built.open, built.reindex):
        with pytest.raises(SnapshotError) as caught:
            attempt()
        is_clear(caught.value)
    with writer_lock(built.layout, lambda: NOW):
        rollback(built.layout)
    answers(built)


def test_a_read_only_disk_answers(built: Site) -> None:
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("only root may mount")
    mount = ["mount", "--bind", str(built.index), str(built.index)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        again = ["mount", "-o", "remount,ro,bind", str(built.index)]
        if subprocess.run(again, capture_output=True).returncode:
            pytest.skip("mounting is not allowed here")
        answers(built)
        with pytest.raises(StorageError, match=r"read-only|can't be written") as caught:
            built.reindex()
        is_clear(caught.value)
    finally:
        subprocess.run(["umount", str(built.index)], check=True)
    answers(built)


# The disk


def test_a_full_disk_while_publishing(built: Site) -> None:
    built.write({"new.md": post_text("新港口开工", "新港口今日开工，泊位12个。")})
    built.disk = FaultyDisk(3, disk_full)
    with pytest.raises(StorageError, match="The disk is full") as caught:
        built.reindex()
    is_clear(caught.value)
    answers(built)
    built.disk = FaultyDisk()
    assert (built.reindex().added, built.ask("新港口泊位").sources[0].post) == (1, "new.md")


def test_a_disk_that_is_really_full(warm_cache: Path, tmp_path: Path) -> None:
    """A file system of 1 MB, filled up: whatever does not fit says so, and nothing is lost."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("only root may mount")
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(small)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        _fill_and_free(Site(small, warm_cache))
    finally:
        subprocess.run(["umount", str(small)], check=True)


def _fill_and_free(site: Site) -> None:
    site.write(HARBOUR)
    site.reindex()
    site.write(numbered_posts(150))
    failed = 0
    ballast = site.home / "ballast"
    free = shutil.disk_usage(site.home).free
    for left in range(0, free, max(1, free // 12)):
        with ballast.open("wb") as file, suppress(OSError):
            file.write(b"x" * (free - left))
        try:
            site.reindex()
        except StorageError as error:
            is_clear(error)
            failed += 1
            ballast.write_bytes(b"")  # the message goes on: make room
            answers(site)
        else:
            break
        ballast.unlink()
    assert failed > 3
    ballast.unlink(missing_ok=True)
    assert site.reindex().posts == 155
    answers(site)
    leftovers = [p.name for p in site.layout.snapshots.iterdir() if p.name.startswith(".")]
    assert leftovers == []


LIMITED = """
import resource, signal, sys
from pathlib import Path
from index.errors import StorageError
from tests.index.runs import Site
site = Site(Path(sys.argv[1]), Path(sys.argv[2]))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
try:
    print(site.reindex().posts)
except StorageError as error:
    print(error)
    sys.exit(1)
"""


@pytest.mark.parametrize("limit", [0, 4_096, 30_000, 60_000, 120_000])
def test_files_that_may_not_grow(built: Site, limit: int) -> None:
    """Every writer meets the limit in its own way: SQLite, FAISS, tantivy, our own."""
    built.write(numbered_posts(150))
    command = [sys.executable, "-c", LIMITED, str(built.home), str(built.cache), str(limit)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_S)
    assert ran.returncode == 1, ran
    (line,) = ran.stdout.splitlines()
    assert line.endswith(".") and "Traceback" not in ran.stderr
    answers(built)
    assert built.reindex().posts == 155
    answers(built)


# Other runs


class Slow(Watched):
    """Stops in the middle of embedding until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.go = threading.Event(), threading.Event()

    def embed_passages(self, texts: Sequence[str], on_batch: OnBatch | None = None) -> Vectors:
        self.reached.set()
        assert self.go.wait(LIMIT_S)
        return super().embed_passages(texts, on_batch)


def test_a_second_run_at_the_same_time(built: Site) -> None:
    built.write({"new.md": post_text("新", "新的一篇。")})
    slow = Site(built.home, built.cache, embedder=Slow())
    failed: list[BaseException] = []

    def work() -> None:
        try:
            slow.reindex()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        assert slow.embedder.reached.wait(LIMIT_S)  # type: ignore[attr-defined]
        with pytest.raises(BusyError) as caught:
            built.reindex()
        is_clear(caught.value)
        assert f"(process {os.getpid()})" in caught.value.message
        answers(built)  # readers are not held up
        assert built.reindex(dry_run=True).added == 1  # nor is a dry run
    finally:
        slow.embedder.go.set()  # type: ignore[attr-defined]
        thread.join(LIMIT_S)
    assert failed == [] and built.reindex().unchanged == 6


# Writes a byte once the first batch is kept, then takes its time: a moment to press Ctrl-C.
INTERRUPTED = """
import sys, time
from pathlib import Path
from index.cli import main
from index.embedding import factory
from index.embedding.hashing import HashEmbedder
class Slow(HashEmbedder):
    def embed_passages(self, texts, on_batch=None):
        kept = on_batch
        def slow(positions, vectors):
            kept(positions, vectors)
            sys.stdout.write("."); sys.stdout.flush()
            time.sleep(60)
        return super().embed_passages(texts, slow)
factory.HashEmbedder = Slow
sys.exit(main(["reindex", sys.argv[1], "--index", sys.argv[2]]))
"""


def test_ctrl_c_in_the_middle_of_embedding(built: Site) -> None:
    """One line, exit code 130, and the batch that was done is not done again."""
    built.write(numbered_posts(600))
    command = [sys.executable, "-c", INTERRUPTED, str(built.posts), str(built.index)]
    env = {
        **os.environ,
        "QINWEN_EMBEDDING__MODEL": "hash",
        "XDG_CACHE_HOME": str(built.cache / "xdg"),
    }
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stdout.read(1) == "."
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 130 and out == ""
    lines = [line for line in err.splitlines() if not line.startswith("embedding: ")]
    assert lines == ["qinwen: Stopped. Nothing is lost; run it again to go on."]
    assert cached_vectors(built.layout.embeddings) == 5 + 256
    answers(built)
    assert not [p for p in built.layout.snapshots.iterdir() if p.name.startswith(".")]
    report = built.reindex()
    assert (report.added, report.embedded) == (600, 600 - 256)


# Questions


@pytest.mark.parametrize("text", ["", " \n", "问" * 10_000])
def test_a_question_that_is_none(built: Site, text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        built.ask(text)
    is_clear(caught.value)
    answers(built)


def test_a_question_of_emoji_only(built: Site) -> None:
    answer = built.ask("😀🎉")
    assert (answer.text, answer.sources, answer.reason) == (None, (), "no_words")
    answers(built)


def test_a_word_index_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="can't be opened") as caught:
        LexicalIndex(tmp_path)
    is_clear(caught.value)
