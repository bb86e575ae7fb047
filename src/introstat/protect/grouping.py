"""Groups of cells: which are shown, which the policy hides and what goes with them, and where each of them lies."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from introstat.protect.system import NOBODY, Demand, Groups, System


def shown_cells(demand: Demand, shown_groups: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The cells of shown groups, and the forced ones."""
    of_cell = demand.groups.of_cell
    shown = demand.forced.copy()
    chosen = of_cell >= 0
    shown[chosen] |= shown_groups[of_cell[chosen]]
    return shown & ~demand.must_hide


def closed_groups(demand: Demand, hidden: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Hidden groups and everything that requires them."""
    hidden = hidden.copy()
    requires = demand.groups.requires
    while True:
        more = hidden[requires[:, 1]] & ~hidden[requires[:, 0]]
        if not more.any():
            return hidden
        hidden[requires[more, 0]] = True


def rule_groups(demand: Demand) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Groups the policy hides (with what requires them), and groups all of whose cells are forced."""
    of_cell = demand.groups.of_cell
    member = of_cell >= 0
    hidden = np.zeros(demand.groups.count, np.bool_)
    hidden[of_cell[member & demand.must_hide]] = True
    size = np.bincount(of_cell[member], minlength=demand.groups.count)
    forced = np.bincount(of_cell[member & demand.forced], minlength=demand.groups.count)
    return closed_groups(demand, hidden), (size > 0) & (size == forced)


def homes(system: System, groups: Groups) -> NDArray[np.int64]:
    """The neighbourhood every group lies wholly in, NOBODY where it lies in none; neighbourhoods numbered from 0."""
    of_cell = groups.of_cell
    numbers, block = np.unique(system.block, return_inverse=True)
    block = block.astype(np.int64) - int(len(numbers) > 0 and numbers[0] == NOBODY)
    home = np.full(groups.count, NOBODY)
    filled = np.flatnonzero((np.diff(system.matrix.indptr) > 0) & (of_cell >= 0))
    if not len(filled):
        return home
    starts = system.matrix.indptr[filled]
    least, most = np.full(len(home), np.iinfo(np.int64).max), np.full(len(home), NOBODY)
    np.minimum.at(least, of_cell[filled], np.minimum.reduceat(block[system.matrix.indices], starts))
    np.maximum.at(most, of_cell[filled], np.maximum.reduceat(block[system.matrix.indices], starts))
    return np.where(least == most, most, NOBODY)
