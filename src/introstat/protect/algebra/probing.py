"""One question at a time: is there another table in which a cell is larger, or smaller, by so many people?

The least change of all that gives the cell its other number is looked for. In tables of counts it is nearly always whole; where
it is not, the integer program takes the first whole one it meets, at first among those that move no leaf further than the cell,
which is far quicker. Each question is presolved afresh, which settles most of those
that have no answer before the simplex begins:

    shown: row 1 2 | 3     asked: one more in the first cell     presolve: the cell is fixed, there is none

Bounds of a cell (`polytope`) say more, and cost more: they look for the furthest table instead of the next one.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, hstack

from introstat.protect.algebra.polytope import INFINITE, TOLERANCE, solver_of

NODES = 200
"""Nodes of one integer program at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Reply:
    """A change in whole numbers, or None; `impossible` where it is proven that there is none."""

    change: NDArray[np.int64] | None
    impossible: bool


class Probe:
    """Changes of leaves that keep `rows @ change` between `low` and `high` and no leaf below zero, asked about cell by cell."""

    def __init__(
        self, rows: csr_array, *, low: NDArray[np.float64], high: NDArray[np.float64], start: NDArray[np.int64]
    ) -> None:
        self._leaves = len(start)
        self._losing = np.flatnonzero(start > 0)
        self._place = np.full(len(start), -1)
        self._place[self._losing] = len(start) + np.arange(len(self._losing))
        columns = csc_array(rows)
        matrix = csc_array(hstack([columns, -columns[:, self._losing]], format="csc"))
        self._high = np.concatenate([np.full(len(start), INFINITE), start[self._losing].astype(np.float64)])
        self._rows = matrix.shape[0]
        self._solvers = {integer: _solver(matrix, low, high, self._high, integer=integer) for integer in (False, True)}
        self.effort = 0

    def ask(self, cell: NDArray[np.int64], *, by: int, frozen: NDArray[np.bool_]) -> Reply:
        """A change that moves a cell, told by its coefficient per leaf, by at least so many, while `frozen` leaves stay."""
        own = np.flatnonzero(cell)
        own = own[~frozen[own]]
        falling = own[self._place[own] >= 0]
        index = np.concatenate([own, self._place[falling]]).astype(np.int32)
        value = np.concatenate([cell[own], -cell[falling]]).astype(np.float64)
        if not len(index):
            return Reply(None, impossible=True)
        high = self._high.copy()
        high[: self._leaves][frozen] = 0.0
        high[self._leaves :][frozen[self._losing]] = 0.0
        near = np.minimum(high, float(abs(by)))
        for integer, most in ((False, high), (True, near), (True, high)):
            status, point = self._solve(index, value, by, most, integer=integer)
            if most is high and status in (
                highspy.HighsModelStatus.kInfeasible,
                highspy.HighsModelStatus.kUnboundedOrInfeasible,
            ):
                # Every change costs something, so nothing here is unbounded.
                return Reply(None, impossible=True)
            if point is None:
                continue
            whole = np.rint(point)
            if np.abs(point - whole).max(initial=0.0) < TOLERANCE:
                return Reply(whole.astype(np.int64), impossible=False)
        return Reply(None, impossible=False)

    def _solve(
        self, index: NDArray[np.int32], value: NDArray[np.float64], by: int, high: NDArray[np.float64], *, integer: bool
    ) -> tuple[highspy.HighsModelStatus, NDArray[np.float64] | None]:
        solver = self._solvers[integer]
        every = np.arange(len(high), dtype=np.int32)
        solver.changeColsBounds(len(every), every, np.zeros(len(high)), high)
        solver.addRow(float(by) if by > 0 else -INFINITE, float(by) if by < 0 else INFINITE, len(index), index, value)
        solver.clearSolver()
        solver.run()
        info = solver.getInfo()
        self.effort += self._leaves * (max(0, int(info.simplex_iteration_count)) + 1)
        status, solution = solver.getModelStatus(), solver.getSolution()
        point = np.array(solution.col_value) if solution.value_valid else None
        solver.deleteRows(1, np.array([self._rows], np.int32))
        if point is None or status not in (
            highspy.HighsModelStatus.kOptimal,
            highspy.HighsModelStatus.kSolutionLimit,
        ):
            return status, None
        change = point[: self._leaves].copy()
        change[self._losing] -= point[self._leaves :]
        return status, change


def _solver(
    matrix: csc_array,
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    most: NDArray[np.float64],
    *,
    integer: bool,
) -> highspy.Highs:
    solver = solver_of(
        matrix,
        cost=np.ones(matrix.shape[1]),
        row_low=low,
        row_high=high,
        low=np.zeros(matrix.shape[1]),
        high=most,
        integer=integer,
    )
    if integer:
        solver.setOptionValue("mip_max_nodes", NODES)
        solver.setOptionValue("mip_max_improving_sols", 1)
    else:
        solver.setOptionValue("solver", "simplex")
    return solver
