from __future__ import annotations

import shutil
import sqlite3
import threading
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from index.errors import PostError, SnapshotError, StorageError
from index.filters import NO_DAY, Filters
from index.records import Post
from index.snapshot.content import ContentReader
from index.snapshot.content_writer import ContentWriter
from index.snapshot.schema import writing_errors
from tests.index.snapshot.site import NOON, hash_of, post_of, reader_of

ODD = "a😀𠮷字\r\n\x00\ufeff e\u0301 👨‍👩‍👧 '\"; DROP TABLE posts"


def test_a_post_comes_back_as_it_was(tmp_path: Path) -> None:
    posts = [
        post_of("a/😀 𠮷.md", ODD, title=ODD, tags=(ODD, "", "b"), categories=(), publisher=ODD),
        post_of("a/b.md", "", title="", date=None, tags=(), url=None),
        post_of("a/c.md", "字", date=datetime(2021, 12, 8, 23, 59, 59, 999999, tzinfo=UTC)),
    ]
    reader = reader_of(tmp_path / "content.sqlite", posts)
    assert [reader.post(post.id) for post in posts] == posts
    assert [reader.post(post.id).day for post in posts] == [post.day for post in posts]
    with pytest.raises(KeyError):
        reader.post("a/none.md")


def test_offsets_are_python_characters(tmp_path: Path) -> None:
    """Neither bytes nor UTF-16 units: an emoji and an Extension B character count one each."""
    post = post_of("a/b.md", "😀𠮷一二𠮷😀三")
    with ContentWriter(tmp_path / "c") as writer:
        ids = writer.add_post(post, "h", [(0, 2), (2, 4), (4, 7)])
    found = ContentReader(tmp_path / "c").passages(ids)
    assert [passage.text for passage, _ in found] == ["😀𠮷", "一二", "𠮷😀三"]
    assert [(p.post_id, p.number, p.start, p.end) for p, _ in found] == [
        ("a/b.md", 0, 0, 2),
        ("a/b.md", 1, 2, 4),
        ("a/b.md", 2, 4, 7),
    ]
    assert ids.tolist() == [1, 2, 3] and ids.dtype == np.int64


def test_passages_come_in_the_order_asked(tmp_path: Path) -> None:
    reader = reader_of(tmp_path / "c", [post_of(f"a/{i}", f"文{i}") for i in range(2_500)])
    asked = np.random.default_rng(1).permutation(np.arange(1, 2_501))[:2_200]
    assert [passage.id for passage, _ in reader.passages(asked)] == asked.tolist()
    assert [post.text for _, post in reader.passages([7, 3, 7])] == ["文6", "文2", "文6"]
    assert reader.passages([]) == []
    everything = list(reader.iter_passages())
    assert [passage.id for passage, _ in everything] == list(range(1, 2_501))
    for missing in (0, 2_501, -1):
        with pytest.raises(SnapshotError, match=f"Passage {missing} "):
            reader.passages([1, missing])


def test_passages_of_a_post_share_it(tmp_path: Path) -> None:
    with ContentWriter(tmp_path / "c") as writer:
        ids = writer.add_post(post_of("a/1", "一二"), "h", [(0, 1), (1, 2)])
    (_, first), (_, second) = ContentReader(tmp_path / "c").passages(ids)
    assert first is second


def copied(tmp_path: Path, number: int, **options: int) -> ContentWriter:
    return ContentWriter(tmp_path / f"c{number}", tmp_path / f"c{number - 1}", **options)


