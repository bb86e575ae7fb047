"""A table as Parquet: a column per variable, its codes as text, then value, status and origin. No labels.

`value` is a double and null where no number is shown. The metadata of the file names the table, the edition and the
provenance. The same cube gives the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from introstat.publish.imprint import Imprint
    from introstat.vocabulary.tables import SafeCube


def parquet(cube: SafeCube, *, imprint: Imprint) -> bytes:
    """The table's cells in the cube's order."""
    indices = np.indices(cube.values.shape, dtype=np.int32).reshape(cube.values.ndim, -1)
    columns: dict[str, Any] = {
        dimension.code: np.array(dimension.values)[index]
        for dimension, index in zip(cube.dimensions, indices, strict=True)
    }
    values = cube.values.ravel()
    columns["value"] = pa.array(values, pa.float64(), mask=np.isnan(values))
    columns["status"] = pa.array(cube.status.ravel().tolist(), pa.string())
    columns["origin"] = pa.repeat(imprint.provenance.value, values.size)
    table = pa.table(columns).replace_schema_metadata(
        {"table": cube.table, "edition": str(imprint.number), "origin": imprint.provenance.value}
    )
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", write_statistics=False)
    content: bytes = sink.getvalue().to_pybytes()
    return content
