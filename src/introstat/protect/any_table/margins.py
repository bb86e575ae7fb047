"""What a published table says about its leaves: one system per block, and whether its sums add up.

Marks that tell why a cell is hidden tell its size too: what is primary is below the threshold, what is secondary is not.
All that is unknown is laid out: a leaf for every combination of the finest codes that is not known to be zero, a cell for
every sum of them, shown or not. A sum that its parts contradict is named with its row, before any search.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from introstat.protect.any_table.hidden_groups import within_group
from introstat.protect.any_table.lattice import Cells, cells_over, keys_of, merged, nodes_of, relations_among
from introstat.protect.any_table.published import HIDDEN, NO_SHARE, PRIMARY, SECONDARY, PublishedTable, name_of
from introstat.protect.any_table.specification import Specification
from introstat.protect.any_table.ties import Edition
from introstat.protect.system import UNBOUNDED, Relations, stacked
from introstat.vocabulary.errors import Misused


@dataclass(frozen=True, slots=True, eq=False)
class PublishedBlock:
    """One block of a published table as cells over unknown leaves.

    `matrix` is rows × leaves and `least` what every leaf is at least. `value` per row is the shown number or −1; `low` and
    `high` bound rows that are not shown. `row` tells for every cell of the table (`cells`, its nodes; more than the file has)
    which row it is; `listed` which cells the file has, by its position there, or −1. `zero` lists hidden cells of the file, by
    position, that a shown zero makes zero. `sums` are those among the cells. `codes` are of the leaves, −1 where a leaf of another
    table or edition has none, and `editions` says which leaves are whose: those of the table first. `given` tells of rows whose
    value stands in another file only which one that is.
    """

    name: tuple[str, ...]
    matrix: csr_array
    least: NDArray[np.int64]
    value: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    cells: Cells
    row: NDArray[np.int64]
    listed: NDArray[np.int64]
    group: NDArray[np.int64]
    zero: NDArray[np.int64]
    sums: Relations
    codes: NDArray[np.int64]
    editions: tuple[Edition | None, ...]
    given: Mapping[int, str] = field(default_factory=dict)


def lay_out(table: PublishedTable, specification: Specification) -> tuple[PublishedBlock, ...]:
    """The blocks of a published table. Raises Misused where its sums cannot be right, naming the row."""
    return tuple(_lay_out(table, specification, number) for number in range(len(table.blocks)))


def _lay_out(table: PublishedTable, specification: Specification, number: int) -> PublishedBlock:
    at = np.flatnonzero(table.block == number)
    nodes, values = table.nodes[at], table.values[at]
    hierarchies = table.hierarchies
    sizes = [hierarchy.nodes for hierarchy in hierarchies]
    keys = keys_of(nodes, sizes)
    order = np.argsort(keys)
    at, nodes, values, keys = at[order], nodes[order], values[order], keys[order]
    finest = np.all([nodes[:, d] < hierarchy.leaves for d, hierarchy in enumerate(hierarchies)], axis=0)
    codes, in_group, positive = _possible(table, specification, nodes[finest], values[finest])
    while True:
        cells = cells_over(codes, hierarchies)
        place = np.minimum(np.searchsorted(cells.keys, keys), max(len(cells.keys) - 1, 0))
        there = cells.keys[place] == keys if len(cells.keys) else np.zeros(len(keys), np.bool_)
        gone = np.zeros(len(codes), np.bool_)
        gone[cells.matrix[place[there & (values == 0)]].indices] = True
        if not gone.any():
            break
        if np.any(gone & positive):
            row = at[there & (values == 0)][0]
            refuse_row(table, specification, int(row), "is 0, and something it sums is not")
        codes, in_group, positive = codes[~gone], in_group[~gone], positive[~gone]
    least = positive.astype(np.int64)
    lost = np.flatnonzero(~there & (values > 0))
    if len(lost):
        refuse_row(table, specification, int(at[lost[0]]), "cannot be: everything it is the sum of is 0")
    zero = at[~there & (values == HIDDEN)]
    if specification.zeros_shown and len(zero):
        refuse_row(
            table,
            specification,
            int(zero[0]),
            "is hidden and can only be 0, but the specification says that zeros are shown",
        )
    listed = np.full(len(cells.keys), -1)
    listed[place[there]] = at[there]
    shown_value = np.full(len(cells.keys), HIDDEN, np.int64)
    shown_value[place[there]] = values[there]
    floor = np.asarray(cells.matrix @ least)
    hidden = (listed >= 0) & (shown_value == HIDDEN)
    if specification.zeros_shown:
        floor[hidden] = np.maximum(floor[hidden], 1)
    sums = relations_among(cells, hierarchies, np.arange(len(cells.keys)), len(cells.keys))
    _check_sums(table, specification, sums, shown_value, floor, listed)
    first, row = merged(cells.matrix)
    value = np.full(len(first), HIDDEN, np.int64)
    known = np.flatnonzero(shown_value != HIDDEN)
    value[row[known]] = shown_value[known]
    differs = known[value[row[known]] != shown_value[known]]
    if len(differs):
        refuse_row(
            table,
            specification,
            int(listed[differs[0]]),
            f"is {shown_value[differs[0]]}, and a cell of the same people is {value[row[differs[0]]]}",
        )
    low = np.zeros(len(first), np.int64)
    np.maximum.at(low, row, floor)
    high = np.full(len(first), UNBOUNDED)
    marked = np.flatnonzero(hidden)
    kind = table.kind[listed[marked]]
    np.minimum.at(high, row[marked[kind == PRIMARY]], specification.threshold - 1)
    np.maximum.at(low, row[marked[kind == PRIMARY]], 1)
    if specification.zeros_shown:
        np.maximum.at(low, row[marked[kind == SECONDARY]], specification.threshold)
    group = np.full(len(cells.keys), -1)
    for which, (_, pairs) in enumerate(table.groups):
        if pairs:
            group[within_group(cells.nodes, hierarchies, pairs)] = which
    matrix = csr_array(cells.matrix[first])
    block = PublishedBlock(
        name=table.blocks[number],
        matrix=matrix,
        least=least,
        value=value,
        low=low,
        high=high,
        cells=cells,
        row=row,
        listed=listed,
        group=group,
        zero=zero,
        sums=sums,
        codes=codes,
        editions=(Edition(np.arange(len(codes)), codes, hierarchies),),
    )
    return _with_shares(block, table, specification, at, keys)


def _possible(
    table: PublishedTable, specification: Specification, finest: NDArray[np.int64], values: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Codes of the leaves that may be somebody, which are a hidden group's, and which are somebody for certain.

    Where zeros are shown a finest cell that is not there is zero, unless the table has no finest cells at all.
    """
    hierarchies = table.hierarchies
    sizes = [hierarchy.leaves for hierarchy in hierarchies]
    keys = keys_of(finest, sizes)
    groups = [pairs for _, pairs in table.groups if pairs]
    if specification.zeros_shown and len(keys):
        filled = keys[values != 0]
        possible = [filled]
        for pairs in groups:
            inside = [np.arange(size) for size in sizes]
            for d, node in pairs:
                inside[d] = np.intersect1d(inside[d], hierarchies[d].within(node))
            grid = np.meshgrid(*inside, indexing="ij")
            possible.append(keys_of(np.stack([axis.ravel() for axis in grid], axis=1), sizes))
        kept = np.unique(np.concatenate(possible))
    else:
        filled = keys[(values > 0) | ((values == HIDDEN) & specification.zeros_shown)]
        kept = np.setdiff1d(np.arange(int(np.prod(sizes)), dtype=np.int64), keys[values == 0])
    codes = nodes_of(kept, sizes)
    in_group = np.zeros(len(kept), np.bool_)
    for pairs in groups:
        in_group |= within_group(codes, hierarchies, pairs)
    return codes, in_group, np.isin(kept, filled)


