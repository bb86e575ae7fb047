"""Changes in real numbers that move many cells at once: for tables too large to ask about one cell at a time.

A direction is a change of the leaves that no shown cell notices and that leaves no count below zero. One linear program
looks for the direction that moves as many cells as it can by one whole person, up or down:

    leaves 1 1 3, shown: the sum 5      (+1, +1, −2) moves all three

A cell that a direction moves by one keeps at least two whole numbers within its bounds. Whether a table of whole numbers goes
with each of them is another question, which `attack` asks where it can be answered.

`stuck` is the opposite end: the leaves that no direction moves at all. One homogenised program finds every one of them, and
with them every cell that real arithmetic gives away. Source: Fischetti and Salazar-González, Management Science 47 (2001), for
the programs of one cell; here one program speaks of all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array, hstack, vstack

from introstat.protect.algebra.polytope import INFINITE, TOLERANCE, Polytope

EFFORTLESS = 1e-3
"""The cost of moving a leaf for nothing, so that it stays where it is."""
ROUNDS = 200
"""Directions looked for at most; each opens something, or is the last."""


def stuck(rows: csr_array, start: NDArray[np.int64]) -> NDArray[np.bool_] | None:
    """Which leaves no real change can move, given equations `rows` on changes; None where the solver gave up.

    Only a leaf that starts at zero can be stuck by its bound. With every positive count as large as one likes (which is what
    homogenising comes to), the directions form a cone, and the sum of directions moves whatever any of them moves: so one
    program that raises as many leaves as it can raises all that can be raised. What stays is zero for good; a cell that is a
    combination of shown cells and such leaves is exact.
    """
    bound = np.flatnonzero(start == 0)
    leaves, held = len(start), len(bound)
    program = Polytope(
        csr_array(hstack([rows, rows[:, bound]], format="csr")),
        row_low=np.zeros(rows.shape[0]),
        row_high=np.zeros(rows.shape[0]),
        low=np.concatenate([np.where(start == 0, 0.0, -INFINITE), np.zeros(held)]),
        high=np.concatenate([np.where(start == 0, 1.0, INFINITE), np.full(held, INFINITE)]),
        afresh=True,
    )
    cost = np.zeros(leaves + held)
    cost[bound] = -1.0
    optimum = program.push(cost)
    if optimum is None:
        return None
    raised = optimum.point[:leaves].copy()
    raised[bound] += optimum.point[leaves:]
    result: NDArray[np.bool_] = (start == 0) & (raised < TOLERANCE)
    return result


@dataclass(frozen=True, slots=True, eq=False)
class Space:
    """What a direction must keep: `rows @ change` between `low` and `high`, and no leaf below zero from `start`."""

    rows: csr_array
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    start: NDArray[np.int64]


class Directions:
    """Directions within a space that move cells by one, many at a time.

    A cell of one leaf is told by that leaf, another one by a row of its own in `wide`. `priced` rows may be broken, at a
    price per person: breaking one is hiding the cell. `room` says how far each may fall and rise.
    """

    def __init__(
        self,
        space: Space,
        *,
        wide: csr_array,
        priced: csr_array,
        room: tuple[NDArray[np.float64], NDArray[np.float64]],
    ) -> None:
        self._start = space.start.astype(np.float64)
        leaves, self._wide, self._priced = len(space.start), wide.shape[0], priced.shape[0]
        body = csr_array(vstack([space.rows, priced, wide], format="csr").astype(np.float64))
        upper, free = space.rows.shape[0], body.shape[0]
        # Columns: what a leaf gains up to the first person, beyond that, and loses; what priced rows and wide cells move.
        breaks = _at(csr_array(eye_array(self._priced, format="csr")), first=upper, rows=free)
        moves = _at(csr_array(eye_array(self._wide, format="csr")), first=upper + self._priced, rows=free)
        matrix = hstack([body, body, -body, breaks, -breaks, -moves, moves, -moves, moves], format="csr")
        self._room = np.concatenate(room)
        zero = np.zeros(self._priced + self._wide)
        self._polytope = Polytope(
            csr_array(matrix),
            row_low=np.concatenate([space.low, zero]),
            row_high=np.concatenate([space.high, zero]),
            low=np.zeros(matrix.shape[1]),
            high=np.full(matrix.shape[1], INFINITE),
            afresh=True,
        )
        self._leaves = leaves

    def find(
        self,
        *,
        leaf_reward: NDArray[np.float64],
        wide_reward: NDArray[np.float64],
        price: NDArray[np.float64],
        down: NDArray[np.bool_],
        wide_down: NDArray[np.bool_],
    ) -> NDArray[np.float64] | None:
        """The change worth most: rewards for leaves and wide cells that move by one, less what breaking rows costs.

        What is rewarded moves one way only, which `down` and `wide_down` say; a leaf at zero can only gain. None where the
        solver gave up.
        """
        wanted = leaf_reward > 0
        falls = wanted & down & (self._start > 0)
        rises = wanted & ~falls
        high = [
            np.where(rises, 1.0, 0.0),
            np.where(falls, 0.0, INFINITE),
            np.where(rises, 0.0, np.where(falls, np.minimum(self._start, 1.0), self._start)),
            self._room,
            np.where((wide_reward > 0) & ~wide_down, 1.0, 0.0),
            np.where((wide_reward > 0) & wide_down, 1.0, 0.0),
            np.where((wide_reward > 0) & wide_down, 0.0, INFINITE),
            np.where((wide_reward > 0) & ~wide_down, 0.0, INFINITE),
        ]
        cost = [
            np.where(rises, -leaf_reward, 0.0),
            np.full(self._leaves, EFFORTLESS),
            np.where(falls, -leaf_reward, EFFORTLESS),
            price,
            price,
            -wide_reward,
            -wide_reward,
            np.zeros(2 * self._wide),
        ]
        bounds = np.concatenate(high)
        self._polytope.limit(low=np.zeros(len(bounds)), high=bounds)
        optimum = self._polytope.push(np.concatenate(cost))
        if optimum is None or not optimum.bounded:
            return None
        point = optimum.point
        leaves = self._leaves
        return np.asarray(point[:leaves] + point[leaves : 2 * leaves] - point[2 * leaves : 3 * leaves])


def _at(block: csr_array, *, first: int, rows: int) -> csr_array:
    """A block of columns placed in the rows from `first` on."""
    entries = block.tocoo()
    return csr_array((entries.data, (entries.coords[0] + first, entries.coords[1])), shape=(rows, block.shape[1]))
