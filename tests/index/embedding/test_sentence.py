"""The embedder's own work, on a tiny model with random weights."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.embedding import sentence
from index.embedding.file_hashes import FileHashes
from index.embedding.folder_model import FolderModel
from index.embedding.sentence import SentenceEmbedder

TEXTS = [("琴岛e保12"[: 1 + number % 6]) * (1 + number % 4) for number in range(90)]


@pytest.fixture(params=[1, 2], ids=["one thread", "two threads"])
def tiny(request: pytest.FixtureRequest, tiny_model: FolderModel) -> SentenceEmbedder:
    return SentenceEmbedder(tiny_model, "fp32", threads=request.param, batch_tokens=64)


def test_rows_are_in_the_order_of_the_texts(tiny: SentenceEmbedder) -> None:
    whole = tiny.embed_passages(TEXTS)
    assert whole.shape == (90, 32)
    assert whole.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(whole, axis=1), 1.0, atol=1e-6)
    for at in (0, 1, 17, 44, 89):
        np.testing.assert_allclose(whole[at], tiny.embed_passages([TEXTS[at]])[0], atol=1e-5)


def test_windows_do_not_show(tiny: SentenceEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = tiny.embed_passages(TEXTS)
    monkeypatch.setattr(sentence, "WINDOW_TEXTS", 7)
    heard: list[int] = []
    again = tiny.embed_passages(TEXTS, lambda at, _: heard.extend(at))
    np.testing.assert_allclose(again, whole, atol=1e-5)
    assert sorted(heard) == list(range(90))


def test_the_caller_hears_of_every_text_once(tiny: SentenceEmbedder) -> None:
    heard: list[tuple[int, np.ndarray]] = []
    calls: list[int] = []

    def on_batch(positions, vectors) -> None:
        calls.append(len(positions))
        heard.extend(zip(positions, vectors.copy(), strict=True))

    whole = tiny.embed_passages(TEXTS, on_batch)
    assert sorted(at for at, _ in heard) == list(range(90))
    assert len(calls) > 3
    for at, vector in heard:
        np.testing.assert_array_equal(vector, whole[at])


def test_nothing_in_nothing_out_and_nothing_loaded(tiny: SentenceEmbedder) -> None:
    assert tiny.embed_queries([]).shape == (0, 32)
    assert tiny.embed_passages([], lambda *_: pytest.fail("nothing to hear")).shape == (0, 32)
    assert tiny._runner is None


def test_it_stops_when_the_caller_does(tiny: SentenceEmbedder) -> None:
    calls: list[int] = []

    def on_batch(positions, _vectors) -> None:
        calls.append(len(positions))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tiny.embed_passages(TEXTS, on_batch)
    assert len(calls) == 1
    assert tiny.embed_passages(TEXTS).shape == (90, 32)  # and can go on


def test_several_threads_may_ask_at_once(tiny: SentenceEmbedder) -> None:
    expected = tiny.embed_queries(TEXTS)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: tiny.embed_queries([text])[0], TEXTS))
    np.testing.assert_allclose(np.stack(found), expected, atol=1e-5)


def test_half_a_surrogate_pair_is_no_crash(tiny: SentenceEmbedder) -> None:
    broken = tiny.embed_queries(["琴\ud83d岛"])
    np.testing.assert_array_equal(broken, tiny.embed_queries(["琴?岛"]))


def test_prefixes_are_put_before_the_texts(tiny_folder: Path, tmp_path: Path) -> None:
    hashes = FileHashes(tmp_path / "hashes.json")
    own = SentenceEmbedder(FolderModel(tiny_folder, "t", hashes, "q: ", "p: "), "fp32")
    bare = SentenceEmbedder(FolderModel(tiny_folder, "t", hashes, "", ""), "fp32")
    question, passage = own.embed_queries(["琴岛"]), own.embed_passages(["琴岛"])
    np.testing.assert_allclose(question, bare.embed_queries(["q: 琴岛"]), atol=1e-6)
    np.testing.assert_allclose(passage, bare.embed_passages(["p: 琴岛"]), atol=1e-6)
    assert question[0] @ passage[0] < 0.9999


def test_the_same_as_plain_sentence_transformers(tiny_model: FolderModel) -> None:
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(str(tiny_model.open()), device="cpu", local_files_only=True)
    ours = SentenceEmbedder(tiny_model, "fp32", batch_tokens=64)
    np.testing.assert_allclose(ours.embed_queries(TEXTS), plain.encode_query(TEXTS), atol=1e-5)
    np.testing.assert_allclose(ours.embed_passages(TEXTS), plain.encode_document(TEXTS), atol=1e-5)


def test_a_model_that_does_not_say_its_dimension_is_loaded_for_it(
    tiny_folder: Path, tmp_path: Path
) -> None:

    folder = shutil.copytree(tiny_folder, tmp_path / "bare")
    for name in ("modules.json", "sentence_bert_config.json"):
        (folder / name).unlink()
    bare = SentenceEmbedder(FolderModel(folder, "bare", FileHashes(tmp_path / "h.json")), "fp32")
    assert bare.dimension == 32
    assert bare.embed_queries(["琴岛"]).shape == (1, 32)


def test_the_engine_is_named_once_it_is_known(tiny_model: FolderModel) -> None:
    embedder = SentenceEmbedder(tiny_model, "auto")
    assert embedder.engine == "torch-auto"
    embedder.load()
    assert embedder.engine in {"torch-bf16", "torch-fp32"}
    assert SentenceEmbedder(tiny_model, "bf16").engine == "torch-bf16"
