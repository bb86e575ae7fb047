"""What a reader can compute from the cells that are shown, in whole numbers.

For every guarded hidden cell the attack looks for a second table that agrees with everything shown and gives the cell
another number. Finding one proves the cell open; a linear program whose optimum rounds to a single whole number proves it
exact. In between the integer program decides, and what it cannot decide is reported as not settled.

The search begins at the true table, which changes nothing in the answer, only its speed:

1. elimination: cells in the span of the shown ones are exact;
2. swaps: two leaves that every shown cell counts alike can exchange a person;
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

from introstat.protect.elimination import eliminate
from introstat.protect.polytope import INFINITE, TOLERANCE, Movement, Polytope
from introstat.protect.system import NOBODY, UNBOUNDED, Demand, System

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
        self._found: list[NDArray[np.int64]] = []
        self._given = tables
        self.system, self.demand, self.shown = system, demand, shown
        self._random = np.random.default_rng(seed)
        self.targets = np.flatnonzero(demand.guarded & ~shown)
        self.programs = 0
        matrix = system.matrix
        self._free = self._movable_leaves()
        known = np.flatnonzero(shown)
        sizes = np.diff(matrix.indptr)[known]
        known = known[np.argsort(sizes, kind="stable")]
        moving = matrix[:, self._free]
        self._columns = np.flatnonzero(self._free)
        outcome = eliminate(
            csr_array(moving),
            protected=self.targets,
            steps=[known],
            forced=np.array([True]),
            requires=[[]],
            seed=seed,
        )
        self.linear = np.unique(outcome.exposed)
        self._rows = csr_array(moving[outcome.basis])
        constant = system.values - matrix @ system.leaves
        limited = ~shown & ((system.low > constant) | (system.high < UNBOUNDED))
        self._limited = np.flatnonzero(limited)
        self._limit_rows = csr_array(moving[self._limited])
        self._target_rows = csr_array(moving[self.targets])
        self._target_columns = self._target_rows.tocsc()
        self._y = system.leaves[self._free]
        self._room_low = system.low[self._limited] - system.values[self._limited]
        self._room_high = system.high[self._limited] - system.values[self._limited]
        self._insider = system.insider[self._free]
        self._block = system.block[self._free]
        self.low = np.zeros(len(self.targets), np.int64)
        self.high = np.zeros(len(self.targets), np.int64)
        self.insiders = np.unique(system.insider[system.insider != NOBODY])
        self._danger = self._dangers()

    def _movable_leaves(self) -> NDArray[np.bool_]:
        """Leaves that are not known to be zero because a shown cell over them is."""
        matrix, leaves = self.system.matrix, self.system.leaves
        known = matrix[np.flatnonzero(self.shown)]
        free = np.ones(len(leaves), np.bool_)
        positive = np.ones(known.shape[0], np.bool_)
        positive[np.unique(np.repeat(np.arange(known.shape[0]), np.diff(known.indptr))[known.data < 0])] = False
        empty = positive & (known @ leaves == 0)
        free[np.unique(known[np.flatnonzero(empty)].indices)] = False
        return free

    def _dangers(self) -> NDArray[np.bool_]:
        """Targets × insiders: whether it is still to be shown that this insider cannot compute this target."""
        danger = np.zeros((len(self.targets), len(self.insiders)), np.bool_)
        asked = self.demand.guarded_from_insiders[self.targets]
        danger[asked] = True
        rows = self._target_rows
        owner = np.full(len(self.targets), NOBODY)
        for k in range(len(self.targets)):
            owners = self._insider[rows.indices[rows.indptr[k] : rows.indptr[k + 1]]]
            if len(owners) and np.all(owners == owners[0]):
                owner[k] = owners[0]
        for m, insider in enumerate(self.insiders):
            danger[owner == insider, m] = False
        return danger

    def cover(self, change: NDArray[np.int64]) -> None:
        """Take note of a change of the free leaves that agrees with everything shown."""
        moved = self._target_rows @ change
        np.minimum(self.low, moved, out=self.low)
        np.maximum(self.high, moved, out=self.high)
        rows = np.flatnonzero(moved)
        if len(self.insiders):
            touched = np.isin(self.insiders, self._insider[change != 0])
            self._danger[rows] &= touched[None, :]

    def agrees(self, change: NDArray[np.int64]) -> bool:
        """Whether a change leaves everything shown as it is and breaks no bound."""
        if np.any(self._y + change < 0) or np.any(self._rows @ change):
            return False
        moved = self._limit_rows @ change
        return bool(np.all(moved >= self._room_low) and np.all(moved <= self._room_high))

    def _open(self, coalition: NDArray[np.int64]) -> NDArray[np.int64]:
        """Positions of targets that still lack proof, for everybody or against one of the insiders in a coalition."""
        if not len(coalition):
            return np.flatnonzero(self.high - self.low + 1 < self.demand.width[self.targets])
        return np.flatnonzero(self._danger[:, coalition].any(axis=1))

    def _swap(self) -> None:
        """Let leaves that all shown cells count alike exchange one person, several partners for each."""
        if not len(self._y):
            return
        marks = self._random.integers(1, 2**62, size=self._rows.shape[0], dtype=np.int64)
        with np.errstate(over="ignore"):
            kind = self._rows.T @ marks
        order = np.lexsort((-self._y, kind))
        bounds = np.flatnonzero(np.diff(kind[order], prepend=kind[order[0]] - 1))
        gains: list[int] = []
        loses: list[int] = []
        for first, last in zip(bounds, [*bounds[1:], len(order)], strict=True):
            members = order[first:last]
            donors = members[self._y[members] > 0][:4]
            for donor in donors:
                others = members[members != donor]
                gains += others.tolist()
                loses += [int(donor)] * len(others)
        if not gains:
            return
        swaps = np.arange(len(gains))
        self._replay(
            csr_array(
                (np.repeat([1, -1], len(gains)), (np.concatenate([gains, loses]), np.concatenate([swaps, swaps]))),
                shape=(len(self._y), len(gains)),
            )
        )

    def _replay(self, changes: csr_array) -> None:
        """Take note of many changes at once, as columns; those that do not agree with everything shown are passed over."""
        good = np.ones(changes.shape[1], np.bool_)
        entries = changes.tocoo()
        good[entries.coords[1][self._y[entries.coords[0]] + entries.data < 0]] = False
        broken = csr_array(self._rows @ changes).tocoo()
        good[broken.coords[1][broken.data != 0]] = False
        limits = csr_array(self._limit_rows @ changes).tocoo()
        wrong = (limits.data < self._room_low[limits.coords[0]]) | (limits.data > self._room_high[limits.coords[0]])
        good[limits.coords[1][wrong]] = False
        changes = csr_array(changes[:, np.flatnonzero(good)])
        moved = csr_array(self._target_rows @ changes).tocoo()
        real = moved.data != 0
        target, column, data = moved.coords[0][real], moved.coords[1][real], moved.data[real]
        np.minimum.at(self.low, target, data)
        np.maximum.at(self.high, target, data)
        if not len(self.insiders) or not len(target):
            return
        # An insider stays dangerous for a target when every change that moves the target moves his leaves too.
        entries = changes.tocoo()
        place = np.searchsorted(self.insiders, self._insider[entries.coords[0]])
        owned = (self._insider[entries.coords[0]] != NOBODY) & (entries.data != 0)
        touches = csr_array(
            (np.ones(int(owned.sum()), np.int64), (entries.coords[1][owned], place[owned])),
            shape=(changes.shape[1], len(self.insiders)),
        )
        touches.data[:] = 1
        moves = csr_array(
            (np.ones(len(target), np.int64), (target, column)), shape=(len(self.targets), changes.shape[1])
        )
        total = np.bincount(target, minlength=len(self.targets))
        involved = csr_array(moves @ touches).tocoo()
        still = np.zeros(self._danger.shape, np.bool_)
        always = involved.data == total[involved.coords[0]]
        still[involved.coords[0][always], involved.coords[1][always]] = True
        still[total == 0] = True
        self._danger &= still

    def _constraints(self, leaves: NDArray[np.int64]) -> tuple[csr_array, NDArray[np.float64], NDArray[np.float64]]:
        """Rows that a change of some leaves must keep, and between which numbers."""
        rows = csr_array(self._rows[:, leaves])
        rows = csr_array(rows[np.flatnonzero(np.diff(rows.indptr))])
        limits = csr_array(self._limit_rows[:, leaves])
        limited = np.flatnonzero(np.diff(limits.indptr))
        limits = csr_array(limits[limited])
        both = csr_array(
            (
                np.concatenate([rows.data, limits.data]),
                np.concatenate([rows.indices, limits.indices]),
                np.concatenate([rows.indptr, rows.indptr[-1] + limits.indptr[1:]]),
            ),
            shape=(rows.shape[0] + limits.shape[0], len(leaves)),
        )
        room_low = self._room_low[limited].astype(float)
        room_high = self._room_high[limited].astype(float)
        equal = np.zeros(rows.shape[0])
        low = np.concatenate([equal, np.where(room_low < -UNBOUNDED / 2, -INFINITE, room_low)])
        high = np.concatenate([equal, np.where(room_high > UNBOUNDED / 2, INFINITE, room_high)])
        return both, low, high

    def _note(self, leaves: NDArray[np.int64], whole: NDArray[np.int64]) -> bool:
        change = np.zeros(len(self._y), np.int64)
        change[leaves] = whole
        if not self.agrees(change):
            return False
        self._found.append(change)
        self.cover(change)
        return True

    def _explore(self, movement: Movement, coalition: NDArray[np.int64], closed: NDArray[np.bool_]) -> list[int]:
        """Open as many targets as this movement can; returns those proven stuck, marking nothing."""
        rows = movement.targets
        within = (np.diff(rows.indptr) > 0) & ~closed
        frozen = np.isin(self._insider[movement.leaves], self.insiders[coalition])
        if len(coalition):
            within &= np.asarray(abs(rows) @ ~frozen > 0)
        movement.freeze(frozen)
        waiting = self._open(coalition)
        waiting = self._random.permutation(waiting[within[waiting]])
        stuck: list[int] = []
        size = len(waiting)
        is_zero = self.system.values[self.targets] == 0
        while len(waiting):
            size = max(1, min(size, len(waiting)))
            some = waiting[:size]
            weights = self._random.uniform(0.5, 1.5, size)
            signs = np.where(is_zero[some] | (self._random.random(size) < 0.5), 1.0, -1.0)
            gain = np.asarray(csr_array(rows[some]).T @ (weights * signs))
            self.programs += 1
            move = movement.least(gain)
            moved = move is not None and np.abs(move).max(initial=0.0) > TOLERANCE
            if moved and move is not None:
                whole = np.rint(move)
                progress = False
                if np.abs(move - whole).max() < TOLERANCE and self._note(movement.leaves, whole.astype(np.int64)):
                    still = np.zeros(len(self.targets), np.bool_)
                    still[self._open(coalition)] = True
                    progress = not np.all(still[some])
                    rest = waiting[still[waiting]]
                    waiting = np.concatenate([rest[size:], rest[:size]]) if progress else rest
                if progress:
                    size *= 2
                elif size > 1:
                    size //= 2
                else:
                    waiting = waiting[1:]
            elif move is not None and not movement.can_move(gain):
                self.programs += 2
                stuck += some.tolist()
                waiting = waiting[size:]
                size *= 2
            elif size > 1:
                size //= 2
            else:
                waiting = waiting[1:]
        return stuck

    def _movement(self, leaves: NDArray[np.int64]) -> Movement:
        matrix, low, high = self._constraints(leaves)
        return Movement(
            leaves=leaves,
            matrix=matrix,
            low=low,
            high=high,
            start=self._y[leaves],
            targets=csr_array(self._target_rows[:, leaves]),
            reach=float(max(3, self.demand.width.max(initial=2))),
            jitter=self._random.uniform(0.0, 0.01, 2 * len(leaves)),
        )

    def run_blocks(self) -> None:
        """Steps 2, 3 and 5 within neighbourhoods."""
        if self._given is not None:
            self._replay(csr_array(self._given[self._columns]))
        self._swap()
        for block in np.unique(self._block[self._block != NOBODY]):
            self.search_block(int(block))

    def search_block(self, block: int) -> None:
        """Search one neighbourhood for everybody and for each insider in it."""
        leaves = np.flatnonzero(self._block == block)
        within = np.diff(csr_array(self._target_rows[:, leaves]).indptr) > 0
        closed = np.zeros(len(self.targets), np.bool_)
        movement: Movement | None = None
        here = np.flatnonzero(np.isin(self.insiders, self._insider[leaves]))
        for coalition in (NOBODY_KNOWS, *self._halves(here), *here[:, None]):
            if not np.any((within & ~closed)[self._open(coalition)]):
                continue
            if movement is None:
                movement = self._movement(leaves)
            stuck = self._explore(movement, coalition, closed)
            if not len(coalition):
                closed[stuck] = True

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

    def run(self) -> Findings:
        """The whole attack."""
        self.run_blocks()
        weak: list[Weakness] = []
        linear = set(self.linear.tolist())
        movement: Movement | None = None
        everything = np.arange(len(self._y))
        closed = np.zeros(len(self.targets), np.bool_)
        every = np.arange(len(self.insiders))
        for coalition in (NOBODY_KNOWS, *self._halves(every), *every[:, None]):
            if not len(self._open(coalition)):
                continue
            if movement is None:
                movement = self._movement(everything)
            stuck = set(self._explore(movement, coalition, closed))
            if len(coalition) > 1:
                continue
            insider = int(self.insiders[coalition[0]]) if len(coalition) else NOBODY
            for k in self._open(coalition).tolist():
                cell = int(self.targets[k])
                value = int(self.system.values[cell])
                width = 2 if len(coalition) else int(self.demand.width[cell])
                if len(coalition) and (closed[k] or self._adds_nothing(movement, k, insider)):
                    continue
                if cell in linear or k in stuck:
                    weak.append(Weakness(cell, insider, value, value, settled=True))
                else:
                    weak.extend(self._judge(k, insider, width))
            if not len(coalition):
                closed[self._open(coalition)] = True
        reach = np.zeros((self.system.cells, 2), np.int64)
        reach[self.targets, 0] = self.low
        reach[self.targets, 1] = self.high
        return Findings(tuple(weak), len(self.targets), self.programs, reach, self._tables())

    def _adds_nothing(self, movement: Movement, k: int, insider: int) -> bool:
        """Whether a target is an insider's own leaves and otherwise only what everybody can compute."""
        others = np.asarray(csr_array(self._target_rows[[k]]).toarray()[0], np.float64)
        others[self._insider == insider] = 0.0
        movement.freeze(np.zeros(len(self._y), np.bool_))
        self.programs += 2
        return not movement.can_move(others)

    def _tables(self) -> csr_array | None:
        given = [] if self._given is None else [self._given]
        if self._found:
            found = csr_array(np.stack(self._found, axis=1))
            spread = csr_array(
                (np.ones(len(self._columns), np.int64), (self._columns, np.arange(len(self._columns)))),
                shape=(len(self._free), len(self._columns)),
            )
            given.append(csr_array(spread @ found))
        return csr_array(hstack(given, format="csr")) if given else None

    def _judge(self, k: int, insider: int, width: int) -> list[Weakness]:
        """Decide on one target that no whole table opened: by its real bounds and, if need be, the integer program."""
        cell = int(self.targets[k])
        value = int(self.system.values[cell])
        everything = np.arange(len(self._y))
        matrix, row_low, row_high = self._constraints(everything)
        cost = np.asarray(csr_array(self._target_rows[[k]]).toarray()[0], np.float64)
        frozen = self._insider == insider if insider != NOBODY else np.zeros(len(self._y), np.bool_)
        least = most = 0.0
        for integer in (False, True):
            polytope = Polytope(
                matrix,
                row_low=row_low,
                row_high=row_high,
                low=np.where(frozen, 0.0, -self._y.astype(float)),
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


def attack(
    system: System, demand: Demand, shown: NDArray[np.bool_], *, seed: int = 1, tables: csr_array | None = None
) -> Findings:
    """Try to compute every guarded hidden cell of a pattern; see the module's text for the method.

    `tables` are changes an earlier attack found. Each is checked against this pattern before it counts.
    """
    return Attack(system, demand, shown, seed=seed, tables=tables).run()
