from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from index.errors import SnapshotError
from index.snapshot import verify as verify_module
from index.snapshot.layout import IndexLayout, SnapshotLayout
from index.snapshot.verify import MAX_REMEMBERED, describe_files, verify
from tests.index.snapshot.site import publish_generation


@pytest.fixture
def snapshot(tmp_path: Path) -> SnapshotLayout:
    return publish_generation(IndexLayout(tmp_path / "index"), 1, "faiss")


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were hashed."""
    names: list[str] = []
    real = verify_module._sha256

    def counting(path: Path) -> str:
        names.append(path.name)
        return real(path)

    monkeypatch.setattr(verify_module, "_sha256", counting)
    return names


FILES = [
    "content.sqlite",
    "lexical/words.txt",
    "vectors/ids.npy",
    "vectors/index.faiss",
]


def test_every_file_is_described(snapshot: SnapshotLayout) -> None:
    manifest = verify(snapshot)
    assert sorted(manifest.files) == FILES
    assert describe_files(snapshot) == manifest.files
    data = (snapshot.folder / "lexical/words.txt").read_bytes()
    assert manifest.files["lexical/words.txt"].size == len(data)


def flip(place: float) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[min(int(place * len(data)), len(data) - 1)] ^= 0x10
        path.write_bytes(data)

    return damage


def cut(share: float) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        data = path.read_bytes()
        path.write_bytes(data[: min(int(share * len(data)), len(data) - 1)])

    return damage


def longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


def as_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def as_link(path: Path) -> None:
    elsewhere = path.parents[3] / path.name
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


DAMAGE: dict[str, Callable[[Path], None]] = {
    "first byte flipped": flip(0),
    "a byte flipped at a quarter": flip(0.25),
    "a byte flipped in the middle": flip(0.5),
    "last byte flipped": flip(1),
    "emptied": cut(0),
    "cut in half": cut(0.5),
    "last byte gone": cut(1),
    "a byte more": longer,
    "gone": Path.unlink,
    "a folder instead": as_folder,
    "a link instead": as_link,
}


@pytest.mark.parametrize("remembered", [False, True])
@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("name", [*FILES, "manifest.json"])
def test_damage_is_found_and_named(
    snapshot: SnapshotLayout, tmp_path: Path, name: str, damage: str, remembered: bool
) -> None:
    """Also where the snapshot was found whole before, and the time of change was set back."""
    path = snapshot.folder / name
    verified_dir = tmp_path / "verified" if remembered else None
    verify(snapshot, verified_dir)
    before = path.stat()
    DAMAGE[damage](path)
    if path.is_file() and not path.is_symlink():
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(SnapshotError) as caught:
        verify(snapshot, verified_dir)
    assert path.name in caught.value.message or name == "manifest.json"
    assert "qinwen reindex POSTS… --full" in caught.value.remedy


@pytest.mark.parametrize("name", ["extra", "vectors/extra.npy", "lexical/deep/er"])
def test_a_file_too_many_is_found(snapshot: SnapshotLayout, name: str) -> None:
    (snapshot.folder / name).parent.mkdir(exist_ok=True)
    (snapshot.folder / name).write_bytes(b"")
    with pytest.raises(SnapshotError, match=f"{Path(name).name} doesn't belong there"):
        verify(snapshot)


def test_files_that_swapped_places_are_found(snapshot: SnapshotLayout) -> None:
    """Every name and every checksum occurs, but not together."""
    first, second = snapshot.folder / FILES[0], snapshot.folder / FILES[3]
    data = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(data)
    with pytest.raises(SnapshotError):
        verify(snapshot)


def test_a_missing_snapshot(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="missing"):
        verify(SnapshotLayout(tmp_path / "none"))


def test_hashed_once_and_remembered(
    snapshot: SnapshotLayout, tmp_path: Path, hashed: list[str]
) -> None:
    inside = sorted(snapshot.folder.rglob("*"))
    verify(snapshot, tmp_path / "a" / "verified")
    assert len(hashed) == 4
    verify(snapshot, tmp_path / "a" / "verified")
    assert len(hashed) == 4
    verify(SnapshotLayout(snapshot.folder / ".." / snapshot.name), tmp_path / "a" / "verified")
    assert len(hashed) == 4  # the same place by another name
    verify(snapshot, tmp_path / "b")
    assert len(hashed) == 8  # another memory
    verify(snapshot, None)
    assert len(hashed) == 12  # no memory
    assert sorted(snapshot.folder.rglob("*")) == inside
    assert (tmp_path / "a" / "verified").stat().st_mode & 0o077 == 0


def touched(path: Path) -> None:
    os.utime(path, ns=(1, 1))


def rewritten(path: Path) -> None:
    path.write_bytes(path.read_bytes())


def replaced(path: Path) -> None:
    other = path.with_name("other")
    shutil.copy2(path, other)
    other.replace(path)


@pytest.mark.parametrize("change", [touched, rewritten, replaced])
def test_any_touch_means_hashing_again(
    snapshot: SnapshotLayout, tmp_path: Path, hashed: list[str], change: Callable[[Path], None]
) -> None:
    verify(snapshot, tmp_path / "v")
    change(snapshot.folder / FILES[2])
    verify(snapshot, tmp_path / "v")
    assert len(hashed) == 8
    verify(snapshot, tmp_path / "v")
    assert len(hashed) == 8


def test_a_copy_elsewhere_is_hashed_there(
    snapshot: SnapshotLayout, tmp_path: Path, hashed: list[str]
) -> None:
    verify(snapshot, tmp_path / "v")
    shutil.copytree(snapshot.folder, tmp_path / "copy", copy_function=shutil.copy2)
    verify(SnapshotLayout(tmp_path / "copy"), tmp_path / "v")
    assert len(hashed) == 8


def forge_stats(note: Path) -> None:
    facts = json.loads(note.read_text())
    facts[FILES[0]][1] += 1
    note.write_text(json.dumps(facts))


def forge_other_files(note: Path) -> None:
    note.write_text(json.dumps({"other": [1, 2, 3, 4]}))


FORGERIES: dict[str, Callable[[Path], None]] = {
    "empty": lambda note: note.write_text("") and None,
    "noise": lambda note: note.write_bytes(b"\xff\0\x12") and None,
    "a list": lambda note: note.write_text("[]") and None,
    "true": lambda note: note.write_text("true") and None,
    "deep": lambda note: note.write_text("[" * 100_000) and None,
    "other times": forge_stats,
    "other files": forge_other_files,
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_memory_is_ignored(
    snapshot: SnapshotLayout, tmp_path: Path, hashed: list[str], forgery: str
) -> None:
    verify(snapshot, tmp_path / "v")
    (note,) = (tmp_path / "v").iterdir()
    FORGERIES[forgery](note)
    verify(snapshot, tmp_path / "v")
    assert len(hashed) == 8
    verify(snapshot, tmp_path / "v")
    assert len(hashed) == 8  # and mended


def test_another_snapshots_memory_does_not_vouch(tmp_path: Path, hashed: list[str]) -> None:
    index = IndexLayout(tmp_path / "index")
    first, second = publish_generation(index, 1), publish_generation(index, 2)
    hashed.clear()
    verify(first, tmp_path / "v")
    (note,) = (tmp_path / "v").iterdir()
    facts = note.read_bytes()
    verify(second, tmp_path / "v")
    for other in (tmp_path / "v").iterdir():
        other.write_bytes(facts)
    hashed.clear()
    verify(second, tmp_path / "v")
    assert len(hashed) == 4


def test_a_memory_that_can_not_be_written_costs_only_time(
    snapshot: SnapshotLayout, tmp_path: Path, hashed: list[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    for _ in range(2):
        verify(snapshot, tmp_path / "file" / "verified")
    assert len(hashed) == 8


def test_the_memory_does_not_grow_for_ever(snapshot: SnapshotLayout, tmp_path: Path) -> None:
    folder = tmp_path / "v"
    folder.mkdir()
    for number in range(MAX_REMEMBERED + 20):
        (folder / f"{number:064x}.json").write_text("{}")
        os.utime(folder / f"{number:064x}.json", ns=(number, number))
    verify(snapshot, folder)
    assert len(list(folder.iterdir())) == MAX_REMEMBERED
    assert not (folder / f"{0:064x}.json").exists()
    assert (folder / f"{MAX_REMEMBERED + 19:064x}.json").exists()
