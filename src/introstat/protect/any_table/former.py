"""Earlier editions of anybody's table beside the one that is being protected, as one system.

A cell once shown stays shown. Where the counts are the same, that is all: two patterns of the same counts cannot be combined
when the later shows what the earlier did. Where counts were corrected, a reader is credited with knowing which leaves are
the same in both, which is more than anybody can know. Those are one leaf, and the others are two, then and now:

    edition 1   01 = Halden 12 + Moss :  + Rygge 4        Moss and Rygge are unchanged: the same leaves
    edition 2   01 = Halden 13 + Moss :  + Rygge 4        Halden is two leaves, 12 then and 13 now

The earlier edition is posed as it was: its cells, its shares, its hidden groups are rows over both kinds of leaves. What it
showed is known, and what it hid keeps its width too. What it hid only to protect others may be shown now.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from introstat.protect.any_table.before import Before, Counted, read_before
from introstat.protect.any_table.hidden_groups import group_nodes, within_group
from introstat.protect.any_table.hierarchy import renamed_leaves
from introstat.protect.any_table.lattice import keys_of
from introstat.protect.any_table.posing import NUMERATOR, PLAIN, PosedBlock, insiders_dimension, pose_block
from introstat.protect.any_table.published import HIDDEN, NO_SHARE, PublishedTable
from introstat.protect.any_table.specification import Specification
from introstat.protect.any_table.ties import Edition
from introstat.protect.system import NOBODY, UNBOUNDED, Demand, Groups, Relations, System, stacked
from introstat.vocabulary.errors import Misused


def with_former(posed: PosedBlock, former: PublishedTable, specification: Specification) -> PosedBlock:
    """The block together with what an earlier edition showed of it.

    `former` is that edition as `introstat protect` wrote it: what readers saw, or with `--truth`, which is needed where counts
    were corrected since. Raises Misused where it is needed and not given.
    """
    if posed.block not in former.blocks:
        return replace(posed, editions=(*posed.editions, None))
    before = read_before(former, posed.block, posed.hierarchies)
    known = before.values != HIDDEN
    now = before.in_present(posed.hierarchies)
    row, there = _rows_of(posed, now, kind=PLAIN)
    same = np.where(there, posed.system.values[row], 0) == before.values
    if np.all(same[known]):
        forced = _forced(posed, _shown_before(posed, before, now))
        return replace(forced, editions=(*posed.editions, posed.editions[0]))
    if not known.all():
        raise Misused(
            f"{former.source}: counts were corrected since this edition. Give it as --truth wrote it, so that what is unchanged "
            "can be told from what is not."
        )
    then = before.leaves(specification, present=Counted(posed.leaf_codes, posed.counts, posed.hierarchies))
    old = pose_block(posed.block, then.codes, then.counts, then.hierarchies, specification)
    return _joined(posed, old, before, specification)


def _rows_of(
    posed: PosedBlock, nodes: NDArray[np.int64], *, kind: int, share: int = -1
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The row of the system of cells told by their nodes, and whether there is one; a node may be −1, which is none."""
    sizes = [hierarchy.nodes for hierarchy in posed.hierarchies]
    some = np.flatnonzero((posed.kind == kind) & (posed.share == share) & posed.published)
    keys = keys_of(posed.nodes[some], sizes)
    order = np.argsort(keys)
    some, keys = some[order], keys[order]
    wanted = np.where((nodes >= 0).all(axis=1), keys_of(nodes, sizes), -1)
    if not len(keys):
        return np.zeros(len(nodes), np.int64), np.zeros(len(nodes), np.bool_)
    found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return posed.cell[some[found]], keys[found] == wanted


