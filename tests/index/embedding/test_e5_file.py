from __future__ import annotations

import struct

import numpy as np
import pytest

from index.embedding.e5_file import E5File, Shape
from tests.index.embedding.tiny import NORMALISATION, PIECES, tiny_file


def test_sizes_pieces_and_map_are_read() -> None:
    file = E5File(tiny_file())
    assert file.shape == Shape(32, 2, 4, 64, 20, 24, 2)
    assert file.layer_norm_epsilon == np.float32(1e-12)
    assert list(zip(file.pieces.pieces, file.pieces.scores, strict=True)) == PIECES
    assert (file.pieces.bos, file.pieces.pad, file.pieces.eos, file.pieces.unknown) == (0, 1, 2, 3)
    assert file.normalisation == NORMALISATION


def test_blocks_are_dequantised_as_by_hand() -> None:
    data = tiny_file()
    first = data.index(b"emb.word") + len(b"emb.word") + 1
    _elements, offset, _size = struct.unpack_from("<IQQ", data, first)
    # Scale 0.5; byte 0 is 0x9A: low nibble 10 - 8 = 2, high nibble 9 - 8 = 1; the others 0x80.
    block = np.float16(0.5).tobytes() + bytes([0x9A] + [0x80] * 15)
    row = next(
        iter(E5File(data[:offset] + block + data[offset + 18 :]).matrix("emb.word", 20, 32, 20))
    )[0]
    assert row[0] == 1.0
    assert row[16] == 0.5
    assert row[1:16].tolist() == [-4.0] * 15
    assert row[17:].tolist() == [0.0] * 15


def test_a_matrix_is_the_same_in_any_portions() -> None:
    file = E5File(tiny_file())
    whole = np.concatenate(list(file.matrix("l0.fo.w", 32, 64, 1_000)))
    portions = np.concatenate(list(file.matrix("l0.fo.w", 32, 64, 5)))
    assert whole.shape == (32, 64)
    assert whole.dtype == np.float32
    np.testing.assert_array_equal(whole, portions)


def test_another_file_is_refused() -> None:
    with pytest.raises(ValueError, match="not with b'E5S1'"):
        E5File(b"PK\x03\x04 something else")


@pytest.mark.parametrize("kept", [6, 30, 60, 200, 420, 700])
def test_a_head_that_is_cut_short_is_refused(kept: int) -> None:
    with pytest.raises(ValueError, match="cut short"):
        E5File(tiny_file()[:kept])


def test_a_tensor_that_is_cut_short_is_refused() -> None:
    data = tiny_file()
    with pytest.raises(ValueError, match=r"cut short in tensor 'l1\.oln\.b'"):
        E5File(data[:-1]).vector("l1.oln.b", 32)


def test_an_unknown_tensor_or_a_wrong_size_is_refused() -> None:
    file = E5File(tiny_file())
    with pytest.raises(ValueError, match=r"no tensor 'l9\.q\.b'"):
        file.vector("l9.q.b", 32)
    with pytest.raises(ValueError, match="has 32 numbers, not 31"):
        file.vector("l0.q.b", 31)
