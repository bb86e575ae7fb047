"""Two tables of the same people that share cells, as one system.

Exits by municipality × outcome and exits by municipality × age share their municipalities. Protected one by one, what one of
them hides may follow from the other. Somewhere there is a table of municipality × outcome × age that both are sums of; its
leaves are not known, but it exists exactly where the counts agree. Over them every cell of either table is a plain sum:

    outcome   work 3, other 4        age   young 5, old 2        leaves   work·young, work·old, other·young, other·old

Cells that both tables have are then the same row, and whatever is true of one system is true of the two. Which of the tables
that could be there is taken to begin the attack with makes no difference to what it finds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from introstat.protect.any_table.hierarchy import Hierarchy
from introstat.protect.any_table.lattice import merged
from introstat.protect.any_table.margins import PublishedBlock
from introstat.protect.any_table.posing import PosedBlock, candidates_in_order
from introstat.protect.any_table.published import HIDDEN
from introstat.protect.any_table.specification import Specification
from introstat.protect.system import UNBOUNDED, Demand, Groups, Relations, System
from introstat.vocabulary.errors import Misused

MOST_LEAVES = 500_000


@dataclass(frozen=True, slots=True, eq=False)
class _Joint:
    """Leaves of both tables at once: per joint leaf the leaf of either, and the merged rows of both matrices.

    `row` says for every row of the first table, then of the second, which row of `matrix` it is.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    matrix: csr_array
    row: NDArray[np.int64]

    @property
    def rows(self) -> int:
        return int(self.matrix.shape[0])

    def gathered(self, values: NDArray[np.int64], start: int) -> NDArray[np.int64]:
        """Values per row of both, as one per merged row: the largest, at least `start`."""
        found = np.full(self.rows, start, np.int64)
        np.maximum.at(found, self.row, values)
        return found

    def any(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether a mask holds for any of the rows that are merged."""
        return self.gathered(mask.astype(np.int64), 0) > 0


def check_linkable(first: Specification, second: Specification) -> None:
    """Refuse what two linked tables cannot have. Raises Misused."""
    common = [name for name in first.names if name in second.names]
    if not common:
        raise Misused("Linked tables share no dimension, so they share no cell but the total; leave [[linked]] out.")
    if first.blocks != second.blocks:
        raise Misused("Linked tables have the same blocks.")
    for name in common:
        if first.dimension(name) != second.dimension(name):
            raise Misused(f"Linked tables share {name}, and say different things of its total or parents.")
    for one in (first, second):
        if not one.zeros_shown or one.hidden_groups or one.shares:
            raise Misused("Linked tables show their zeros, and have neither hidden groups nor shares.")
        if one.insiders != first.insiders or (one.insiders is not None and one.insiders not in common):
            raise Misused("Linked tables have the same insiders, codes of a dimension that both have.")


def linked_blocks(first: PosedBlock, second: PosedBlock) -> tuple[PosedBlock, PosedBlock]:
    """Two posed blocks over one system. Raises Misused where they are not of the same people."""
    counts = first.system.leaves + 1, second.system.leaves + 1
    joint = _joint(
        (first.leaf_codes, first.hierarchies, first.system.matrix),
        (second.leaf_codes, second.hierarchies, second.system.matrix),
        counts=counts,
    )
    demands = first.demand, second.demand
    leaves = _filled(joint, *counts)
    both = [np.concatenate([one.values, other.values]) for one, other in [(first.system, second.system)]]
    system = System(
        matrix=joint.matrix,
        leaves=leaves,
        values=joint.gathered(both[0], 0),
        low=joint.gathered(np.concatenate([first.system.low, second.system.low]), 0),
        high=np.full(joint.rows, UNBOUNDED),
        block=first.system.block[joint.first],
        insider=first.system.insider[joint.first],
        relations=_relations(joint, first.system.relations, second.system.relations, first.system.cells),
    )
    weight = np.zeros(joint.rows)
    np.add.at(weight, joint.row, np.concatenate([demand.groups.weight for demand in demands]))
    demand = Demand(
        groups=Groups(of_cell=np.arange(joint.rows), weight=weight),
        forced=joint.any(np.concatenate([demand.forced for demand in demands])),
        must_hide=joint.any(np.concatenate([demand.must_hide for demand in demands])),
        guarded=joint.any(np.concatenate([demand.guarded for demand in demands])),
        guarded_from_insiders=joint.any(np.concatenate([demand.guarded_from_insiders for demand in demands])),
        width=joint.gathered(np.concatenate([demand.width for demand in demands]), 2),
    )
    order = candidates_in_order(system, demand)
    start = first.system.cells
    return (
        replace(first, system=system, demand=demand, order=order, cell=joint.row[first.cell]),
        replace(second, system=system, demand=demand, order=order, cell=joint.row[start + second.cell]),
    )


def linked_published(
    first: PublishedBlock,
    second: PublishedBlock,
    hierarchies: tuple[tuple[Hierarchy, ...], tuple[Hierarchy, ...]],
) -> PublishedBlock:
    """The first block with the second one known beside it. Raises Misused where they contradict each other."""
    joint = _joint((first.codes, hierarchies[0], first.matrix), (second.codes, hierarchies[1], second.matrix))
    told = np.concatenate([first.value, second.value])
    value = joint.gathered(told, HIDDEN)
    if np.any((told != HIDDEN) & (told != value[joint.row])):
        raise Misused("The linked tables show different numbers of the same people.")
    high = -joint.gathered(-np.concatenate([first.high, second.high]), -UNBOUNDED)
    start = first.matrix.shape[0]
    wanted = np.zeros(joint.rows, np.bool_)
    wanted[joint.row[:start][first.wanted]] = True
    return replace(
        first,
        matrix=joint.matrix,
        least=np.zeros(joint.matrix.shape[1], np.int64),
        value=value,
        low=joint.gathered(np.concatenate([first.low, second.low]), 0),
        high=high,
        row=joint.row[:start][first.row],
        wanted=wanted,
        relations=_relations(joint, first.relations, second.relations, start),
        codes=first.codes[joint.first],
    )


def _joint(
    first: tuple[NDArray[np.int64], tuple[Hierarchy, ...], csr_array],
    second: tuple[NDArray[np.int64], tuple[Hierarchy, ...], csr_array],
    *,
    counts: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None,
) -> _Joint:
    """Every pair of leaves with the same codes in the dimensions that both have. With `counts`, sums by these have to agree."""
    keys = _common_keys(first[0], first[1], second[0], second[1])
    if counts is not None:
        sums: list[dict[tuple[str, ...], int]] = [{}, {}]
        for into, told, count in zip(sums, keys, counts, strict=True):
            for key, number in zip(told, count.tolist(), strict=True):
                into[key] = into.get(key, 0) + number
        for key in sorted({*sums[0], *sums[1]}):
            if sums[0].get(key, 0) != sums[1].get(key, 0):
                raise Misused(
                    f"The linked tables are not of the same people: {', '.join(key)} is {sums[0].get(key, 0)} in one and "
                    f"{sums[1].get(key, 0)} in the other."
                )
    of_key: dict[tuple[str, ...], list[int]] = {}
    for at, key in enumerate(keys[1]):
        of_key.setdefault(key, []).append(at)
    pairs = [(at, other) for at, key in enumerate(keys[0]) for other in of_key.get(key, [])]
    if len(pairs) > MOST_LEAVES:
        raise Misused(f"The linked tables have {len(pairs):,} leaves together; at most {MOST_LEAVES:,} are worked on.")
    one, other = np.array(pairs, np.int64).reshape(-1, 2).T
    matrices = [
        csr_array(matrix @ _spread(at, matrix.shape[1])) for at, matrix in ((one, first[2]), (other, second[2]))
    ]
    both = csr_array(vstack(matrices, format="csr"))
    both.sort_indices()
    kept, row = merged(both)
    return _Joint(one, other, csr_array(both[kept]), row)


def _common_keys(
    codes: NDArray[np.int64],
    hierarchies: tuple[Hierarchy, ...],
    other_codes: NDArray[np.int64],
    others: tuple[Hierarchy, ...],
) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Per leaf of either table its codes in the dimensions that both have."""
    names = [hierarchy.name for hierarchy in hierarchies]
    common = [name for name in names if name in {hierarchy.name for hierarchy in others}]
    told: list[list[tuple[str, ...]]] = []
    for these, mine in ((codes, hierarchies), (other_codes, others)):
        at = [[hierarchy.name for hierarchy in mine].index(name) for name in common]
        told.append([tuple(mine[d].codes[leaf[d]] for d in at) for leaf in these.tolist()])
    return told[0], told[1]


def _spread(at: NDArray[np.int64], leaves: int) -> csr_array:
    """Leaves × joint leaves: which of them belong to which."""
    return csr_array((np.ones(len(at), np.int64), (at, np.arange(len(at)))), shape=(leaves, len(at)))


def _filled(joint: _Joint, counts: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.int64]:
    """One table of joint leaves that both tables are sums of: pair by pair as much as is left on both sides."""
    left, right = counts.copy(), others.copy()
    filled = np.zeros(len(joint.first), np.int64)
    for pair, (one, other) in enumerate(zip(joint.first.tolist(), joint.second.tolist(), strict=True)):
        filled[pair] = min(left[one], right[other])
        left[one] -= filled[pair]
        right[other] -= filled[pair]
    return filled


def _relations(joint: _Joint, first: Relations, second: Relations, start: int) -> Relations:
    return Relations(
        parent=np.concatenate([joint.row[first.parent], joint.row[start + second.parent]]),
        pointer=np.concatenate([first.pointer, first.pointer[-1] + second.pointer[1:]]),
        child=np.concatenate([joint.row[first.child], joint.row[start + second.child]]),
    )
