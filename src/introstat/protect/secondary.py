"""Which further cells are hidden, so that nothing hidden by the policy can be computed.

Candidates are shown one group after another, those readers need most first, unless elimination says that a protected cell
would be given away. A few seeded restarts shuffle groups of equal rank; the pattern that loses least is kept. Then attack
and repair take turns until the attack finds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array, hstack

from introstat.protect.algebra.elimination import eliminate
from introstat.protect.algebra.opening import ENOUGH_CELLS, open_together
from introstat.protect.attack import attack
from introstat.protect.findings import Findings, Weakness
from introstat.protect.grouping import closed_groups, homes, rule_groups, shown_cells
from introstat.protect.repair import remedy
from introstat.protect.staged import open_in_stages
from introstat.protect.system import NOBODY, Demand, System, stacked
from introstat.vocabulary.errors import CannotProtect

MANY = 40
"""From so many weak cells on they are opened together."""
ROUNDS = 20
"""After so many rounds of attack and repair something is wrong, and protection gives up."""
DOUBTS = 2_000
"""So many doubtful pairs of a cell and an insider are not mended: first comes what is known for certain, and where nothing is,
protection gives up."""


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """Groups and cells that are shown, those `lost` beside the rule and their loss, and protected cells that forced ones expose."""

    shown_groups: NDArray[np.bool_]
    shown: NDArray[np.bool_]
    loss: float
    lost: NDArray[np.int64]
    exposed: NDArray[np.int64]


def choose(system: System, demand: Demand, order: NDArray[np.int64], *, seed: int, restarts: int) -> Pattern:
    """The best pattern of a few orders, linearly safe. `order` is groups and their rank, most needed first.

    Groups of equal rank are tried in another order each time. Neighbourhoods (counties) hardly touch each other, so each
    keeps the order that lost least in it, and an order put together of these is tried as well.
    """
    choice = _Choice(system, demand)
    random = np.random.default_rng(seed)
    groups, rank = order
    tie = np.arange(len(groups)) / max(1, len(groups))
    home = choice.home[groups]
    best = choice.pattern(groups, seed=seed)
    least = choice.loss_by_home(best)
    for _ in range(restarts - 1):
        other = np.where(home == NOBODY, tie, random.random(len(groups)))
        loss = choice.loss_by_home(choice.pattern(groups[np.lexsort((other, rank))], seed=seed))
        better = loss < least
        better[NOBODY] = False
        mixed = np.where(better[home], other, tie)
        if not better.any():
            continue
        pattern = choice.pattern(groups[np.lexsort((mixed, rank))], seed=seed)
        if pattern.loss < best.loss:
            best, tie, least = pattern, mixed, choice.loss_by_home(pattern)
    return best


class _Choice:
    """What all orders have in common: the candidates as steps, what they need, and the rows of the elimination."""

    def __init__(self, system: System, demand: Demand) -> None:
        self._system, self._demand = system, demand
        of_cell = demand.groups.of_cell
        self._hidden, self._forced_groups = rule_groups(demand)
        matrix = system.matrix
        cells, leaves = matrix.shape
        self._forced = np.flatnonzero(demand.forced)
        known_zero = np.zeros(leaves, np.bool_)
        # A difference that is zero tells of none of its leaves.
        zero = (matrix @ system.leaves == 0) & (abs(matrix) @ np.ones(leaves) == matrix @ np.ones(leaves))
        known_zero[np.unique(matrix[self._forced[zero[self._forced]]].indices)] = True
        kept = np.flatnonzero(~known_zero)
        thin = csr_array(matrix[:, kept])
        # One more row per leaf: a zero that is shown makes every leaf under it known.
        self._extended = stacked(thin, csr_array(eye_array(len(kept), dtype=np.int64, format="csr")))
        rule_hidden = demand.must_hide.copy()
        rule_hidden[of_cell >= 0] |= self._hidden[of_cell[of_cell >= 0]]
        rule_hidden &= ~demand.forced
        self._protected = np.flatnonzero(rule_hidden & demand.guarded)

        members = np.argsort(of_cell, kind="stable")
        starts = np.searchsorted(of_cell[members], np.arange(demand.groups.count + 1))
        self._needs: list[list[int]] = [[] for _ in range(demand.groups.count)]
        for group, needed in demand.groups.requires.tolist():
            self._needs[group].append(needed)
        self._rows: list[NDArray[np.int64]] = []
        for group in range(demand.groups.count):
            rows = members[starts[group] : starts[group + 1]]
            empty = rows[zero[rows]]
            if len(empty):
                rows = np.concatenate([rows, cells + np.unique(thin[empty].indices)])
            self._rows.append(rows)
        self.home = homes(system, demand.groups)

    def loss_by_home(self, pattern: Pattern) -> NDArray[np.float64]:
        """The loss in every neighbourhood, and last what is lost outside all."""
        loss = np.zeros(int(self.home.max(initial=NOBODY)) + 2)
        np.add.at(loss, self.home[pattern.lost], self._demand.groups.weight[pattern.lost])
        return loss

    def pattern(self, order: NDArray[np.int64], *, seed: int) -> Pattern:
        """What one order of the groups leads to."""
        system, demand = self._system, self._demand
        steps: list[NDArray[np.int64]] = [self._forced]
        chosen: list[int] = []
        requires: list[list[int]] = [[]]
        step_of = [0] * demand.groups.count
        for group in order.tolist():
            if self._hidden[group] or self._forced_groups[group] or not len(self._rows[group]):
                continue
            step_of[group] = len(steps)
            requires.append([step_of[needed] for needed in self._needs[group]])
            steps.append(self._rows[group])
            chosen.append(group)
        outcome = eliminate(
            self._extended,
            protected=self._protected,
            steps=steps,
            forced=np.concatenate([[True], np.zeros(len(chosen), np.bool_)]),
            requires=requires,
            seed=seed,
            bounded=system if len(system.relations.parent) else None,
            width=np.where(demand.guarded, demand.width, 0),
        )
        shown_groups = self._forced_groups.copy()
        shown_groups[chosen] = outcome.shown[1:]
        lost = np.array([group for group in chosen if not shown_groups[group]], np.int64)
        return Pattern(
            shown_groups=shown_groups,
            shown=shown_cells(demand, shown_groups),
            loss=float(demand.groups.weight[lost].sum()),
            lost=lost,
            exposed=outcome.exposed,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Protection:
    """A pattern that was attacked, and what the last attack found; `rounds` of repair, `repaired` groups hidden by them."""

    shown: NDArray[np.bool_]
    shown_groups: NDArray[np.bool_]
    findings: Findings
    rounds: int
    repaired: int


def protect(
    system: System, demand: Demand, order: NDArray[np.int64], *, seed: int, restarts: int = 1, prove: bool = False
) -> Protection:
    """Choose a pattern, then attack and repair it until nothing is weak.

    The last attack is on exactly the pattern returned; should cells still be weak after `ROUNDS`, or more than `DOUBTS` doubtful
    and nothing known for certain, its findings say so. With `prove` it leaves no cell open by its bounds only, which takes many
    minutes where there are thousands of leaves.
    Raises CannotProtect where forced cells give a protected one away.
    """
    pattern = choose(system, demand, order, seed=seed, restarts=restarts)
    if len(pattern.exposed):
        raise CannotProtect(
            f"{len(pattern.exposed)} protected cells follow from cells that are always shown; "
            "declare them, or do not force those cells"
        )
    shown_groups = pattern.shown_groups.copy()
    repaired = 0
    tables = None
    rounds = 0
    while True:
        shown = shown_cells(demand, shown_groups)
        until = MANY if rounds < ROUNDS else None
        findings = attack(system, demand, shown, seed=seed + rounds, tables=tables, until=until, prove=prove)
        if not findings.weak or rounds == ROUNDS:
            return Protection(shown, shown_groups, findings, rounds, repaired)
        tables = findings.tables
        weak = findings.weak
        if sum(not weakness.settled and weakness.insider != NOBODY for weakness in weak) > DOUBTS:
            weak = tuple(weakness for weakness in weak if weakness.settled)
            if not weak:
                return Protection(shown, shown_groups, findings, rounds, repaired)
        if rounds < ROUNDS // 2 and show_what_is_told(demand, shown_groups, findings):
            # Showing what is told tells nobody more: the rest of what was found still holds. What is mended can be told again, though:
            # after half of the rounds more is hidden only, so that this ends.
            shown = shown_cells(demand, shown_groups)
            weak = tuple(weakness for weakness in weak if not shown[weakness.cell])
        before = shown_groups.copy()
        everywhere = np.unique([weakness.cell for weakness in weak if weakness.insider == NOBODY])
        # A pattern that whole numbers undo in so many places is unlikely to hold anywhere: the first time, one is chosen anew in
        # a large system, and everything hidden is asked for in another. Insiders would undo what stages leave of it: too little
        # room is left for tables without each of them.
        large = system.cells >= ENOUGH_CELLS and not demand.guarded_from_insiders.any()
        if len(everywhere) >= MANY and rounds == 0 and large:
            shown_groups[:] = open_in_stages(system, demand, order[0], seed=seed)
        elif len(everywhere) >= MANY:
            asked = np.flatnonzero(~shown & demand.guarded) if rounds == 0 else everywhere
            hidden = ~shown_groups
            hidden[open_together(system, demand, shown, asked, seed=seed)] = True
            shown_groups[:] = ~closed_groups(demand, hidden)
        if len(everywhere) < MANY or np.array_equal(shown_groups, before):
            tables = _with(tables, mend(system, demand, shown_groups, weak))
        repaired += int((before & ~shown_groups).sum())
        rounds += 1


def _with(tables: csr_array | None, changes: list[NDArray[np.int64]]) -> csr_array | None:
    """Changes as columns, and more of them."""
    more = [csr_array(change[:, None]) for change in changes]
    given = more if tables is None else [tables, *more]
    return csr_array(hstack(given, format="csr")) if given else None


def show_what_is_told(demand: Demand, shown_groups: NDArray[np.bool_], findings: Findings) -> bool:
    """Show, in place, groups that no rule hides and that follow from what is shown: hiding them would only look like it.

    Returns whether there were any. Nobody learns more than before, so nothing else becomes weaker.
    """
    of_cell = demand.groups.of_cell
    exact = np.zeros(len(of_cell), np.bool_)
    exact[[weakness.cell for weakness in findings.exact if weakness.insider == NOBODY]] = True
    member = of_cell >= 0
    kept = np.zeros(demand.groups.count, np.bool_)
    kept[of_cell[member & (demand.must_hide | ~exact)]] = True
    told = np.zeros(demand.groups.count, np.bool_)
    told[of_cell[member & exact]] = True
    told &= ~kept & ~shown_groups
    # A group is shown only with all that it requires.
    told &= ~closed_groups(demand, ~(shown_groups | told))
    shown_groups |= told
    return bool(told.any())


def mend(
    system: System, demand: Demand, shown_groups: NDArray[np.bool_], weak: tuple[Weakness, ...]
) -> list[NDArray[np.int64]]:
    """Hide, in place, the cheapest groups that open every one of `weak`; returns the changes in whole numbers that do.

    Raises CannotProtect where there are none.
    """
    changes: list[NDArray[np.int64]] = []
    before = shown_groups.copy()
    for weakness in weak:
        row = system.matrix[[weakness.cell]]
        own = (
            system.insider == weakness.insider if weakness.insider != NOBODY else np.zeros(len(system.leaves), np.bool_)
        )
        if any(abs(int((row @ change)[0])) >= 1 and not np.any(change[own]) for change in changes):
            continue
        shown = shown_cells(demand, shown_groups)
        step = int(demand.width[weakness.cell]) - 1 if weakness.insider == NOBODY else 1
        found = remedy(system, demand, shown, cell=weakness.cell, insider=weakness.insider, step=step)
        # What an insider knew may be open in whole numbers too by what was hidden since: the next attack says so.
        may_be_open = weakness.insider != NOBODY and not np.array_equal(shown_groups, before)
        if found is not None and not len(found.groups) and found.whole is None and weakness.settled and not may_be_open:
            # Open in fractions only, for certain: what opens it in whole numbers is asked for, which takes longer.
            found = (
                remedy(system, demand, shown, cell=weakness.cell, insider=weakness.insider, step=step, whole=True)
                or found
            )
        if found is None:
            raise CannotProtect("a hidden cell follows from cells that are always shown, and no further hiding helps")
        hidden = ~shown_groups
        hidden[found.groups] = True
        shown_groups[:] = ~closed_groups(demand, hidden)
        if found.whole is not None:
            changes.append(found.whole)
    return changes
