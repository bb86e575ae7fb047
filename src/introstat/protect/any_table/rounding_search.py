"""Which small counts go up: a search for the rounding whose sums stay closest to the truth.

A rounding starts from the codes in a shuffled order that keeps neighbours together: counts are added up along it, and where
the sum passes half a base, one more goes up. Any stretch of the order, a county or a municipality, is then less than a base
off. Other sums are mended by exchanges, one count up and another down, each of which brings the sum of squared deviations
over all cells down. The number that goes up never changes, so the whole stays within half a base of the truth.

The objective, over all published cells and by exchange, is that of Langsrud and Heldal's small count rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

SWEEPS: Final = 20
"""So many times every count is offered an exchange, at most."""
PARTNERS: Final = 24
"""How many counts of one cell are tried for an exchange."""


@dataclass(frozen=True, slots=True, eq=False)
class Rounding:
    """Which candidates are rounded up, and the loss: squared deviations summed over cells."""

    up: NDArray[np.bool_]
    loss: int


def search(
    cells: csr_array,
    counts: NDArray[np.int64],
    *,
    base: int,
    weight: NDArray[np.int64],
    order: NDArray[np.int64],
    before: NDArray[np.int8],
    seed: int,
) -> Rounding:
    """Round candidates up or down.

    `cells` is rows × candidates with ones, `weight` how many published cells a row stands for, `counts` from 1 to base − 1.
    `order` is a permutation with neighbours together; `before` per candidate what an earlier edition made of it: 1 up, 0 down,
    −1 not decided yet. Those decisions stay, but for as many as it takes to keep the whole within half a base.
    """
    up = _start(counts, base=base, order=order, before=before)
    columns = csr_array(cells.T.tocsr())
    loss = _exchange(
        columns.indptr.astype(np.int64),
        columns.indices.astype(np.int64),
        cells.indptr.astype(np.int64),
        cells.indices.astype(np.int64),
        counts,
        weight,
        up,
        before < 0,
        order,
        base,
        seed,
    )
    return Rounding(up, int(loss))


def _start(
    counts: NDArray[np.int64], *, base: int, order: NDArray[np.int64], before: NDArray[np.int8]
) -> NDArray[np.bool_]:
    """The first rounding: by adding up along the order, or what was decided before and as many more as are needed."""
    up = np.zeros(len(counts), np.bool_)
    if np.all(before < 0):
        sums = (np.cumsum(counts[order]) + base // 2) // base
        up[order] = np.diff(sums, prepend=0) > 0
        return up
    up[:] = before == 1
    needed = int((counts.sum() + base // 2) // base) - int(up.sum())
    turning_up = needed > 0
    # What is not decided yet first; of those decided, the ones that it costs least to turn.
    for undecided in (True, False):
        at = order[((before[order] < 0) == undecided) & (up[order] != turning_up)]
        at = at[np.argsort(-counts[at] if turning_up else counts[at], kind="stable")][: abs(needed)]
        up[at] = turning_up
        needed += -len(at) if turning_up else len(at)
    return up


@numba.njit(cache=True)
def _exchange(
    column_ptr: NDArray[np.int64],
    column_rows: NDArray[np.int64],
    row_ptr: NDArray[np.int64],
    row_columns: NDArray[np.int64],
    counts: NDArray[np.int64],
    weight: NDArray[np.int64],
    up: NDArray[np.bool_],
    free: NDArray[np.bool_],
    order: NDArray[np.int64],
    base: int,
    seed: int,
) -> int:
    deviation = np.zeros(len(weight), np.int64)
    for leaf in range(len(counts)):
        change = base - counts[leaf] if up[leaf] else -counts[leaf]
        for k in range(column_ptr[leaf], column_ptr[leaf + 1]):
            deviation[column_rows[k]] += change
    stamp = np.full(len(weight), -1, np.int64)
    state = (seed * 2654435761 + 12345) % 2147483647
    for _ in range(SWEEPS):
        changed = 0
        for leaf in order:
            if not free[leaf]:
                continue
            step = -base if up[leaf] else base
            pull, size = 0, 0
            for k in range(column_ptr[leaf], column_ptr[leaf + 1]):
                row = column_rows[k]
                pull += weight[row] * deviation[row]
                size += weight[row]
                stamp[row] = leaf
            best, partner = 0, -1
            for k in range(column_ptr[leaf], column_ptr[leaf + 1]):
                row = column_rows[k]
                first, length = row_ptr[row], row_ptr[row + 1] - row_ptr[row]
                tries = length
                if length > PARTNERS:
                    state = (state * 48271) % 2147483647
                    first, tries = row_ptr[row] + state % length, PARTNERS
                for t in range(tries):
                    at = first + t
                    if at >= row_ptr[row + 1]:
                        at -= length
                    other = row_columns[at]
                    if up[other] == up[leaf] or not free[other]:
                        continue
                    its_pull, its_size, shared = 0, 0, 0
                    for m in range(column_ptr[other], column_ptr[other + 1]):
                        its = column_rows[m]
                        its_pull += weight[its] * deviation[its]
                        its_size += weight[its]
                        if stamp[its] == leaf:
                            shared += weight[its]
                    gain = 2 * step * (pull - its_pull) + base * base * (size + its_size - 2 * shared)
                    if gain < best:
                        best, partner = gain, other
            if partner >= 0:
                for k in range(column_ptr[leaf], column_ptr[leaf + 1]):
                    deviation[column_rows[k]] += step
                for k in range(column_ptr[partner], column_ptr[partner + 1]):
                    deviation[column_rows[k]] -= step
                up[leaf] = not up[leaf]
                up[partner] = not up[partner]
                changed += 1
        if changed == 0:
            break
    loss = 0
    for row in range(len(weight)):
        loss += weight[row] * deviation[row] * deviation[row]
    return loss
