from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from index.errors import SnapshotError, StorageError
from index.records import Skip
from index.snapshot.manifest import (
    Expected,
    FileFact,
    Manifest,
    MismatchError,
    check_compatible,
    differences,
    parse_manifest,
    read_manifest,
)
from tests.index.snapshot.site import manifest_of

PATH = Path("x/manifest.json")
# Nothing here is what a default would be.
FULL = manifest_of(
    qinwen="9.8.7",
    created="2026-11-23T13:45:01+08:00",
    previous="20261122T000000Z-000006",
    model="bundled-1571fc98-r2",
    engine="torch-bf16",
    dimension=384,
    normalisation="none",
    store="exact",
    tokenizer="jieba-3",
    passage_settings={"max_chars": 123, "min_chars": 45, "version": 2},
    posts=68,
    passages=1_234,
    skipped=(Skip("a/😀.md", "没有正文"), Skip("b.md", 'quote " and \\ and\nline')),
    files={"vectors/ids.npy": FileFact(size=12, sha256="ab" * 32)},
)


def test_a_manifest_comes_back_as_it_was() -> None:
    assert parse_manifest(FULL.dump(), PATH) == FULL
    assert all(
        getattr(FULL, name) != field.get_default(call_default_factory=True)
        for name, field in Manifest.model_fields.items()
        if name != "format"
    )


def test_a_manifest_is_readable_text() -> None:
    text = FULL.dump().decode()
    assert "没有正文" in text and json.loads(text)["posts"] == 68


def test_every_flipped_bit_is_found() -> None:
    data = FULL.dump()
    for place in range(len(data)):
        for bit in (0, 3, 7):
            broken = bytearray(data)
            broken[place] ^= 1 << bit
            with pytest.raises(SnapshotError):
                parse_manifest(bytes(broken), PATH)


def test_every_truncation_is_found() -> None:
    data = FULL.dump()
    for end in range(len(data)):
        with pytest.raises(SnapshotError, match="damaged"):
            parse_manifest(data[:end], PATH)


@pytest.mark.parametrize(
    "data",
    [b"", b"null", b"[]", b"{}", b"1", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"format": 1}'],
)
def test_what_is_no_manifest_is_refused(data: bytes) -> None:
    with pytest.raises(SnapshotError, match=r"(damaged|format)"):
        parse_manifest(data, PATH)


def test_edits_by_hand_are_refused() -> None:
    body = json.loads(FULL.dump())
    body["engine"] = "other"
    with pytest.raises(SnapshotError, match="damaged"):
        parse_manifest(json.dumps(body).encode(), PATH)
    body = {**json.loads(FULL.dump()), "new_key": 1}
    with pytest.raises(SnapshotError, match="damaged"):
        parse_manifest(json.dumps(body).encode(), PATH)


def test_another_format_is_refused_with_both_numbers() -> None:
    data = FULL.model_copy(update={"format": 7}).dump()
    with pytest.raises(SnapshotError, match=r"format 7.*reads format 1.*reindex POSTS… --full"):
        parse_manifest(data, PATH)


def test_nonsense_is_not_even_built() -> None:
    for wrong in ({"posts": -1}, {"dimension": 0}, {"unknown": 1}):
        with pytest.raises(ValidationError):
            manifest_of(**wrong)
    with pytest.raises(ValidationError):
        FileFact(size=1, sha256="xyz")


def test_reading_a_file(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    with pytest.raises(SnapshotError, match="missing"):
        read_manifest(path)
    path.write_bytes(FULL.dump())
    assert read_manifest(path) == (FULL, FULL.dump())
    path.unlink()
    path.mkdir()
    with pytest.raises((SnapshotError, StorageError), match="can't be read"):
        read_manifest(path)


AGREES = Expected(
    model="bundled-1571fc98-r2",
    dimension=384,
    normalisation="none",
    tokenizer="jieba-3",
    passage_settings={"min_chars": 45, "max_chars": 123, "version": 2},
)


def test_what_agrees_is_accepted() -> None:
    assert differences(FULL, AGREES) == []
    check_compatible(FULL, AGREES)
    check_compatible(FULL, Expected())  # nothing asked, nothing refused


@pytest.mark.parametrize(
    ("wrong", "built", "asked"),
    [
        ({"model": "hash-8"}, "bundled-1571fc98-r2", "hash-8"),
        ({"dimension": 8}, "384", "8"),
        ({"normalisation": "unit"}, "none", "unit"),
        ({"tokenizer": "jieba-4"}, "jieba-3", "jieba-4"),
        ({"passage_settings": {"max_chars": 400}}, "max_chars=123, min_chars=45", "max_chars=400"),
    ],
)
def test_what_differs_is_named_with_both_values(
    wrong: dict[str, object], built: str, asked: str
) -> None:
    with pytest.raises(MismatchError) as caught:
        check_compatible(FULL, Expected(**wrong))  # type: ignore[arg-type]
    message = str(caught.value)
    assert built in message and asked in message
    assert "qinwen reindex POSTS… --full" in message
    assert caught.value.message.count(".") <= 1 + built.count(".") + asked.count(".")


def test_all_differences_are_listed() -> None:
    found = differences(FULL, Expected(model="m", dimension=1, tokenizer="t"))
    assert len(found) == 3
