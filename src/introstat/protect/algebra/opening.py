"""Hiding what opens many weak cells together, where one remedy per cell would hide too much and take too long.

Every weak cell asks for a change that moves it by one person. A direction is looked for that is worth most: a reward for every
weak cell it opens, less the loss of the shown cells it disagrees with, which are then hidden. What is open now for nothing is
found next, by walks and by directions that hide nothing more, so that the next priced program asks for those cells only that
are still closed. The reward begins at the price of the cheapest cells and grows when little is opened for it, so that what is
cheap is opened first and shares what it hides. In tables that are not large the whole is done a few times over, each time
with what the last time used made cheaper and everything else dearer; the pattern that loses least is kept.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

from introstat.protect.algebra.directions import Directions, Space
from introstat.protect.algebra.knowledge import Knowledge
from introstat.protect.algebra.polytope import INFINITE, TOLERANCE
from introstat.protect.algebra.walks import walks
from introstat.protect.system import NOBODY, UNBOUNDED, Demand, System

PASSES = 3
"""How often the whole is done, where it takes a moment; once from `ENOUGH_CELLS` cells on."""
ENOUGH_CELLS = 5_000
FIRST_REWARD = 2.5
"""The first reward of a weak cell, in prices of the cheapest cell that may be hidden."""
GROWTH = 1.5
"""How much more it is worth when a direction opens less than `ENOUGH` of what is left."""
ENOUGH = 0.05
LARGEST_REWARD = 1e4
"""The largest, in the same prices."""
BARREN = 4
"""So many directions that open nothing for the largest reward end a pass."""
FEW = 50
"""So few cells that are closed at the end of a pass are asked for one by one."""
NEVER = 1e6
"""What a weak cell that a pass leaves closed weighs against what it hides."""
DOWNWARD = 0.8
"""How often a cell that can both gain and lose is to lose: what has lost leaves room for what can only gain."""
ELSEWHERE = 4.0
"""How much dearer a cell is that the last pass did without."""
DIRECTIONS = 400
"""Directions of one pass at most."""
FREE = 0.005
"""Directions that hide nothing more are looked for while they open this share of what is left."""
WALKS = 3
"""How often what is left is walked from after something was hidden."""
TRIES = 3
"""Walks from one cell each time."""


def open_together(
    system: System, demand: Demand, shown: NDArray[np.bool_], weak: NDArray[np.int64], *, seed: int
) -> NDArray[np.int64]:
    """Groups to hide so that as many of the `weak` cells as can be move by one; what cannot is left to others."""
    best: NDArray[np.int64] = np.empty(0, np.int64)
    least = np.inf
    opening = Opening(system, demand, shown, weak, seed=seed)
    for _ in range(PASSES if system.cells < ENOUGH_CELLS else 1):
        groups, left = opening.run()
        loss = float(demand.groups.weight[groups].sum()) + NEVER * left
        if loss < least:
            best, least = groups, loss
    return best


class Opening:
    """What has to be hidden of the shown cells that no demand forces, so that `weak` cells can move by one; see `run`.

    `changes` of the leaves are known already, as columns: one that disagrees with hidden cells only opens what it moves.
    """

    def __init__(
        self,
        system: System,
        demand: Demand,
        shown: NDArray[np.bool_],
        weak: NDArray[np.int64],
        *,
        seed: int,
        changes: csr_array | None = None,
    ) -> None:
        matrix = system.matrix
        of_cell = demand.groups.of_cell
        self._system, self._demand, self._shown = system, demand, shown
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
        self._leaf_of = np.full(system.cells, NOBODY)
        self._leaf_of[single] = matrix.indices[matrix.indptr[single]]
        self._single = np.unique(self._leaf_of[single])
        leaf = np.zeros(len(system.leaves), np.bool_)
        leaf[self._single] = True
        # A cell of several leaves moves with them; only one none of whose leaves is asked for needs a row of its own.
        others = weak[size[weak] > 1]
        self._wide = others[csr_array(matrix[others]) @ leaf.astype(np.int64) == 0]
        self._rows = csr_array(matrix[self._wide])
        self._cells = csr_array(matrix[priced])
        self._group = of_cell[priced]
        self._price = demand.groups.weight[self._group]
        self._factor = np.ones(len(priced))
        self._seed = seed
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
        self._closed_leaf = np.zeros(len(system.leaves), np.bool_)
        self._closed_wide = np.zeros(len(self._wide), np.bool_)
        self._known = csr_array((len(system.leaves), 0)) if changes is None else changes
        self._breaks = csr_array(abs(self._cells @ self._known) > TOLERANCE)
        self._found: list[csr_array] = []
        self._hidden = np.zeros(len(self._price), np.bool_)

    @property
    def _left(self) -> int:
        return int(self._closed_leaf.sum() + self._closed_wide.sum())

    def run(self) -> tuple[NDArray[np.int64], int]:
        """One pass: the groups to hide, and how many weak cells it could not open."""
        random, leaves = self._random, len(self._system.leaves)
        hidden = np.zeros(len(self._price), np.bool_)
        used = np.zeros(len(self._price))
        self._found = []
        self._closed_leaf[:] = False
        self._closed_leaf[self._single] = True
        self._closed_wide[:] = True
        self._recall(hidden)
        self._open_for_nothing(hidden)
        unit = float(self._price[self._price > 0].min(initial=np.inf))
        reward, unit = (FIRST_REWARD * unit, unit) if np.isfinite(unit) else (1.0, 1.0)
        barren = 0
        for _ in range(DIRECTIONS):
            left = self._left
            if not left or barren == BARREN:
                break
            more = self._pay(
                np.where(self._closed_leaf, reward * random.uniform(0.8, 1.2, leaves), 0.0),
                np.where(self._closed_wide, reward * random.uniform(0.8, 1.2, len(self._wide)), 0.0),
                random.random(leaves) < DOWNWARD,
                random.random(len(self._wide)) < DOWNWARD,
                hidden=hidden,
                used=used,
            )
            if reward >= LARGEST_REWARD * unit and left == self._left:
                barren += 1
            if not more or left - self._left <= ENOUGH * left:
                reward = min(reward * GROWTH, LARGEST_REWARD * unit)
        if self._left <= FEW:
            self._pay_one_by_one(LARGEST_REWARD * unit, hidden=hidden, used=used)
        typical = used[hidden].mean() if hidden.any() else 1.0
        self._factor = np.where(hidden, 1 / (1 + used / typical), ELSEWHERE)
        self._hidden = hidden
        return np.unique(self._group[hidden]), self._left

    def _pay(
        self,
        leaf_reward: NDArray[np.float64],
        wide_reward: NDArray[np.float64],
        down: NDArray[np.bool_],
        wide_down: NDArray[np.bool_],
        *,
        hidden: NDArray[np.bool_],
        used: NDArray[np.float64],
    ) -> bool:
        """Look for the direction worth most, hide what it breaks (in place), and find what is open then; whether it broke anything.

        `used` adds up what each broken cell was broken for.
        """
        change = self._directions.find(
            leaf_reward=leaf_reward,
            wide_reward=wide_reward,
            price=np.where(hidden, 0.0, self._price * self._factor),
            down=down,
            wide_down=wide_down,
        )
        if change is None:
            return False
        broken = np.abs(self._cells @ change) > TOLERANCE
        more = bool(np.any(broken & ~hidden))
        hidden |= broken
        used[broken] += self._note(change)
        if more:
            self._recall(hidden)
            self._open_for_nothing(hidden)
        return more

    def _pay_one_by_one(self, reward: float, *, hidden: NDArray[np.bool_], used: NDArray[np.float64]) -> None:
        """Ask for each cell that is still closed alone, to rise and to fall: together they may have stood in each other's way."""
        for closed in (self._closed_leaf, self._closed_wide):
            for at in np.flatnonzero(closed):
                for down in (False, True):
                    if not closed[at]:
                        break
                    leaves, wide = np.zeros(len(self._closed_leaf)), np.zeros(len(self._wide))
                    (leaves if closed is self._closed_leaf else wide)[at] = reward
                    ways = np.full(len(leaves), down), np.full(len(wide), down)
                    self._pay(leaves, wide, *ways, hidden=hidden, used=used)

    def changes(self) -> csr_array:
        """What the last pass knew and found, as columns: changes of the leaves that no cell notices which it left shown."""
        return csr_array(hstack([self._known[:, self._unnoticed(self._hidden)], *self._found], format="csr"))

    def _unnoticed(self, hidden: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The known changes that nothing shown notices."""
        return np.flatnonzero((~hidden).astype(np.int64) @ self._breaks == 0)

    def _recall(self, hidden: NDArray[np.bool_]) -> None:
        """Take note of the known changes that nothing shown notices."""
        unnoticed = self._unnoticed(hidden)
        if not len(unnoticed) or not self._left:
            return
        changes = csr_array(self._known[:, unnoticed])
        for rows, closed in ((changes, self._closed_leaf), (csr_array(self._rows @ changes), self._closed_wide)):
            closed[np.unique(rows.tocoo().coords[0][np.abs(rows.data) >= 1 - TOLERANCE])] = False

    def _note(self, change: NDArray[np.float64]) -> int:
        """Take note of what a change opens: how many cells."""
        left = self._left
        self._found.append(csr_array(np.where(np.abs(change) > TOLERANCE, change, 0.0)[:, None]))
        self._closed_leaf &= np.abs(change) < 1 - TOLERANCE
        self._closed_wide &= np.abs(self._rows @ change) < 1 - TOLERANCE
        return left - self._left

    def _open_for_nothing(self, hidden: NDArray[np.bool_]) -> None:
        """Find what is open now that these of the priced cells are hidden."""
        groups = np.zeros(self._demand.groups.count, np.bool_)
        groups[self._group[hidden]] = True
        of_cell = self._demand.groups.of_cell
        shown = self._shown & ~(groups[of_cell] & (of_cell >= 0) & ~self._demand.forced)
        knowledge = Knowledge(self._system, self._demand, shown, seed=self._seed)
        for _ in range(WALKS):
            if not self._left or not self._walk(knowledge):
                break
        random, leaves, wide = self._random, len(knowledge.start), len(self._wide)
        if not self._left or not leaves:
            return
        rows, low, high = knowledge.constraints(np.arange(leaves))
        directions = Directions(
            Space(rows=rows, low=low, high=high, start=knowledge.start),
            wide=csr_array(self._rows[:, knowledge.free]),
            priced=csr_array((0, leaves), dtype=np.int64),
            room=(np.empty(0), np.empty(0)),
        )
        while left := self._left:
            found = directions.find(
                leaf_reward=np.where(self._closed_leaf[knowledge.free], random.uniform(0.8, 1.2, leaves), 0.0),
                wide_reward=np.where(self._closed_wide, random.uniform(0.8, 1.2, wide), 0.0),
                price=np.empty(0),
                down=random.random(leaves) < DOWNWARD,
                wide_down=random.random(wide) < DOWNWARD,
            )
            if found is None:
                return
            change = np.zeros(len(self._system.leaves))
            change[knowledge.free] = found
            if self._note(change) <= FREE * left:
                return

    def _walk(self, knowledge: Knowledge) -> bool:
        """Walk from what is closed; returns whether that opened enough to do it again."""
        targets = knowledge.targets
        leaf = self._leaf_of[targets]
        closed = (leaf != NOBODY) & self._closed_leaf[leaf]
        closed |= np.isin(targets, self._wide[self._closed_wide])
        asked = np.flatnonzero(closed)
        nothing = np.zeros(len(targets), np.int64)
        changes = walks(
            knowledge,
            asked=asked,
            insiders=np.full(len(asked), NOBODY),
            low=nothing,
            high=nothing,
            width=self._demand.width[targets],
            tries=TRIES,
            random=self._random,
        )
        left = self._left
        spread = csr_array(
            (np.ones(len(knowledge.free)), (knowledge.free, np.arange(len(knowledge.free)))),
            shape=(len(self._system.leaves), len(knowledge.free)),
        )
        self._found.append(csr_array(spread @ changes))
        moved = csr_array(knowledge.cells[asked] @ changes)
        opened = targets[asked[np.unique(moved.tocoo().coords[0][moved.data != 0])]]
        self._closed_leaf[self._leaf_of[opened][self._leaf_of[opened] != NOBODY]] = False
        self._closed_wide &= ~np.isin(self._wide, opened)
        return left - self._left > ENOUGH * left
