"""From posts and passages to a snapshot that has proved itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from index.assemble import Delta, assemble, open_words, passage_settings, prove, tokenizer_of
from index.embedding.base import OnBatch, Vectors
from index.errors import SettingsError, SnapshotError
from index.filters import Filters
from index.lexical.inverted_index import LexicalIndex
from index.lexical.word_list import load_word_list
from index.passages import search_text
from index.records import Skip
from index.snapshot.content import ContentReader
from index.snapshot.content_writer import ContentWriter
from index.snapshot.layout import SnapshotLayout
from index.snapshot.manifest import read_manifest
from index.snapshot.publish import Draft, building
from index.vectors.base import Rows
from index.vectors.factory import open_store, write_store
from tests.index.runs import Site, Watched, settings_of
from tests.index.snapshot.site import hash_of, post_of
from tests.sites import HARBOUR, post_text

NONE = np.empty(0, np.int64)


def fill(draft: Draft, texts: Sequence[str]) -> Delta:
    """Content with one passage a text; all of it is new."""
    with ContentWriter(draft.files.content) as content:
        ids = []
        for number, text in enumerate(texts):
            post = post_of(f"site/{number}.md", text, title=f"题{number}")
            ids.append(content.add_post(post, hash_of(post), [(0, len(text))]))
    return Delta(None, NONE, np.concatenate(ids), (Skip("x.md", "no text"),))


def published(site: Site) -> SnapshotLayout:
    assert site.snapshot is not None
    return site.layout.snapshot(site.snapshot)


def test_the_manifest_says_what_was_built(empty_site: Site) -> None:
    with building(empty_site.layout, empty_site.now, empty_site.disk) as draft:
        delta = fill(draft, ["渡轮载客300人。", "电车载客90人。", "渡轮载客300人。"])
        assert assemble(draft, delta, empty_site.settings, empty_site.around()) == 3
    manifest, _ = read_manifest(published(empty_site).manifest)
    assert (manifest.posts, manifest.passages, manifest.dimension) == (3, 3, 256)
    assert (manifest.model, manifest.engine) == (empty_site.embedder.fingerprint, "hash")
    assert (manifest.normalisation, manifest.store) == ("unit", "faiss")
    assert manifest.tokenizer == tokenizer_of(published(empty_site)).fingerprint
    assert manifest.passage_settings == passage_settings(empty_site.settings)
    assert manifest.skipped == (Skip("x.md", "no text"),)
    assert manifest.created == empty_site.now.isoformat()
    assert set(manifest.files) >= {"content.sqlite", "words.json", "vectors/index.faiss"}


def test_passage_settings_are_all_that_decides_passages() -> None:
    settings = settings_of(
        Path("x"), passages={"max_chars": 333, "min_chars": 22}, posts={"timezone": "Asia/Tokyo"}
    )
    found = passage_settings(settings)
    assert (found["max_chars"], found["min_chars"], found["timezone"]) == (333, 22, "Asia/Tokyo")
    assert {"parser", "version"} < found.keys()


def test_all_parts_are_keyed_by_the_same_ids(site: Site) -> None:
    site.reindex()
    site.write({"new.md": post_text("新港口开工", "新港口今日开工，泊位12个。")})
    (site.posts / "2021-12-08-bridge.md").unlink()
    site.reindex()
    files = published(site)
    with closing(ContentReader(files.content)) as content:
        columns = content.columns()
        with closing(open_store("faiss", files.vectors, columns)) as vectors:
            own = site.embedder.embed_passages(
                [search_text(post, passage) for passage, post in content.iter_passages()]
            )
            assert np.allclose(vectors.vectors(columns.ids), own, atol=1e-6)
        words = LexicalIndex(files.lexical)
        found, _ = words.search(["泊位"], 5, Filters())
        ((passage, post),) = content.passages(found)
        assert post.id == "site/new.md" and passage.id == columns.ids[-1] == 6
        assert columns.ids.tolist() == [2, 3, 4, 5, 6]


def test_the_dictionary_travels_with_the_snapshot(site: Site) -> None:
    words = site.home / "words.txt"
    words.write_text("青石桥梁集团\n")
    site.settings = settings_of(site.index, lexical={"dictionary": words})
    site.reindex()
    words.unlink()
    found = load_word_list(published(site).words)
    assert found.extra == ("青石桥梁集团",) and "青石桥梁集团" in found.words and found.posts == 5
    site.settings = settings_of(site.index)
    assert site.ask("青石桥梁集团承建了什么").sources[0].post == "2021-12-08-bridge.md"


def test_open_words_refuses_an_index_of_other_passages(site: Site) -> None:
    site.reindex()
    with closing(ContentReader(published(site).content)) as content:
        columns = content.columns()
    site.write({"new.md": post_text("新", "新的一篇。")})
    site.reindex()
    with pytest.raises(SnapshotError, match="holds 6 passages instead of 5"):
        open_words(published(site).lexical, columns)


def test_parts_that_disagree_are_not_published(empty_site: Site) -> None:
    site = empty_site

    def run() -> None:
        with building(site.layout, site.now, site.disk) as draft:
            delta = fill(draft, ["渡轮载客300人。", "电车载客90人。"])
            forgetful = Delta(None, NONE, delta.added[:1], ())
            assemble(draft, forgetful, site.settings, site.around())

    with pytest.raises(SnapshotError):
        run()
    assert site.snapshot is None and not list(site.layout.snapshots.iterdir())


def test_the_proof_fails_on_other_vectors(site: Site) -> None:
    site.reindex()
    prove(published(site))
    files = published(site)
    with closing(ContentReader(files.content)) as content:
        ids = content.columns().ids
    write_store("faiss", files.vectors, Rows(ids, np.eye(256, dtype=np.float32)[: len(ids)]))
    with pytest.raises(SnapshotError, match="its checksum differs"):
        prove(files)


def test_an_embedder_of_the_wrong_length_is_stopped(site: Site) -> None:
    class Long(Watched):
        def embed_passages(self, texts: Sequence[str], on_batch: OnBatch | None = None) -> Vectors:
            vectors = super().embed_passages(texts) * 3
            if on_batch is not None:
                on_batch(range(len(texts)), vectors)
            return vectors

    site.embedder = Long()
    with pytest.raises(SettingsError, match="vector of length 3"):
        site.reindex()
    assert site.snapshot is None and not list(site.layout.snapshots.iterdir())


def test_no_passage_at_all_can_be_opened_and_asked(empty_site: Site) -> None:
    """A pool of nothing (an empty question file) must not crash."""
    with building(empty_site.layout, empty_site.now, empty_site.disk) as draft:
        with ContentWriter(draft.files.content):
            pass
        assemble(draft, Delta(None, NONE, NONE, ()), empty_site.settings, empty_site.around())
    answer = empty_site.ask("有什么？")
    assert (answer.text, answer.sources, answer.reason) == (None, (), "no_passages")


def test_every_byte_of_the_snapshot_is_in_the_manifest(site: Site) -> None:
    site.reindex()
    files = published(site)
    listed = json.loads(files.manifest.read_text())["files"]
    there = {
        str(path.relative_to(files.folder)): path.stat().st_size
        for path in files.folder.rglob("*")
        if path.is_file() and path != files.manifest
    }
    assert {name: fact["size"] for name, fact in listed.items()} == there
    assert len(HARBOUR) == json.loads(files.manifest.read_text())["posts"]
