from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from index.embedding.safetensors_file import Tensor, write_safetensors


def test_the_library_reads_what_we_write(tmp_path: Path) -> None:
    rows = np.arange(12, dtype=np.float32).reshape(4, 3)
    path = tmp_path / "model.safetensors"
    write_safetensors(
        path,
        [
            Tensor("in.parts", (4, 3), lambda: iter([rows[:1], rows[1:]])),
            Tensor("whole", (2,), lambda: [np.array([7.5, -1.0], dtype=np.float32)]),
        ],
    )
    found = load_file(path)
    assert sorted(found) == ["in.parts", "whole"]
    np.testing.assert_array_equal(found["in.parts"], rows)
    assert found["whole"].tolist() == [7.5, -1.0]


def test_parts_must_fill_the_shape(tmp_path: Path) -> None:
    short = Tensor("short", (3,), lambda: [np.zeros(2, dtype=np.float32)])
    with pytest.raises(ValueError, match="short: 8 bytes instead of 12"):
        write_safetensors(tmp_path / "x", [short])
