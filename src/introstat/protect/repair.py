"""The cheapest further cells to hide so that a weak cell gets another possible value.

For one weak cell the linear program looks for another table in which the cell is one larger, or one smaller. It must agree
with every forced cell and every bound; it may disagree with other shown cells, at a price: their loss. The cells it
disagrees with are hidden. An insider's own leaves stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

from introstat.protect.algebra.polytope import INFINITE, TOLERANCE, Polytope
from introstat.protect.system import NOBODY, UNBOUNDED, Demand, System

CHEAP = 4.0
"""What a remedy may cost to be taken from the neighbourhood unseen, in prices of the cell in the middle."""
NODES = 200
"""Nodes of one integer program at most."""
MOVEMENT_COST = 1e-3
"""What moving one person costs beside the loss of cells: among equal losses the smallest change wins."""


@dataclass(frozen=True, slots=True, eq=False)
class Remedy:
    """Groups to hide, and the change of the leaves that gives the weak cell its other value."""

    groups: NDArray[np.int64]
    change: NDArray[np.float64]
    cost: float

    @property
    def whole(self) -> NDArray[np.int64] | None:
        """The change in whole numbers, or None where it is not whole."""
        rounded = np.rint(self.change)
        return rounded.astype(np.int64) if np.abs(self.change - rounded).max(initial=0.0) < TOLERANCE else None


def remedy(
    system: System,
    demand: Demand,
    shown: NDArray[np.bool_],
    *,
    cell: int,
    insider: int,
    step: int = 1,
    whole: bool = False,
) -> Remedy | None:
    """The cheapest way to move `cell` by `step` up or down; None where the forced cells allow none.

    With `whole` a way in whole numbers: the cheapest that is met within a number of nodes, None as well where none is met.

    Looks in the neighbourhood of the cell first, where it has one, and is content there with a cheap way; a county's total is
    not hidden before the whole country has been searched.
    """
    touched = system.block[system.matrix[[cell]].indices]
    scopes = [np.arange(len(system.leaves))]
    if len(touched) and touched[0] != NOBODY and np.all(touched == touched[0]):
        scopes.insert(0, np.flatnonzero(system.block == touched[0]))
    best: Remedy | None = None
    prices = demand.groups.weight[demand.groups.weight > 0]
    content = CHEAP * float(np.median(prices)) if len(prices) else 0.0
    for scope in scopes:
        leaves = scope[system.insider[scope] != insider] if insider != NOBODY else scope
        ways: list[Remedy] = []
        for side in (1, -1):
            way = _cheapest(system, demand, shown, leaves=leaves, cell=cell, wanted=side * step, whole=whole)
            if way is not None:
                ways.append(way)
                if not len(way.groups):
                    break  # open by now: nothing is cheaper than nothing
        best = min([best, *ways] if best is not None else ways, key=lambda way: way.cost, default=None)
        if best is not None and best.cost <= content:
            break
    return best


def _cheapest(
    system: System,
    demand: Demand,
    shown: NDArray[np.bool_],
    *,
    leaves: NDArray[np.int64],
    cell: int,
    wanted: int,
    whole: bool,
) -> Remedy | None:
    part = csr_array(system.matrix[:, leaves])
    of_cell = demand.groups.of_cell
    involved = np.diff(part.indptr) > 0
    fixed = involved & shown & (demand.forced | (of_cell < 0))
    priced = np.flatnonzero(involved & shown & ~fixed)
    constant = system.values - system.matrix @ system.leaves
    limited = np.flatnonzero(involved & ~shown & ((system.low > constant) | (system.high < UNBOUNDED)))
    rows = np.concatenate([np.flatnonzero(fixed), priced, limited, [cell]])
    start = system.leaves[leaves].astype(float)
    loss = demand.groups.weight[of_cell[priced]]
    room_low = (system.low - system.values).astype(float)
    room_high = np.where(system.high >= UNBOUNDED, INFINITE, (system.high - system.values).astype(float))
    room_low[system.low <= -UNBOUNDED] = -INFINITE

    count, prices = len(leaves), len(priced)
    first = int(fixed.sum())
    relief = csr_array(
        (np.ones(prices), np.arange(prices), np.clip(np.arange(len(rows) + 1) - first, 0, prices)),
        shape=(len(rows), prices),
    )
    body = csr_array(part[rows]).astype(np.float64)
    matrix = csr_array(hstack([body, -body, -relief, relief], format="csr"))
    zero = np.zeros(first + prices)
    polytope = Polytope(
        matrix,
        row_low=np.concatenate([zero, room_low[limited], [float(wanted)]]),
        row_high=np.concatenate([zero, room_high[limited], [float(wanted)]]),
        low=np.zeros(2 * count + 2 * prices),
        high=np.concatenate(
            [np.full(count, INFINITE), start, np.maximum(room_high[priced], 0), np.maximum(-room_low[priced], 0)]
        ),
        integer=whole,
        least_change=not whole,
        any_met=whole,
        nodes=NODES,
    )
    cost = np.concatenate([np.full(2 * count, MOVEMENT_COST), loss, loss])
    optimum = polytope.push(cost)
    if optimum is None or not optimum.bounded:
        return None
    point = optimum.point
    disagreeing = (point[2 * count : 2 * count + prices] + point[2 * count + prices :]) > TOLERANCE
    change = np.zeros(len(system.leaves))
    change[leaves] = point[:count] - point[count : 2 * count]
    return Remedy(groups=np.unique(of_cell[priced[disagreeing]]), change=change, cost=optimum.objective)
