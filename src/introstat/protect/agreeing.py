"""Any counts that agree with what is shown: where a reader who has none begins.

Shown sums hold everything together, but most of them only repeat what their parts say: the country is its counties, and
what is left of it beyond them is the hidden group. Without such repetition the system falls apart into counties.

Of a vertex in real numbers nearly all leaves are whole. They stay as they are, but for those that share a small row with one
that is not; for these few an integer program with nothing to optimise takes a moment. Only where they find no whole numbers is
it asked for all leaves of the part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, vstack
from scipy.sparse.csgraph import connected_components

from introstat.protect.algebra.elimination import eliminate
from introstat.protect.system import UNBOUNDED

_NEAR: Final = (30, 1_000), (300, 1_000)
"""So many leaves at most has a small row, at first and where that was not enough; and in how many nodes whole numbers are looked
for in these. A limit of the clock would have another answer on a slow machine."""
_ALL_NODES: Final = 50
"""Nodes of the search in all leaves of a part."""
_WHOLE: Final = 1e-6
_NO_SOLUTION: Final = 2
"""What the integer program answers when there is none."""


def agreeing_leaves(
    matrix: csr_array,
    *,
    shown: NDArray[np.bool_],
    values: NDArray[np.int64],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    within: Sequence[tuple[int, Sequence[int]]],
    per_region: int,
) -> tuple[NDArray[np.int64] | None, bool]:
    """Counts of the leaves that agree with everything shown and told, or None; and whether that is known for certain.

    `within` are regions with those that lie in them, beside a hidden group. What is shown of these is taken off a shown sum, so
    that what is left falls apart into counties, and each is looked for by itself. A region has `per_region` cells, one region after
    the other.
    """
    empty = np.zeros(matrix.shape[1], np.bool_)
    empty[np.unique(csr_array(matrix[np.flatnonzero(shown & (values == 0))]).indices)] = True
    free = np.flatnonzero(~empty)
    rows, due = _taken_off(csr_array(matrix[:, free]), shown=shown, values=values, within=within, per_region=per_region)
    known = np.flatnonzero(shown)
    known = known[np.argsort(np.diff(rows.indptr)[known], kind="stable")]
    none = np.empty(0, np.int64)
    known = eliminate(rows, protected=none, steps=[known], forced=np.array([True]), requires=[[]], seed=1).basis
    between = np.flatnonzero(~shown & ((low > 0) | (high < UNBOUNDED)))
    asked = csr_array(vstack([rows[known], rows[between]], format="csr"))
    least = np.concatenate([due[known], low[between]]).astype(np.float64)
    most = np.concatenate([due[known], high[between]]).astype(np.float64)
    most[most >= UNBOUNDED] = np.inf
    leaves = np.zeros(matrix.shape[1], np.int64)
    for part, lines in _parts(asked):
        found, is_known = _whole_numbers(csr_array(asked[lines][:, part]), least[lines], most[lines])
        if found is None:
            return None, is_known
        leaves[free[part]] = found
    return (leaves if np.array_equal((matrix @ leaves)[shown], values[shown]) else None), True


def _whole_numbers(
    rows: csr_array, least: NDArray[np.float64], most: NDArray[np.float64]
) -> tuple[NDArray[np.int64] | None, bool]:
    """Whole numbers, none below zero, whose sums by `rows` lie between these, or None; and whether that is known for certain."""
    count = rows.shape[1]
    sums = LinearConstraint(rows, least, most)
    # Prices that differ, so that there is one cheapest vertex.
    real = milp(c=np.random.default_rng(1).uniform(1, 2, count), constraints=sums, bounds=Bounds(0, np.inf))
    if real.x is None:
        return None, real.status == _NO_SOLUTION
    rounded = np.rint(real.x)
    broken = np.abs(real.x - rounded) > _WHOLE
    if not broken.any():
        return rounded.astype(np.int64), True
    touched = np.diff(csr_array(rows[:, np.flatnonzero(broken)]).indptr) > 0
    is_known = False
    for size, nodes in (*_NEAR, (count, _ALL_NODES)):
        near = np.zeros(count, np.bool_)
        near[rows[np.flatnonzero(touched & (np.diff(rows.indptr) <= size))].indices] = True
        free = near | broken | (size == count)
        answer = milp(
            c=np.zeros(count),
            constraints=sums,
            bounds=Bounds(np.where(free, 0.0, rounded), np.where(free, np.inf, rounded)),
            integrality=np.ones(count, np.int64),
            options={"node_limit": nodes, "presolve": True},
        )
        if answer.x is not None:
            return np.rint(answer.x).astype(np.int64), True
        is_known = answer.status == _NO_SOLUTION
    return None, is_known


def _taken_off(
    rows: csr_array,
    *,
    shown: NDArray[np.bool_],
    values: NDArray[np.int64],
    within: Sequence[tuple[int, Sequence[int]]],
    per_region: int,
) -> tuple[csr_array, NDArray[np.int64]]:
    """The rows and the numbers, with the parts of a shown sum taken off where all of them are shown."""
    sums, parts = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for region, inside in within:
        of_whole = region * per_region + np.arange(per_region)
        of_parts = np.array(inside, np.int64)[:, None] * per_region + np.arange(per_region)
        there = shown[of_whole] & shown[of_parts].all(axis=0)
        sums.append(np.tile(of_whole[there], len(inside)))
        parts.append(of_parts[:, there].ravel())
    size = len(values)
    at, off = np.concatenate(sums), np.concatenate(parts)
    less = csr_array((np.ones(len(at), np.int64), (at, off)), shape=(size, size))
    left = csr_array(rows - less @ rows)
    left.eliminate_zeros()
    left.sort_indices()
    return left, values - less @ values


def _parts(rows: csr_array) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """What falls apart: leaves that rows tie together, and those rows."""
    lines, width = rows.shape
    entries = rows.tocoo()
    ties = csr_array((np.ones(entries.nnz), (entries.coords[0], lines + entries.coords[1])), shape=(lines + width,) * 2)
    count, part = connected_components(ties, directed=False)
    order = np.argsort(part, kind="stable")
    for nodes in np.split(order, np.cumsum(np.bincount(part, minlength=count))[:-1]):
        yield nodes[nodes >= lines] - lines, nodes[nodes < lines]
