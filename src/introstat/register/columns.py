"""Columns as arrays of whole numbers, for what is faster sorted and compared than asked one by one."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Int64s = NDArray[np.int64]

ABSENT: Final = -1
"""Stands for null where a number is never negative."""


def integers(column: pa.ChunkedArray | pa.Array, *, null: int = ABSENT) -> Int64s:
    """A column of whole numbers, dates (days since 1970) or times (microseconds) as an array of its own."""
    source: Any = pc.cast(column, pa.int32()) if pa.types.is_date32(column.type) else column
    whole: Any = source if pa.types.is_int64(source.type) else pc.cast(source, pa.int64())
    filled: Any = pc.fill_null(whole, null) if whole.null_count else whole
    if isinstance(filled, pa.ChunkedArray):
        return np.array(filled.to_numpy(), np.int64)
    return np.array(filled.to_numpy(zero_copy_only=False), np.int64)


def codes(column: pa.ChunkedArray) -> Int64s:
    """A column of text as numbers, equal where the text is; `ABSENT` for null."""
    encoded: Any = pc.dictionary_encode(column.combine_chunks())
    return integers(encoded.indices)


def dense(numbers: Int64s) -> Int64s:
    """The same numbers from 0 on without gaps, `ABSENT` kept."""
    values, place = np.unique(numbers, return_inverse=True)
    shift = 1 if len(values) and values[0] == ABSENT else 0
    return np.asarray(place, np.int64).reshape(-1) - shift