def test_the_next_snapshot_starts_from_a_copy(tmp_path: Path) -> None:
    posts = [post_of(f"a/{i}", f"文{i}") for i in range(4)]
    before = reader_of(tmp_path / "c0", posts)
    bytes_before = (tmp_path / "c0").read_bytes()
    with copied(tmp_path, 1) as writer:
        assert writer.remove_posts(["a/1", "a/3"]).tolist() == [2, 4]
        changed = post_of("a/1", "新文一")
        assert writer.add_post(changed, "new", [(0, 3)]).tolist() == [5]
    after = ContentReader(tmp_path / "c1")
    assert sorted(after.hashes()) == ["a/0", "a/1", "a/2"]
    assert after.hashes()["a/1"] == "new" and after.hashes()["a/0"] == hash_of(posts[0])
    assert after.columns().ids.tolist() == [1, 3, 5]
    assert (after.post_count, after.passage_count, after.next_id) == (3, 3, 6)
    assert after.post("a/1") == changed
    assert before.passage_count == 4 and (tmp_path / "c0").read_bytes() == bytes_before


def test_passage_ids_never_come_back(tmp_path: Path) -> None:
    reader_of(tmp_path / "c0", [post_of("a/0", "一"), post_of("a/1", "二")])
    with copied(tmp_path, 1) as writer:
        assert writer.remove_posts(["a/0", "a/1"]).tolist() == [1, 2]
    with copied(tmp_path, 2) as writer:
        assert writer.add_post(post_of("a/0", "一"), "h", [(0, 1)]).tolist() == [3]
    empty = ContentReader(tmp_path / "c1")
    assert (empty.post_count, empty.passage_count, empty.newest_day()) == (0, 0, None)
    with ContentWriter(tmp_path / "full", next_id=ContentReader(tmp_path / "c2").next_id) as writer:
        assert writer.add_post(post_of("a/0", "一"), "h", [(0, 1)]).tolist() == [4]


def test_a_post_without_passages_uses_up_no_id(tmp_path: Path) -> None:
    with ContentWriter(tmp_path / "c") as writer:
        assert writer.add_post(post_of("a/0", "一"), "h", []).tolist() == []
        assert writer.add_post(post_of("a/1", "二"), "h", [(0, 1)]).tolist() == [1]
    reader = ContentReader(tmp_path / "c")
    assert (reader.post_count, reader.passage_count) == (2, 1)
    assert reader.passage_counts() == {"a/0": 0, "a/1": 1}


def test_a_renamed_post_keeps_its_passages(tmp_path: Path) -> None:
    old = post_of("a/old", "一二", title="题")
    reader_of(tmp_path / "c0", [post_of("a/0", "零"), old])
    new = post_of(
        "b/2022-01-02-new", "一二", title="题", date=NOON + timedelta(days=9), categories=("新",)
    )
    with copied(tmp_path, 1) as writer:
        assert writer.rename_post("a/old", new)
    after = ContentReader(tmp_path / "c1")
    ((passage, post),) = after.passages([2])
    assert post == new and passage.post_id == new.id and passage.text == "一二"
    assert after.hashes() == {"a/0": after.hashes()["a/0"], new.id: hash_of(old)}
    assert after.columns().allowed(Filters(categories=frozenset({"新"}))).tolist() == [2]
    assert after.columns().days[1] == date(2021, 12, 17).toordinal()


@pytest.mark.parametrize("change", [{"title": "别"}, {"text": "别"}])
def test_a_rename_that_changes_words_is_none(tmp_path: Path, change: dict[str, str]) -> None:
    old = post_of("a/old", "一二", title="题")
    reader_of(tmp_path / "c0", [old])
    with copied(tmp_path, 1) as writer:
        values = {"text": "一二", "title": "题", **change}
        assert not writer.rename_post("a/old", post_of("a/new", **values))
    assert ContentReader(tmp_path / "c1").post("a/old") == old


