"""A released table as the safe cube it was made from: what is shown in it is what protection knows to be out."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np

from introstat.publish.reading import Dataset, read_json_stat
from introstat.vocabulary.tables import Dimension, SafeCube


def released_table(files: Mapping[str, bytes], table: str) -> SafeCube:
    """A table among an edition's files. Raises KeyError for one the edition does not have."""
    return safe_cube(read_json_stat(files[f"tables/{table}/{table}.json"]), table)


def table_if_there(files: Mapping[str, bytes], table: str) -> SafeCube | None:
    """The same, None for a table that an edition was made before."""
    return released_table(files, table) if f"tables/{table}/{table}.json" in files else None


def safe_cube(dataset: Dataset, table: str) -> SafeCube:
    """The table of a JSON-stat file with its numbers and signs, under the id `table`."""
    dimensions = tuple(Dimension(code, dataset.values[code]) for code in dataset.table.variables)
    shape = tuple(len(dimension) for dimension in dimensions)
    cells = [dataset.table.cells[codes] for codes in product(*(dimension.values for dimension in dimensions))]
    values = np.array([np.nan if cell.value is None else cell.value for cell in cells], np.float64)
    return SafeCube(table, dimensions, values.reshape(shape), np.array([c.status for c in cells]).reshape(shape))
