"""The reader's weights as they are shipped: safetensors in half precision, checked when opened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import QinwenError

if TYPE_CHECKING:
    from transformers import BertModel

    from index.reading.span_model import SpanModel

WEIGHTS = Path(__file__).parent / "weights" / "reader.safetensors"
_BASE = "encoder.embeddings."  # the tables of the base model are not stored again


def base_encoder(folder: Path) -> BertModel:
    """The base model's encoder in fp32, its embedding tables frozen."""
    from transformers import AutoModel

    from index.embedding.engine import quiet_loading

    with quiet_loading():
        encoder: BertModel = AutoModel.from_pretrained(
            folder,
            local_files_only=True,
            attn_implementation="sdpa",
            attention_probs_dropout_prob=0.0,
            hidden_dropout_prob=0.0,
        )
    # Subtle: left out in the loading, it would be reported as weights without a place.
    encoder.pooler = None
    encoder.embeddings.requires_grad_(False)
    return encoder


def open_model(folder: Path, weights: Path, bf16: bool | None) -> SpanModel:
    """The reader, ready to read; `bf16` None: where the processor has it natively.

    `folder` is the unpacked base model. Raises QinwenError as `load_weights` does.
    """
    import torch

    from index.embedding.engine import native_bf16
    from index.reading.span_model import SpanModel

    model = SpanModel(base_encoder(folder))
    load_weights(model, weights)
    if native_bf16() if bf16 is None else bf16:
        for parameter in model.encoder.encoder.parameters():
            parameter.data = parameter.data.to(torch.bfloat16)
        model.encoder.embeddings.register_forward_hook(lambda _, __, output: output.bfloat16())
    return model.eval()


def save_weights(model: SpanModel, path: Path) -> None:
    """Write all but the base model's embedding tables, in fp16; whole or not at all."""
    import torch
    from safetensors.torch import save_file

    path.parent.mkdir(parents=True, exist_ok=True)
    tensors = {
        name: value.to(torch.float16).contiguous()
        for name, value in model.state_dict().items()
        if not name.startswith(_BASE)
    }
    aside = path.with_suffix(".new")
    save_file(tensors, aside)
    aside.chmod(0o644)  # safetensors writes for the owner only
    aside.replace(path)


def load_weights(model: SpanModel, path: Path) -> None:
    """Fill `model` from `path`. Raises QinwenError where the file is missing or doesn't fit."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        found = load_file(path)
    except (OSError, SafetensorError) as error:
        raise QinwenError(
            f"The reader's weights in {path} can't be read: {error}.", "Install qinwen again."
        ) from error
    own = model.state_dict().items()
    wanted = {name: value.shape for name, value in own if not name.startswith(_BASE)}
    if wanted != {name: value.shape for name, value in found.items()}:
        raise QinwenError(
            f"The reader's weights in {path} don't fit this version of qinwen.",
            "Install qinwen again.",
        )
    model.load_state_dict({name: value.float() for name, value in found.items()}, strict=False)
