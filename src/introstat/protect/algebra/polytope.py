"""Linear programs over the leaves, kept warm: the one place that sets up the solver.

Everything is told as a change from one known point, so the point itself is the change zero. A program holds its rows and
bounds; objectives and frozen leaves change between solves, and the simplex goes on from where it stood.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

INFINITE = float(highspy.kHighsInf)
TOLERANCE = 1e-6
LARGE = 8_000
"""From so many columns on a program that is solved afresh is solved from within, and then brought to a vertex."""

_DUAL, _PRIMAL = 1, 4


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """A vertex and its objective; `bounded` is false when the objective can grow for ever."""

    point: NDArray[np.float64]
    objective: float
    bounded: bool

    @property
    def whole(self) -> NDArray[np.int64] | None:
        """The vertex in whole numbers, or None where it is not whole."""
        rounded = np.rint(self.point)
        return rounded.astype(np.int64) if np.abs(self.point - rounded).max(initial=0.0) < TOLERANCE else None


def solver_of(
    matrix: csc_array,
    *,
    cost: NDArray[np.float64],
    row_low: NDArray[np.float64],
    row_high: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    integer: bool,
) -> highspy.Highs:
    """The solver with a program to minimise: silent, on one core, and with the same answer every time."""
    program = highspy.HighsLp()
    program.num_row_, program.num_col_ = matrix.shape
    program.col_cost_ = cost
    program.col_lower_ = low
    program.col_upper_ = high
    program.row_lower_ = row_low
    program.row_upper_ = row_high
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = matrix.indptr.astype(np.int32)
    program.a_matrix_.index_ = matrix.indices.astype(np.int32)
    program.a_matrix_.value_ = matrix.data.astype(np.float64)
    if integer:
        program.integrality_ = [highspy.HighsVarType.kInteger] * matrix.shape[1]
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", 1)
    solver.passModel(program)
    return solver


class Polytope:
    """{x : row_low ≤ A x ≤ row_high, low ≤ x ≤ high}, to be pushed in many directions."""

    def __init__(
        self,
        matrix: csr_array,
        *,
        row_low: NDArray[np.float64],
        row_high: NDArray[np.float64],
        low: NDArray[np.float64],
        high: NDArray[np.float64],
        integer: bool = False,
        nodes: int = 2000,
        afresh: bool = False,
        least_change: bool = False,
        any_met: bool = False,
    ) -> None:
        """`afresh` solves every time from nothing, after presolving: better where bounds and costs change throughout.

        `least_change` says that nothing is cheaper than the change zero, which only a few rows forbid: the dual simplex begins
        there and has a few steps to go. With `any_met` an integer program may answer with the best it met within its `nodes`.
        """
        self._afresh = afresh
        self._any_met = any_met
        self.iterations = 0
        self._solver = solver_of(
            csc_array(matrix),
            cost=np.zeros(matrix.shape[1]),
            row_low=row_low,
            row_high=row_high,
            low=low,
            high=high,
            integer=integer,
        )
        if integer:
            self._solver.setOptionValue("mip_max_nodes", nodes)
        elif afresh:
            self._solver.setOptionValue("solver", "ipm" if matrix.shape[1] > LARGE else "simplex")
        else:
            self._solver.setOptionValue("solver", "simplex")
            self._solver.setOptionValue("presolve", "off")
            self._solver.setOptionValue("simplex_strategy", _DUAL if least_change else _PRIMAL)
        self._every = np.arange(matrix.shape[1], dtype=np.int32)

    def limit(self, *, low: NDArray[np.float64], high: NDArray[np.float64]) -> None:
        """Give every leaf new bounds; the last vertex is still where the simplex goes on from."""
        self._solver.changeColsBounds(
            len(self._every),
            self._every,
            np.ascontiguousarray(low, dtype=np.float64),
            np.ascontiguousarray(high, dtype=np.float64),
        )

    def push(self, cost: NDArray[np.float64]) -> Optimum | None:
        """Minimise; None where nothing is feasible or the solver gave up."""
        self._solver.changeColsCost(len(self._every), self._every, np.ascontiguousarray(cost, dtype=np.float64))
        if self._afresh:
            self._solver.clearSolver()
        self._solver.run()
        self.iterations += max(0, int(self._solver.getInfo().simplex_iteration_count))
        status = self._solver.getModelStatus()
        if status in (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return Optimum(np.array(self._solver.getSolution().col_value), -INFINITE, bounded=False)
        solution = self._solver.getSolution()
        met = self._any_met and status == highspy.HighsModelStatus.kSolutionLimit and solution.value_valid
        if status != highspy.HighsModelStatus.kOptimal and not met:
            return None
        point = np.array(solution.col_value)
        return Optimum(point, float(cost @ point), bounded=True)


class Movement:
    """Changes of some leaves that keep everything shown, and the least change that moves given cells.

    A change is split into what leaves gain and what they lose; nobody moves further than `reach`. `targets` are the rows
    of cells over these leaves. `jitter` breaks ties between moves of equal size.
    """

    EAGERNESS = 100.0
    """How much movement a gain of one may cost."""
    PROHIBITIVE = 1e5
    """The cost of moving a frozen leaf: more than any gain."""

    def __init__(
        self,
        *,
        leaves: NDArray[np.int64],
        matrix: csr_array,
        low: NDArray[np.float64],
        high: NDArray[np.float64],
        start: NDArray[np.int64],
        targets: csr_array,
        reach: float,
        jitter: NDArray[np.float64],
    ) -> None:
        self.leaves, self.targets = leaves, targets
        self._losing = np.flatnonzero(start > 0)
        self._origin = np.concatenate([np.arange(len(leaves)), self._losing])
        self._sign = np.concatenate([np.ones(len(leaves)), -np.ones(len(self._losing))])
        self._cost = 1.0 + jitter[: len(self._origin)]
        self._fine = np.zeros(len(self._origin))
        columns = csc_array(matrix)
        split = csr_array(columns[:, self._origin] * self._sign[None, :])
        far = np.concatenate([np.full(len(leaves), reach), np.minimum(start[self._losing], reach)])
        self._polytope = Polytope(split, row_low=low, row_high=high, low=np.zeros(len(far)), high=far)

    @property
    def iterations(self) -> int:
        """Steps of the simplex so far: what the search has cost, the same on every machine."""
        return self._polytope.iterations

    def freeze(self, leaves: NDArray[np.bool_]) -> None:
        """Let the marked leaves stay as they are: by a prohibitive cost, so that the last vertex is still a start."""
        self._fine = np.where(leaves[self._origin], self.PROHIBITIVE, 0.0)

    def least(self, gain: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """The change that gains most for least movement; all zero where nothing is worth moving."""
        cost = self._cost + self._fine - self.EAGERNESS * gain[self._origin] * self._sign
        optimum = self._polytope.push(cost)
        return None if optimum is None else self._joined(optimum.point)

    def can_move(self, gain: NDArray[np.float64]) -> bool:
        """Whether any change at all has a gain other than zero; true as well where the solver gave up."""
        for direction in (1.0, -1.0):
            optimum = self._polytope.push(direction * gain[self._origin] * self._sign + self._fine)
            if optimum is None or optimum.objective < -TOLERANCE:
                return True
        return False

    def _joined(self, point: NDArray[np.float64]) -> NDArray[np.float64]:
        change = point[: len(self.leaves)].copy()
        change[self._losing] -= point[len(self.leaves) :]
        return change
