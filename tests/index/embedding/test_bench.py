from __future__ import annotations

import json
from itertools import count
from pathlib import Path

import pytest

from index.embedding.bench import bench_embed
from index.embedding.bench_texts import LENGTHS, cut_texts, default_texts
from index.errors import SettingsError
from index.settings import EmbeddingSection


def test_figures_are_json_and_add_up(tiny_folder: Path, tmp_path: Path) -> None:
    """With a clock that goes on by one a look, every round of both sides takes one second."""
    settings = EmbeddingSection(model=str(tiny_folder), precision="fp32", passage_prefix="p: ")
    ticks = count()
    found = bench_embed(
        settings, tmp_path, ["琴岛", "e保", "12", "a"], 2, lambda: float(next(ticks))
    )
    assert json.loads(json.dumps(found)) == found
    assert found["texts"] == 4
    # p: and its space are 4 tokens with the mark in front, the ends 2; then 1, 2, 1 and 1.
    assert found["tokens"] == 4 * 6 + 5
    assert found["ours"]["seconds"] == found["baseline"]["seconds"] == 2.0
    assert found["ours"]["texts_per_s"] == 2.0
    assert found["ours"]["tokens_per_s"] == 14.5
    assert found["ours"]["cpu_seconds"] > 0
    assert found["ratio"] == 1.0
    assert found["ratio_rounds"] == [1.0, 1.0]
    assert found["cosine"]["min"] > 0.9999
    assert found["question_ms"] == {"p50": 1_000.0, "p95": 1_000.0}
    assert found["machine"]["cores"] >= found["machine"]["granted"] >= 1
    assert found["ours"]["engine"] == "torch-fp32"


def test_there_must_be_a_model_and_texts(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="the hash embedder is no model"):
        bench_embed(EmbeddingSection(model="hash"), tmp_path, ["a"])
    with pytest.raises(SettingsError, match="there are no texts"):
        bench_embed(EmbeddingSection(), tmp_path, [])


def test_texts_have_the_lengths_of_passages_and_are_always_the_same() -> None:
    texts = default_texts(20)
    assert [len(text) for text in texts] == [LENGTHS[number % 8] for number in range(20)]
    assert texts == default_texts(20)
    assert len(set(texts)) == 20


def test_cut_texts_go_on_where_the_last_one_ended() -> None:
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 100)))
    first, second = cut_texts([text], 2)
    assert first == text[:60]
    assert second == (text[60:] + text + text)[:110]


def test_without_text_there_is_nothing_to_cut() -> None:
    with pytest.raises(SettingsError, match="no text to measure"):
        cut_texts(["", " \n"], 3)
