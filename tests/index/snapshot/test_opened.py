from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.errors import IndexMissingError, SnapshotError
from index.filters import Columns, Filters
from index.snapshot import opened as opened_module
from index.snapshot.content_writer import ContentWriter
from index.snapshot.layout import IndexLayout, SnapshotLayout
from index.snapshot.manifest import Expected, MismatchError
from index.snapshot.opened import Opening, open_folder, open_snapshot
from index.snapshot.pointer import current_name, rollback
from index.snapshot.publish import building, publish
from index.vectors.base import Rows
from index.vectors.factory import write_store
from tests.index.snapshot.site import (
    DIMENSION,
    HOW,
    NOON,
    fill,
    generation_of,
    manifest_of,
    open_words,
    publish_generation,
    site_of,
    vector_of,
    write_words,
)


@pytest.fixture
def index(tmp_path: Path) -> IndexLayout:
    return IndexLayout(tmp_path / "index")


def test_no_index_says_how_to_make_one(index: IndexLayout) -> None:
    with pytest.raises(IndexMissingError, match=r"no index in .*index yet.*qinwen reindex POSTS…"):
        open_snapshot(index, HOW)
    publish_generation(index, 1)
    index.current.unlink()
    with pytest.raises(IndexMissingError):
        open_snapshot(index, HOW)


@pytest.mark.parametrize("kind", ["exact", "faiss"])
def test_all_parts_are_there(index: IndexLayout, tmp_path: Path, kind: str) -> None:
    publish_generation(index, 2, kind)  # type: ignore[arg-type]
    snapshot = open_snapshot(index, Opening(open_words, tmp_path / "v", threads=1))
    assert generation_of(snapshot) == 2
    assert snapshot.manifest.store == kind and snapshot.manifest.posts == 3
    assert snapshot.vectors.count == snapshot.content.passage_count == 6
    only = Filters(categories=frozenset({"财经"}))
    ((ids, _),) = snapshot.vectors.search(vector_of(2)[None], 9, only)
    assert ids.tolist() == [1, 2, 3, 4, 5, 6]
    snapshot.close()


def test_an_empty_site_can_be_opened(index: IndexLayout) -> None:
    with building(index, NOON) as draft:
        with ContentWriter(draft.files.content):
            pass
        nothing = np.empty(0, np.int64)
        rows = Rows(nothing, np.empty((0, DIMENSION), np.float32))
        write_store("faiss", draft.files.vectors, rows)
        write_words(draft.files.lexical, 1, nothing)
        publish(draft, manifest_of(store="faiss"), lambda files: None)
    snapshot = open_snapshot(index, HOW)
    assert snapshot.content.post_count == 0
    assert len(snapshot.vectors.search(vector_of(0)[None], 5, Filters())[0][0]) == 0


