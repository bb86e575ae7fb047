"""What `protect` writes of a rounded table: the form of a protected one, with a value in every row.

    muni,gender,value,mark
    Total,Total,94,rounded
    0101,women,3,rounded
    0101,men,14,shown

`rounded` says that a value may be rounded, as far as any reader can tell: a leaf of 0 or of the base, and every sum with such a
leaf in it. `shown` is exact. Neither tells what was done; `--truth` writes the counts.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from introstat.protect.any_table.cells import (
    Grouping,
    coded,
    grouping_columns,
    groupings,
    in_order,
    key_columns,
    shares_of,
    write_blocks,
    writes_zeros,
)
from introstat.protect.any_table.hierarchy import Hierarchy
from introstat.protect.any_table.lattice import keys_of, nodes_of
from introstat.protect.any_table.rounding import RoundedBlock, RoundedTable
from introstat.protect.any_table.unrounding import may_be_rounded

_MARKS = ("shown", "rounded")


def write_rounded(rounded: RoundedTable, *, truth: bool = False) -> bytes:
    """The cells as a CSV file; with `truth` the counts instead, for the closed side only."""
    specification, table = rounded.specification, rounded.table
    grouping = groupings(table.hierarchies, specification)
    zeros = writes_zeros(table)
    return write_blocks(
        table,
        specification,
        grouping,
        (_columns(rounded, block, grouping, zeros=zeros, truth=truth) for block in rounded.blocks),
    )


def _columns(
    rounded: RoundedTable, block: RoundedBlock, grouping: Mapping[str, Grouping], *, zeros: bool, truth: bool
) -> list[pa.Array]:
    hierarchies, specification = rounded.table.hierarchies, rounded.specification
    sizes = [hierarchy.nodes for hierarchy in hierarchies]
    nodes = nodes_of(np.arange(int(np.prod(sizes)), dtype=np.int64), sizes) if zeros else block.cells.nodes
    nodes = in_order(nodes, hierarchies)
    told = block.truth if truth else block.values
    values = _values(block, told, nodes, sizes)
    uncertain = may_be_rounded(nodes, block.codes, block.rounded, hierarchies, base=specification.base)
    shares = [
        _percent(block, told, nodes, hierarchies, d, base, codes)
        for share in shares_of(specification, hierarchies)
        for d, base, codes in [(specification.names.index(share.dimension), share.base, share.numerator)]
    ]
    return [
        *key_columns(block.block, hierarchies, nodes),
        pa.array(values),
        coded(_MARKS, uncertain.astype(np.int64)),
        *shares,
        *grouping_columns(grouping, nodes),
    ]


def _values(
    block: RoundedBlock, told: NDArray[np.int64], nodes: NDArray[np.int64], sizes: list[int]
) -> NDArray[np.int64]:
    """The number of each cell; 0 where no leaf of it is anything."""
    keys = keys_of(nodes, sizes)
    if not len(block.cells.keys):
        return np.zeros(len(keys), np.int64)
    at = np.minimum(np.searchsorted(block.cells.keys, keys), len(block.cells.keys) - 1)
    return np.where(block.cells.keys[at] == keys, told[at], 0)


def _percent(
    block: RoundedBlock,
    told: NDArray[np.int64],
    nodes: NDArray[np.int64],
    hierarchies: tuple[Hierarchy, ...],
    d: int,
    base: str,
    codes: tuple[str, ...],
) -> pa.Array:
    """A share in whole per cent, half up, computed from the same numbers that stand in the table."""
    hierarchy = hierarchies[d]
    sizes = [one.nodes for one in hierarchies]
    numerator = np.zeros(len(nodes), np.int64)
    part = nodes.copy()
    for code in codes:
        if code in hierarchy.codes:
            part[:, d] = hierarchy.codes.index(code)
            numerator += _values(block, told, part, sizes)
    bases = _values(block, told, nodes, sizes)
    known = (nodes[:, d] == hierarchy.codes.index(base)) & (bases > 0)
    return pa.array((200 * numerator + bases) // (2 * np.maximum(bases, 1)), mask=~known)