def test_wrong_calls_are_refused(tmp_path: Path) -> None:
    reader_of(tmp_path / "c0", [post_of("a/0", "一"), post_of("a/1", "二")])
    with copied(tmp_path, 1) as writer:
        with pytest.raises(ValueError, match="there already"):
            writer.add_post(post_of("a/0", "一"), "h", [])
        with pytest.raises(ValueError, match="isn't there"):
            writer.remove_posts(["a/9"])
        with pytest.raises(ValueError, match="isn't there"):
            writer.rename_post("a/9", post_of("a/8", "x"))
        with pytest.raises(ValueError, match="there already"):
            writer.rename_post("a/0", post_of("a/1", "一"))
        for span in ((-1, 1), (1, 0), (0, 2)):
            with pytest.raises(ValueError, match="outside"):
                writer.add_post(post_of("a/3", "一"), "h", [(0, 1), span])
    assert sorted(ContentReader(tmp_path / "c1").hashes()) == ["a/0", "a/1"]


@pytest.mark.parametrize("where", ["id", "title", "text", "tags", "publisher"])
def test_half_a_surrogate_pair_is_a_post_to_skip(tmp_path: Path, where: str) -> None:
    values: dict[str, object] = {"id": "a/0", "text": "一", where: "a\ud83d"}
    if where == "tags":
        values["tags"] = ("a\ud83d",)
    post = post_of(str(values.pop("id")), str(values.pop("text")), **values)
    with ContentWriter(tmp_path / "c") as writer:
        with pytest.raises(PostError, match="surrogate"):
            writer.add_post(post, "h", [])
        writer.add_post(post_of("a/1", "二"), "h", [(0, 1)])
    assert list(ContentReader(tmp_path / "c").hashes()) == ["a/1"]


def test_columns_know_days_and_categories(tmp_path: Path) -> None:
    posts = [
        post_of("a/0", "一", categories=("财经", "科技")),
        post_of("a/1", "二", categories=(), date=None),
        post_of("a/2", "三", categories=("科技",), date=datetime(2021, 12, 31, 17, tzinfo=UTC)),
    ]
    columns = reader_of(tmp_path / "c", posts).columns()
    assert columns.ids.tolist() == [1, 2, 3]
    assert columns.ids.dtype == np.int64 and columns.days.dtype == np.int32
    assert columns.days.tolist() == [
        date(2021, 12, 8).toordinal(),
        NO_DAY,
        date(2021, 12, 31).toordinal(),
    ]
    sets = [columns.category_sets[code] for code in columns.category_codes]
    assert sets == [{"财经", "科技"}, frozenset(), {"科技"}]
    assert columns.allowed(Filters(categories=frozenset({"科技"}))).tolist() == [1, 3]
    assert columns.allowed(Filters(since=date(2021, 12, 9))).tolist() == [3]
    assert columns.allowed(Filters(categories=frozenset())).tolist() == []


def test_hashes_titles_and_days(tmp_path: Path) -> None:
    posts = [
        post_of("b/1", "一", title="乙", tags=("x", "y"), date=NOON - timedelta(days=1)),
        post_of("a/1", "一", title="甲", tags=(), date=None),
    ]
    with ContentWriter(tmp_path / "c") as writer:
        for post in [*posts, post_of("c/1", "", title="", tags=())]:
            writer.add_post(post, "same" if post.text else "other", [])
    reader = ContentReader(tmp_path / "c")
    assert reader.hashes() == {"b/1": "same", "a/1": "same", "c/1": "other"}
    assert reader.titles_and_tags() == [("甲", ()), ("乙", ("x", "y")), ("", ())]
    assert reader.newest_day() == date(2021, 12, 8)
    assert (reader.post_count, reader.passage_count) == (3, 0)


