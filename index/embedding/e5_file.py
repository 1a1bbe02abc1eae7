"""Reading the 4-bit weights file of the bundled model (magic `E5S1`).

Only the file's layout is known here; what to make of its content is `e5_folder`'s business.
All numbers are little-endian. The caller has checked the file's hash, so damage is not expected.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

MAGIC = b"E5S1"
BLOCK = 32  # weights that share one scale
_BLOCK_TYPE = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)])

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a BERT encoder."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int


@dataclass(frozen=True, slots=True)
class Pieces:
    """The tokenizer: pieces with their log probabilities, in the order of their ids."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    bos: int
    eos: int
    pad: int
    unknown: int


@dataclass(frozen=True, slots=True)
class _Entry:
    elements: int
    offset: int
    size: int


class E5File:
    """The parsed file: `shape`, `pieces`, `normalisation`, and tensors by name."""

    def __init__(self, data: bytes) -> None:
        """Raises ValueError if `data` is not of this format or is cut short."""
        if data[:4] != MAGIC:
            raise ValueError(f"the file starts with {data[:4]!r}, not with {MAGIC!r}")
        self._data = data
        try:
            reader = _Reader(data, len(MAGIC))
            reader.take("I")  # version
            self.shape = Shape(*reader.take("7i"))
            self.layer_norm_epsilon = float(reader.array("<f4", 1)[0])
            (block,) = reader.take("i")
            if block != BLOCK:
                raise ValueError(f"blocks of {block} weights, not of {BLOCK}")
            self.pieces = _pieces(reader)
            self.normalisation = _normalisation(reader)
            self._entries = _directory(reader)
        except struct.error as error:
            raise ValueError(f"the file is cut short: {error}") from error

    def matrix(self, name: str, rows: int, columns: int, rows_at_once: int) -> Iterator[Floats]:
        """The 4-bit matrix `name` as float32, `rows_at_once` rows at a time.

        A block is a half-precision scale and 16 bytes: weight j is (low nibble of byte j - 8) x
        scale, weight j + 16 the high one. Worked: scale 0.5 and byte 0x9A give 1.0 and 0.5.
        """
        entry = self._entry(name, rows * columns)
        blocks = np.frombuffer(self._data, _BLOCK_TYPE, rows * columns // BLOCK, entry.offset)
        step = rows_at_once * columns // BLOCK
        for start in range(0, len(blocks), step):
            yield _dequantised(blocks[start : start + step]).reshape(-1, columns)

    def vector(self, name: str, elements: int) -> Floats:
        """The float32 tensor `name`, flat."""
        entry = self._entry(name, elements)
        return np.frombuffer(self._data, "<f4", elements, entry.offset).astype(np.float32)

    def elements(self, name: str) -> int:
        """How many numbers the tensor `name` holds. Raises ValueError if there is none."""
        if name not in self._entries:
            raise ValueError(f"the file holds no tensor {name!r}")
        return self._entries[name].elements

    def _entry(self, name: str, elements: int) -> _Entry:
        if self.elements(name) != elements:
            raise ValueError(f"tensor {name!r} has {self.elements(name)} numbers, not {elements}")
        entry = self._entries[name]
        if entry.offset + entry.size > len(self._data):
            raise ValueError(f"the file is cut short in tensor {name!r}")
        return entry


def _dequantised(blocks: npt.NDArray[np.void]) -> Floats:
    nibbles = blocks["nibbles"]
    weights = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32)
    weights -= 8.0
    weights *= blocks["scale"].astype(np.float32)[:, np.newaxis]
    return weights


class _Reader:
    """A place in the file that moves on with what is read."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at

    def take(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from(f"<{layout}", self.data, self.at)
        self.at += struct.calcsize(f"<{layout}")
        return values

    def array(self, kind: str, count: int) -> npt.NDArray[Any]:
        if count < 0 or self.at + 4 * count > len(self.data):
            raise struct.error(f"{count} numbers at byte {self.at}")
        values: npt.NDArray[Any] = np.frombuffer(self.data, kind, count, self.at)
        self.at += values.nbytes
        return values

    def bytes(self, count: int) -> bytes:
        if self.at + count > len(self.data):
            raise struct.error(f"{count} bytes at byte {self.at}")
        self.at += count
        return self.data[self.at - count : self.at]


def _pieces(reader: _Reader) -> Pieces:
    count, bos, eos, pad, unknown = reader.take("5i")
    (size,) = reader.take("Q")
    offsets = reader.array("<u4", count + 1).tolist()
    scores = reader.array("<f4", count).tolist()
    blob = reader.bytes(size)
    names = tuple(blob[offsets[i] : offsets[i + 1]].decode("utf-8") for i in range(count))
    return Pieces(names, tuple(scores), bos, eos, pad, unknown)


def _normalisation(reader: _Reader) -> dict[str, str]:
    """What single characters become before they are looked up; the others stay as they are."""
    count, size = reader.take("iI")
    end = reader.at + size
    table: dict[str, str] = {}
    for _ in range(count):
        code, length = reader.take("IB")
        table[chr(code)] = "".join(map(chr, reader.take(f"{length}I")))
    reader.at = end
    return table


def _directory(reader: _Reader) -> dict[str, _Entry]:
    (count,) = reader.take("i")
    entries: dict[str, _Entry] = {}
    for _ in range(count):
        (length,) = reader.take("H")
        name = reader.bytes(length).decode("utf-8")
        _kind, elements, offset, size = reader.take("BIQQ")
        entries[name] = _Entry(elements, offset, size)
    return entries
