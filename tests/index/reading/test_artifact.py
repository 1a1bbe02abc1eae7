import pytest
import torch

from index.embedding.bundled import BundledModel
from index.errors import QinwenError
from index.reading.artifact import WEIGHTS, base_encoder, load_weights, save_weights
from index.reading.span_model import SpanModel
from index.settings import cache_dir

pytestmark = pytest.mark.model
MOST_BYTES = 50_000_000


@pytest.fixture(scope="module")
def model() -> SpanModel:
    return SpanModel(base_encoder(BundledModel(cache_dir()).open()))


def test_what_is_saved_comes_back(model, tmp_path):
    path = tmp_path / "weights" / "reader.safetensors"
    torch.manual_seed(7)
    with torch.no_grad():
        model.start.weight.uniform_(-1, 1)
        model.none.bias.fill_(0.25)
    save_weights(model, path)
    wanted = model.start.weight.clone()
    with torch.no_grad():
        model.start.weight.zero_()
        model.none.bias.zero_()
    load_weights(model, path)
    assert torch.allclose(model.start.weight, wanted, atol=1e-3)
    assert model.none.bias.tolist() == [0.25, 0.25]


def test_the_shipped_file_is_small_and_fits(model):
    assert WEIGHTS.stat().st_size <= MOST_BYTES
    load_weights(model, WEIGHTS)


@pytest.mark.parametrize("damage", ["missing", "cut", "other", "shape"])
def test_a_file_that_cannot_serve_is_named(model, tmp_path, damage):
    path = tmp_path / "reader.safetensors"
    if damage == "cut":
        path.write_bytes(WEIGHTS.read_bytes()[:1_000])
    elif damage == "shape":
        from safetensors.torch import load_file, save_file

        save_file(load_file(WEIGHTS) | {"none.bias": torch.zeros(3)}, path)
    elif damage == "other":
        from safetensors.torch import save_file

        save_file({"weight": torch.zeros(2)}, path)
    with pytest.raises(QinwenError, match=r"reader\.safetensors"):
        load_weights(model, path)