def _check_sums(
    table: PublishedTable,
    specification: Specification,
    sums: Relations,
    shown: NDArray[np.int64],
    floor: NDArray[np.int64],
    listed: NDArray[np.int64],
) -> None:
    """Every shown sum is the sum of its shown parts, or at least what they and its hidden parts come to at least."""
    if not len(sums.parent):
        return
    known = shown != HIDDEN
    least = np.where(known, shown, floor)
    total = np.add.reduceat(least[sums.child], sums.pointer[:-1])
    whole = np.add.reduceat((~known[sums.child]).astype(np.int64), sums.pointer[:-1]) == 0
    value = shown[sums.parent]
    wrong = np.flatnonzero(known[sums.parent] & ((total > value) | (whole & (total != value))))
    if not len(wrong):
        return
    first = min(wrong.tolist(), key=lambda r: int(listed[sums.parent[r]]))
    parts = "its parts are" if whole[first] else "its parts, the hidden ones among them, are at least"
    refuse_row(
        table,
        specification,
        int(listed[sums.parent[first]]),
        f"is {value[first]}, and {parts} {total[first]} together: the table does not add up",
    )


def refuse_row(table: PublishedTable, specification: Specification, at: int, problem: str) -> NoReturn:
    """Raise Misused for one cell of a table, with the row and the key it has there."""
    name = name_of(table, table.nodes[at].tolist(), int(table.block[at]), specification)
    key = ", ".join(f"{column}={code}" for column, code in name.items())
    raise Misused(f"{table.source}, row {table.line[at]} ({key}): {problem}.")