def test_latest_posts_come_newest_first(tmp_path: Path) -> None:
    posts = [
        post_of("a/old", "旧", date=NOON - timedelta(days=400)),
        post_of("a/undated", "无", date=None),
        post_of("a/b", "同", categories=("交通", "财经")),
        post_of("a/a", "同"),
        # An hour before noon there, though its text sorts after it.
        post_of(
            "a/east", "东", date=datetime(2021, 12, 8, 13, tzinfo=timezone(timedelta(hours=10)))
        ),
        post_of("a/odd", "奇", date=NOON + timedelta(microseconds=999_000), categories=()),
    ]
    reader = reader_of(tmp_path / "c", posts)
    by_id = {post.id: post for post in posts}
    newest = ["a/odd", "a/a", "a/b", "a/east", "a/old"]
    assert reader.latest_posts(9) == [by_id[name] for name in newest]
    assert [post.id for post in reader.latest_posts(2)] == newest[:2]
    assert [post.id for post in reader.latest_posts(9, "交通")] == ["a/b"]
    assert [post.id for post in reader.latest_posts(1, "财经")] == ["a/a"]
    for nothing in (
        reader.latest_posts(9, "交"),
        reader.latest_posts(9, '"]'),
        reader.latest_posts(0),
    ):
        assert nothing == []


def test_no_dates_no_newest_day(tmp_path: Path) -> None:
    assert reader_of(tmp_path / "c", [post_of("a/0", "一", date=None)]).newest_day() is None


def test_folders_with_odd_names(tmp_path: Path) -> None:
    folder = tmp_path / "a?b#c%20 d 琴问'"
    folder.mkdir()
    assert reader_of(folder / "content.sqlite", [post_of("a/0", "一")]).post_count == 1
    assert [path.name for path in folder.iterdir()] == ["content.sqlite"]


def test_many_threads_ask_at_once(tmp_path: Path) -> None:
    posts = [post_of(f"a/{i}", f"文{i}") for i in range(300)]
    reader = reader_of(tmp_path / "c", posts)
    wrong: list[object] = []

    def work(seed: int) -> None:
        draw = np.random.default_rng(seed)
        try:
            for _ in range(40):
                ids = draw.integers(1, 301, 30)
                texts = [passage.text for passage, _ in reader.passages(ids)]
                assert texts == [f"文{i - 1}" for i in ids]
                assert reader.post(f"a/{ids[0] - 1}") == posts[ids[0] - 1]
                assert len(reader.hashes()) == 300
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_deleted_file_is_still_read_by_who_has_it_open(tmp_path: Path) -> None:
    text = "长" * 200_000
    reader = reader_of(tmp_path / "c", [post_of(f"a/{i}", f"{i}{text}") for i in range(20)])
    (tmp_path / "c").unlink()
    assert [passage.text[:2] for passage, _ in reader.iter_passages()] == [
        f"{i}长"[:2] for i in range(20)
    ]


def test_a_failed_writer_publishes_nothing(tmp_path: Path) -> None:
    def failing() -> None:
        with ContentWriter(tmp_path / "c") as writer:
            writer.add_post(post_of("a/0", "一"), "h", [(0, 1)])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        failing()
    with pytest.raises(SnapshotError, match="damaged"):
        ContentReader(tmp_path / "c")


def test_a_full_disk_is_one_plain_sentence(tmp_path: Path) -> None:
    """SQLite's own limit on the size of a file raises the very error of a full disk."""

    def filling() -> None:
        with ContentWriter(tmp_path / "c") as writer:
            writer._db.execute("PRAGMA max_page_count = 30")
            for i in range(1_000):
                writer.add_post(post_of(f"a/{i}", "满" * 500), "h", [(0, 500)])

    with pytest.raises(StorageError, match=r"The disk is full: writing the index stopped.*Make"):
        filling()


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_FULL, StorageError),
        (sqlite3.SQLITE_IOERR_WRITE, StorageError),
        (sqlite3.SQLITE_READONLY_DIRECTORY, StorageError),
        (sqlite3.SQLITE_CORRUPT_INDEX, SnapshotError),
        (sqlite3.SQLITE_NOTADB, SnapshotError),
    ],
)
def test_extended_codes_tell_the_disk_from_damage(code: int, kind: type[Exception]) -> None:
    error = sqlite3.OperationalError("said by SQLite")
    error.sqlite_errorcode = code
    with pytest.raises(kind), writing_errors(Path("c")):
        raise error


