"""A weights file of the real format, small enough to be unpacked in a moment."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

import numpy as np

from index.embedding.bundled import Recipe
from index.embedding.model_folder import Golden, Prefixes

HIDDEN, LAYERS, HEADS, INNER, POSITIONS, TYPES = 32, 2, 4, 64, 24, 2
SPACE = "\u2581"
# Ids are places: 7 is 琴, 8 岛, 9 琴岛. The last piece is the mask, as in the real file.
PIECES = [
    ("<s>", 0.0),
    ("<pad>", 0.0),
    ("</s>", 0.0),
    ("<unk>", 0.0),
    (SPACE, -2.0),
    ("a", -3.0),
    ("q", -3.0),
    ("琴", -6.0),
    ("岛", -6.0),
    ("琴岛", -7.0),
    ("e", -4.0),
    ("保", -5.0),
    ("12", -5.0),
    ("\uff5e", -5.0),
    (":", -4.0),
    ("p", -4.0),
    ("<mask>", 0.0),
]
VOCABULARY = len(PIECES) + 3  # the real file has spare rows, too
NORMALISATION = {"\uff11": "1", "\uff12": "2", "\u2460": "1"}

# By hand: "q: 琴岛e保" gets a mark in front and one for the space; 琴岛 (-7) beats 琴 + 岛 (-12).
GOLDEN_TEXT = "q: 琴岛e保"
GOLDEN_IDS = (0, 4, 6, 14, 4, 9, 10, 11, 2)


def tiny_file(seed: int = 0) -> bytes:
    """The file's bytes, deterministic."""
    rng = np.random.default_rng(seed)
    head = struct.pack("<4sI", b"E5S1", 1)
    head += struct.pack("<7i", HIDDEN, LAYERS, HEADS, INNER, VOCABULARY, POSITIONS, TYPES)
    head += struct.pack("<fi", 1e-12, 32)
    head += _tokenizer() + _normalisation()
    tensors = dict(_tensors(rng))
    size = 4 + sum(2 + len(name) + 1 + 4 + 16 for name in tensors)
    offset = len(head) + size
    directory = struct.pack("<i", len(tensors))
    for name, (elements, data) in tensors.items():
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", 0, elements, offset, len(data))
        offset += len(data)
    return head + directory + b"".join(data for _, data in tensors.values())


def tiny_recipe(data: bytes, golden: Golden | None = None) -> Recipe:
    """How the tiny file is unpacked."""
    return Recipe(
        label="tiny",
        source_sha256=hashlib.sha256(data).hexdigest(),
        dimension=HIDDEN,
        prefixes=Prefixes("query: ", "passage: "),
        golden=golden or Golden(GOLDEN_TEXT, GOLDEN_IDS, ()),
    )


def write_tiny(path: Path, seed: int = 0) -> Recipe:
    """Write the tiny file to `path`."""
    data = tiny_file(seed)
    path.write_bytes(data)
    return tiny_recipe(data)


def _tokenizer() -> bytes:
    blob = b"".join(piece.encode() for piece, _ in PIECES)
    offsets = np.cumsum([0] + [len(piece.encode()) for piece, _ in PIECES]).astype("<u4")
    scores = np.array([score for _, score in PIECES], dtype="<f4")
    head = struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob))
    return head + offsets.tobytes() + scores.tobytes() + blob


def _normalisation() -> bytes:
    body = b"".join(
        struct.pack(f"<IB{len(new)}I", ord(old), len(new), *map(ord, new))
        for old, new in NORMALISATION.items()
    )
    return struct.pack("<iI", len(NORMALISATION), len(body)) + body


def _tensors(rng: np.random.Generator):
    yield "emb.word", _blocks(rng, VOCABULARY * HIDDEN)
    yield "emb.pos", _floats(rng, POSITIONS * HIDDEN)
    yield "emb.type", _floats(rng, TYPES * HIDDEN)
    yield from _norm(rng, "emb.ln")
    for layer in range(LAYERS):
        for name, rows, columns in (
            ("q", HIDDEN, HIDDEN),
            ("k", HIDDEN, HIDDEN),
            ("v", HIDDEN, HIDDEN),
            ("ao", HIDDEN, HIDDEN),
            ("fi", INNER, HIDDEN),
            ("fo", HIDDEN, INNER),
        ):
            yield f"l{layer}.{name}.w", _blocks(rng, rows * columns)
            yield f"l{layer}.{name}.b", _floats(rng, rows)
        yield from _norm(rng, f"l{layer}.aln")
        yield from _norm(rng, f"l{layer}.oln")


def _norm(rng: np.random.Generator, name: str):
    yield f"{name}.w", _floats(rng, HIDDEN, 1.0)
    yield f"{name}.b", _floats(rng, HIDDEN)


def _floats(rng: np.random.Generator, count: int, middle: float = 0.0) -> tuple[int, bytes]:
    return count, (middle + rng.normal(0, 0.1, count)).astype("<f4").tobytes()


def _blocks(rng: np.random.Generator, count: int) -> tuple[int, bytes]:
    parts = []
    for _ in range(count // 32):
        scale = np.array([rng.uniform(0.01, 0.1)], dtype="<f2").tobytes()
        parts.append(scale + rng.integers(0, 256, 16, dtype=np.uint8).tobytes())
    return count, b"".join(parts)