def _with_shares(
    block: PublishedBlock,
    table: PublishedTable,
    specification: Specification,
    at: NDArray[np.int64],
    keys: NDArray[np.int64],
) -> PublishedBlock:
    """Two more rows per published share: p per cent, half up, says (2p−1)·base ≤ 200·numerator < (2p+1)·base."""
    names = [hierarchy.name for hierarchy in table.hierarchies]
    sizes = [hierarchy.nodes for hierarchy in table.hierarchies]
    strides = np.cumprod([1, *sizes[:0:-1]])[::-1]
    rows: list[csr_array] = []
    low: list[int] = []
    for number, share in enumerate(specification.shares):
        told = table.shares[number][at]
        if not np.any(told != NO_SHARE):
            continue
        d = names.index(share.dimension)
        hierarchy = table.hierarchies[d]
        codes = [hierarchy.codes.index(code) for code in share.numerator if code in hierarchy.codes]
        base_node = hierarchy.codes.index(share.base)
        for position in np.flatnonzero(told != NO_SHARE):
            percent, key = int(told[position]), int(keys[position])
            here = (key // int(strides[d])) % sizes[d]
            if here != base_node:
                refuse_row(table, specification, int(at[position]), "has a share that is not one of it")
            base = _cell_row(block, key)
            parts = [_cell_row(block, key + (code - here) * int(strides[d])) for code in codes]
            numerator = csr_array((1, block.matrix.shape[1]), dtype=np.int64)
            for part in parts:
                numerator = csr_array(numerator + part)
            shown = [
                int(table.values[at[position]]),
                *(_cell_value(block, key + (c - here) * int(strides[d])) for c in codes),
            ]
            if HIDDEN not in shown and shown[0] > 0:
                if (200 * sum(shown[1:]) + shown[0]) // (2 * shown[0]) != percent:
                    refuse_row(
                        table,
                        specification,
                        int(at[position]),
                        f"has a share of {percent} per cent, and {sum(shown[1:])} of {shown[0]} is another",
                    )
                continue
            rows.append(csr_array(200 * numerator - (2 * percent - 1) * base))
            rows.append(csr_array((2 * percent + 1) * base - 200 * numerator))
            low += [0, 1]
    if not rows:
        return block
    matrix = stacked(block.matrix, csr_array(vstack(rows, format="csr")))
    matrix.eliminate_zeros()
    more = len(rows)
    return replace(
        block,
        matrix=matrix,
        value=np.concatenate([block.value, np.full(more, HIDDEN)]),
        low=np.concatenate([block.low, np.array(low, np.int64)]),
        # A row with a minus in it is bounded from below by nothing else, so its bounds always have to be kept.
        high=np.concatenate([block.high, np.full(more, UNBOUNDED - 1)]),
    )


def _cell_row(block: PublishedBlock, key: int) -> csr_array:
    place = int(np.searchsorted(block.cells.keys, key))
    if place < len(block.cells.keys) and block.cells.keys[place] == key:
        return csr_array(block.cells.matrix[[place]])
    return csr_array((1, block.matrix.shape[1]), dtype=np.int64)


def _cell_value(block: PublishedBlock, key: int) -> int:
    place = int(np.searchsorted(block.cells.keys, key))
    if place < len(block.cells.keys) and block.cells.keys[place] == key:
        return int(block.value[block.row[place]])
    return 0
