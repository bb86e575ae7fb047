"""What a reader can compute from the cells that are shown, in whole numbers.

For every guarded hidden cell the attack looks for a second table that agrees with everything shown and gives the cell
another number. Finding one proves the cell open; a linear program whose optimum rounds to a single whole number proves it
exact. In between the integer program decides, and what it cannot decide is reported as not settled.

The search begins at the true table, which changes nothing in the answer, only its speed:

1. elimination: cells in the span of the shown ones are exact, and so are those that also rest on leaves which one
   homogenised linear program proves to be zero for good;
2. swaps and exchanges of one person, found by looking for leaves that the shown cells count alike; then walks, which put
   right leaf by leaf what moving one cell puts out of order;
3. directions: linear programs that each move as many cells as they can by one (after step 4 where little is left, and not where
   step 5 asks about the last few cells sooner);
4. moves within a neighbourhood (a county), all else unchanged: the linear program that changes many closed cells with as
   little movement as possible; small moves are nearly always whole, and open many cells at once;
5. the same over everything for what is left, then the bounds of one cell at a time; where the system is not large, one
   question per cell instead: is there a table in which it is one larger, or one smaller?
6. the same for every insider, whose own leaves do not move. Where there are many questions to ask and the attack may end early,
   step 1 comes first for each insider: what that proves needs no question, and is mended before others are asked.

Steps 4 and 5 look for whole tables as long as their effort lasts. In a system too large for that, a cell whose bounds in real
numbers hold enough whole numbers counts as open without such a table; the findings say how many do. Who would rather wait asks
for proof: then step 5 is one question per cell there too.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from introstat.protect.algebra.polytope import INFINITE, TOLERANCE, Polytope
from introstat.protect.algebra.questions import Questions
from introstat.protect.findings import Findings, Weakness
from introstat.protect.search import EFFORT, NOBODY_KNOWS, Search
from introstat.protect.system import NOBODY, Demand, System

LARGE = 2_000
"""From so many leaves on an attack that may end early does so when directions leave something closed; before when they leave as
many cells closed as it is to end with."""
PROBED = 2_500
"""Up to so many leaves cells are asked about one by one, which takes a moment each."""
HANDFUL = 39
"""So few cells are judged even where the attack may end early: most of them turn out to be open, and cannot be mended. Where
cells can be asked about one by one, so few are asked about sooner than a direction is found."""
PROBED_FEW = (6_000, 500), (12_000, HANDFUL)
"""Up to so many leaves as well, where so few cells at most are still closed for everybody."""
DOUBTFUL = 1_000
"""From so many pairs of a cell and an insider on, an attack that may end early looks for what insiders know for certain before it
asks for each pair."""
EFFORT_ASKING = 5_000_000_000
"""How long questions are asked, for everybody and for insiders, in iterations of the simplex times leaves; after that cells
are not settled."""
FEW = 0.25
"""The share of targets that neighbourhoods are asked to open before directions are."""


class Attack:
    """One pattern under attack; `run` answers for all guarded cells."""

    def __init__(
        self, system: System, demand: Demand, shown: NDArray[np.bool_], *, seed: int, tables: csr_array | None = None
    ) -> None:
        self.system, self.demand = system, demand
        self.search = Search(system, demand, shown, seed=seed, tables=tables)

    def run(self, *, until: int | None = None, prove: bool = False) -> Findings:
        """The whole attack; or, with `until`, only as far as it takes to know of so many exact cells for certain.

        With `prove` every cell is asked about that no whole table opened, however large the system is and however long it takes.
        """
        knowledge, record = self.search.knowledge, self.search.record
        exact = self.search.certainly_exact()
        if until is not None and int(exact.sum()) >= until:
            return self._findings([self._certain(k) for k in np.flatnonzero(exact).tolist()], by_bounds=0)
        self.search.small_moves(exact)
        # Where small moves have opened nearly everything, neighbourhoods open the rest; else directions have to do the bulk.
        mostly_open = len(record.open(NOBODY_KNOWS)) <= FEW * len(knowledge.targets)
        if not mostly_open:
            self.search.directions(exact)
        for block in np.unique(knowledge.block[knowledge.block != NOBODY]):
            self.search.neighbourhood(int(block), exact)
        leaves, left = len(knowledge.start), len(record.open(NOBODY_KNOWS))
        if mostly_open and (left > HANDFUL or leaves > max((PROBED, *(most for most, _ in PROBED_FEW)))):
            self.search.directions(exact)
            left = len(record.open(NOBODY_KNOWS))
        closed = record.too_narrow()
        one_by_one = prove or leaves <= PROBED or any(leaves <= most and left <= few for most, few in PROBED_FEW)
        if until is not None and len(closed) > (until - 1 if leaves <= LARGE else HANDFUL if one_by_one else 0):
            # To judge them one by one takes longer than to hide what opens them, but for a few: what is open by its bounds
            # cannot be mended.
            few = len(closed) <= HANDFUL
            weak = [
                found
                for k in closed.tolist()
                for found in (
                    self._judge(k, whole=False) if few and not exact[k] else [self._certain(k, settled=bool(exact[k]))]
                )
            ]
            if weak:
                return self._findings(weak, by_bounds=0)
        if one_by_one:
            weak = self._ask_everything(exact, until=until, effort=np.inf if prove else EFFORT_ASKING)
        else:
            weak = self._search_everything(exact, until=until)
        missing = {weakness.cell for weakness in weak if weakness.insider == NOBODY}
        narrow = knowledge.targets[record.open(NOBODY_KNOWS)]
        return self._findings(weak, by_bounds=sum(int(cell) not in missing for cell in narrow))

    def doubts(self, *, ask: bool) -> Findings:
        """The attack without its slow steps: what no whole table opened is reported as not settled; with `ask`, what one question
        each does not open either, where that is little.

        Insiders are asked about only where nothing is doubtful for everybody. Nothing else needs to be asked about a cell that
        is not among the weak.
        """
        knowledge, record = self.search.knowledge, self.search.record
        exact = np.isin(knowledge.targets, np.array(sorted(knowledge.linear), np.int64))
        self.search.small_moves(exact)
        blocks = np.unique(knowledge.block[knowledge.block != NOBODY]).tolist()
        for block in blocks:
            self.search.neighbourhood(block, exact, insiders=False)
        left = [(k, NOBODY) for k in record.open(NOBODY_KNOWS).tolist()]
        left = self._still_doubted(left, exact) if ask else left
        if not left:
            self.search.walk_past_insiders()
            for block in blocks:
                self.search.neighbourhood(block, exact)
            left = self.search.dangers()
            left = self._still_doubted(left, exact) if ask else left
        weak = []
        for k, insider in left:
            cell = int(knowledge.targets[k])
            value = int(self.system.values[cell])
            weak.append(Weakness(cell, insider, value, value, settled=bool(exact[k])))
        return self._findings(weak, by_bounds=0)

    def _still_doubted(self, pairs: list[tuple[int, int]], exact: NDArray[np.bool_]) -> list[tuple[int, int]]:
        """Those of a few targets, each with an insider or NOBODY, that one question does not open either; all of many."""
        if len(pairs) > HANDFUL:
            return pairs
        knowledge = self.search.knowledge
        questions = Questions(knowledge, self.search.record)
        nobody = [k for k, insider in pairs if insider == NOBODY and not exact[k]]
        widths = self.demand.width[knowledge.targets[nobody]].tolist()
        told = [(k, insider) for k, insider in pairs if insider != NOBODY and not exact[k]]
        opened = {
            (k, NOBODY)
            for k, width, bounds in zip(nobody, widths, questions.bounds(nobody, widths), strict=True)
            if bounds is not None and bounds[1] - bounds[0] + 1 >= width
        }
        opened |= {pair for pair, known in zip(told, questions.known_to(told), strict=True) if known is False}
        return [pair for pair in pairs if pair not in opened]

    def _search_everything(self, exact: NDArray[np.bool_], *, until: int | None) -> list[Weakness]:
        """Step 5 over all leaves, and the verdict on what stays closed; step 6 by one question per cell."""
        knowledge, record = self.search.knowledge, self.search.record
        weak: list[Weakness] = []
        closed = exact.copy()
        if len(record.open(NOBODY_KNOWS)):
            movement = self.search.movement(np.arange(len(knowledge.start)))
            fast = set(self.search.explore(movement, NOBODY_KNOWS, closed))
            for k in record.open(NOBODY_KNOWS).tolist():
                cell = int(knowledge.targets[k])
                value = int(self.system.values[cell])
                if exact[k] or k in fast:
                    found = [Weakness(cell, NOBODY, value, value, settled=True)]
                elif self.search.spent[False] >= EFFORT:
                    # What was found for one cell may have told enough of the bounds of another.
                    found = self._judge(k, whole=False) if k in record.too_narrow() else []
                else:
                    found = self._judge(k)
                weak += found
                closed[k] |= bool(found)
        if until is not None and weak:
            return weak
        return weak + self._ask_insiders(Questions(knowledge, record), closed, until=until, effort=EFFORT_ASKING)

    def _ask_everything(self, exact: NDArray[np.bool_], *, until: int | None, effort: float) -> list[Weakness]:
        """Steps 5 and 6 by one question per cell, as long as the `effort` for everybody and that for insiders last.

        With `until` insiders wait until nobody else finds anything.
        """
        knowledge, record = self.search.knowledge, self.search.record
        questions = Questions(knowledge, record)
        weak: list[Weakness] = []
        closed = exact.copy()
        left = record.open(NOBODY_KNOWS)
        weak += [self._certain(k) for k in left[exact[left]].tolist()]
        asked = left[~exact[left]]
        widths = self.demand.width[knowledge.targets[asked]]
        found = questions.bounds(asked.tolist(), widths.tolist(), effort=effort)
        for k, width, bounds in zip(asked.tolist(), widths.tolist(), found, strict=True):
            cell = int(knowledge.targets[k])
            low, high = bounds or (0, 0)
            if high - low + 1 < width:
                value = int(self.system.values[cell])
                weak.append(Weakness(cell, NOBODY, value + low, value + high, settled=bounds is not None))
                closed[k] = True
        weak.sort(key=lambda weakness: weakness.cell)
        if until is not None and weak:
            return weak
        return weak + self._ask_insiders(questions, closed, until=until, effort=effort)

    def _ask_insiders(
        self, questions: Questions, closed: NDArray[np.bool_], *, until: int | None, effort: float
    ) -> list[Weakness]:
        """Step 6: one question per cell and insider who may compute it. What everybody can compute an insider can; `closed`
        cells are not asked about again. With `until`, so many pairs that insiders know for certain are enough."""
        knowledge = self.search.knowledge
        weak: list[Weakness] = []
        self.search.walk_past_insiders(closed)
        dangers = self.search.dangers(closed)
        if until is not None and len(dangers) >= DOUBTFUL:
            certain = self.search.certainly_known()
            if len(certain) >= until:
                return [self._certain(k, insider=insider) for k, insider in certain]
        for (k, insider), known in zip(dangers, questions.known_to(dangers, effort=effort), strict=True):
            if known is not False:
                value = int(self.system.values[knowledge.targets[k]])
                weak.append(Weakness(int(knowledge.targets[k]), insider, value, value, settled=known is not None))
        return weak

    def _judge(self, k: int, *, whole: bool = True) -> list[Weakness]:
        """Decide on one target for everybody that no whole table opened: by its real bounds and, with `whole`, the integer program."""
        knowledge = self.search.knowledge
        cell = int(knowledge.targets[k])
        value = int(self.system.values[cell])
        matrix, row_low, row_high = knowledge.constraints(np.arange(len(knowledge.start)))
        cost = np.asarray(csr_array(knowledge.cells[[k]]).toarray()[0], np.float64)
        width = int(self.demand.width[cell])
        least = most = 0.0
        for integer in (False, True) if whole else (False,):
            polytope = Polytope(
                matrix,
                row_low=row_low,
                row_high=row_high,
                low=-knowledge.start.astype(float),
                high=np.full(len(knowledge.start), INFINITE),
                integer=integer,
                afresh=not integer,
            )
            # Most cells can rise only: where one more is possible, nothing need be known of less.
            bounds = {-1.0: least, 1.0: most}
            for side in (1.0, -1.0):
                self.search.programs += 1
                optimum = polytope.push(-side * cost)
                if optimum is None:
                    return [Weakness(cell, NOBODY, value + int(least), value + int(most), settled=False)]
                if optimum.bounded:
                    self.search.record.note_real(optimum.point)
                    if optimum.whole is not None:
                        self.search.record.note(optimum.whole)
                reached = np.floor(min(-optimum.objective, 1e9) + TOLERANCE)
                bounds[side] = float(side * reached)
                if reached + 1 >= width:
                    break
            least, most = min(0.0, bounds[-1.0]), max(0.0, bounds[1.0])
            if most - least + 1 < width:
                return [Weakness(cell, NOBODY, value + int(least), value + int(most), settled=True)]
        return []

    def _certain(self, k: int, *, insider: int = NOBODY, settled: bool = True) -> Weakness:
        """A target that is exact, or looks so, for everybody or for an insider."""
        cell = int(self.search.knowledge.targets[k])
        value = int(self.system.values[cell])
        return Weakness(cell, insider, value, value, settled=settled)

    def _findings(self, weak: list[Weakness], *, by_bounds: int) -> Findings:
        knowledge, record = self.search.knowledge, self.search.record
        reach = np.zeros((self.system.cells, 2), np.int64)
        reach[knowledge.targets, 0] = record.low
        reach[knowledge.targets, 1] = record.high
        return Findings(
            tuple(weak), len(knowledge.targets), self.search.programs, by_bounds, reach, self.search.tables()
        )


def attack(
    system: System,
    demand: Demand,
    shown: NDArray[np.bool_],
    *,
    seed: int = 1,
    tables: csr_array | None = None,
    until: int | None = None,
    prove: bool = False,
) -> Findings:
    """Try to compute every guarded hidden cell of a pattern; see the module's text for the method.

    `tables` are changes an earlier attack found. Each is checked against this pattern before it counts. With `until` the
    attack may end early, with these only, when it knows of so many exact cells; or with what looks closed, when that is so many
    or the system is large. With `prove` no cell goes by its bounds: each is asked about until a whole table or a proof is found.
    """
    return Attack(system, demand, shown, seed=seed, tables=tables).run(until=until, prove=prove)


def doubts(
    system: System,
    demand: Demand,
    shown: NDArray[np.bool_],
    *,
    seed: int = 1,
    tables: csr_array | None = None,
    ask: bool = False,
) -> Findings:
    """A quick attack that may doubt cells which are safe, and never trusts one that is not; see `Attack.doubts`."""
    return Attack(system, demand, shown, seed=seed, tables=tables).doubts(ask=ask)
