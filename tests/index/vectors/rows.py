"""Vectors and filter columns for tests: always the same ones, and made so that one can reckon."""

from __future__ import annotations

from datetime import date

import numpy as np

from index.filters import NO_DAY, Columns, IdArray
from index.vectors.base import Rows, Vectors

FIRST_DAY = date(2021, 12, 1)
CATEGORIES = (frozenset({"财经"}), frozenset({"科技", "财经"}), frozenset[str]())


def units(count: int, dimension: int, seed: int = 7) -> Vectors:
    """`count` unit vectors, spread over the sphere."""
    drawn = np.random.default_rng(seed).standard_normal((count, dimension))
    return (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)


def columns_of(ids: IdArray) -> Columns:
    """Passage `i` is of day `i % 10` after FIRST_DAY (9: no day) and of category set `i % 3`."""
    ids = np.sort(ids)
    days = np.where(ids % 10 == 9, NO_DAY, FIRST_DAY.toordinal() + ids % 10)
    return Columns(ids, days.astype(np.int32), (ids % 3).astype(np.int32), CATEGORIES)


def rows_of(ids: list[int] | IdArray, dimension: int = 24, seed: int = 7) -> Rows:
    """Rows with the given ids; an id has the same vector in every call with the same seed."""
    keys = np.asarray(ids, dtype=np.int64)
    pool = units(5_000, dimension, seed)
    return Rows(keys, pool[keys % len(pool)])


def gone(*ids: int) -> IdArray:
    """Ids as an array, of the right type even when there are none."""
    return np.array(ids, dtype=np.int64)
