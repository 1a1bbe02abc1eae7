"""From the bundled weights file to an ordinary sentence-transformers folder.

Needs numpy and tokenizers only, so that unpacking loads neither torch nor transformers. What is
written here is part of the model's fingerprint: a change wants a new `CONVERTER_VERSION`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from index.embedding.e5_file import E5File
from index.embedding.e5_tokenizer import build_tokenizer, tokenizer_configuration
from index.embedding.safetensors_file import Tensor, write_safetensors

CONVERTER_VERSION = 1
QUERY_PREFIX, PASSAGE_PREFIX = "query: ", "passage: "  # what the model was trained with

_ROWS_AT_ONCE = 16_384  # 25 MB of the word embeddings

# Our name of a layer's matrix or vector, by the file's: (weight rows, columns) come from the shape.
_LINEAR = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


def write_folder(source: E5File, folder: Path) -> None:
    """Write weights, tokenizer and configuration into the existing, empty `folder`."""
    write_safetensors(folder / "model.safetensors", list(_tensors(source)))
    build_tokenizer(source.pieces).save(str(folder / "tokenizer.json"), pretty=False)
    for name, content in _configuration(source).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def needed_bytes(source: E5File) -> int:
    """Room that `write_folder` takes, rounded up."""
    tokenizer = 120 * len(source.pieces.pieces)  # 35 bytes a piece in the real file, and to spare
    return sum(tensor.nbytes for tensor in _tensors(source)) + tokenizer + 1_000_000


def _tensors(source: E5File) -> Iterator[Tensor]:
    shape = source.shape
    hidden = shape.hidden
    words = "embeddings.word_embeddings.weight"
    yield _matrix(source, words, "emb.word", shape.vocabulary, hidden)
    yield _vector(
        source, "embeddings.position_embeddings.weight", "emb.pos", (shape.positions, hidden)
    )
    yield _vector(
        source, "embeddings.token_type_embeddings.weight", "emb.type", (shape.types, hidden)
    )
    yield from _pair(source, "embeddings.LayerNorm", "emb.ln", hidden)
    for layer in range(shape.layers):
        yield from _layer(source, layer)
    # Subtle: the class has a pooler that we never read. Zeros keep its loading quiet and the same.
    yield _zeros("pooler.dense.weight", (hidden, hidden))
    yield _zeros("pooler.dense.bias", (hidden,))


def _layer(source: E5File, layer: int) -> Iterator[Tensor]:
    hidden, inner = source.shape.hidden, source.shape.inner
    for key, name in _LINEAR.items():
        rows = inner if key == "fi" else hidden
        columns = inner if key == "fo" else hidden
        ours, theirs = f"encoder.layer.{layer}.{name}", f"l{layer}.{key}"
        yield _matrix(source, f"{ours}.weight", f"{theirs}.w", rows, columns)
        yield _vector(source, f"{ours}.bias", f"{theirs}.b", (rows,))
    for key, name in _NORMS.items():
        yield from _pair(source, f"encoder.layer.{layer}.{name}", f"l{layer}.{key}", hidden)


def _matrix(source: E5File, ours: str, theirs: str, rows: int, columns: int) -> Tensor:
    return Tensor(
        ours, (rows, columns), lambda: source.matrix(theirs, rows, columns, _ROWS_AT_ONCE)
    )


def _vector(source: E5File, ours: str, theirs: str, shape: tuple[int, ...]) -> Tensor:
    elements = int(np.prod(shape))
    return Tensor(ours, shape, lambda: [source.vector(theirs, elements)])


def _pair(source: E5File, ours: str, theirs: str, size: int) -> Iterator[Tensor]:
    yield _vector(source, f"{ours}.weight", f"{theirs}.w", (size,))
    yield _vector(source, f"{ours}.bias", f"{theirs}.b", (size,))


def _zeros(name: str, shape: tuple[int, ...]) -> Tensor:
    return Tensor(name, shape, lambda: [np.zeros(shape, dtype=np.float32)])


def _configuration(source: E5File) -> dict[str, object]:
    shape = source.shape
    module = "sentence_transformers"
    return {
        "config.json": _bert(source),
        "tokenizer_config.json": tokenizer_configuration(source.pieces, shape.positions),
        "sentence_bert_config.json": {"max_seq_length": shape.positions, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "model_type": "SentenceTransformer",
            "prompts": {"query": QUERY_PREFIX, "document": PASSAGE_PREFIX},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "modules.json": [
            _module(0, "", f"{module}.base.modules.transformer.Transformer"),
            _module(1, "1_Pooling", f"{module}.sentence_transformer.modules.pooling.Pooling"),
            _module(2, "2_Normalize", f"{module}.base.modules.normalize.Normalize"),
        ],
        "1_Pooling/config.json": {
            "embedding_dimension": shape.hidden,
            "pooling_mode": "mean",
            "include_prompt": True,
        },
        "2_Normalize/config.json": {},
    }


def _module(number: int, path: str, kind: str) -> dict[str, object]:
    return {"idx": number, "name": str(number), "path": path, "type": kind}


def _bert(source: E5File) -> dict[str, object]:
    shape = source.shape
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "dtype": "float32",
        "vocab_size": shape.vocabulary,
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.inner,
        "hidden_act": "gelu",
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.types,
        "layer_norm_eps": _shortest(source.layer_norm_epsilon),
        "pad_token_id": source.pieces.pad,
    }


def _shortest(value: float) -> float:
    """The shortest decimal that is this float32: 1e-12 and not 9.999999960041972e-13."""
    return float(str(np.float32(value)))
