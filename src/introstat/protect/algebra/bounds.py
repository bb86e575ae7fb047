"""How far whole numbers follow from sums: bounds of cells, tightened through the relations of a table.

A relation says that a cell is the sum of others. From the bounds of all but one of its cells follow bounds of that one:

    shown: both 7, hidden: women ≥ 1, men ≥ 1   →   women ≤ 6, men ≤ 6
    shown: both 2, hidden: women ≥ 1, men ≥ 1   →   women = men = 1

That is not all that follows (the attack finds the rest), but it is most of it, and cheap enough to ask for every candidate:
a cell may be shown unless a protected one is left with too few possible values.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

EFFORT = 20_000
"""Relations looked at for one candidate at most; stopping early only means knowing less."""


@numba.njit(cache=True)
def tighten(
    cell: int,
    value: int,
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    needed: NDArray[np.int64],
    parent: NDArray[np.int64],
    pointer: NDArray[np.int64],
    child: NDArray[np.int64],
    of_ptr: NDArray[np.int64],
    of_cell: NDArray[np.int64],
    queue: NDArray[np.int64],
    queued: NDArray[np.bool_],
    trail: NDArray[np.int64],
    force: bool,
) -> bool:
    """Show a cell and tighten all bounds; False, with everything as before, where a cell keeps fewer values than needed.

    `needed` holds per cell how many values it must keep, 0 where it need not. With `force` the bounds are kept all
    the same, and a cell left with fewer need not be kept from there on.
    `trail` has room for three numbers per change and twice as many changes as cells; when it is full, tightening stops.
    """
    relations = len(parent)
    head, tail, waiting = 0, 0, 0
    changes = 0
    good, stopped = True, False
    if low[cell] != value or high[cell] != value:
        trail[0], trail[1], trail[2] = cell, low[cell], high[cell]
        changes = 1
        low[cell] = value
        high[cell] = value
    for k in range(of_ptr[cell], of_ptr[cell + 1]):
        queue[tail] = of_cell[k]
        queued[of_cell[k]] = True
        tail = (tail + 1) % relations
        waiting += 1
    effort = 0
    room = len(trail) // 3 - 2
    while waiting and good and effort < EFFORT:
        effort += 1
        r = queue[head]
        head = (head + 1) % relations
        waiting -= 1
        queued[r] = False
        p = parent[r]
        least, most = 0, 0
        for k in range(pointer[r], pointer[r + 1]):
            least += low[child[k]]
            most += high[child[k]]
        for k in range(pointer[r] - 1, pointer[r + 1]):
            if k < pointer[r]:
                c = p
                new_low = max(low[p], least)
                new_high = min(high[p], most)
            else:
                c = child[k]
                new_low = max(low[c], low[p] - (most - high[c]))
                new_high = min(high[c], high[p] - (least - low[c]))
            if new_low > low[c] or new_high < high[c]:
                if changes >= room:
                    waiting, stopped = 0, True
                    break
                trail[3 * changes] = c
                trail[3 * changes + 1] = low[c]
                trail[3 * changes + 2] = high[c]
                changes += 1
                if k >= pointer[r]:
                    least += new_low - low[c]
                    most += new_high - high[c]
                low[c] = new_low
                high[c] = new_high
                if new_high - new_low + 1 < needed[c]:
                    if not force:
                        good, stopped = False, True
                        break
                    # What is lost already cannot be kept by hiding more here; the attack will find it.
                    needed[c] = 0
                for m in range(of_ptr[c], of_ptr[c + 1]):
                    other = of_cell[m]
                    if not queued[other]:
                        queue[tail] = other
                        queued[other] = True
                        tail = (tail + 1) % relations
                        waiting += 1
    for k in range(relations if stopped or waiting else 0):
        queued[k] = False
    if not good:
        for k in range(changes - 1, -1, -1):
            low[trail[3 * k]] = trail[3 * k + 1]
            high[trail[3 * k]] = trail[3 * k + 2]
    return good