def flip_middle(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("damage", [flip_middle, cut_half, Path.unlink])
@pytest.mark.parametrize(
    "name",
    [
        "manifest.json",
        "content.sqlite",
        "lexical/words.txt",
        "vectors/ids.npy",
        "vectors/index.faiss",
    ],
)
def test_damage_is_found_before_sqlite_or_faiss_read(
    index: IndexLayout,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    damage: Callable[[Path], None],
) -> None:
    """A damaged index stays refused, names the file and the whole one, and `rollback` mends it."""
    whole = publish_generation(index, 1, "faiss").name
    bad = publish_generation(index, 2, "faiss")
    how = Opening(open_words, tmp_path / "v")
    open_snapshot(index, how).close()
    damage(bad.folder / name)
    opened: list[str] = []
    for part in ("ContentReader", "open_store"):
        monkeypatch.setattr(opened_module, part, lambda *_, part=part: opened.append(part))
    with pytest.raises(SnapshotError) as caught:
        open_snapshot(index, how)
    assert not opened
    assert Path(name).name in caught.value.message
    assert f"qinwen rollback` to answer from {whole}" in caught.value.remedy
    assert "reindex POSTS… --full" in caught.value.remedy and caught.value.exit_code == 3
    assert current_name(index) == bad.name  # readers never move the pointer
    monkeypatch.undo()
    rollback(index)
    assert generation_of(open_snapshot(index, how)) == 1


def test_without_a_whole_one_there_is_only_rebuilding(index: IndexLayout) -> None:
    for number in (1, 2):
        flip_middle(publish_generation(index, number).content)
    with pytest.raises(SnapshotError) as caught:
        open_snapshot(index, HOW)
    assert caught.value.remedy == "Run `qinwen reindex POSTS… --full`."


def test_a_pointer_to_nowhere_names_the_whole_one(index: IndexLayout) -> None:
    first, second = publish_generation(index, 1), publish_generation(index, 2)
    shutil.rmtree(second.folder)
    with pytest.raises(SnapshotError, match=f"missing.*rollback.*{first.name}, which is whole"):
        open_snapshot(index, HOW)
    index.current.write_text("noise")
    with pytest.raises(SnapshotError, match=f"names no snapshot.*{first.name}, which is whole"):
        open_snapshot(index, HOW)


AGREES = Expected("hash-8", DIMENSION, "unit", "words-1", {"max_chars": 400, "min_chars": 80})


@pytest.mark.parametrize(
    "other",
    [
        {"model": "hash-9"},
        {"dimension": 9},
        {"normalisation": "none"},
        {"tokenizer": "words-2"},
        {"passage_settings": {"max_chars": 401, "min_chars": 80}},
    ],
)
def test_other_settings_are_refused_with_the_way_to_mend_it(
    index: IndexLayout, other: dict[str, object]
) -> None:
    publish_generation(index, 1)
    publish_generation(index, 2)
    generation_of(open_snapshot(index, replace(HOW, expected=AGREES)))
    with pytest.raises(MismatchError, match=r"reindex POSTS… --full") as caught:
        open_snapshot(index, replace(HOW, expected=replace(AGREES, **other)))
    assert "rollback" not in str(caught.value)


def test_another_engine_is_no_reason_to_refuse(index: IndexLayout) -> None:
    with building(index, NOON) as draft:
        manifest = fill(draft.files, 1, "exact", site_of(1))
        publish(draft, manifest.model_copy(update={"engine": "other"}), lambda files: None)
    assert open_snapshot(index, replace(HOW, expected=AGREES)).manifest.engine == "other"


def publish_with(index: IndexLayout, spoil: Callable[[SnapshotLayout], None], **promised: object):
    """Publishes what an imagined bug wrote: every checksum is right, the parts disagree."""
    with building(index, NOON) as draft:
        manifest = fill(draft.files, 1, "exact", site_of(1))
        spoil(draft.files)
        publish(draft, manifest.model_copy(update=promised), lambda files: None)


def other_vectors(files: SnapshotLayout) -> None:
    shutil.rmtree(files.vectors)
    vectors = np.repeat(vector_of(1)[None], 6, axis=0)
    write_store("exact", files.vectors, Rows(np.arange(2, 8), vectors))


def other_dimension(files: SnapshotLayout) -> None:
    shutil.rmtree(files.vectors)
    vectors = np.eye(DIMENSION + 1, dtype=np.float32)[:6]
    write_store("exact", files.vectors, Rows(np.arange(1, 7), vectors))


def other_words(files: SnapshotLayout) -> None:
    shutil.rmtree(files.lexical)
    write_words(files.lexical, 1, np.arange(1, 6))


def other_content(files: SnapshotLayout) -> None:
    files.content.unlink()
    with ContentWriter(files.content) as writer:
        for post in site_of(1):
            writer.add_post(post, "h", [])


DISAGREE: dict[str, tuple[Callable[[SnapshotLayout], None], dict[str, object], str]] = {
    "ids of vectors": (other_vectors, {}, "vectors of 6 others"),
    "dimension": (other_dimension, {}, "should hold 8 dimensions, but holds 9"),
    "ids of words": (other_words, {}, "other words"),
    "passages": (other_content, {}, "should hold 6 passages, but holds 0"),
    "posts": (lambda files: None, {"posts": 4}, "should hold 4 posts, but holds 3"),
    "store": (lambda files: None, {"store": "milvus"}, "no vector store 'milvus'"),
    "other store's files": (lambda files: None, {"store": "faiss"}, "FAISS can't read"),
}


@pytest.mark.parametrize("case", DISAGREE)
def test_parts_that_disagree_are_refused(index: IndexLayout, case: str) -> None:
    spoil, promised, said = DISAGREE[case]
    publish_with(index, spoil, **promised)
    with pytest.raises(SnapshotError, match=said):
        open_snapshot(index, HOW)


def test_a_failed_opening_lets_go_of_its_files(
    index: IndexLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_with(index, other_words)
    closed: list[str] = []
    real = opened_module.ContentReader.close

    def noting(self: opened_module.ContentReader) -> None:
        closed.append("content")
        real(self)

    monkeypatch.setattr(opened_module.ContentReader, "close", noting)
    with pytest.raises(SnapshotError, match="other words"):
        open_snapshot(index, HOW)
    assert closed == ["content"]


def test_a_snapshot_pruned_while_it_is_opened_is_left_for_the_newer(index: IndexLayout) -> None:
    """Keeping only one, a run publishes and prunes between reading the pointer and opening."""
    publish_generation(index, 1, keep=1)
    published = iter(range(2, 4))

    def slow(folder: Path, columns: Columns) -> int:
        number = next(published, None)
        if number is not None:
            publish_generation(index, number, keep=1)
        return open_words(folder, columns)

    snapshot = open_snapshot(index, Opening(slow, None))
    assert generation_of(snapshot) == 3 and snapshot.name == current_name(index)


def test_it_gives_up_when_the_pointer_never_rests(index: IndexLayout) -> None:
    publish_generation(index, 1, keep=1)
    calls: list[int] = []

    def never(folder: Path, columns: Columns) -> int:
        calls.append(1)
        publish_generation(index, 1 + len(calls), keep=1)
        return open_words(folder, columns)

    with pytest.raises(SnapshotError):
        open_snapshot(index, Opening(never, None))
    assert len(calls) == 5


def test_an_open_snapshot_outlives_its_folder(index: IndexLayout) -> None:
    publish_generation(index, 1, "faiss")
    snapshot = open_snapshot(index, HOW)
    for number in range(2, 7):
        publish_generation(index, number, "faiss")
    assert not snapshot.layout.folder.exists()
    assert generation_of(snapshot) == 1
    assert all(post.text.startswith("第1代") for _, post in snapshot.content.iter_passages())
    assert snapshot.name != current_name(index)
    snapshot.close()


def test_any_snapshot_can_be_opened_by_name(index: IndexLayout) -> None:
    first = publish_generation(index, 1)
    publish_generation(index, 2)
    assert generation_of(open_folder(index.snapshot(first.name), HOW)) == 1
