from __future__ import annotations

import gc

import numpy as np
import pytest

from index.embedding.engine import has_native_bf16, load_model, native_bf16
from index.embedding.folder_model import FolderModel
from index.embedding.model_folder import Golden
from index.embedding.runner import Runner
from index.errors import QinwenError
from tests.index.embedding.tiny import GOLDEN_IDS, GOLDEN_TEXT


@pytest.mark.parametrize(
    ("flags", "native"),
    [
        ({"avx512_bf16": True, "amx_bf16": False}, True),
        ({"amx_bf16": True}, True),
        ({"bf16": True, "architecture": "aarch64"}, True),
        ({"avx2": True, "avx512_f": True, "avx512_vnni": True, "avx512_bf16": False}, False),
        ({"bf16": 1}, False),
        ({}, False),
    ],
)
def test_bf16_is_native_only_where_the_processor_says_so(
    flags: dict[str, object], native: bool
) -> None:
    assert has_native_bf16(flags) is native


def test_the_probe_agrees_with_the_kernel() -> None:
    """Linux lists the same flags by other means."""
    try:
        with open("/proc/cpuinfo") as file:  # noqa: PTH123
            known = file.read()
    except OSError:
        pytest.skip("no /proc/cpuinfo here")
    if "flags" not in known:
        pytest.skip("not x86")
    assert native_bf16() is ("avx512_bf16" in known or "amx_bf16" in known)


def _runner(model: FolderModel, bf16: bool) -> Runner:
    return Runner(load_model(model.open(), bf16), "torch-test")


def test_bf16_and_fp32_give_nearly_the_same_in_fp32(tiny_model: FolderModel) -> None:
    texts = ["琴岛e保", "12～12", "a e a"]
    exact = _runner(tiny_model, bf16=False).forward(texts, "p: ", "document")
    rounded = _runner(tiny_model, bf16=True).forward(texts, "p: ", "document")
    assert exact.dtype == rounded.dtype == np.float32
    assert exact.shape == (3, 32)
    assert np.sum(exact * rounded, axis=1).min() > 0.999
    assert not np.array_equal(exact, rounded)  # it really was another precision
    np.testing.assert_allclose(np.linalg.norm(rounded, axis=1), 1.0, atol=1e-6)


def test_tables_stay_in_the_file_and_the_rest_is_cast(tiny_model: FolderModel) -> None:
    import torch

    model = load_model(tiny_model.open(), bf16=True)
    kinds = {name: weight.dtype for name, weight in model.named_parameters()}
    tables = {name for name, kind in kinds.items() if kind == torch.float32}
    assert {name.rsplit(".", 2)[-2] for name in tables} == {
        "word_embeddings",
        "position_embeddings",
        "token_type_embeddings",
    }
    assert set(kinds.values()) == {torch.float32, torch.bfloat16}


def test_loading_leaves_the_garbage_collector_as_it_was(tiny_model: FolderModel) -> None:
    assert gc.isenabled()
    load_model(tiny_model.open(), bf16=False)
    assert gc.isenabled()


def test_a_folder_that_cannot_be_loaded_is_said(tiny_model: FolderModel, tmp_path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "no-such-model"}')
    with pytest.raises(QinwenError, match=r"can't be loaded: .*no-such-model"):
        load_model(tmp_path, bf16=False)


def test_an_engine_that_gives_no_numbers_is_refused(tiny_model: FolderModel) -> None:
    model = load_model(tiny_model.open(), bf16=False)
    runner = Runner(model, "torch-fp32")
    runner.forward(["a"], "", "query")
    model[0].model.encoder.layer[-1].output.LayerNorm.weight.data[3] = float("nan")
    with pytest.raises(QinwenError, match="torch-fp32 gave a vector that is empty or not") as error:
        runner.forward(["a"], "", "query")
    assert "fp32" in error.value.remedy


def test_known_tokens_and_vector_are_checked(tiny_model: FolderModel) -> None:
    runner = _runner(tiny_model, bf16=False)
    vector = runner.forward([GOLDEN_TEXT], "", "query")[0]
    runner.check(Golden(GOLDEN_TEXT, GOLDEN_IDS, tuple(100 * vector)))
    with pytest.raises(QinwenError, match="transformers cuts 'q: 琴岛e保' into"):
        runner.check(Golden(GOLDEN_TEXT, (*GOLDEN_IDS, 2), ()))
    with pytest.raises(QinwenError, match=r"cosine -1\.0000, at least 0\.995"):
        runner.check(Golden(GOLDEN_TEXT, GOLDEN_IDS, tuple(-vector)))


def test_lengths_are_tokens_after_truncation(tiny_model: FolderModel) -> None:
    runner = _runner(tiny_model, bf16=False)
    # q: and the space are 4 tokens, 琴岛 is one, the ends are two; the model holds 24.
    assert runner.lengths(["琴岛", "e" * 100, ""], "q: ") == [7, 24, 6]
