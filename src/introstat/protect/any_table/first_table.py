"""A first table of whole numbers that agrees with everything shown: where an attack without the truth begins.

Tried in turn: vertices of the linear program in a few random directions, which in most tables of counts are whole; then the
integer program, for a limited time. None at all proves that what is shown contradicts itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from introstat.protect.any_table.margins import PublishedBlock
from introstat.protect.any_table.published import HIDDEN
from introstat.protect.system import UNBOUNDED

DIRECTIONS: Final = 4
TIME: Final = 60.0
"""Seconds for the linear programs, and for the integer program."""


@dataclass(frozen=True, slots=True, eq=False)
class FirstTable:
    """Leaves that agree with everything shown, or None; `impossible` where it is proven that there are none."""

    leaves: NDArray[np.int64] | None
    impossible: bool


def first_table(block: PublishedBlock, *, seed: int = 0) -> FirstTable:
    """Leaves, as counts, that agree with what is shown of a block."""
    matrix = block.matrix
    known = np.flatnonzero(block.value != HIDDEN)
    floor = np.asarray(matrix @ block.least)
    limited = np.flatnonzero((block.value == HIDDEN) & ((block.low > floor) | (block.high < UNBOUNDED)))
    # Told as what is above the least, so that zero is the lower bound of all.
    equal = csr_array(matrix[known])
    right = (block.value - floor)[known].astype(float)
    limits = csr_array(matrix[limited])
    low = (block.low - floor)[limited].astype(float)
    high = np.where(block.high >= UNBOUNDED, np.inf, (block.high - floor).astype(float))[limited]
    if not matrix.shape[1]:
        return FirstTable(np.empty(0, np.int64), impossible=bool(right.any()))
    random = np.random.default_rng(seed)
    constraints = [LinearConstraint(equal, right, right), LinearConstraint(limits, low, high)]
    for attempt in range(DIRECTIONS):
        vertex = milp(
            c=random.random(matrix.shape[1]) if attempt else np.zeros(matrix.shape[1]),
            constraints=constraints,
            bounds=Bounds(0, np.inf),
            options={"time_limit": TIME},
        )
        if vertex.status == 2:
            return FirstTable(None, impossible=True)
        if vertex.x is None:
            break
        whole = np.rint(vertex.x).astype(np.int64)
        if _agrees(whole, equal, right, limits, low, high):
            return FirstTable(whole + block.least, impossible=False)
    program = milp(
        c=np.zeros(matrix.shape[1]),
        constraints=constraints,
        bounds=Bounds(0, np.inf),
        integrality=np.ones(matrix.shape[1], np.int64),
        options={"time_limit": TIME, "presolve": True},
    )
    if program.x is None:
        return FirstTable(None, impossible=program.status == 2)
    whole = np.rint(program.x).astype(np.int64)
    if not _agrees(whole, equal, right, limits, low, high):
        return FirstTable(None, impossible=False)
    return FirstTable(whole + block.least, impossible=False)


def _agrees(
    leaves: NDArray[np.int64],
    equal: csr_array,
    right: NDArray[np.float64],
    limits: csr_array,
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> bool:
    """Whether leaves, above their least, agree exactly."""
    told = limits @ leaves
    return bool(
        np.all(leaves >= 0) and np.array_equal(equal @ leaves, right) and np.all(told >= low) and np.all(told <= high)
    )
