"""Anybody's table as a system of cells: what is asked of it, block by block.

`pose(table, specification)` gives one `PosedBlock` per block (a year): its `system`, `demand` and `order` go to
`secondary.protect`, and `cell` says which row of the system every published cell is.

Every cell of every level is made, a leaf's count going into the product of the nodes above it. Cells over the same leaves are
the same number and become one row. Where zeros are shown a reader knows every leaf that is not zero to be at least 1, so
those leaves are told as counts above 1:

    leaves   women 3 → 2   men 1 → 0        cells   both 4 = 2 + 0 + 2, at least 2

The leaves of hidden groups are shown nowhere, not even where they are zero, so they are at least 0, and every one there
could be is a leaf. Where zeros may be hidden that is so for all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from introstat.protect.any_table.hidden_groups import declared_rows, own_cells, with_possible
from introstat.protect.any_table.hierarchy import MISSING, Hierarchy
from introstat.protect.any_table.lattice import Cells, cells_over, merged, relations_among
from introstat.protect.any_table.leaves import LeafTable
from introstat.protect.any_table.specification import ShareRule, Specification
from introstat.protect.any_table.ties import Edition
from introstat.protect.system import NOBODY, UNBOUNDED, Demand, Groups, System

PLAIN, NUMERATOR, REST = 0, 1, 2
"""Kinds of cells: of the table, what a share counts, and what is left of its base."""
CELL_WEIGHT: Final = 3.0
"""What a hidden cell costs beside the people in it: few cells are to be hidden, and few people in them."""
ZERO_WEIGHT: Final = 0.1
"""The loss of hiding a zero, where the loss of hiding a one is `CELL_WEIGHT` + 1."""
STEPS_PER_DOUBLING: Final = 1
"""Cells within so large a part of a doubling are equally needed: restarts shuffle them."""


@dataclass(frozen=True, slots=True, eq=False)
class PosedBlock:
    """One block, ready to be protected.

    `nodes` is cells × dimensions, numbers of nodes in the `hierarchies`; `kind` and `share` say whether a cell is the table's
    own or belongs to a share; `cell` is the row of the system each of them is, `values` their counts. Cells that no reader
    sees (a hidden group's own) are marked by `published` being false. Cells that are zero to every reader are not here.
    `leaf_codes` and `counts` are of the system's leaves; a leaf of an earlier edition may have codes that are no more, −1, and so
    has a leaf of a linked table in the dimensions that it is not divided by. `editions` says which leaves are whose: those of the
    present counts first, then those of every earlier edition, None for one that has nothing of the block.
    """

    block: tuple[str, ...]
    system: System
    demand: Demand
    order: NDArray[np.int64]
    hierarchies: tuple[Hierarchy, ...]
    nodes: NDArray[np.int64]
    kind: NDArray[np.int64]
    share: NDArray[np.int64]
    cell: NDArray[np.int64]
    values: NDArray[np.int64]
    published: NDArray[np.bool_]
    leaf_codes: NDArray[np.int64]
    counts: NDArray[np.int64]
    editions: tuple[Edition | None, ...]

    def shown(self, pattern: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which of the block's cells are shown by a pattern of the system's rows."""
        matrix = self.system.matrix
        single = np.diff(matrix.indptr) == 1
        zero = np.zeros(matrix.shape[1], np.bool_)
        zero[matrix[np.flatnonzero(pattern & single & (self.system.values == 0))].indices] = True
        whole = (matrix @ (~zero).astype(np.int64) == 0) & ~self.demand.must_hide
        return np.asarray((pattern | whole)[self.cell]) & self.published

    @property
    def primary(self) -> NDArray[np.bool_]:
        """Rows of the system that are hidden because they are sensitive."""
        return self.demand.must_hide


def pose(table: LeafTable, specification: Specification) -> tuple[PosedBlock, ...]:
    """One system per block of a table, the same whatever the order of its rows."""
    return tuple(
        pose_block(
            name, table.codes[table.block == at], table.counts[table.block == at], table.hierarchies, specification
        )
        for at, name in enumerate(table.blocks)
    )


def pose_block(
    name: tuple[str, ...],
    codes: NDArray[np.int64],
    counts: NDArray[np.int64],
    hierarchies: tuple[Hierarchy, ...],
    specification: Specification,
) -> PosedBlock:
    """One block of a table by the codes and counts of its leaves."""
    codes, counts, in_group = with_possible(codes, counts, hierarchies, specification)
    cells = cells_over(codes, hierarchies)
    least = np.where(in_group | (not specification.zeros_shown), 0, 1).astype(np.int64)
    unseen = own_cells(cells.nodes, hierarchies, specification)
    if specification.zeros_shown:
        # Whatever a shown zero counts is zero to everybody.
        empty = (cells.matrix @ counts == 0) & ~unseen
        gone = np.zeros(len(codes), np.bool_)
        gone[cells.matrix[np.flatnonzero(empty)].indices] = True
        if gone.any():
            codes, counts, least, in_group = codes[~gone], counts[~gone], least[~gone], in_group[~gone]
            cells = cells_over(codes, hierarchies)
            unseen = own_cells(cells.nodes, hierarchies, specification)
    everything, kind, share, origin = _with_shares(cells, hierarchies, specification.shares)
    first, row = merged(everything)
    matrix = csr_array(everything[first])
    values = np.asarray(matrix @ counts)
    low = np.asarray(matrix @ least)
    if specification.zeros_shown:
        # Nor is a hidden cell zero that only a hidden group counts in.
        seen = row[: len(cells.keys)][~unseen]
        low[seen] = np.maximum(low[seen], np.minimum(values[seen], 1))
    system = System(
        matrix=matrix,
        leaves=counts - least,
        values=values,
        low=low,
        high=np.full(len(first), UNBOUNDED),
        block=neighbourhood(codes, hierarchies),
        insider=codes[:, insiders_dimension(hierarchies, specification)].copy(),
        relations=relations_among(cells, hierarchies, row[: len(cells.keys)], len(first)),
    )
    own = np.zeros(len(first), np.bool_)
    own[row[: len(cells.keys)][unseen]] = True
    rest_only = np.ones(len(first), np.bool_)
    rest_only[row[kind != REST]] = False
    # A zero over several leaves is shown exactly when each of them is: what it tells follows from them.
    follows = (values == 0) & (np.diff(matrix.indptr) > 1) & ~own & ~rest_only
    demand = _demand(
        system,
        specification,
        own=own,
        rest_only=rest_only,
        follows=follows,
        times=np.bincount(row[kind != REST], minlength=len(first)),
    )
    declared = declared_rows(cells, row, hierarchies, specification)
    if declared.any():
        keep = ~declared[: len(first)]
        demand = Demand(
            groups=demand.groups,
            forced=demand.forced,
            must_hide=demand.must_hide,
            guarded=demand.guarded & keep,
            guarded_from_insiders=demand.guarded_from_insiders & keep,
            width=demand.width,
        )
    return PosedBlock(
        block=name,
        system=system,
        demand=demand,
        order=candidates_in_order(system, demand),
        hierarchies=hierarchies,
        nodes=cells.nodes[origin],
        kind=kind,
        share=share,
        cell=row,
        values=values[row],
        published=~unseen[origin] & (kind != REST),
        leaf_codes=codes,
        counts=counts,
        editions=(Edition(np.arange(len(codes)), codes, hierarchies),),
    )


def _demand(
    system: System,
    specification: Specification,
    *,
    own: NDArray[np.bool_],
    rest_only: NDArray[np.bool_],
    follows: NDArray[np.bool_],
    times: NDArray[np.int64],
) -> Demand:
    """What is asked: small cells and a hidden group's are hidden, everything hidden keeps its width."""
    values = system.values
    sensitive = ((values > 0) & (values < specification.threshold)) | own
    of_cell = np.arange(len(values))
    of_cell[own | rest_only | follows] = NOBODY
    weight = np.where(values > 0, CELL_WEIGHT + values, ZERO_WEIGHT) * np.maximum(times, 1)
    return Demand(
        groups=Groups(of_cell=of_cell, weight=weight),
        forced=np.zeros(len(values), np.bool_),
        must_hide=sensitive | rest_only,
        guarded=(~rest_only & ~follows) | sensitive,
        guarded_from_insiders=sensitive & (specification.insiders is not None),
        width=np.where(sensitive, specification.width_primary, specification.width_secondary).astype(np.int64),
    )


def candidates_in_order(system: System, demand: Demand) -> NDArray[np.int64]:
    """The largest first, those of one size in the order of their codes; and how needed each is, for restarts. Cells of one group
    are one number."""
    groups, first = np.unique(demand.groups.of_cell, return_index=True)
    values = system.values[first[groups >= 0]]
    order = np.argsort(-values, kind="stable")
    rank = -np.rint(STEPS_PER_DOUBLING * np.log2(np.maximum(values[order], 1))).astype(np.int64)
    rank[values[order] == 0] = 1
    return np.stack([groups[groups >= 0][order], rank])


def _with_shares(
    cells: Cells, hierarchies: tuple[Hierarchy, ...], shares: tuple[ShareRule, ...]
) -> tuple[csr_array, NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The cells, and under them for every share its numerators and what is left of the bases.

    Returns the matrix, the kind and share of every row, and the cell each comes from: for those of a share its base.
    """
    pointers, indices = [cells.matrix.indptr], [cells.matrix.indices]
    count = len(cells.keys)
    kinds, which, origins = [np.zeros(count, np.int64)], [np.full(count, -1)], [np.arange(count)]
    names = [hierarchy.name for hierarchy in hierarchies]
    last = int(cells.matrix.indptr[-1])
    for number, share in enumerate(shares):
        if share.dimension not in names:
            continue
        d = names.index(share.dimension)
        hierarchy = hierarchies[d]
        if share.base not in hierarchy.codes:
            continue
        counted = np.zeros(hierarchy.leaves, np.bool_)
        for code in share.numerator:
            if code in hierarchy.codes:
                counted[hierarchy.within(hierarchy.codes.index(code))] = True
        bases = np.flatnonzero(cells.nodes[:, d] == hierarchy.codes.index(share.base))
        over = csr_array(cells.matrix[bases])
        # Which leaves the numerator counts: by the leaf's own code in the dimension.
        own = cells.matrix[np.flatnonzero(cells.nodes[:, d] < hierarchy.leaves)]
        leaf_code = np.zeros(cells.matrix.shape[1], np.int64)
        leaf_code[own.indices] = np.repeat(cells.nodes[cells.nodes[:, d] < hierarchy.leaves, d], np.diff(own.indptr))
        for kind, taken in ((NUMERATOR, counted), (REST, ~counted)):
            entries = taken[leaf_code[over.indices]]
            until = np.concatenate([[0], np.cumsum(entries)])[over.indptr]
            length = np.diff(until)
            some = length > 0
            pointers.append(last + np.cumsum(length[some]))
            last += int(length.sum())
            indices.append(over.indices[entries])
            kinds.append(np.full(int(some.sum()), kind))
            which.append(np.full(int(some.sum()), number))
            origins.append(bases[some])
    flat = np.concatenate(indices)
    pointer = np.concatenate(pointers)
    matrix = csr_array((np.ones(len(flat), np.int64), flat, pointer), shape=(len(pointer) - 1, cells.matrix.shape[1]))
    return matrix, np.concatenate(kinds), np.concatenate(which), np.concatenate(origins)


def neighbourhood(codes: NDArray[np.int64], hierarchies: tuple[Hierarchy, ...]) -> NDArray[np.int64]:
    """The nearest group of every leaf in the dimension with most codes that has groups; it is searched first."""
    grouped = [d for d, hierarchy in enumerate(hierarchies) if hierarchy.above.shape[1] > 1 + hierarchy.has_total]
    if not grouped:
        return np.full(len(codes), NOBODY, np.int64)
    d = max(grouped, key=lambda at: hierarchies[at].leaves)
    nearest = hierarchies[d].above[codes[:, d], 1]
    return np.where((nearest == MISSING) | (codes[:, d] == MISSING), NOBODY, nearest).astype(np.int64)


def insiders_dimension(hierarchies: tuple[Hierarchy, ...], specification: Specification) -> int:
    """Whose codes know a leaf. Where nobody is asked about, the longest dimension still tells the search what lies together."""
    if specification.insiders is not None:
        return [hierarchy.name for hierarchy in hierarchies].index(specification.insiders)
    return max(range(len(hierarchies)), key=lambda at: hierarchies[at].leaves)
