"""Earlier editions of anybody's table beside the one that is being protected, as one system.

A cell once shown stays shown. Where the counts are the same, that is all: two patterns of the same counts cannot be combined
when the later shows what the earlier did. Where counts were corrected, a reader is credited with knowing which leaves are
the same in both, which is more than anybody can know. Those are one leaf, and the others are two, then and now:

    edition 1   01 = Halden 12 + Moss :  + Rygge 4        Moss and Rygge are unchanged: the same leaves
    edition 2   01 = Halden 13 + Moss :  + Rygge 4        Halden is two leaves, 12 then and 13 now

The earlier edition's cells are rows over both: what it showed is known, and what is
sensitive in it keeps its width too. What it hid only to protect others may be shown now.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from introstat.protect.any_table.lattice import cells_over, keys_of
from introstat.protect.any_table.posing import PLAIN, PosedBlock
from introstat.protect.any_table.published import HIDDEN, SHOWN, UNMARKED, PublishedTable
from introstat.protect.any_table.specification import Specification
from introstat.protect.system import NOBODY, UNBOUNDED, Demand, Groups, System, stacked
from introstat.vocabulary.errors import Misused


def with_former(posed: PosedBlock, former: PublishedTable, specification: Specification) -> PosedBlock:
    """The block together with what an earlier edition showed of it.

    `former` is that edition as `introstat protect` wrote it: what readers saw, or with `--truth`, which is needed where counts
    were corrected since. Raises Misused where it is needed and not given.
    """
    if posed.block not in former.blocks:
        return posed
    at = np.flatnonzero(former.block == former.blocks.index(posed.block))
    known = former.values[at] != HIDDEN
    was_shown = known & np.isin(former.kind[at], (UNMARKED, SHOWN))
    row, there = _rows_of(posed, former, at)
    same = np.where(there, posed.system.values[row], 0) == former.values[at]
    if np.all(same[known]):
        return _forced(posed, np.unique(row[was_shown & there]))
    return _linked(posed, former, at, was_shown, specification)


def _rows_of(
    posed: PosedBlock, former: PublishedTable, at: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The row of the system that each cell of an earlier edition is now, by its codes, and whether there is one."""
    sizes = [hierarchy.nodes for hierarchy in posed.hierarchies]
    now = np.empty((len(at), len(sizes)), np.int64)
    for d, (old, new) in enumerate(zip(former.hierarchies, posed.hierarchies, strict=True)):
        place = {code: node for node, code in enumerate(new.codes)}
        now[:, d] = np.array([place.get(code, -1) for code in old.codes], np.int64)[former.nodes[at, d]]
    plain = np.flatnonzero((posed.kind == PLAIN) & posed.published)
    keys = keys_of(posed.nodes[plain], sizes)
    order = np.argsort(keys)
    plain, keys = plain[order], keys[order]
    wanted = np.where((now >= 0).all(axis=1), keys_of(now, sizes), -1)
    if not len(keys):
        return np.zeros(len(at), np.int64), np.zeros(len(at), np.bool_)
    found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return posed.cell[plain[found]], keys[found] == wanted


def _forced(posed: PosedBlock, rows: NDArray[np.int64]) -> PosedBlock:
    """The same block with some rows shown whatever happens: they are public."""
    system, demand = posed.system, posed.demand
    forced = demand.forced.copy()
    forced[rows] = True
    # A zero that was shown makes every leaf in it known.
    zero = np.zeros(len(system.leaves), np.bool_)
    zero[system.matrix[rows[system.values[rows] == 0]].indices] = True
    forced |= np.asarray(system.matrix @ (~zero).astype(np.int64) == 0)
    demand = replace(demand, forced=forced, must_hide=demand.must_hide & ~forced)
    return replace(posed, demand=demand)


