"""What a reader knows of a pattern, and which other tables she has seen that agree with it.

Everything is told as a change from the true table, over the leaves that are not plainly zero. `Knowledge` says which changes
agree with all she knows. `Record` notes, for every guarded hidden cell, how far such changes have moved it, and which
insiders' own leaves all of them moved: those insiders may still be able to compute the cell.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from introstat.protect.algebra.elimination import eliminate
from introstat.protect.algebra.polytope import INFINITE, TOLERANCE
from introstat.protect.system import NOBODY, UNBOUNDED, Demand, System, stacked


class Knowledge:
    """The shown cells of a pattern as equations on changes, and the bounds of the hidden ones.

    `free` are the leaves that can change at all, by number; `rows` (equations) and `limits` (bounds, between `room_low` and
    `room_high`) are matrices over them. `linear` holds the guarded hidden cells in the span of the shown ones.
    """

    def __init__(self, system: System, demand: Demand, shown: NDArray[np.bool_], *, seed: int) -> None:
        self.free = np.flatnonzero(_movable(system, shown))
        self.targets = np.flatnonzero(demand.guarded & ~shown)
        moving = csr_array(system.matrix[:, self.free])
        known = np.flatnonzero(shown)
        known = known[np.argsort(np.diff(system.matrix.indptr)[known], kind="stable")]
        outcome = eliminate(
            moving, protected=self.targets, steps=[known], forced=np.array([True]), requires=[[]], seed=seed
        )
        self.linear = frozenset(outcome.exposed.tolist())
        self.rows = csr_array(moving[outcome.basis])
        constant = system.values - system.matrix @ system.leaves
        limited = np.flatnonzero(~shown & ((system.low > constant) | (system.high < UNBOUNDED)))
        self.limits = csr_array(moving[limited])
        self.room_low = (system.low - system.values)[limited]
        self.room_high = (system.high - system.values)[limited]
        self.start = system.leaves[self.free]
        self.insider = system.insider[self.free]
        self.block = system.block[self.free]
        self.cells = csr_array(moving[self.targets])

    def agrees(self, change: NDArray[np.int64]) -> bool:
        """Whether a change leaves everything shown as it is and breaks no bound."""
        if np.any(self.start + change < 0) or np.any(self.rows @ change):
            return False
        moved = self.limits @ change
        return bool(np.all(moved >= self.room_low) and np.all(moved <= self.room_high))

    def agreeing(self, changes: csr_array) -> csr_array:
        """The columns, out of many changes, that agree."""
        good = np.ones(changes.shape[1], np.bool_)
        entries = changes.tocoo()
        good[entries.coords[1][self.start[entries.coords[0]] + entries.data < 0]] = False
        broken = csr_array(self.rows @ changes).tocoo()
        good[broken.coords[1][broken.data != 0]] = False
        limits = csr_array(self.limits @ changes).tocoo()
        wrong = (limits.data < self.room_low[limits.coords[0]]) | (limits.data > self.room_high[limits.coords[0]])
        good[limits.coords[1][wrong]] = False
        return csr_array(changes[:, np.flatnonzero(good)])

    def constraints(self, leaves: NDArray[np.int64]) -> tuple[csr_array, NDArray[np.float64], NDArray[np.float64]]:
        """Rows that a change of some of the free leaves must keep, and between which numbers."""
        rows = csr_array(self.rows[:, leaves])
        rows = csr_array(rows[np.flatnonzero(np.diff(rows.indptr))])
        limits = csr_array(self.limits[:, leaves])
        limited = np.flatnonzero(np.diff(limits.indptr))
        room_low = self.room_low[limited].astype(float)
        room_high = self.room_high[limited].astype(float)
        equal = np.zeros(rows.shape[0])
        low = np.concatenate([equal, np.where(room_low < -UNBOUNDED / 2, -INFINITE, room_low)])
        high = np.concatenate([equal, np.where(room_high > UNBOUNDED / 2, INFINITE, room_high)])
        return stacked(rows, csr_array(limits[limited])), low, high


class Record:
    """How far every target has been seen to move, and which insiders are still dangerous for it.

    Targets are numbered as in `Knowledge.targets`, insiders as in `insiders`.
    """

    def __init__(self, knowledge: Knowledge, demand: Demand) -> None:
        self._knowledge = knowledge
        self._width = demand.width[knowledge.targets]
        count = len(knowledge.targets)
        self.low = np.zeros(count, np.int64)
        self.high = np.zeros(count, np.int64)
        self._least = np.zeros(count)
        self._most = np.zeros(count)
        asked = demand.guarded_from_insiders[knowledge.targets]
        known = knowledge.insider[knowledge.insider != NOBODY]
        self.insiders = np.unique(known) if asked.any() else np.empty(0, np.int64)
        self._danger = np.zeros((count, len(self.insiders)), np.bool_)
        self._danger[asked] = True
        if len(self.insiders):
            owned, owner = self._own()
            self._danger[owned, owner] = False
        self.found: list[NDArray[np.int64]] = []

    def open(self, coalition: NDArray[np.int64]) -> NDArray[np.int64]:
        """Targets that still lack proof, for everybody or against one of the insiders in a coalition."""
        if not len(coalition):
            return np.flatnonzero(self.high - self.low + 1 < self._width)
        return np.flatnonzero(self._danger[:, coalition].any(axis=1))

    def dangerous_for(self, k: int) -> set[int]:
        """Insiders against whom a target still lacks proof."""
        return set(self.insiders[self._danger[k]].tolist())

    def too_narrow(self) -> NDArray[np.int64]:
        """Targets that even changes in real numbers have not yet given enough whole numbers between their bounds."""
        values = np.floor(self._most + TOLERANCE) - np.ceil(self._least - TOLERANCE) + 1
        return np.flatnonzero(np.maximum(values, self.high - self.low + 1) < self._width)

    def note_real(self, change: NDArray[np.float64]) -> None:
        """Take note of a change in real numbers, for the bounds of targets only."""
        moved = np.asarray(self._knowledge.cells @ change)
        np.minimum(self._least, moved, out=self._least)
        np.maximum(self._most, moved, out=self._most)

    def note(self, change: NDArray[np.int64]) -> bool:
        """Take note of a change of the free leaves; False where it does not agree with everything shown."""
        if not self._knowledge.agrees(change):
            return False
        self.found.append(change)
        moved = self._knowledge.cells @ change
        np.minimum(self.low, moved, out=self.low)
        np.maximum(self.high, moved, out=self.high)
        touched = np.isin(self.insiders, self._knowledge.insider[change != 0])
        self._danger[np.flatnonzero(moved)] &= touched[None, :]
        return True

    def note_all(self, changes: csr_array) -> None:
        """Take note of those of many changes, as columns, that agree with everything shown."""
        knowledge = self._knowledge
        changes = knowledge.agreeing(changes)
        moved = csr_array(knowledge.cells @ changes).tocoo()
        real = moved.data != 0
        target, column, data = moved.coords[0][real], moved.coords[1][real], moved.data[real]
        np.minimum.at(self.low, target, data)
        np.maximum.at(self.high, target, data)
        if not len(self.insiders) or not len(target):
            return
        # An insider stays dangerous for a target when every change that moves the target moves his leaves too.
        entries = changes.tocoo()
        owner = knowledge.insider[entries.coords[0]]
        owned = (owner != NOBODY) & (entries.data != 0)
        touches = csr_array(
            (np.ones(int(owned.sum()), np.int64), (entries.coords[1][owned], self._place(owner[owned]))),
            shape=(changes.shape[1], len(self.insiders)),
        )
        touches.data[:] = 1
        moves = csr_array((np.ones(len(target), np.int64), (target, column)), shape=(len(self.low), changes.shape[1]))
        total = np.bincount(target, minlength=len(self.low))
        involved = csr_array(moves @ touches).tocoo()
        still = np.zeros(self._danger.shape, np.bool_)
        always = involved.data == total[involved.coords[0]]
        still[involved.coords[0][always], involved.coords[1][always]] = True
        still[total == 0] = True
        self._danger &= still

    def _own(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Targets that lie wholly in one insider's leaves, and that insider."""
        cells, insider = self._knowledge.cells, self._knowledge.insider
        filled = np.flatnonzero(np.diff(cells.indptr))
        starts = cells.indptr[filled]
        least = np.minimum.reduceat(insider[cells.indices], starts) if len(filled) else starts
        most = np.maximum.reduceat(insider[cells.indices], starts) if len(filled) else starts
        whole = (least == most) & (least != NOBODY)
        return filled[whole], self._place(least[whole])

    def _place(self, insider: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.searchsorted(self.insiders, insider).astype(np.int64)


def _movable(system: System, shown: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Leaves that are not known to be zero because a shown cell over them is."""
    known = csr_array(system.matrix[np.flatnonzero(shown)])
    free = np.ones(len(system.leaves), np.bool_)
    positive = np.ones(known.shape[0], np.bool_)
    positive[np.repeat(np.arange(known.shape[0]), np.diff(known.indptr))[known.data < 0]] = False
    empty = positive & (known @ system.leaves == 0)
    free[np.unique(csr_array(known[np.flatnonzero(empty)]).indices)] = False
    return free
