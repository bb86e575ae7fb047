"""Hiding what opens many weak cells together, where one remedy per cell would hide too much and take too long.

Every weak cell asks for a direction that moves it by one person. Directions are looked for one after another: each is worth
a reward for every weak cell it opens, less the loss of the shown cells it disagrees with, which are then hidden and free for
the next. The reward begins at the price of the cheapest cells and grows when little is opened for it, so that what is cheap
is opened first and shares what it hides. The whole is done a few times over, each time with what the last time used made
cheaper and everything else dearer; the pattern that loses least is kept.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from introstat.protect.algebra.directions import Directions, Space
from introstat.protect.algebra.polytope import INFINITE, TOLERANCE
from introstat.protect.system import UNBOUNDED, Demand, System

PASSES = 3
FIRST_REWARD = 2.5
"""The first reward of a weak cell, in prices of the cheapest cell that may be hidden."""
GROWTH = 1.5
"""How much more it is worth when a direction opens less than `ENOUGH` of what is left."""
ENOUGH = 0.05
LARGEST_REWARD = 1e6
DOWNWARD = 0.8
"""How often a cell that can both gain and lose is to lose: what has lost leaves room for what can only gain."""
ELSEWHERE = 4.0
"""How much dearer a cell is that the last pass did without."""
DIRECTIONS = 400
"""Directions of one pass at most."""


def open_together(
    system: System, demand: Demand, shown: NDArray[np.bool_], weak: NDArray[np.int64], *, seed: int
) -> NDArray[np.int64]:
    """Groups to hide so that as many of the `weak` cells as can be move by one; what cannot is left to others."""
    best: NDArray[np.int64] = np.empty(0, np.int64)
    least = np.inf
    opening = _Opening(system, demand, shown, weak, seed=seed)
    for _ in range(PASSES):
        groups, left = opening.run()
        loss = float(demand.groups.weight[groups].sum()) + LARGEST_REWARD * left
        if loss < least:
            best, least = groups, loss
    return best


class _Opening:
    def __init__(
        self, system: System, demand: Demand, shown: NDArray[np.bool_], weak: NDArray[np.int64], *, seed: int
    ) -> None:
        matrix = system.matrix
        of_cell = demand.groups.of_cell
        fixed = shown & (demand.forced | (of_cell < 0))
        priced = np.flatnonzero(shown & ~fixed)
        constant = system.values - matrix @ system.leaves
        limited = np.flatnonzero(~shown & ((system.low > constant) | (system.high < UNBOUNDED)))
        kept = np.concatenate([np.flatnonzero(fixed), limited])
        room_low = (system.low - system.values).astype(np.float64)
        room_high = np.where(system.high >= UNBOUNDED, INFINITE, (system.high - system.values).astype(np.float64))
        none = np.zeros(int(fixed.sum()))
        size = np.diff(matrix.indptr)
        single = weak[size[weak] == 1]
        self._single = np.unique(matrix.indices[matrix.indptr[single]])
        leaf = np.zeros(len(system.leaves), np.bool_)
        leaf[self._single] = True
        # A cell of several leaves moves with them; only one none of whose leaves is asked for needs a row of its own.
        others = weak[size[weak] > 1]
        self._wide = others[csr_array(matrix[others]) @ leaf.astype(np.int64) == 0]
        self._rows = csr_array(matrix[self._wide])
        self._cells = csr_array(matrix[priced])
        self._group = of_cell[priced]
        self._price = demand.groups.weight[self._group]
        self._start = system.leaves
        self._factor = np.ones(len(priced))
        self._random = np.random.default_rng(seed)
        self._directions = Directions(
            Space(
                rows=csr_array(matrix[kept]),
                low=np.concatenate([none, room_low[limited]]),
                high=np.concatenate([none, room_high[limited]]),
                start=system.leaves,
            ),
            wide=self._rows,
            priced=self._cells,
            room=(np.maximum(-room_low[priced], 0), np.maximum(room_high[priced], 0)),
        )

    def run(self) -> tuple[NDArray[np.int64], int]:
        """One pass: the groups to hide, and how many weak cells it could not open."""
        random, leaves = self._random, len(self._start)
        hidden = np.zeros(len(self._price), np.bool_)
        used = np.zeros(len(self._price))
        open_leaf = np.zeros(leaves, np.bool_)
        open_leaf[self._single] = True
        open_wide = np.ones(len(self._wide), np.bool_)
        unit = float(self._price[self._price > 0].min(initial=np.inf))
        reward, unit = (FIRST_REWARD * unit, unit) if np.isfinite(unit) else (1.0, 1.0)
        for _ in range(DIRECTIONS):
            left = int(open_leaf.sum() + open_wide.sum())
            if not left or reward > LARGEST_REWARD * unit:
                break
            change = self._directions.find(
                leaf_reward=np.where(open_leaf, reward * random.uniform(0.8, 1.2, leaves), 0.0),
                wide_reward=np.where(open_wide, reward * random.uniform(0.8, 1.2, len(open_wide)), 0.0),
                price=np.where(hidden, 0.0, self._price * self._factor),
                down=random.random(leaves) < DOWNWARD,
                wide_down=random.random(len(open_wide)) < DOWNWARD,
            )
            opened = 0
            if change is not None:
                broken = np.abs(self._cells @ change) > TOLERANCE
                hidden |= broken
                gained = open_leaf & (np.abs(change) > 1 - TOLERANCE)
                moved = open_wide & (np.abs(self._rows @ change) > 1 - TOLERANCE)
                opened = int(gained.sum() + moved.sum())
                used[broken] += opened
                open_leaf &= ~gained
                open_wide &= ~moved
            if opened <= ENOUGH * left:
                reward *= GROWTH
        typical = used[hidden].mean() if hidden.any() else 1.0
        self._factor = np.where(hidden, 1 / (1 + used / typical), ELSEWHERE)
        return np.unique(self._group[hidden]), int(open_leaf.sum() + open_wide.sum())
