"""A pattern chosen in stages, for large tables that whole numbers undo: each stage knows what its pattern has to leave open.

Elimination (`secondary`) asks of a candidate only whether it gives a cell away by adding and subtracting. In large tables of
small counts nearly everything it shows has to be hidden again, because no count is below its least value; so many cells are
weak that the mending decides the pattern, and prices of thousands of small cells, nearly all of which are hidden in the end,
weigh more in it than those of the few large ones that could be kept. Here the large ones are decided first:

    stage 1   cells that lie in several neighbourhoods: the country by age, by age and outcome, ...
    stage 2   of all others the few that are needed most
    stage 3   twice as many, and so on

A stage finds changes that move every protected cell by one person and disagree with as little of the stage as can be
(`algebra.opening`); what they disagree with is hidden, the rest is shown for good and binds all later stages. What no stage has
come to yet costs nothing. So after every stage each protected cell has room in real numbers beside all that is shown by then.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from introstat.protect.algebra.opening import Opening
from introstat.protect.grouping import closed_groups, homes, rule_groups, shown_cells
from introstat.protect.system import NOBODY, Demand, System

STAGES = 4
"""In how many stages the cells within neighbourhoods are decided, each twice as large as the one before."""
WORTH = 0.05
"""A later stage that shows a smaller share of its groups is the last: those after it are needed less, and cost as much to decide."""


def open_in_stages(system: System, demand: Demand, order: NDArray[np.int64], *, seed: int) -> NDArray[np.bool_]:
    """Which groups are shown so that every protected cell can move by one; `order` is groups, the most needed first."""
    hidden, forced = rule_groups(demand)
    protected = np.flatnonzero(~shown_cells(demand, ~hidden) & demand.guarded)
    hidden = closed_groups(demand, hidden | _telling(system, demand, protected))
    undecided = ~hidden & ~forced
    changes: csr_array | None = None
    stages = _stages(order[undecided[order]], homes(system, demand.groups))
    for number, stage in enumerate(stages):
        # What is decided by now binds; the stage is shown too, but may be hidden at its price.
        settled = replace(demand, forced=shown_cells(demand, ~hidden & ~undecided))
        undecided[stage] = False
        shown = shown_cells(demand, ~hidden & ~undecided)
        opening = Opening(system, settled, shown, protected, seed=seed, changes=changes)
        broken, _ = opening.run()
        hidden[broken] = True
        hidden = closed_groups(demand, hidden)
        if number > 1 and (~hidden[stage]).sum() < WORTH * len(stage):
            break
        changes = opening.changes()
    return ~(hidden | undecided)


def _telling(system: System, demand: Demand, protected: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Groups of which a sum has all its counts at their least, a protected one among them: shown, it would tell that one."""
    matrix = system.matrix
    single = protected[np.diff(matrix.indptr)[protected] == 1]
    kept = np.zeros(len(system.leaves), np.int64)
    kept[matrix.indices[matrix.indptr[single]]] = 1
    is_sum = abs(matrix).sum(axis=1) == matrix.sum(axis=1)
    least = is_sum & (matrix @ system.leaves == 0) & (matrix @ kept > 0)
    groups = np.zeros(demand.groups.count, np.bool_)
    of_cell = demand.groups.of_cell
    groups[of_cell[least & (of_cell >= 0) & ~demand.forced]] = True
    return groups


def _stages(order: NDArray[np.int64], home: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """The groups of each stage, in order."""
    everywhere = home[order] == NOBODY
    wide, within = order[everywhere], order[~everywhere]
    if not len(within):
        wide, within = within, wide
    share = len(within) / (2**STAGES - 1)
    ends = [round(share * (2**stage - 1)) for stage in range(STAGES + 1)]
    stages = [wide, *(within[first:last] for first, last in pairwise(ends))]
    return [stage for stage in stages if len(stage)]
