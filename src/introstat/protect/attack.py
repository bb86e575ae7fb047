"""What a reader can compute from the cells that are shown, in whole numbers.

For every guarded hidden cell the attack looks for a second table that agrees with everything shown and gives the cell
another number. Finding one proves the cell open; a linear program whose optimum rounds to a single whole number proves it
exact. In between the integer program decides, and what it cannot decide is reported as not settled.

The search begins at the true table, which changes nothing in the answer, only its speed:

1. elimination: cells in the span of the shown ones are exact, and so are those that also rest on leaves which one
   homogenised linear program proves to be zero for good;
2. swaps and exchanges of one person, found by looking for leaves that the shown cells count alike; then walks, which put
   right leaf by leaf what moving one cell puts out of order;
3. directions: linear programs that each move as many cells as they can by one (after step 4 where little is left);
4. moves within a neighbourhood (a county), all else unchanged: the linear program that changes many closed cells with as
   little movement as possible; small moves are nearly always whole, and open many cells at once;
5. the same over everything for what is left, then the bounds of one cell at a time; where the system is not large, one
   question per cell instead: is there a table in which it is one larger, or one smaller?
6. the same for every insider, whose own leaves do not move.

Steps 4 and 5 look for whole tables as long as their effort lasts. In a system too large for that, a cell whose bounds in real
numbers hold enough whole numbers counts as open without such a table; the findings say how many do.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

from introstat.protect.algebra.directions import Directions, Space, stuck
from introstat.protect.algebra.elimination import eliminate
from introstat.protect.algebra.exchange import exchanges, swaps
from introstat.protect.algebra.knowledge import Knowledge, Record
from introstat.protect.algebra.polytope import INFINITE, TOLERANCE, Movement, Polytope
from introstat.protect.algebra.questions import Questions
from introstat.protect.algebra.walks import walks
from introstat.protect.system import NOBODY, Demand, System, stacked

WALKS = 8
"""Rounds of walks at most."""
TRIES = 4
"""Walks from one target in a round."""
WORTH = 0.05
"""The share of what is closed that a round has to open for another one to be worth it."""
LARGE = 2_000
"""From so many leaves on an attack that may end early does so when directions leave something closed."""
EFFORT = 60_000_000
"""How long whole tables are looked for, in iterations of the simplex times leaves; after that cells go by their bounds."""
EFFORT_FOR_INSIDERS = 130 * EFFORT
"""The same for what insiders know; after that cells are not settled."""
PROBED = 6_000
"""Up to so many leaves cells are asked about one by one, which takes a moment each."""
EFFORT_ASKING = 2_000_000_000
"""How long questions are asked, for everybody and for insiders, in iterations of the simplex times leaves; after that cells
are not settled."""
FEW = 0.25
"""The share of targets that neighbourhoods are asked to open before directions are."""
BARREN = 3
"""So many directions in a row that open nothing new end the search for more."""
DOWNWARD = (0.8, 0.8, 0.3)
"""How often a cell that can move both ways is asked to fall, in turn: most leaves can only rise, and something has to fall."""
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
    by_bounds: int = 0
    """Hidden cells that are open by their bounds in real numbers only: no whole table was found that moves them."""
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
        self._walked: list[csr_array] = []
        self._spent = {False: 0, True: 0}
        self._random = np.random.default_rng(seed)
        self._is_zero = system.values[self.knowledge.targets] == 0

    def run(self, *, until: int | None = None) -> Findings:
        """The whole attack; or, with `until`, only as far as it takes to know of so many exact cells for certain."""
        knowledge, record = self.knowledge, self.record
        exact = self._exact()
        if until is not None and int(exact.sum()) >= until:
            return self._findings([self._certain(k) for k in np.flatnonzero(exact).tolist()], by_bounds=0)
        self._search_small(exact)
        # Where small moves have opened nearly everything, neighbourhoods open the rest; else directions have to do the bulk.
        mostly_open = len(record.open(NOBODY_KNOWS)) <= FEW * len(knowledge.targets)
        if not mostly_open:
            self._search_directions(exact)
        for block in np.unique(knowledge.block[knowledge.block != NOBODY]):
            self._search_block(int(block), exact)
        if mostly_open:
            self._search_directions(exact)
        closed = record.too_narrow()
        if until is not None and len(closed) and len(knowledge.start) > LARGE:
            # To judge them one by one takes longer than to hide what opens them.
            return self._findings([self._certain(k, settled=bool(exact[k])) for k in closed.tolist()], by_bounds=0)
        if len(knowledge.start) <= PROBED:
            weak = self._ask_everything(exact, everybody_first=until is not None)
        else:
            weak = self._search_everything(exact)
        missing = {weakness.cell for weakness in weak if weakness.insider == NOBODY}
        narrow = knowledge.targets[record.open(NOBODY_KNOWS)]
        return self._findings(weak, by_bounds=sum(int(cell) not in missing for cell in narrow))

    def doubts(self) -> Findings:
        """The attack without its slow steps: what no whole table opened is reported as not settled.

        Insiders are asked about only where nothing is doubtful for everybody. Nothing else needs to be asked about a cell that
        is not among the weak.
        """
        knowledge, record = self.knowledge, self.record
        exact = np.isin(knowledge.targets, np.array(sorted(knowledge.linear), np.int64))
        self._search_small(exact)
        blocks = np.unique(knowledge.block[knowledge.block != NOBODY]).tolist()
        for block in blocks:
            self._search_block(block, exact, insiders=False)
        left = [(k, NOBODY) for k in record.open(NOBODY_KNOWS).tolist()]
        if not left:
            self._walk_past_insiders()
            for block in blocks:
                self._search_block(block, exact)
            left = self._dangers()
        weak = []
        for k, insider in left:
            cell = int(knowledge.targets[k])
            value = int(self.system.values[cell])
            weak.append(Weakness(cell, insider, value, value, settled=bool(exact[k])))
        return self._findings(weak, by_bounds=0)

    def _dangers(self, closed: NDArray[np.bool_] | None = None) -> list[tuple[int, int]]:
        """Targets and insiders who may still be able to compute them; `closed` targets are left out."""
        k, insider = self.record.dangers()
        left = np.ones(len(k), np.bool_) if closed is None else ~closed[k]
        return list(zip(k[left].tolist(), insider[left].tolist(), strict=True))

    def _walk_past_insiders(self, closed: NDArray[np.bool_] | None = None) -> None:
        """Walks that leave out the leaves of whoever may compute a target, for as long as they open something.

        `closed` targets are not walked from.
        """
        knowledge, record = self.knowledge, self.record
        for turn in range(WALKS):
            dangers = self._dangers(closed)
            if not dangers:
                return
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
            record.note_all(found)
            self._walked.append(found)
            if turn and len(dangers) - len(self._dangers(closed)) < WORTH * len(dangers):
                return

    def _findings(self, weak: list[Weakness], *, by_bounds: int) -> Findings:
        knowledge, record = self.knowledge, self.record
        reach = np.zeros((self.system.cells, 2), np.int64)
        reach[knowledge.targets, 0] = record.low
        reach[knowledge.targets, 1] = record.high
        return Findings(tuple(weak), len(knowledge.targets), self.programs, by_bounds, reach, self._tables())

    def _certain(self, k: int, *, settled: bool = True) -> Weakness:
        """A target that is exact, or looks so."""
        cell = int(self.knowledge.targets[k])
        value = int(self.system.values[cell])
        return Weakness(cell, NOBODY, value, value, settled=settled)

    def _exact(self) -> NDArray[np.bool_]:
        """Step 1, as a mask over the targets."""
        knowledge = self.knowledge
        exact = np.isin(knowledge.targets, np.array(sorted(knowledge.linear), np.int64))
        self.programs += 1
        fast = stuck(knowledge.rows, knowledge.start)
        if fast is None or not fast.any():
            return exact
        loose = np.flatnonzero(~fast)
        targets = np.flatnonzero(~exact)
        moving = csr_array(knowledge.rows[:, loose])
        known = moving.shape[0]
        outcome = eliminate(
            stacked(moving, csr_array(knowledge.cells[:, loose][targets])),
            protected=np.arange(known, known + len(targets)),
            steps=[np.arange(known)],
            forced=np.array([True]),
            requires=[[]],
            seed=1,
        )
        exact[targets[outcome.exposed - known]] = True
        return exact

    def _search_small(self, exact: NDArray[np.bool_]) -> None:
        """Step 2, after what an earlier attack found."""
        knowledge, record = self.knowledge, self.record
        if self._given is not None:
            record.note_all(csr_array(self._given[knowledge.free]))
        if len(knowledge.start):
            record.note_all(swaps(knowledge, self._random))
            record.note_all(exchanges(knowledge, self._random))
            self._walk(exact)

    def _walk(self, exact: NDArray[np.bool_]) -> None:
        """The walks of step 2, for as long as they open something."""
        knowledge, record = self.knowledge, self.record
        for _ in range(WALKS):
            asked = record.open(NOBODY_KNOWS)
            asked = asked[~exact[asked]]
            if not len(asked):
                return
            found = walks(
                knowledge,
                asked=asked,
                insiders=np.full(len(asked), NOBODY),
                low=record.low,
                high=record.high,
                width=self.demand.width[knowledge.targets],
                tries=TRIES,
                random=self._random,
            )
            record.note_all(found)
            self._walked.append(found)
            left = record.open(NOBODY_KNOWS)
            if len(asked) - int((~exact[left]).sum()) < WORTH * len(asked):
                return

    def _search_directions(self, exact: NDArray[np.bool_]) -> None:
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
            turn += 1
            self.programs += 1
            change = directions.find(
                leaf_reward=np.where(asked, self._random.uniform(0.8, 1.2, len(asked)), 0.0),
                wide_reward=np.where(np.isin(wide, narrow), self._random.uniform(0.8, 1.2, len(wide)), 0.0),
                price=np.empty(0),
                down=self._random.random(len(asked)) < falling,
                wide_down=self._random.random(len(wide)) < falling,
            )
            if change is not None:
                record.note_real(change)
                self._note(everything, change)
            left = len(np.setdiff1d(record.too_narrow(), np.flatnonzero(exact)))
            barren = 0 if left < len(narrow) else barren + 1

    def _search_block(self, block: int, exact: NDArray[np.bool_], *, insiders: bool = True) -> None:
        """Steps 4 and 6 within one neighbourhood."""
        knowledge, record = self.knowledge, self.record
        leaves = np.flatnonzero(knowledge.block == block)
        within = np.diff(csr_array(knowledge.cells[:, leaves]).indptr) > 0
        closed = exact.copy()
        movement: Movement | None = None
        here = np.flatnonzero(np.isin(record.insiders, knowledge.insider[leaves]) & insiders)
        for coalition in (NOBODY_KNOWS, *self._halves(here), *here[:, None]):
            if not np.any((within & ~closed)[record.open(coalition)]):
                continue
            if movement is None:
                movement = self._movement(leaves)
            stuck = self._explore(movement, coalition, closed)
            if not len(coalition):
                closed[stuck] = True

    def _search_everything(self, exact: NDArray[np.bool_]) -> list[Weakness]:
        """Steps 5 and 6 over all leaves, and the verdict on what stays closed."""
        knowledge, record = self.knowledge, self.record
        weak: list[Weakness] = []
        movement: Movement | None = None
        closed = exact.copy()
        every = np.arange(len(record.insiders))
        for coalition in (NOBODY_KNOWS, *self._halves(every), *every[:, None]):
            if not len(record.open(coalition)):
                continue
            if movement is None:
                movement = self._movement(np.arange(len(knowledge.start)))
            fast = set(self._explore(movement, coalition, closed))
            if len(coalition) > 1:
                continue
            insider = int(record.insiders[coalition[0]]) if len(coalition) else NOBODY
            too_narrow = set(record.too_narrow().tolist())
            for k in record.open(coalition).tolist():
                cell = int(knowledge.targets[k])
                value = int(self.system.values[cell])
                width = 2 if len(coalition) else int(self.demand.width[cell])
                if len(coalition) and (closed[k] or self._adds_nothing(movement, k, insider)):
                    continue
                if (exact[k] and not len(coalition)) or k in fast:
                    found = [Weakness(cell, insider, value, value, settled=True)]
                elif self._spent[False] >= EFFORT and not len(coalition) and k not in too_narrow:
                    continue
                else:
                    found = self._judge(k, insider, width)
                weak += found
                # What everybody can compute an insider can; one finding is enough.
                closed[k] |= not len(coalition) and bool(found)
        return weak

    def _ask_everything(self, exact: NDArray[np.bool_], *, everybody_first: bool) -> list[Weakness]:
        """Steps 5 and 6 by one question per cell. With `everybody_first` insiders wait until nobody else finds anything."""
        knowledge, record = self.knowledge, self.record
        questions = Questions(knowledge, record)
        weak: list[Weakness] = []
        closed = exact.copy()
        for k in record.open(NOBODY_KNOWS).tolist():
            if exact[k]:
                weak.append(self._certain(k))
                continue
            width = int(self.demand.width[knowledge.targets[k]])
            bounds = questions.bounds(k, width) if self._spent[False] < EFFORT_ASKING else None
            self._spent[False] = questions.effort
            value = int(self.system.values[knowledge.targets[k]])
            if bounds is None:
                weak.append(Weakness(int(knowledge.targets[k]), NOBODY, value, value, settled=False))
            elif bounds[1] - bounds[0] + 1 < width:
                low, high = bounds
                weak.append(Weakness(int(knowledge.targets[k]), NOBODY, value + low, value + high, settled=True))
            else:
                continue
            # What everybody can compute an insider can; one finding is enough.
            closed[k] = True
        if everybody_first and weak:
            return weak
        self._walk_past_insiders(closed)
        for k, insider in self._dangers(closed):
            known = questions.known_to(k, insider) if self._spent[True] < EFFORT_ASKING else None
            self._spent[True] = questions.effort - self._spent[False]
            if known is not False:
                value = int(self.system.values[knowledge.targets[k]])
                weak.append(Weakness(int(knowledge.targets[k]), insider, value, value, settled=known is not None))
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
        knowing, limit = len(coalition) > 0, EFFORT_FOR_INSIDERS if len(coalition) else EFFORT
        while len(waiting) and self._spent[knowing] < limit:
            size = max(1, min(size, len(waiting)))
            some = waiting[:size]
            weights = self._random.uniform(0.5, 1.5, size)
            signs = np.where(self._is_zero[some] | (self._random.random(size) < 0.5), 1.0, -1.0)
            gain = np.asarray(csr_array(rows[some]).T @ (weights * signs))
            self.programs += 1
            before = movement.iterations
            move = movement.least(gain)
            self._spent[knowing] += (movement.iterations - before) * len(movement.leaves)
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
                afresh=not integer,
            )
            self.programs += 2
            lower, upper = polytope.push(cost), polytope.push(-cost)
            for optimum in (lower, upper):
                if optimum is not None and optimum.bounded and optimum.whole is not None:
                    self.record.note(optimum.whole)
            if lower is None or upper is None:
                return [Weakness(cell, insider, value + int(least), value + int(most), settled=False)]
            least = float(np.ceil(max(lower.objective, -1e9) - TOLERANCE))
            most = float(np.floor(min(-upper.objective, 1e9) + TOLERANCE))
            if most - least + 1 < width:
                return [Weakness(cell, insider, value + int(least), value + int(most), settled=True)]
        return []

    def _tables(self) -> csr_array | None:
        given = [] if self._given is None else [self._given]
        free = self.knowledge.free
        spread = csr_array(
            (np.ones(len(free), np.int64), (free, np.arange(len(free)))),
            shape=(len(self.system.leaves), len(free)),
        )
        given += [csr_array(spread @ walked) for walked in self._walked]
        if self.record.found:
            given.append(csr_array(spread @ csr_array(np.stack(self.record.found, axis=1))))
        return csr_array(hstack(given, format="csr")) if given else None


def attack(
    system: System,
    demand: Demand,
    shown: NDArray[np.bool_],
    *,
    seed: int = 1,
    tables: csr_array | None = None,
    until: int | None = None,
) -> Findings:
    """Try to compute every guarded hidden cell of a pattern; see the module's text for the method.

    `tables` are changes an earlier attack found. Each is checked against this pattern before it counts. With `until` the
    attack may end early, with these only, when it knows of so many exact cells, or in a large system with what looks closed.
    """
    return Attack(system, demand, shown, seed=seed, tables=tables).run(until=until)


def doubts(
    system: System, demand: Demand, shown: NDArray[np.bool_], *, seed: int = 1, tables: csr_array | None = None
) -> Findings:
    """A quick attack that may doubt cells which are safe, and never trusts one that is not; see `Attack.doubts`."""
    return Attack(system, demand, shown, seed=seed, tables=tables).doubts()