def _linked(
    posed: PosedBlock,
    former: PublishedTable,
    at: NDArray[np.int64],
    was_shown: NDArray[np.bool_],
    specification: Specification,
) -> PosedBlock:
    if np.any(former.values[at] == HIDDEN):
        raise Misused(
            f"{former.source}: counts were corrected since this edition. Give it as --truth wrote it, so that what is unchanged "
            "can be told from what is not."
        )
    if specification.hidden_groups:
        raise Misused(
            f"{former.source}: an earlier edition with corrections cannot be linked while there is a hidden group."
        )
    if not specification.zeros_shown:
        raise Misused(
            f"{former.source}: an earlier edition with corrections cannot be linked while zeros may be hidden."
        )
    if len(posed.system.leaves) > len(posed.leaf_codes):
        raise Misused(f"{former.source}: only one earlier edition with other counts than now can be linked.")
    system = posed.system
    codes, counts = _old_leaves(former, at)
    number, unchanged = _same_leaves(posed, former, codes, counts)
    own = np.flatnonzero(~unchanged)
    column = number.copy()
    column[own] = len(system.leaves) + np.arange(len(own))
    cells = cells_over(codes, former.hierarchies)
    width = len(system.leaves) + len(own)
    old = csr_array(
        (cells.matrix.data, column[cells.matrix.indices], cells.matrix.indptr), shape=(cells.matrix.shape[0], width)
    )
    old.sort_indices()
    keys = keys_of(former.nodes[at], [hierarchy.nodes for hierarchy in former.hierarchies])
    place = np.searchsorted(cells.keys, keys[former.values[at] > 0])
    shown = np.zeros(len(cells.keys), np.bool_)
    shown[place[was_shown[former.values[at] > 0]]] = True
    now = csr_array(
        (system.matrix.data, system.matrix.indices, system.matrix.indptr), shape=(system.matrix.shape[0], width)
    )
    marks = np.random.default_rng(2).integers(1, 2**62, width, dtype=np.int64)
    with np.errstate(over="ignore"):
        hashed, mine = np.asarray(old @ marks), np.asarray(now @ marks)
    order = np.argsort(mine, kind="stable")
    match = np.minimum(np.searchsorted(mine[order], hashed), len(mine) - 1)
    is_now = mine[order][match] == hashed
    posed = _forced(posed, np.unique(order[match[is_now & shown]]))
    more = np.flatnonzero(~is_now)
    more = more[np.unique(hashed[more], return_index=True)[1]] if len(more) else more
    # One row for cells that are alike: shown where any of them was.
    ever = np.isin(hashed[more], hashed[shown & ~is_now])
    values = np.asarray(cells.matrix @ counts)[more]
    least = np.diff(old.indptr)[more]
    demand = posed.demand
    sensitive = ~ever & (values < specification.threshold)
    return replace(
        posed,
        system=System(
            matrix=stacked(now, csr_array(old[more])),
            leaves=np.concatenate([system.leaves, counts[own] - 1]),
            values=np.concatenate([system.values, values]),
            low=np.concatenate([system.low, least]),
            high=np.concatenate([system.high, np.full(len(more), UNBOUNDED)]),
            block=np.concatenate([system.block, _label(former, posed, codes[own], system.block)]),
            insider=np.concatenate([system.insider, _insider(former, posed, codes[own], specification)]),
            relations=system.relations,
        ),
        demand=Demand(
            groups=Groups(
                of_cell=np.concatenate([demand.groups.of_cell, np.full(len(more), NOBODY)]),
                requires=demand.groups.requires,
                weight=demand.groups.weight,
            ),
            forced=np.concatenate([demand.forced, ever]),
            must_hide=np.concatenate([demand.must_hide, ~ever]),
            guarded=np.concatenate([demand.guarded, ~ever]),
            guarded_from_insiders=np.concatenate(
                [demand.guarded_from_insiders, sensitive & (specification.insiders is not None)]
            ),
            width=np.concatenate(
                [demand.width, np.where(sensitive, specification.width_primary, specification.width_secondary)]
            ),
        ),
    )


def _old_leaves(former: PublishedTable, at: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Codes and counts of the leaves of an earlier edition that were not zero."""
    finest = np.all([former.nodes[at, d] < hierarchy.leaves for d, hierarchy in enumerate(former.hierarchies)], axis=0)
    here = at[finest & (former.values[at] > 0)]
    return former.nodes[here], former.values[here]


def _same_leaves(
    posed: PosedBlock,
    former: PublishedTable,
    codes: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """For every old leaf the present one by its codes, and whether it counts the same."""
    sizes = [hierarchy.leaves for hierarchy in posed.hierarchies]
    now = np.empty_like(codes)
    for at, (old, new) in enumerate(zip(former.hierarchies, posed.hierarchies, strict=True)):
        place = {code: node for node, code in enumerate(new.codes[: new.leaves])}
        now[:, at] = np.array([place.get(code, -1) for code in old.codes], np.int64)[codes[:, at]]
    present = keys_of(posed.leaf_codes, sizes)
    order = np.argsort(present)
    wanted = np.where((now >= 0).all(axis=1), keys_of(now, sizes), -1)
    if not len(present):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.bool_)
    number = order[np.minimum(np.searchsorted(present[order], wanted), len(present) - 1)]
    equal = (present[number] == wanted) & (posed.system.leaves[number] + 1 == counts)
    return number, equal


def _row_dimension(posed: PosedBlock, specification: Specification) -> int:
    names = [hierarchy.name for hierarchy in posed.hierarchies]
    if specification.insiders is not None:
        return names.index(specification.insiders)
    return max(range(len(names)), key=lambda at: posed.hierarchies[at].leaves)


def _insider(
    former: PublishedTable, posed: PosedBlock, codes: NDArray[np.int64], specification: Specification
) -> NDArray[np.int64]:
    """Who knows an old leaf: whoever has its code now."""
    d = _row_dimension(posed, specification)
    place = {code: node for node, code in enumerate(posed.hierarchies[d].codes[: posed.hierarchies[d].leaves])}
    return np.array([place.get(former.hierarchies[d].codes[code], NOBODY) for code in codes[:, d]], np.int64)


def _label(
    former: PublishedTable, posed: PosedBlock, codes: NDArray[np.int64], blocks: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The neighbourhood of an old leaf: that of the present leaves with its code."""
    longest = max(range(len(posed.hierarchies)), key=lambda at: posed.hierarchies[at].leaves)
    new = posed.hierarchies[longest]
    of_code = {new.codes[code]: int(block) for code, block in zip(posed.leaf_codes[:, longest], blocks, strict=True)}
    return np.array(
        [of_code.get(former.hierarchies[longest].codes[code], NOBODY) for code in codes[:, longest]], np.int64
    )
