"""Writing a safetensors file piece by piece, so that half a gigabyte never lies in memory at once.

Layout: u64 length of the header, JSON header padded with spaces to a multiple of 8, then the
tensors' bytes in the header's order.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np
import numpy.typing as npt

FLOAT_BYTES = 4


@dataclass(frozen=True, slots=True)
class Tensor:
    """A float32 tensor: `parts` yields its numbers in order, in arrays of any shape."""

    name: str
    shape: tuple[int, ...]
    parts: Callable[[], Iterable[npt.NDArray[np.float32]]]

    @property
    def nbytes(self) -> int:
        """Its size in the file."""
        return prod(self.shape) * FLOAT_BYTES


def write_safetensors(path: Path, tensors: Sequence[Tensor]) -> None:
    """Write `tensors` to `path`. Raises OSError, and ValueError if parts don't fill a shape."""
    with path.open("wb") as file:
        file.write(_header(tensors))
        for tensor in tensors:
            written = 0
            for part in tensor.parts():
                written += file.write(np.ascontiguousarray(part, dtype="<f4").tobytes())
            if written != tensor.nbytes:
                raise ValueError(f"{tensor.name}: {written} bytes instead of {tensor.nbytes}")


def _header(tensors: Sequence[Tensor]) -> bytes:
    entries: dict[str, object] = {"__metadata__": {"format": "pt"}}
    offset = 0
    for tensor in tensors:
        entries[tensor.name] = {
            "dtype": "F32",
            "shape": list(tensor.shape),
            "data_offsets": [offset, offset + tensor.nbytes],
        }
        offset += tensor.nbytes
    text = json.dumps(entries, separators=(",", ":")).encode("ascii")
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text
