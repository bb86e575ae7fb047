"""What a reader knows of a pattern, and which other tables she has seen that agree with it.

Everything is told as a change from the true table, over the leaves that are not plainly zero. `Knowledge` says which changes
agree with all she knows. `Record` notes, for every guarded hidden cell, how far such changes have moved it, and which
insiders' own leaves all of them moved: those insiders may still be able to compute the cell.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from introstat.protect.algebra import noting
from introstat.protect.algebra.elimination import eliminate
from introstat.protect.algebra.polytope import INFINITE, TOLERANCE
from introstat.protect.system import NOBODY, UNBOUNDED, Compressed, Demand, System, compressed, stacked


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
        self._by_leaf: Compressed | None = None

    def agrees(self, change: NDArray[np.int64]) -> bool:
        """Whether a change leaves everything shown as it is and breaks no bound."""
        if np.any(self.start + change < 0) or np.any(self.rows @ change):
            return False
        moved = self.limits @ change
        return bool(np.all(moved >= self.room_low) and np.all(moved <= self.room_high))

    def which_agree(self, changes: csc_array) -> NDArray[np.bool_]:
        """Which of many changes, as columns, agree."""
        if self._by_leaf is None:
            self._by_leaf = _columns(stacked(self.rows, self.limits))
        equal = np.zeros(self.rows.shape[0], np.int64)
        return noting.agreeing(
            *_columns(changes),
            self.start,
            *self._by_leaf,
            np.concatenate([equal, self.room_low]),
            np.concatenate([equal, self.room_high]),
        )

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
        self._owner = np.full(len(knowledge.start), -1)
        self._anybody: NDArray[np.uint64] | None = None
        self._danger = np.zeros((count, -(-len(self.insiders) // noting.WORD)), np.uint64)
        self._by_leaf = _columns(csc_array(knowledge.cells))
        if len(self.insiders):
            owns = knowledge.insider != NOBODY
            self._owner[owns] = self._place(knowledge.insider[owns])
            self._danger[asked] = self._set(np.arange(len(self.insiders)))
            owned, owner = self._own()
            self._danger[owned, owner // noting.WORD] &= ~_bit(owner)
        self.found: list[NDArray[np.int64]] = []

    def open(self, coalition: NDArray[np.int64]) -> NDArray[np.int64]:
        """Targets that still lack proof, for everybody or against one of the insiders in a coalition."""
        if not len(coalition):
            return np.flatnonzero(self.high - self.low + 1 < self._width)
        if self._anybody is None:
            self._anybody = np.bitwise_or.reduce(self._danger, axis=0)
        asked = self._set(coalition) & self._anybody
        found = np.zeros(len(self._danger), np.bool_)
        for word in np.flatnonzero(asked):
            found |= (self._danger[:, word] & asked[word]) != 0
        return np.flatnonzero(found)

    def dangers(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Targets that still lack proof, each with an insider it lacks proof against; insider by insider."""
        targets = np.flatnonzero(self._danger.any(axis=1))
        sets = self._danger[targets].astype("<u8").view(np.uint8)
        is_in = np.unpackbits(sets, axis=1, bitorder="little")[:, : len(self.insiders)]
        place, at = np.nonzero(is_in.T)
        return targets[at], self.insiders[place]

    def dangerous_for(self, k: int) -> set[int]:
        """Insiders against whom a target still lacks proof."""
        every = np.arange(len(self.insiders))
        return set(self.insiders[(self._danger[k, every // noting.WORD] & _bit(every)) != 0].tolist())

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
        self._anybody = None
        owner = self._owner[change != 0]
        self._danger[np.flatnonzero(moved)] &= self._set(owner[owner >= 0])
        return True

    def note_all(self, changes: csr_array | csc_array) -> csr_array:
        """Take note of those of many changes, as columns, that agree with everything shown; returns those that told something."""
        self._anybody = None
        columns = csc_array(changes)
        told = noting.note(
            self._knowledge.which_agree(columns),
            *_columns(columns),
            *self._by_leaf,
            self.low,
            self.high,
            self._owner,
            self._danger,
        )
        return csr_array(columns[:, told])

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

    def _set(self, places: NDArray[np.int64]) -> NDArray[np.uint64]:
        """Some insiders, by their place, as bits of words."""
        words = np.zeros(self._danger.shape[1], np.uint64)
        np.bitwise_or.at(words, places // noting.WORD, _bit(places))
        return words


def _columns(matrix: csr_array | csc_array) -> Compressed:
    return compressed(csc_array(matrix))


def _bit(places: NDArray[np.int64]) -> NDArray[np.uint64]:
    """The bit in its word of each insider."""
    return np.uint64(1) << (places % noting.WORD).astype(np.uint64)


def _movable(system: System, shown: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Leaves that are not known to be zero because a shown cell over them is."""
    known = csr_array(system.matrix[np.flatnonzero(shown)])
    free = np.ones(len(system.leaves), np.bool_)
    positive = np.ones(known.shape[0], np.bool_)
    positive[np.repeat(np.arange(known.shape[0]), np.diff(known.indptr))[known.data < 0]] = False
    empty = positive & (known @ system.leaves == 0)
    free[np.unique(csr_array(known[np.flatnonzero(empty)]).indices)] = False
    return free
