"""Which further cells are hidden, so that nothing hidden by the policy can be computed.

Candidates are shown one group after another, those readers need most first, unless elimination says that a protected cell
would be given away. A few seeded restarts shuffle groups of equal rank; the pattern that loses least is kept. Then attack
and repair take turns until the attack finds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array

from introstat.protect.attack import Findings, attack
from introstat.protect.elimination import eliminate
from introstat.protect.opening import open_together
from introstat.protect.polytope import TOLERANCE
from introstat.protect.repair import remedy
from introstat.protect.system import NOBODY, Demand, System, stacked
from introstat.vocabulary.errors import CannotProtect

MANY = 40
"""From so many weak cells on they are opened together."""
ROUNDS = 20
"""After so many rounds of attack and repair something is wrong, and protection gives up."""


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """Groups and cells that are shown, the loss, and protected cells that forced cells give away."""

    shown_groups: NDArray[np.bool_]
    shown: NDArray[np.bool_]
    loss: float
    exposed: NDArray[np.int64]


def shown_cells(demand: Demand, shown_groups: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The cells of shown groups, and the forced ones."""
    of_cell = demand.groups.of_cell
    shown = demand.forced.copy()
    chosen = of_cell >= 0
    shown[chosen] |= shown_groups[of_cell[chosen]]
    return shown & ~demand.must_hide


