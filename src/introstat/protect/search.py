"""The search for other tables that agree with everything shown: what each step of an attack looks for, and notes.

`Search` holds what is known of one pattern and what was found; which step comes when is decided by `attack`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

from introstat.protect.algebra.directions import Directions, Space, stuck
from introstat.protect.algebra.elimination import eliminate
from introstat.protect.algebra.exchange import exchanges, swaps
from introstat.protect.algebra.knowledge import Knowledge, Record
from introstat.protect.algebra.polytope import TOLERANCE, Movement
from introstat.protect.algebra.walks import walks
from introstat.protect.system import NOBODY, Demand, System, stacked

WALKS = 8
"""Rounds of walks at most."""
TRIES = 4
"""Walks from one target in a round."""
AT_ONCE = 2_000
"""Cells and insiders who may compute them that a round of walks begins from at most."""
WORTH = 0.05
"""The share of what is closed that a round has to open for another one to be worth it."""
MANY, MANY_TRIES, MANY_WORTH = 3_000, 2, 0.1
"""The same where so many targets are asked about: there one direction opens more than a second of walks."""
EFFORT = 60_000_000
"""How long whole tables are looked for, in iterations of the simplex times leaves; after that cells go by their bounds."""
EFFORT_FOR_INSIDERS = 130 * EFFORT
"""The same for what insiders know; after that cells are not settled."""
FEW = 0.05
"""The share of what is hidden that walks alone open the rest of, where changes are known from before."""
BARREN = 3
"""So many directions in a row that open nothing new end the search for more."""
DOWNWARD = (0.8, 0.8, 0.3)
"""How often a cell that can move both ways is asked to fall, in turn: most leaves can only rise, and something has to fall."""
NOBODY_KNOWS = np.empty(0, np.int64)
"""The coalition of no insiders."""


class Search:
    """Other tables for one pattern, step by step; `record` knows what they open, `programs` how many were solved.

    `spent` is the effort of looking for whole tables, with insiders (True) and without.
    """

    def __init__(
        self, system: System, demand: Demand, shown: NDArray[np.bool_], *, seed: int, tables: csr_array | None = None
    ) -> None:
        self.system, self.demand = system, demand
        self.knowledge = Knowledge(system, demand, shown, seed=seed)
        self.record = Record(self.knowledge, demand)
        self.programs = 0
        self._given = tables
        self._told: list[csr_array] = []
        self.spent = {False: 0, True: 0}
        self._random = np.random.default_rng(seed)
        self._is_zero = system.values[self.knowledge.targets] == 0

    def certainly_exact(self) -> NDArray[np.bool_]:
        """Step 1, as a mask over the targets."""
        knowledge = self.knowledge
        exact = np.isin(knowledge.targets, np.array(sorted(knowledge.linear), np.int64))
        self.programs += 1
        fast = stuck(knowledge.rows, knowledge.start)
        if fast is None or not fast.any():
            return exact
        targets = np.flatnonzero(~exact)
        exact[targets[self._follow(csr_array(knowledge.cells[targets]), np.flatnonzero(~fast))]] = True
        return exact

    def certainly_known(self) -> list[tuple[int, int]]:
        """Step 1 for every insider: targets that he can compute for certain, each with him, insider by insider.

        What everybody can compute of others is not among them. One program per insider who may know anything at all.
        """
        knowledge = self.knowledge
        targets, insiders = self.record.dangers()
        found: list[tuple[int, int]] = []
        for insider in np.unique(insiders).tolist():
            own = knowledge.insider == insider
            others = np.flatnonzero(~own)
            self.programs += 1
            fast = stuck(csr_array(knowledge.rows[:, others]), knowledge.start[others])
            if fast is None:
                continue
            asked = targets[insiders == insider]
            known = asked[self._follow(csr_array(knowledge.cells[asked]), others[~fast])]
            if len(known):
                of_others = csr_array(knowledge.cells[known] * ~own[None, :])
                of_others.eliminate_zeros()
                told = self._follow(of_others, np.arange(len(knowledge.start)))
                found += [(k, insider) for k in np.delete(known, told).tolist()]
        return found

    def _follow(self, cells: csr_array, loose: NDArray[np.int64]) -> NDArray[np.int64]:
        """Which of some cells follow from what is shown where only these leaves can change."""
        moving = csr_array(self.knowledge.rows[:, loose])
        known = moving.shape[0]
        outcome = eliminate(
            stacked(moving, csr_array(cells[:, loose])),
            protected=np.arange(known, known + cells.shape[0]),
            steps=[np.arange(known)],
            forced=np.array([True]),
            requires=[[]],
            seed=1,
        )
        return np.asarray(outcome.exposed - known, np.int64)

    def small_moves(self, exact: NDArray[np.bool_]) -> None:
        """Step 2, after what an earlier attack found."""
        knowledge, record = self.knowledge, self.record
        if self._given is not None:
            record.note_all(csr_array(self._given[knowledge.free]))
        if not len(knowledge.start):
            return
        # What an earlier attack found has opened nearly everything again: walks open the few that are left sooner.
        if self._given is None or len(record.open(NOBODY_KNOWS)) > FEW * len(knowledge.targets):
            self._told += [record.note_all(find(knowledge, self._random)) for find in (swaps, exchanges)]
        self._walk(exact)

    def _walk(self, exact: NDArray[np.bool_]) -> None:
        """The walks of step 2, for as long as they open something."""
        knowledge, record = self.knowledge, self.record
        for _ in range(WALKS):
            asked = record.open(NOBODY_KNOWS)
            asked = asked[~exact[asked]]
            if not len(asked):
                return
            many = len(asked) > MANY
            found = walks(
                knowledge,
                asked=asked,
                insiders=np.full(len(asked), NOBODY),
                low=record.low,
                high=record.high,
                width=self.demand.width[knowledge.targets],
                tries=MANY_TRIES if many else TRIES,
                random=self._random,
            )
            self._told.append(record.note_all(found))
            left = record.open(NOBODY_KNOWS)
            if len(asked) - int((~exact[left]).sum()) < (MANY_WORTH if many else WORTH) * len(asked):
                return

    def walk_past_insiders(self, closed: NDArray[np.bool_] | None = None) -> None:
        """Walks that leave out the leaves of whoever may compute a target, for as long as they open something.

        `closed` targets are not walked from.
        """
        knowledge, record = self.knowledge, self.record
        for turn in range(WALKS):
            dangers = self.dangers(closed)
            if not dangers:
                return
            before = len(dangers)
            if before > AT_ONCE:
                # One table often leaves out many insiders: what the first ones find is noted before the others are walked from.
                dangers = [dangers[at] for at in np.sort(self._random.permutation(before)[:AT_ONCE])]
            found = walks(
                knowledge,
                asked=np.array([k for k, _ in dangers], np.int64),
                insiders=np.array([insider for _, insider in dangers], np.int64),
                low=np.zeros_like(record.low),
                high=np.zeros_like(record.high),
                width=np.full(len(knowledge.targets), 2),
                tries=TRIES if turn else 1,
                random=self._random,
            )
            self._told.append(record.note_all(found))
            if turn and before - len(self.dangers(closed)) < WORTH * len(dangers):
                return

    def dangers(self, closed: NDArray[np.bool_] | None = None) -> list[tuple[int, int]]:
        """Targets and insiders who may still be able to compute them; `closed` targets are left out."""
        k, insider = self.record.dangers()
        left = np.ones(len(k), np.bool_) if closed is None else ~closed[k]
        return list(zip(k[left].tolist(), insider[left].tolist(), strict=True))

    def directions(self, exact: NDArray[np.bool_]) -> None:
        """Step 3: what a direction moves by whole numbers is a table; what it moves otherwise says something of bounds."""
        knowledge, record = self.knowledge, self.record
        everything = np.arange(len(knowledge.start))
        if not len(everything):
            return
        rows, low, high = knowledge.constraints(everything)
        size = np.diff(knowledge.cells.indptr)
        single = np.flatnonzero((size == 1) & ~exact)
        directions: Directions | None = None
        wide = np.empty(0, np.int64)
        down = wide_down = np.empty(0, np.bool_)
        barren = turn = 0
        while barren < BARREN:
            narrow = record.too_narrow()
            narrow = narrow[~exact[narrow]]
            if not len(narrow):
                break
            alone = np.intersect1d(narrow, single)
            asked = np.zeros(len(everything), np.bool_)
            asked[knowledge.cells.indices[knowledge.cells.indptr[alone]]] = True
            if directions is None or not asked.any():
                # Cells of several leaves move with them; those still narrow once the leaves are open get rows of their own.
                more = narrow if not asked.any() and directions is not None else np.empty(0, np.int64)
                if directions is not None and np.array_equal(more, wide) and barren:
                    break
                wide = more
                directions = Directions(
                    Space(rows=rows, low=low, high=high, start=knowledge.start),
                    wide=csr_array(knowledge.cells[wide]),
                    priced=csr_array((0, len(everything)), dtype=np.int64),
                    room=(np.empty(0), np.empty(0)),
                )
            falling = DOWNWARD[turn % len(DOWNWARD)]
            # What did not move one way is asked for the other way.
            down = ~down if barren == 1 else self._random.random(len(asked)) < falling
            wide_down = (
                ~wide_down if barren == 1 and len(wide_down) == len(wide) else self._random.random(len(wide)) < falling
            )
            turn += 1
            self.programs += 1
            change = directions.find(
                leaf_reward=np.where(asked, self._random.uniform(0.8, 1.2, len(asked)), 0.0),
                wide_reward=np.where(np.isin(wide, narrow), self._random.uniform(0.8, 1.2, len(wide)), 0.0),
                price=np.empty(0),
                down=down,
                wide_down=wide_down,
            )
            if change is not None:
                record.note_real(change)
                self._note(everything, change)
            left = len(np.setdiff1d(record.too_narrow(), np.flatnonzero(exact)))
            barren = 0 if left < len(narrow) else barren + 1

    def neighbourhood(self, block: int, exact: NDArray[np.bool_], *, insiders: bool = True) -> None:
        """Steps 4 and 6 within one neighbourhood."""
        knowledge, record = self.knowledge, self.record
        leaves = np.flatnonzero(knowledge.block == block)
        within = np.diff(csr_array(knowledge.cells[:, leaves]).indptr) > 0
        closed = exact.copy()
        movement: Movement | None = None
        here = np.flatnonzero(np.isin(record.insiders, knowledge.insider[leaves]) & insiders)
        for coalition in (NOBODY_KNOWS, *self.halves(here), *here[:, None]):
            if not np.any((within & ~closed)[record.open(coalition)]):
                continue
            if movement is None:
                movement = self.movement(leaves)
            stuck = self.explore(movement, coalition, closed)
            if not len(coalition):
                closed[stuck] = True

    def halves(self, insiders: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        """A few coalitions of half the insiders each. A table that leaves all of them out settles each of them at once."""
        if len(insiders) < 4:
            return []
        halves: list[NDArray[np.int64]] = []
        for _ in range(3):
            shuffled = self._random.permutation(insiders)
            middle = len(shuffled) // 2
            halves += [np.sort(shuffled[:middle]), np.sort(shuffled[middle:])]
        return halves

    def movement(self, leaves: NDArray[np.int64]) -> Movement:
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

    def explore(self, movement: Movement, coalition: NDArray[np.int64], closed: NDArray[np.bool_]) -> list[int]:
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
        knowing, limit = len(coalition) > 0, EFFORT_FOR_INSIDERS if len(coalition) else EFFORT
        while len(waiting) and self.spent[knowing] < limit:
            size = max(1, min(size, len(waiting)))
            some = waiting[:size]
            weights = self._random.uniform(0.5, 1.5, size)
            signs = np.where(self._is_zero[some] | (self._random.random(size) < 0.5), 1.0, -1.0)
            gain = np.asarray(csr_array(rows[some]).T @ (weights * signs))
            self.programs += 1
            before = movement.iterations
            move = movement.least(gain)
            self.spent[knowing] += (movement.iterations - before) * len(movement.leaves)
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

    def tables(self) -> csr_array | None:
        given = [] if self._given is None else [self._given]
        free = self.knowledge.free
        spread = csr_array(
            (np.ones(len(free), np.int64), (free, np.arange(len(free)))),
            shape=(len(self.system.leaves), len(free)),
        )
        given += [csr_array(spread @ told) for told in self._told]
        if self.record.found:
            given.append(csr_array(spread @ csr_array(np.stack(self.record.found, axis=1))))
        return csr_array(hstack(given, format="csr")) if given else None
