"""Between which whole numbers sums of bounded unknowns lie, when some other sums of them are known.

Unknowns have bounds of their own; `known` rows have exact values; the sum of everything lies within `whole`. What a row comes to
at least and at most is found by tightening bounds along the known rows, and proven by tables: every table found says of all
rows at once what they can be. Where a bound is not reached by one, an integer program is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack, vstack

MOST_PROGRAMS: Final = 4_000
"""So many integer programs are solved for one block; rows left after that are not settled."""
TOLERANCE: Final = 1e-6
ROUNDS: Final = 20
"""So often bounds are tightened along all known rows, at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Bounded:
    """Per row the least and greatest value, and whether a table reaches both; `possible` is false where there is no table."""

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    settled: NDArray[np.bool_]
    possible: bool


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Rows whose intervals are wanted, and all that is known.

    `rows` is rows × unknowns with ones, `low` and `high` bound the unknowns. A row has further unknowns that are in no known row,
    anything from 0 to `others` together, and there are `rest` of them in all. `known` rows have `values`, and the sum of
    everything lies within `whole`. `time` limits each program, in seconds.
    """

    rows: csr_array
    others: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    known: csr_array
    values: NDArray[np.int64]
    whole: tuple[int, int]
    rest: int
    time: float


def bounded(asked: Asked) -> Bounded:
    """The interval of every row."""
    if not len(asked.values):
        return _by_arithmetic(asked)
    low, high = asked.low.copy(), asked.high.copy()
    for _ in range(ROUNDS):
        if not _tighten(asked.known, asked.values, low, high):
            break
    if np.any(low > high):
        return Bounded(asked.others, asked.others, np.ones(len(asked.others), np.bool_), possible=False)
    return _Search(replace(asked, low=low, high=high)).run()


def _by_arithmetic(asked: Asked) -> Bounded:
    """Unknowns are free within their bounds but for the sum of all: the rest gives way as far as it can."""
    rows, low, high = asked.rows, asked.low, asked.high
    least, most = np.asarray(rows @ low, np.int64), np.asarray(rows @ high, np.int64) + asked.others
    lowest, highest = int(low.sum()), int(high.sum()) + asked.rest
    return Bounded(
        np.maximum(least, asked.whole[0] - (highest - most)),
        np.minimum(most, asked.whole[1] - (lowest - least)),
        np.ones(len(least), np.bool_),
        possible=lowest <= asked.whole[1] and highest >= asked.whole[0],
    )


def _tighten(known: csr_array, values: NDArray[np.int64], low: NDArray[np.int64], high: NDArray[np.int64]) -> bool:
    """Bounds of unknowns that follow from one known row at a time, in place; whether any changed."""
    row = np.repeat(np.arange(len(values)), np.diff(known.indptr))
    unknown = known.indices
    least, most = np.asarray(known @ low), np.asarray(known @ high)
    upper = values[row] - least[row] + low[unknown]
    lower = values[row] - most[row] + high[unknown]
    before = int(high.sum() - low.sum())
    np.minimum.at(high, unknown, upper)
    np.maximum.at(low, unknown, lower)
    return int(high.sum() - low.sum()) < before and bool(np.all(low <= high))


class _Search:
    """Programs over the unknowns of known rows; all others are two sums, inside and outside of the row that is asked for."""

    def __init__(self, asked: Asked) -> None:
        rows, low, high, known, whole = asked.rows, asked.low, asked.high, asked.known, asked.whole
        bound = np.zeros(len(low), np.bool_)
        bound[known.indices] = True
        within, free = np.flatnonzero(bound), np.flatnonzero(~bound)
        self.rows = csr_array(rows[:, within])
        self.free_low = np.asarray(rows[:, free] @ low[free], np.int64)
        self.free_high = np.asarray(rows[:, free] @ high[free], np.int64) + asked.others
        self.rest_low = int(low[free].sum()) - self.free_low
        self.rest_high = int(high[free].sum()) + asked.rest - self.free_high
        self.all_free = (int(low[free].sum()), int(high[free].sum()) + asked.rest)
        self.low, self.high = low[within], high[within]
        self.known, self.values, self.whole, self.time = csr_array(known[:, within]), asked.values, whole, asked.time
        self.least = np.full(len(asked.others), np.iinfo(np.int64).max)
        self.most = np.full(len(asked.others), np.iinfo(np.int64).min)
        self.programs = 0
        self.impossible = False
        every = csr_array(np.ones((1, len(within) + 2)))
        both = hstack([self.known, csr_array((len(asked.values), 2), dtype=np.int64)])
        left, right = np.append(asked.values, whole[0]), np.append(asked.values, whole[1])
        self.rule = LinearConstraint(vstack([both, every], format="csr"), left.astype(float), right.astype(float))

    def run(self) -> Bounded:
        """Bounds first, then tables until each bound is reached or moved."""
        self._solve(-1, 0)
        if self.impossible:
            none = np.zeros(len(self.least), np.int64)
            return Bounded(none, none, np.ones(len(none), np.bool_), possible=False)
        floor, ceiling = self._limits()
        settled = np.ones(len(floor), np.bool_)
        for sign, bound in ((1, floor), (-1, ceiling)):
            for row in range(len(bound)):
                if self._reached(row, sign) == bound[row]:
                    continue
                if self.programs >= MOST_PROGRAMS or self._solve(row, sign) is None:
                    settled[row] = False
                else:
                    bound[row] = self._reached(row, sign)
        return Bounded(floor, ceiling, settled, possible=True)

    def _reached(self, row: int, sign: int) -> int:
        return int(self.least[row] if sign > 0 else self.most[row])

    def _limits(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """What every row is at least and at most by the bounds of its unknowns, by the whole, and by known rows around it."""
        inside_low, inside_high = np.asarray(self.rows @ self.low), np.asarray(self.rows @ self.high)
        floor, ceiling = inside_low + self.free_low, inside_high + self.free_high
        floor = np.maximum(floor, self.whole[0] - (int(self.high.sum()) - inside_high + self.rest_high))
        ceiling = np.minimum(ceiling, self.whole[1] - (int(self.low.sum()) - inside_low + self.rest_low))
        size = np.diff(self.rows.indptr)
        shared = csr_array(self.rows @ self.known.T).tocoo()
        around = shared.data == size[shared.row]
        row, total = shared.row[around], shared.col[around]
        least, most = np.asarray(self.known @ self.low), np.asarray(self.known @ self.high)
        np.maximum.at(floor, row, self.values[total] - most[total] + inside_high[row] + self.free_low[row])
        np.minimum.at(ceiling, row, self.values[total] - least[total] + inside_low[row] + self.free_high[row])
        return floor.astype(np.int64), ceiling.astype(np.int64)

    def _solve(self, row: int, sign: int) -> NDArray[np.int64] | None:
        """A table in which a row is least (`sign` 1) or most (−1), noted for all rows; None where there is none in time."""
        self.programs += 1
        some = row >= 0
        inside = (int(self.free_low[row]), int(self.free_high[row])) if some else (0, 0)
        outside = (int(self.rest_low[row]), int(self.rest_high[row])) if some else self.all_free
        unknowns = len(self.low)
        cost = np.zeros(unknowns + 2)
        if some:
            cost[self.rows.indices[self.rows.indptr[row] : self.rows.indptr[row + 1]]] = sign
            cost[unknowns] = sign
        bounds = Bounds(
            np.concatenate([self.low, [inside[0], outside[0]]]).astype(float),
            np.concatenate([self.high, [inside[1], outside[1]]]).astype(float),
        )
        # The linear program's vertex is nearly always whole, and then it is the answer.
        solved = self._milp(cost, bounds, whole=False)
        if solved is not None and np.abs(solved - np.rint(solved)).max() >= TOLERANCE:
            solved = self._milp(cost, bounds, whole=True)
        if solved is None:
            return None
        table = np.rint(solved[:unknowns]).astype(np.int64)
        if not np.array_equal(self.known @ table, self.values):
            return None
        self._note(table)
        return table

    def _milp(self, cost: NDArray[np.float64], bounds: Bounds, *, whole: bool) -> NDArray[np.float64] | None:
        """An optimum, or None where there is none, or none that is proven in time."""
        solved = milp(
            c=cost,
            constraints=[self.rule],
            bounds=bounds,
            integrality=np.full(len(cost), int(whole)),
            options={"time_limit": self.time},
        )
        self.impossible |= solved.status == 2
        found: NDArray[np.float64] | None = solved.x if solved.status == 0 else None
        return found

    def _note(self, table: NDArray[np.int64]) -> None:
        """What every row can be in this table: the unknowns in no known row still move."""
        inside = np.asarray(self.rows @ table, np.int64)
        everything = int(table.sum())
        least = inside + np.maximum(self.free_low, self.whole[0] - everything - self.rest_high)
        most = inside + np.minimum(self.free_high, self.whole[1] - everything - self.rest_low)
        self.least, self.most = np.minimum(self.least, least), np.maximum(self.most, most)
