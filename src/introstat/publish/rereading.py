"""A released table as the safe cube it was made from: what is shown in it is what protection knows to be out."""

from __future__ import annotations

from itertools import product

import numpy as np

from introstat.publish.reading import Dataset
from introstat.vocabulary.tables import Dimension, SafeCube


def safe_cube(dataset: Dataset, table: str) -> SafeCube:
    """The table of a JSON-stat file with its numbers and signs, under the id `table`."""
    dimensions = tuple(Dimension(code, dataset.values[code]) for code in dataset.table.variables)
    shape = tuple(len(dimension) for dimension in dimensions)
    cells = [dataset.table.cells[codes] for codes in product(*(dimension.values for dimension in dimensions))]
    values = np.array([np.nan if cell.value is None else cell.value for cell in cells], np.float64)
    return SafeCube(table, dimensions, values.reshape(shape), np.array([c.status for c in cells]).reshape(shape))
