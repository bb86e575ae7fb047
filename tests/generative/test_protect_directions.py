"""Programs that speak of many cells at once agree with programs that speak of one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array

from introstat.protect.algebra.directions import Directions, Space, stuck
from introstat.protect.algebra.elimination import eliminate
from introstat.protect.algebra.opening import open_together
from introstat.protect.attack import attack
from introstat.protect.grouping import closed_groups, shown_cells
from introstat.protect.secondary import mend, show_what_is_told
from introstat.protect.staged import open_in_stages
from introstat.protect.sums import REASON_SUMS, relations_of
from introstat.protect.system import NOBODY, UNBOUNDED, Demand, Groups, System


@st.composite
def equations(draw: st.DrawFn) -> tuple[csr_array, NDArray[np.int64]]:
    """Some sums of leaves, and what the leaves start from."""
    leaves = draw(st.integers(2, 7))
    rows = draw(st.lists(st.lists(st.integers(0, 1), min_size=leaves, max_size=leaves), min_size=1, max_size=5))
    start = draw(st.lists(st.integers(0, 2), min_size=leaves, max_size=leaves))
    return csr_array(np.array(rows, np.int64)), np.array(start, np.int64)


@settings(max_examples=150, deadline=None)
@given(equations())
def test_what_one_program_cannot_raise_none_can(asked: tuple[csr_array, NDArray[np.int64]]) -> None:
    rows, start = asked
    found = stuck(rows, start)
    assert found is not None
    for leaf in range(len(start)):
        cost = np.zeros(len(start))
        cost[leaf] = -1
        bounds = [(0.0 if count == 0 else None, 1.0 if at == leaf else None) for at, count in enumerate(start)]
        alone = linprog(cost, A_eq=rows.toarray(), b_eq=np.zeros(rows.shape[0]), bounds=bounds)
        assert alone.fun is not None
        assert found[leaf] == (start[leaf] == 0 and alone.fun > -1e-7)


@settings(max_examples=100, deadline=None)
@given(equations(), st.integers(0, 2**16))
def test_a_direction_keeps_every_sum_and_no_count_below_zero(
    asked: tuple[csr_array, NDArray[np.int64]], seed: int
) -> None:
    rows, start = asked
    zero = np.zeros(rows.shape[0])
    directions = Directions(
        Space(rows=rows, low=zero, high=zero, start=start),
        wide=csr_array((0, len(start)), dtype=np.int64),
        priced=csr_array((0, len(start)), dtype=np.int64),
        room=(np.empty(0), np.empty(0)),
    )
    down = np.random.default_rng(seed).random(len(start)) < 0.5
    nothing = np.empty(0)
    change = directions.find(
        leaf_reward=np.ones(len(start)),
        wide_reward=nothing,
        price=nothing,
        down=down,
        wide_down=nothing.astype(np.bool_),
    )
    assert change is not None
    assert np.abs(rows @ change).max() < 1e-6
    assert np.all(start + change > -1e-6)
    falls = down & (start > 0)
    assert np.all(change[falls] < 1e-6)
    assert np.all(change[~falls] > -1e-6)


def table(counts: list[list[int]]) -> System:
    """Rows × columns with all totals: the cells row by row, a total at the end of each, then the totals of columns."""
    inner = np.array(counts)
    rows, columns = inner.shape
    across = np.vstack([np.eye(rows, dtype=np.int64), np.ones((1, rows), np.int64)])
    along = np.vstack([np.eye(columns, dtype=np.int64), np.ones((1, columns), np.int64)])
    matrix = csr_array(np.kron(across, along))
    leaves = inner.ravel()
    cells = matrix.shape[0]
    return System(
        matrix=matrix,
        leaves=leaves,
        values=matrix @ leaves,
        low=np.zeros(cells, np.int64),
        high=np.full(cells, UNBOUNDED),
        block=np.full(len(leaves), NOBODY),
        insider=np.full(len(leaves), NOBODY),
    )


def demand(system: System, *, sensitive: NDArray[np.bool_]) -> Demand:
    cells = system.cells
    return Demand(
        groups=Groups(of_cell=np.arange(cells), weight=1.0 + system.values.astype(np.float64)),
        forced=np.zeros(cells, np.bool_),
        must_hide=sensitive,
        guarded=np.ones(cells, np.bool_),
        guarded_from_insiders=np.zeros(cells, np.bool_),
        width=np.full(cells, 2, np.int64),
    )


def reach(system: System, shown: NDArray[np.bool_], cell: int) -> float:
    """How far a cell can move at most, up or down, beside what is shown: one linear program each way."""
    kept = system.matrix[np.flatnonzero(shown)]
    found = [
        linprog(
            sign * system.matrix[[cell]].toarray()[0],
            A_eq=kept.toarray() if kept.shape[0] else None,
            b_eq=np.zeros(kept.shape[0]) if kept.shape[0] else None,
            bounds=[(-float(count), 50.0) for count in system.leaves],
        ).fun
        for sign in (1.0, -1.0)
    ]
    reached = [-value for value in found if value is not None]
    assert len(reached) == len(found)
    return max(reached)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 6), min_size=3, max_size=3), min_size=3, max_size=4), st.integers(0, 99))
def test_opening_together_moves_every_weak_leaf_by_one(counts: list[list[int]], seed: int) -> None:
    system = table(counts)
    asked = demand(system, sensitive=(system.values > 0) & (system.values < 4))
    groups = np.ones(system.cells, np.bool_)
    groups[asked.must_hide] = False
    shown = shown_cells(asked, groups)
    weak = np.flatnonzero(asked.must_hide & (np.diff(system.matrix.indptr) == 1))
    groups[open_together(system, asked, shown, weak, seed=seed)] = False
    after = shown_cells(asked, groups)
    for cell in weak:
        assert reach(system, after, int(cell)) > 1 - 1e-6


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 6), min_size=3, max_size=3), min_size=4, max_size=4),
    st.lists(st.integers(NOBODY, 1), min_size=12, max_size=12),
    st.integers(0, 99),
)
def test_stages_leave_every_protected_leaf_room_for_one(counts: list[list[int]], blocks: list[int], seed: int) -> None:
    system = replace(table(counts), block=np.array(blocks))
    asked = demand(system, sensitive=(system.values > 0) & (system.values < 4))
    order = np.argsort(-system.values, kind="stable")
    groups = open_in_stages(system, asked, order, seed=seed)
    assert np.array_equal(groups, open_in_stages(system, asked, order, seed=seed))
    assert not np.any(groups & asked.must_hide)
    after = shown_cells(asked, groups)
    for cell in np.flatnonzero(asked.must_hide & (np.diff(system.matrix.indptr) == 1)):
        assert reach(system, after, int(cell)) > 1 - 1e-6


def test_stages_show_a_table_without_a_sensitive_cell() -> None:
    system = replace(table([[5, 6], [7, 8]]), block=np.array([0, 0, 1, 1]))
    asked = demand(system, sensitive=np.zeros(system.cells, np.bool_))
    assert open_in_stages(system, asked, np.arange(system.cells), seed=1).all()


def test_what_only_fractions_open_is_mended_in_whole_numbers() -> None:
    # t + a + b, a + c and b + c are shown: with one more in t, a and b lose half a person each; two more t cannot have.
    system = System(
        matrix=csr_array(np.array([[1, 0, 0, 0], [1, 1, 1, 0], [0, 1, 0, 1], [0, 0, 1, 1]], np.int64)),
        leaves=np.array([1, 5, 5, 5]),
        values=np.array([1, 11, 10, 10]),
        low=np.array([1, 0, 0, 0]),
        high=np.array([2, UNBOUNDED, UNBOUNDED, UNBOUNDED]),
        block=np.full(4, NOBODY),
        insider=np.full(4, NOBODY),
    )
    asked = replace(
        demand(system, sensitive=np.array([True, False, False, False])), guarded=np.array([True, False, False, False])
    )
    groups = np.array([False, True, True, True])
    findings = attack(system, asked, shown_cells(asked, groups))
    assert [weakness.cell for weakness in findings.weak] == [0]
    (change,) = mend(system, asked, groups, findings.weak)
    assert (~groups).sum() == 2
    after = shown_cells(asked, groups)
    assert not np.any(system.matrix[np.flatnonzero(after)] @ change)
    assert change[0] == 1
    assert not attack(system, asked, after).weak


def test_what_follows_and_no_rule_hides_is_shown() -> None:
    # Rows 5 and 7 by columns: all but the inner cell of the last row and column is shown, so that it follows.
    system = table([[5, 6], [7, 8]])
    asked = demand(system, sensitive=np.zeros(system.cells, np.bool_))
    groups = np.ones(system.cells, np.bool_)
    groups[4] = False
    findings = attack(system, asked, shown_cells(asked, groups))
    assert [weakness.cell for weakness in findings.exact] == [4]
    assert show_what_is_told(asked, groups, findings)
    assert groups.all()


def test_what_follows_and_a_rule_hides_is_not_shown() -> None:
    system = table([[5, 6], [7, 2]])
    sensitive = np.zeros(system.cells, np.bool_)
    sensitive[4] = True
    asked = demand(system, sensitive=sensitive)
    groups = ~closed_groups(asked, sensitive)
    findings = attack(system, asked, shown_cells(asked, groups))
    assert not show_what_is_told(asked, groups, findings)
    assert not groups[4]


def test_only_what_was_protected_to_begin_with_counts_as_given_away() -> None:
    # The first row is shown; a later step of the same row and a blocked one is not shown, and that gives nothing away.
    matrix = csr_array(np.array([[1, 1], [1, 0], [0, 1], [1, 1]]))
    outcome = eliminate(
        matrix,
        protected=np.array([1]),
        steps=[np.array([0]), np.array([2, 3])],
        forced=np.array([True, False]),
        requires=[[], []],
        seed=1,
    )
    assert outcome.shown.tolist() == [True, False]
    assert outcome.exposed.tolist() == []


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_the_sums_of_the_tables_of_exits_add_up(seed: int) -> None:
    leaf = np.random.default_rng(seed).integers(0, 9, size=(2, 3, 11))
    for whole, parts in reversed(tuple(REASON_SUMS.items())):
        leaf[:, :, whole] = leaf[:, :, list(parts)].sum(axis=2)
    leaf[:, 0] = leaf[:, 1] + leaf[:, 2]
    counts = np.concatenate([leaf.sum(axis=0, keepdims=True), leaf])
    found = relations_of((3, 3, 11), [(0, np.array([1, 2]))])
    values = counts.ravel()
    assert len(found.parent) > 33
    for number, parent in enumerate(found.parent):
        assert values[parent] == values[found.child[found.pointer[number] : found.pointer[number + 1]]].sum()
