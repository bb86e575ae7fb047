"""Parquet: a row per cell, with the code and the label of every variable, the value, the sign and the origin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from introstat.vocabulary.snapshots import Provenance

if TYPE_CHECKING:
    from introstat.site.pxwebapi.extract import Extract


def parquet(extract: Extract) -> bytes:
    """The cells in order; `value` is null where no number is shown. The same extract gives the same bytes."""
    indices = np.indices(extract.values.shape, dtype=np.int32).reshape(extract.values.ndim, -1)
    columns: dict[str, Any] = {}
    for axis, index in zip(extract.axes, indices, strict=True):
        columns[axis.variable.code] = _dictionary(index, list(axis.codes))
        columns[f"{axis.variable.code}_label"] = _dictionary(index, extract.labels(axis))
    values = extract.values.ravel()
    columns["value"] = pa.array(values, pa.float64(), mask=np.isnan(values))
    columns["status"] = pa.array(extract.signs(), pa.string())
    origin = Provenance.SYNTHETIC if extract.table.is_synthetic else Provenance.REGISTER
    columns["origin"] = pa.repeat(origin.value, values.size)
    table = pa.table(columns).replace_schema_metadata(
        {
            "table": extract.table.id,
            "title": extract.words.title,
            "editions": ",".join(str(book.number) for book in extract.table.books),
            "origin": origin.value,
        }
    )
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", write_statistics=False)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _dictionary(index: Any, names: list[str]) -> Any:
    return pa.DictionaryArray.from_arrays(pa.array(index), pa.array(names)).cast(pa.string())