def test_a_folder_that_can_not_be_written(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="writing the index"):
        ContentWriter(tmp_path / "nowhere" / "c")


def whole(tmp_path: Path) -> bytes:
    posts = [post_of(f"a/{i}", "文" * 3_000) for i in range(30)]
    reader_of(tmp_path / "c", posts).close()
    return (tmp_path / "c").read_bytes()


DAMAGE = {
    "missing": None,
    "empty": b"",
    "text": "琴问".encode() * 5_000,
    "another database": "other",
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_no_content_file_is_refused(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "c"
    if damage == "another database":
        with sqlite3.connect(path) as other:
            other.execute("CREATE TABLE posts (a)")
        other.close()
    elif DAMAGE[damage] is not None:
        path.write_bytes(DAMAGE[damage])
    with pytest.raises(SnapshotError, match=r"qinwen reindex POSTS… --full"):
        ContentReader(path)
    assert path.exists() == (damage != "missing")


def test_another_format_is_refused(tmp_path: Path) -> None:
    whole(tmp_path)
    with sqlite3.connect(tmp_path / "c") as db:
        db.execute("PRAGMA user_version = 7")
    db.close()
    with pytest.raises(SnapshotError, match="content format 7, this program reads 1"):
        ContentReader(tmp_path / "c")


def test_damage_inside_is_never_an_sqlite_error(tmp_path: Path) -> None:
    """Checksums catch this before; without them it must still be one of our own errors."""
    data = whole(tmp_path)
    draw = np.random.default_rng(3)
    refused = 0
    for _ in range(150):
        broken = bytearray(data)
        for place in draw.integers(0, len(data), 30):
            broken[place] ^= 0xFF
        if draw.random() < 0.3:
            broken = broken[: int(draw.integers(0, len(data)))]
        (tmp_path / "broken").write_bytes(broken)
        try:
            reader = ContentReader(tmp_path / "broken")
            list(reader.iter_passages())
            reader.hashes()
            reader.titles_and_tags()
            reader.newest_day()
            reader.post("a/3")
        except SnapshotError:
            refused += 1
        except KeyError as error:
            assert error.args == ("a/3",)
    assert refused > 50


def test_a_damaged_file_is_no_start_for_the_next(tmp_path: Path) -> None:
    data = whole(tmp_path)
    for name, broken in (("noise", b"\0" * 4096), ("half", data[: len(data) // 2])):
        (tmp_path / name).write_bytes(broken)

        def go_on(previous: Path) -> None:
            with ContentWriter(tmp_path / "next", previous) as writer:
                writer.remove_posts([f"a/{i}" for i in range(30)])

        with pytest.raises(SnapshotError, match="damaged"):
            go_on(tmp_path / name)


def test_columns_that_lost_a_row_are_refused(tmp_path: Path) -> None:
    whole(tmp_path)
    for damage in (
        "DELETE FROM passages WHERE id = 7",
        "DELETE FROM filter_columns",
        "UPDATE filter_columns SET ids = x'0102'",
        "UPDATE filter_columns SET category_sets = '[1]'",
        "DELETE FROM counters",
    ):
        shutil.copyfile(tmp_path / "c", tmp_path / "d")
        with sqlite3.connect(tmp_path / "d") as db:
            db.execute(damage)
        db.close()
        with pytest.raises(SnapshotError):
            ContentReader(tmp_path / "d")


def test_a_post_without_its_text_is_damage(tmp_path: Path) -> None:
    whole(tmp_path)
    with sqlite3.connect(tmp_path / "c") as db:
        db.execute("DELETE FROM bodies WHERE post = 4")
        db.execute("UPDATE passages SET stop = 99999 WHERE id = 5")
    db.close()
    reader = ContentReader(tmp_path / "c")
    for broken in (4, 5):
        with pytest.raises(SnapshotError, match="damaged"):
            reader.passages([broken])
    assert isinstance(reader.passages([6])[0][1], Post)
