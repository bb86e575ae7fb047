"""What all of protection speaks about: cells that are sums of leaves, and which of them are shown.

A leaf is a count that is not divided further (the women of one municipality who ended for one reason). Every cell is an
integer combination of leaves, plus a constant everybody knows. A table with totals, several linked tables, a hidden group
that counts in a total only and a share's limits are all rows of one matrix:

    leaves   women  men        cells   women  1 0
             3      5                  men    0 1
                                       both   1 1

A reader who knows the cell `both` and the cell `men` knows `women`. Nothing here knows what a municipality is.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

UNBOUNDED = 1 << 40
"""Stands for no upper bound; larger than any count."""
NOBODY = -1
"""The insider of a leaf that no insider knows, and the block of a leaf that has no neighbourhood."""


@dataclass(frozen=True, slots=True, eq=False)
class Relations:
    """Cells that are sums of others: `parent` per relation, its children in `child[pointer[r]:pointer[r + 1]]`.

    They need not be complete: they let bounds follow from shown sums cheaply, and the attack does without them.
    """

    parent: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    pointer: NDArray[np.int64] = field(default_factory=lambda: np.zeros(1, np.int64))
    child: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

    def of_cells(self, cells: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """For every one of `cells` cells the relations it stands in: pointer and flat list."""
        relation = np.repeat(np.arange(len(self.parent)), np.diff(self.pointer))
        cell = np.concatenate([self.parent, self.child])
        which = np.concatenate([np.arange(len(self.parent)), relation])
        order = np.argsort(cell, kind="stable")
        pointer = np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=cells))])
        return pointer.astype(np.int64), which[order].astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """Cells over leaves.

    `matrix` is cells × leaves with small integers; `leaves` the true counts; `values` the cells as published, which differ
    from `matrix @ leaves` by constants everybody knows. `low` and `high` bound a cell for a reader even while it is hidden
    (a hidden number ended is at least one where zero is always shown). `block` groups leaves into neighbourhoods that are
    searched first; `insider` says who knows a leaf from his own records. `relations` lists sums among the cells.
    """

    matrix: csr_array
    leaves: NDArray[np.int64]
    values: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    block: NDArray[np.int64]
    insider: NDArray[np.int64]
    relations: Relations = field(default_factory=Relations)

    def __post_init__(self) -> None:
        cells, leaves = self.matrix.shape
        if not (len(self.values) == len(self.low) == len(self.high) == cells):
            raise ValueError("values, low and high have one entry per cell")
        if not (len(self.leaves) == len(self.block) == len(self.insider) == leaves):
            raise ValueError("leaves, block and insider have one entry per leaf")
        if len(self.leaves) and self.leaves.min() < 0:
            raise ValueError("a count cannot be negative")
        if np.any(self.values < self.low) or np.any(self.values > self.high):
            raise ValueError("a cell lies outside its own bounds")

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return int(self.matrix.shape[0])


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Cells that are shown together or not at all, and what must be shown before them.

    `of_cell` is the group of every cell (-1: the cell can never be shown and is nobody's choice). `requires` lists pairs
    (group, group that must be shown for it). `weight` is the loss when a cell of the group is hidden.
    """

    of_cell: NDArray[np.int64]
    requires: NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 2), np.int64))
    weight: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))

    @property
    def count(self) -> int:
        """How many groups there are."""
        return len(self.weight)


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """What is asked of a pattern.

    `forced` cells are shown whatever happens, `must_hide` cells never, both as masks over cells; `guarded` cells must keep
    `width` possible values whenever they are hidden; `guarded_from_insiders` must not become exact for one insider.
    """

    groups: Groups
    forced: NDArray[np.bool_]
    must_hide: NDArray[np.bool_]
    guarded: NDArray[np.bool_]
    guarded_from_insiders: NDArray[np.bool_]
    width: NDArray[np.int64]

    def __post_init__(self) -> None:
        if np.any(self.forced & self.must_hide):
            raise ValueError("a cell cannot be both forced and hidden")


def stacked(upper: csr_array, lower: csr_array) -> csr_array:
    """Two matrices over the same columns, one above the other."""
    return csr_array(
        (
            np.concatenate([upper.data, lower.data]),
            np.concatenate([upper.indices, lower.indices]),
            np.concatenate([upper.indptr, upper.indptr[-1] + lower.indptr[1:]]),
        ),
        shape=(upper.shape[0] + lower.shape[0], upper.shape[1]),
    )


Compressed = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]
"""A matrix as compiled code reads it: where each row or column begins, and the place and the number of each of its entries."""


def compressed(matrix: csr_array | csc_array) -> Compressed:
    """A matrix by rows or by columns, as it is stored."""
    return matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64), matrix.data.astype(np.int64)
