"""What a reader can compute from the cells that are shown, in whole numbers.

For every guarded hidden cell the attack looks for a second table that agrees with everything shown and gives the cell
another number. Finding one proves the cell open; a linear program whose optimum rounds to a single whole number proves it
exact. In between the integer program decides, and what it cannot decide is reported as not settled.

The search begins at the true table, which changes nothing in the answer, only its speed:

1. elimination: cells in the span of the shown ones are exact;
2. swaps and exchanges of one person, found by looking for leaves that the shown cells count alike;
3. moves within a neighbourhood (a county), all else unchanged: the linear program that changes many closed cells with as
   little movement as possible; small moves are nearly always whole, and open many cells at once;
4. the same over everything for what is left, then the bounds of one cell at a time;
5. the same for every insider, whose own leaves do not move.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

from introstat.protect.exchange import exchanges, swaps
from introstat.protect.knowledge import Knowledge, Record
from introstat.protect.polytope import INFINITE, TOLERANCE, Movement, Polytope
from introstat.protect.system import NOBODY, Demand, System

NOBODY_KNOWS = np.empty(0, np.int64)
"""The coalition of no insiders."""


@dataclass(frozen=True, slots=True)
class Weakness:
    """A guarded cell that can take too few values, for everybody (`insider` −1) or for one insider."""

    cell: int
    insider: int
    low: int
    high: int
    settled: bool


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """What an attack found. Safe when it is settled and nothing is weak."""

    weak: tuple[Weakness, ...]
    hidden: int
    linear_programs: int
    reach: NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 2), np.int64))
    """Per cell how far below and above its true value it was seen: a lower bound on its freedom."""
    tables: csr_array | None = None
    """Leaves × other tables that agree with everything shown, as changes. They agree with every pattern that hides more."""

    @property
    def settled(self) -> bool:
        """Whether every question was answered."""
        return all(weakness.settled for weakness in self.weak)

    @property
    def exact(self) -> tuple[Weakness, ...]:
        """The cells that can be computed."""
        return tuple(weakness for weakness in self.weak if weakness.settled and weakness.low == weakness.high)

    @property
    def narrow(self) -> tuple[Weakness, ...]:
        """The cells with more than one but too few possible values."""
        return tuple(weakness for weakness in self.weak if weakness.settled and weakness.low != weakness.high)


class Attack:
    """One pattern under attack; `run` answers for all guarded cells."""

    def __init__(
        self, system: System, demand: Demand, shown: NDArray[np.bool_], *, seed: int, tables: csr_array | None = None
    ) -> None:
        self.system, self.demand = system, demand
        self.knowledge = Knowledge(system, demand, shown, seed=seed)
        self.record = Record(self.knowledge, demand)
        self.programs = 0
        self._given = tables
        self._random = np.random.default_rng(seed)
        self._is_zero = system.values[self.knowledge.targets] == 0

    def run(self) -> Findings:
        """The whole attack."""
        knowledge, record = self.knowledge, self.record
        self._search_small()
        for block in np.unique(knowledge.block[knowledge.block != NOBODY]):
            self._search_block(int(block))
        weak = self._search_everything()
        reach = np.zeros((self.system.cells, 2), np.int64)
        reach[knowledge.targets, 0] = record.low
        reach[knowledge.targets, 1] = record.high
        return Findings(tuple(weak), len(knowledge.targets), self.programs, reach, self._tables())

    def _search_small(self) -> None:
        """Step 2, after what an earlier attack found."""
        knowledge, record = self.knowledge, self.record
        if self._given is not None:
            record.note_all(csr_array(self._given[knowledge.free]))
        if len(knowledge.start):
            record.note_all(swaps(knowledge, self._random))
            record.note_all(exchanges(knowledge, self._random))

    def _search_block(self, block: int) -> None:
        """Steps 3 and 5 within one neighbourhood."""
        knowledge, record = self.knowledge, self.record
        leaves = np.flatnonzero(knowledge.block == block)
        within = np.diff(csr_array(knowledge.cells[:, leaves]).indptr) > 0
        closed = np.zeros(len(knowledge.targets), np.bool_)
        movement: Movement | None = None
        here = np.flatnonzero(np.isin(record.insiders, knowledge.insider[leaves]))
        for coalition in (NOBODY_KNOWS, *self._halves(here), *here[:, None]):
            if not np.any((within & ~closed)[record.open(coalition)]):
                continue
            if movement is None:
                movement = self._movement(leaves)
            stuck = self._explore(movement, coalition, closed)
            if not len(coalition):
                closed[stuck] = True

    def _search_everything(self) -> list[Weakness]:
        """Steps 4 and 5 over all leaves, and the verdict on what stays closed."""
        knowledge, record = self.knowledge, self.record
        weak: list[Weakness] = []
        movement: Movement | None = None
        closed = np.zeros(len(knowledge.targets), np.bool_)
        every = np.arange(len(record.insiders))
        for coalition in (NOBODY_KNOWS, *self._halves(every), *every[:, None]):
            if not len(record.open(coalition)):
                continue
            if movement is None:
                movement = self._movement(np.arange(len(knowledge.start)))
            stuck = set(self._explore(movement, coalition, closed))
            if len(coalition) > 1:
                continue
            insider = int(record.insiders[coalition[0]]) if len(coalition) else NOBODY
            for k in record.open(coalition).tolist():
                cell = int(knowledge.targets[k])
                value = int(self.system.values[cell])
                width = 2 if len(coalition) else int(self.demand.width[cell])
                if len(coalition) and (closed[k] or self._adds_nothing(movement, k, insider)):
                    continue
                if cell in knowledge.linear or k in stuck:
                    found = [Weakness(cell, insider, value, value, settled=True)]
                else:
                    found = self._judge(k, insider, width)
                weak += found
                # What everybody can compute an insider can; one finding is enough.
                closed[k] |= not len(coalition) and bool(found)
        return weak

    def _halves(self, insiders: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        """A few coalitions of half the insiders each. A table that leaves all of them out settles each of them at once."""
        if len(insiders) < 4:
            return []
        halves: list[NDArray[np.int64]] = []
        for _ in range(3):
            shuffled = self._random.permutation(insiders)
            middle = len(shuffled) // 2
            halves += [np.sort(shuffled[:middle]), np.sort(shuffled[middle:])]
        return halves

    def _movement(self, leaves: NDArray[np.int64]) -> Movement:
        matrix, low, high = self.knowledge.constraints(leaves)
        return Movement(
            leaves=leaves,
            matrix=matrix,
            low=low,
            high=high,
            start=self.knowledge.start[leaves],
            targets=csr_array(self.knowledge.cells[:, leaves]),
            reach=float(max(3, self.demand.width.max(initial=2))),
            jitter=self._random.uniform(0.0, 0.01, 2 * len(leaves)),
        )

    def _explore(self, movement: Movement, coalition: NDArray[np.int64], closed: NDArray[np.bool_]) -> list[int]:
        """Open as many targets as a movement can; returns those proven stuck. `closed` targets are not tried.

        Many targets are moved at once. Where that gives a fraction or no progress, half as many are tried.
        """
        record = self.record
        rows = movement.targets
        within = (np.diff(rows.indptr) > 0) & ~closed
        frozen = np.isin(self.knowledge.insider[movement.leaves], record.insiders[coalition])
        if len(coalition):
            within &= np.asarray(abs(rows) @ ~frozen > 0)
        movement.freeze(frozen)
        waiting = record.open(coalition)
        waiting = self._random.permutation(waiting[within[waiting]])
        stuck: list[int] = []
        size = len(waiting)
        while len(waiting):
            size = max(1, min(size, len(waiting)))
            some = waiting[:size]
            weights = self._random.uniform(0.5, 1.5, size)
            signs = np.where(self._is_zero[some] | (self._random.random(size) < 0.5), 1.0, -1.0)
            gain = np.asarray(csr_array(rows[some]).T @ (weights * signs))
            self.programs += 1
            move = movement.least(gain)
            if move is not None and not np.any(np.abs(move) > TOLERANCE):
                self.programs += 2
                if not movement.can_move(gain):
                    stuck += some.tolist()
                    waiting = waiting[size:]
                    size *= 2
                    continue
                move = None
            if move is not None and self._note(movement.leaves, move):
                still = np.zeros(len(closed), np.bool_)
                still[record.open(coalition)] = True
                progress = not np.all(still[some])
                waiting = waiting[still[waiting]]
                if progress:
                    size *= 2
                    waiting = np.roll(waiting, -int(still[some].sum()))
                    continue
            if size == 1:
                waiting = waiting[1:]
            size //= 2
        return stuck

    def _note(self, leaves: NDArray[np.int64], move: NDArray[np.float64]) -> bool:
        whole = np.rint(move)
        if np.any(np.abs(move - whole) > TOLERANCE):
            return False
        change = np.zeros(len(self.knowledge.start), np.int64)
        change[leaves] = whole.astype(np.int64)
        return self.record.note(change)

    def _adds_nothing(self, movement: Movement, k: int, insider: int) -> bool:
        """Whether a target is an insider's own leaves and otherwise only what everybody can compute."""
        others = np.asarray(csr_array(self.knowledge.cells[[k]]).toarray()[0], np.float64)
        others[self.knowledge.insider == insider] = 0.0
        movement.freeze(np.zeros(len(others), np.bool_))
        self.programs += 2
        return not movement.can_move(others)

    def _judge(self, k: int, insider: int, width: int) -> list[Weakness]:
        """Decide on one target that no whole table opened: by its real bounds and, if need be, the integer program."""
        knowledge = self.knowledge
        cell = int(knowledge.targets[k])
        value = int(self.system.values[cell])
        matrix, row_low, row_high = knowledge.constraints(np.arange(len(knowledge.start)))
        cost = np.asarray(csr_array(knowledge.cells[[k]]).toarray()[0], np.float64)
        frozen = (knowledge.insider == insider) & (insider != NOBODY)
        least = most = 0.0
        for integer in (False, True):
            polytope = Polytope(
                matrix,
                row_low=row_low,
                row_high=row_high,
                low=np.where(frozen, 0.0, -knowledge.start.astype(float)),
                high=np.where(frozen, 0.0, INFINITE),
                integer=integer,
            )
            self.programs += 2
            lower, upper = polytope.push(cost), polytope.push(-cost)
            if lower is None or upper is None:
                return [Weakness(cell, insider, value + int(least), value + int(most), settled=False)]
            least = float(np.ceil(max(lower.objective, -1e9) - TOLERANCE))
            most = float(np.floor(min(-upper.objective, 1e9) + TOLERANCE))
            if most - least + 1 < width:
                return [Weakness(cell, insider, value + int(least), value + int(most), settled=True)]
        return []

    def _tables(self) -> csr_array | None:
        given = [] if self._given is None else [self._given]
        if self.record.found:
            free = self.knowledge.free
            spread = csr_array(
                (np.ones(len(free), np.int64), (free, np.arange(len(free)))),
                shape=(len(self.system.leaves), len(free)),
            )
            given.append(csr_array(spread @ csr_array(np.stack(self.record.found, axis=1))))
        return csr_array(hstack(given, format="csr")) if given else None


def attack(
    system: System, demand: Demand, shown: NDArray[np.bool_], *, seed: int = 1, tables: csr_array | None = None
) -> Findings:
    """Try to compute every guarded hidden cell of a pattern; see the module's text for the method.

    `tables` are changes an earlier attack found. Each is checked against this pattern before it counts.
    """
    return Attack(system, demand, shown, seed=seed, tables=tables).run()