def _shown_before(posed: PosedBlock, before: Before, nodes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows of a system that an edition showed: its cells, by their `nodes` in that system, and what its shares count."""
    row, there = _rows_of(posed, nodes, kind=PLAIN)
    found = [row[before.shown & there]]
    for number, told in enumerate(before.shares):
        row, there = _rows_of(posed, nodes, kind=NUMERATOR, share=number)
        found.append(row[(told != NO_SHARE) & before.shown & there])
    return np.unique(np.concatenate(found))


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


def _joined(posed: PosedBlock, old: PosedBlock, before: Before, specification: Specification) -> PosedBlock:
    """Both editions over one system: leaves that are the same in both once, the others then and now."""
    system = posed.system
    codes = renamed_leaves(old.leaf_codes, old.hierarchies, posed.hierarchies)
    column = _same_leaves(posed, old, codes)
    own = np.flatnonzero(column == NOBODY)
    column[own] = len(system.leaves) + np.arange(len(own))
    width = len(system.leaves) + len(own)
    zero = _known_zero(posed, old, codes, column, specification)
    rows = csr_array(
        (old.system.matrix.data, column[old.system.matrix.indices], old.system.matrix.indptr),
        shape=(old.system.cells, width),
    )
    rows.sort_indices()
    singles = csr_array(
        (np.ones(len(zero), np.int64), zero, np.arange(len(zero) + 1)), shape=(len(zero), width), dtype=np.int64
    )
    now = csr_array((system.matrix.data, system.matrix.indices, system.matrix.indptr), shape=(system.cells, width))
    place, more = _placed(now, stacked(rows, singles))
    mine = more[more < old.system.cells]
    nothing = np.zeros(len(more) - len(mine), np.int64)
    hidden = np.concatenate([np.ones(len(mine), np.bool_), nothing > 0])
    demand = posed.demand

    shown = _shown_before(old, before, before.nodes)
    kept = old.demand.guarded.copy()
    kept[shown] = False
    guarded = np.concatenate([demand.guarded, np.zeros(len(more), np.bool_)])
    guarded[place[: old.system.cells][kept]] = True

    def of_old(now: NDArray[np.bool_], told: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return np.concatenate([now, told[mine], nothing > 0])

    joined = replace(
        posed,
        system=System(
            matrix=stacked(now, csr_array(stacked(rows, singles)[more])),
            leaves=np.concatenate([system.leaves, old.system.leaves[own]]),
            values=np.concatenate([system.values, old.system.values[mine], nothing]),
            low=np.concatenate([system.low, old.system.low[mine], nothing]),
            high=np.concatenate([system.high, np.full(len(more), UNBOUNDED)]),
            block=np.concatenate([system.block, _near(posed, codes[own])]),
            insider=np.concatenate([system.insider, codes[own, insiders_dimension(posed.hierarchies, specification)]]),
            relations=_relations(system.relations, old.system.relations, place),
        ),
        demand=Demand(
            groups=Groups(
                of_cell=np.concatenate([demand.groups.of_cell, np.full(len(more), NOBODY)]),
                requires=demand.groups.requires,
                weight=demand.groups.weight,
            ),
            forced=np.concatenate([demand.forced, np.zeros(len(more), np.bool_)]),
            must_hide=np.concatenate([demand.must_hide, hidden]),
            guarded=guarded,
            guarded_from_insiders=of_old(demand.guarded_from_insiders, old.demand.guarded_from_insiders),
            width=np.concatenate([demand.width, old.demand.width[mine], nothing + 2]),
        ),
        leaf_codes=np.concatenate([posed.leaf_codes, codes[own]]),
        counts=np.concatenate([posed.counts, old.counts[own]]),
        editions=(*posed.editions, Edition(column, old.leaf_codes, old.hierarchies)),
    )
    return _forced(joined, np.unique(np.concatenate([place[shown], place[old.system.cells :]])))


def _same_leaves(posed: PosedBlock, old: PosedBlock, codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """For every old leaf the leaf with its codes that counts the same, now or in another earlier edition; NOBODY for none."""
    there = np.concatenate([posed.leaf_codes, codes]), np.concatenate([posed.counts, old.counts])
    _, which = np.unique(np.concatenate([there[0], there[1][:, None]], axis=1), axis=0, return_inverse=True)
    which = which.ravel()
    mine, theirs = which[: len(posed.counts)], which[len(posed.counts) :]
    first = np.full(len(which), NOBODY)
    first[mine[::-1]] = np.arange(len(mine))[::-1]
    return np.where((codes >= 0).all(axis=1), first[theirs], NOBODY)


def _known_zero(
    posed: PosedBlock,
    old: PosedBlock,
    codes: NDArray[np.int64],
    column: NDArray[np.int64],
    specification: Specification,
) -> NDArray[np.int64]:
    """Leaves of hidden groups that are zero in both editions, which one of them tells by a zero it shows."""
    if not specification.zeros_shown or not specification.hidden_groups:
        return np.empty(0, np.int64)
    sizes = [hierarchy.leaves for hierarchy in posed.hierarchies]
    valid = (codes >= 0).all(axis=1)
    present = (posed.leaf_codes >= 0).all(axis=1)
    then = keys_of(codes[valid], sizes)
    now = keys_of(posed.leaf_codes[present], sizes)
    gone = column[valid][(old.counts[valid] == 0) & ~np.isin(then, now)]
    came = (posed.counts[present] == 0) & ~np.isin(now, then)
    known = [np.isin(posed.leaf_codes[present, d], codes[:, d]) for d in range(len(sizes))]
    came &= np.all(known, axis=0)
    within = np.zeros(len(now), np.bool_)
    for group in specification.hidden_groups:
        at = group_nodes(group, posed.hierarchies)
        if at is not None and within_group(codes[valid], posed.hierarchies, at).any():
            within |= within_group(posed.leaf_codes[present], posed.hierarchies, at)
    return np.unique(np.concatenate([gone, np.flatnonzero(present)[came & within]]))


def _placed(now: csr_array, rows: csr_array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each of some rows is when those that are not among the first are put after them, and which those are."""
    marks = np.random.default_rng(2).integers(1, 2**62, now.shape[1], dtype=np.int64)
    with np.errstate(over="ignore"):
        mine, theirs = np.asarray(now @ marks), np.asarray(rows @ marks)
    _, first, kind = np.unique(np.concatenate([mine, theirs]), return_index=True, return_inverse=True)
    start = first[kind.ravel()[len(mine) :]]
    more = np.unique(start[start >= len(mine)]) - len(mine)
    place = np.where(start < len(mine), start, len(mine) + np.searchsorted(more, start - len(mine)))
    return place.astype(np.int64), more.astype(np.int64)


def _relations(now: Relations, old: Relations, place: NDArray[np.int64]) -> Relations:
    return Relations(
        parent=np.concatenate([now.parent, place[old.parent]]),
        pointer=np.concatenate([now.pointer, now.pointer[-1] + old.pointer[1:]]),
        child=np.concatenate([now.child, place[old.child]]),
    )


def _near(posed: PosedBlock, codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """The neighbourhood of old leaves: that of the present ones with their code in the longest dimension."""
    longest = max(range(len(posed.hierarchies)), key=lambda at: posed.hierarchies[at].leaves)
    found = np.full(posed.hierarchies[longest].leaves, NOBODY)
    present = posed.leaf_codes[:, longest] >= 0
    found[posed.leaf_codes[present, longest]] = posed.system.block[present]
    return np.where(codes[:, longest] >= 0, found[codes[:, longest]], NOBODY)