def closed_groups(demand: Demand, hidden: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Hidden groups and everything that requires them."""
    hidden = hidden.copy()
    requires = demand.groups.requires
    while True:
        more = hidden[requires[:, 1]] & ~hidden[requires[:, 0]]
        if not more.any():
            return hidden
        hidden[requires[more, 0]] = True


def rule_groups(demand: Demand) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Groups the policy hides (with what requires them), and groups all of whose cells are forced."""
    of_cell = demand.groups.of_cell
    member = of_cell >= 0
    hidden = np.zeros(demand.groups.count, np.bool_)
    hidden[of_cell[member & demand.must_hide]] = True
    size = np.bincount(of_cell[member], minlength=demand.groups.count)
    forced = np.bincount(of_cell[member & demand.forced], minlength=demand.groups.count)
    return closed_groups(demand, hidden), (size > 0) & (size == forced)


def choose(system: System, demand: Demand, order: NDArray[np.int64], *, seed: int, restarts: int) -> Pattern:
    """The best pattern of a few orders, linearly safe. `order` is groups and their rank, most needed first."""
    best: Pattern | None = None
    random = np.random.default_rng(seed)
    for attempt in range(restarts):
        groups, rank = order
        if attempt:
            shuffled = np.lexsort((random.random(len(groups)) * 3 + np.arange(len(groups)) / len(groups), rank))
            groups = groups[shuffled]
        pattern = _one(system, demand, groups, seed=seed)
        if best is None or pattern.loss < best.loss:
            best = pattern
    if best is None:
        raise ValueError("at least one attempt is needed")
    return best


def _one(system: System, demand: Demand, order: NDArray[np.int64], *, seed: int) -> Pattern:
    of_cell = demand.groups.of_cell
    hidden, forced_groups = rule_groups(demand)
    matrix = system.matrix
    cells, leaves = matrix.shape
    forced = np.flatnonzero(demand.forced)
    known_zero = np.zeros(leaves, np.bool_)
    zero = matrix @ system.leaves == 0
    known_zero[np.unique(matrix[forced[zero[forced]]].indices)] = True
    kept = np.flatnonzero(~known_zero)
    thin = csr_array(matrix[:, kept])
    # One more row per leaf: a zero that is shown makes every leaf under it known.
    extended = stacked(thin, csr_array(eye_array(len(kept), dtype=np.int64, format="csr")))
    rule_hidden = demand.must_hide.copy()
    rule_hidden[of_cell >= 0] |= hidden[of_cell[of_cell >= 0]]
    rule_hidden &= ~demand.forced
    protected = np.flatnonzero(rule_hidden & demand.guarded)

    members = np.argsort(of_cell, kind="stable")
    starts = np.searchsorted(of_cell[members], np.arange(demand.groups.count + 1))
    needs: list[list[int]] = [[] for _ in range(demand.groups.count)]
    for group, needed in demand.groups.requires:
        needs[group].append(int(needed))
    steps: list[NDArray[np.int64]] = [forced]
    chosen: list[int] = []
    requires: list[list[int]] = [[]]
    step_of = np.zeros(demand.groups.count, np.int64)
    for group in order:
        if hidden[group] or forced_groups[group] or starts[group] == starts[group + 1]:
            continue
        rows = members[starts[group] : starts[group + 1]]
        empty = rows[zero[rows]]
        if len(empty):
            rows = np.concatenate([rows, cells + np.unique(thin[empty].indices)])
        step_of[group] = len(steps)
        requires.append([int(step_of[needed]) for needed in needs[group]])
        steps.append(rows)
        chosen.append(int(group))
    outcome = eliminate(
        extended,
        protected=protected,
        steps=steps,
        forced=np.concatenate([[True], np.zeros(len(chosen), np.bool_)]),
        requires=requires,
        seed=seed,
        bounded=system if len(system.relations.parent) else None,
        width=demand.width,
    )
    shown_groups = forced_groups.copy()
    shown_groups[chosen] = outcome.shown[1:]
    lost = np.array([group for group in chosen if not shown_groups[group]], np.int64)
    return Pattern(
        shown_groups=shown_groups,
        shown=shown_cells(demand, shown_groups),
        loss=float(demand.groups.weight[lost].sum()),
        exposed=outcome.exposed[outcome.exposed < cells],
    )


@dataclass(frozen=True, slots=True, eq=False)
class Protection:
    """A pattern that was attacked, and what the last attack found; `rounds` of repair, `repaired` groups hidden by them."""

    shown: NDArray[np.bool_]
    shown_groups: NDArray[np.bool_]
    findings: Findings
    rounds: int
    repaired: int


def protect(system: System, demand: Demand, order: NDArray[np.int64], *, seed: int, restarts: int = 1) -> Protection:
    """Choose a pattern, then attack and repair it until nothing is weak.

    The last attack is on exactly the pattern returned; should cells still be weak after `ROUNDS`, its findings say so.
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
        findings = attack(system, demand, shown, seed=seed + rounds, tables=tables, until=until)
        if not findings.weak or rounds == ROUNDS:
            return Protection(shown, shown_groups, findings, rounds, repaired)
        tables = findings.tables
        before = int(shown_groups.sum())
        weak = np.unique([weakness.cell for weakness in findings.weak if weakness.insider == NOBODY]).astype(np.int64)
        if len(weak) >= MANY:
            # A pattern that whole numbers undo in so many places is unlikely to hold anywhere: everything hidden is asked for.
            hidden = ~shown_groups
            hidden[open_together(system, demand, shown, np.flatnonzero(~shown & demand.guarded), seed=seed)] = True
            shown_groups[:] = ~closed_groups(demand, hidden)
        if len(weak) < MANY or int(shown_groups.sum()) == before:
            mend(system, demand, shown_groups, findings)
        repaired += before - int(shown_groups.sum())
        rounds += 1


def mend(system: System, demand: Demand, shown_groups: NDArray[np.bool_], findings: Findings) -> None:
    """Hide, in place, the cheapest groups that open every weak cell. Raises CannotProtect where there are none."""
    changes: list[NDArray[np.float64]] = []
    for weakness in findings.weak:
        row = system.matrix[[weakness.cell]]
        own = (
            system.insider == weakness.insider if weakness.insider != NOBODY else np.zeros(len(system.leaves), np.bool_)
        )
        if any(abs(float((row @ change)[0])) >= 1 and not np.any(change[own]) for change in changes):
            continue
        shown = shown_cells(demand, shown_groups)
        step = int(demand.width[weakness.cell]) - 1 if weakness.insider == NOBODY else 1
        found = remedy(system, demand, shown, cell=weakness.cell, insider=weakness.insider, step=step)
        if found is None:
            raise CannotProtect("a hidden cell follows from cells that are always shown, and no further hiding helps")
        hidden = ~shown_groups
        hidden[found.groups] = True
        shown_groups[:] = ~closed_groups(demand, hidden)
        if np.abs(found.change - np.rint(found.change)).max(initial=0.0) < TOLERANCE:
            changes.append(np.rint(found.change))
