"""Other tables found by walking: one cell is moved, and whatever that puts out of order is put right, leaf by leaf.

    shown: all sums of rows and columns; asked: one more in the first cell

    2 1      3 1      3 0      3 0      3 0
    1 2  →   1 2  →   1 2  →   1 3  →   0 3
             row 1,   both     column 1,  as
             column 1 columns  row 2      shown

A walk takes a shown sum that is out of order and moves the leaf in it that leaves least disorder behind; what has just moved
does not move back at once. Most hidden cells are opened so in a few dozen steps, a microsecond each, without a linear
program. A walk that finds nothing proves nothing. The idea is that of local search for satisfiability (Selman, Kautz and
Cohen 1994, Noise strategies for improving local search), here for sums.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, hstack

from introstat.protect.algebra.knowledge import Knowledge
from introstat.protect.system import compressed, stacked

STEPS = 200
"""Leaves moved in one walk at most."""
LOOKED_AT = 48
"""Leaves of a sum that are compared for one step."""
REST = 6
"""For so many steps a leaf that was moved is moved the other way only where nothing else can be."""
DISORDER, AWAY, CHANCE = 64, 24, 15
"""What weighs in the choice of a leaf: each person that a sum is wrong by, going away from the true table, and chance."""
TABOO = 1 << 20
PARTS, ENOUGH = 2, 50
"""So many cells asked for at least are walked from in parts, each on a core of its own: none knows what another opens meanwhile."""


@numba.njit(cache=True)
def _next(state: int) -> int:
    """A generator of chance that is the same on every machine: 48 bits, of which the upper ones are used."""
    return (state * 25214903917 + 11) & 0xFFFFFFFFFFFF


@numba.njit(cache=True)
def _disorder(
    leaf: int,
    sign: int,
    col_ptr: NDArray[np.int64],
    col_row: NDArray[np.int64],
    col_at: NDArray[np.int64],
    beyond: NDArray[np.int64],
) -> int:
    """How much more disorder one more person in a leaf, or one less, makes."""
    more = 0
    for m in range(col_ptr[leaf], col_ptr[leaf + 1]):
        row = col_row[m]
        step = sign * col_at[m]
        lack, excess = beyond[row, 0], beyond[row, 1]
        more += max(0, lack - step) + max(0, excess + step)
        more -= max(0, lack) + max(0, excess)
    return more


@numba.njit(cache=True, nogil=True)
def _walk(
    row_ptr: NDArray[np.int64],
    row_leaf: NDArray[np.int64],
    row_at: NDArray[np.int64],
    col_ptr: NDArray[np.int64],
    col_row: NDArray[np.int64],
    col_at: NDArray[np.int64],
    room_low: NDArray[np.int64],
    room_high: NDArray[np.int64],
    start: NDArray[np.int64],
    insider: NDArray[np.int64],
    cell_ptr: NDArray[np.int64],
    cell_leaf: NDArray[np.int64],
    cell_at: NDArray[np.int64],
    over_ptr: NDArray[np.int64],
    over_cell: NDArray[np.int64],
    over_at: NDArray[np.int64],
    asked: NDArray[np.int64],
    asked_of: NDArray[np.int64],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    width: NDArray[np.int64],
    tries: int,
    seed: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    rows, leaves = len(row_ptr) - 1, len(start)
    change = np.zeros(leaves, np.int64)
    last_moved = np.full(leaves, -1000, np.int64)
    last_sign = np.zeros(leaves, np.int64)
    moved = np.empty(STEPS + 1, np.int64)
    # How many people a sum lacks to be within its room, and how many it has too many: side by side, as they are read.
    beyond = np.empty((rows, 2), np.int64)
    beyond[:, 0] = room_low
    beyond[:, 1] = -room_high
    place = np.full(rows, -1, np.int64)
    wrong = np.empty(rows, np.int64)
    weight = np.zeros(leaves, np.int64)
    tally = np.zeros(len(low), np.int64)
    out_leaf = np.empty(1024, np.int64)
    out_value = np.empty(1024, np.int64)
    out_ptr = np.zeros(len(asked) * tries + 1, np.int64)
    filled = columns = 0
    state = (seed ^ 0x5DEECE66D) & 0xFFFFFFFFFFFF
    for _ in range(tries):
        for task in range(len(asked)):
            target, known = asked[task], asked_of[task]
            if known < 0 and high[target] - low[target] + 1 >= width[target]:
                continue
            first, last = cell_ptr[target], cell_ptr[target + 1]
            if first == last:
                continue
            can_fall = False
            for k in range(first, last):
                weight[cell_leaf[k]] = cell_at[k]
                can_fall |= cell_at[k] < 0 or start[cell_leaf[k]] > 0
            state = _next(state)
            side = -1 if can_fall and (state >> 40) & 1 else 1
            wanted = side if known >= 0 else side * (width[target] - 1)
            total, touched, bad = 0, 0, 0
            done = False
            for step in range(STEPS):
                if total == wanted and bad == 0:
                    done = True
                    break
                # The row to put right: the target itself while it lacks something, else the shortest, at times any.
                own = total != wanted
                state = _next(state)
                if own and bad > 0 and (state >> 30) & 3 != 0:
                    own = False
                row = -1
                if own:
                    begin, end = first, last
                    need = 1 if total < wanted else -1
                else:
                    state = _next(state)
                    if (state >> 30) & 3 == 0:
                        state = _next(state)
                        row = wrong[(state >> 17) % bad]
                    else:
                        row = wrong[0]
                        for k in range(1, bad):
                            other = wrong[k]
                            if row_ptr[other + 1] - row_ptr[other] < row_ptr[row + 1] - row_ptr[row]:
                                row = other
                    begin, end = row_ptr[row], row_ptr[row + 1]
                    need = 1 if beyond[row, 0] > 0 else -1
                length = end - begin
                state = _next(state)
                offset = (state >> 17) % length
                best, best_cost, best_sign = -1, 1 << 60, 0
                for k in range(min(length, LOOKED_AT)):
                    at = begin + (offset + k) % length
                    leaf = cell_leaf[at] if own else row_leaf[at]
                    factor = cell_at[at] if own else row_at[at]
                    if factor == 0 or (known >= 0 and insider[leaf] == known):
                        continue
                    sign = need if factor > 0 else -need
                    if start[leaf] + change[leaf] + sign < 0:
                        continue
                    cost = _disorder(leaf, sign, col_ptr, col_row, col_at, beyond)
                    if weight[leaf] != 0:
                        cost += abs(wanted - total - sign * weight[leaf]) - abs(wanted - total)
                    state = _next(state)
                    cost = DISORDER * cost + (0 if change[leaf] * sign < 0 else AWAY) + ((state >> 30) & CHANCE)
                    if last_sign[leaf] == -sign and step - last_moved[leaf] < REST:
                        cost += TABOO
                    if cost < best_cost:
                        best, best_cost, best_sign = leaf, cost, sign
                if best < 0:
                    break
                if last_sign[best] == 0:
                    moved[touched] = best
                    touched += 1
                change[best] += best_sign
                last_sign[best] = best_sign
                last_moved[best] = step
                total += best_sign * weight[best]
                for m in range(col_ptr[best], col_ptr[best + 1]):
                    other = col_row[m]
                    beyond[other, 0] -= best_sign * col_at[m]
                    beyond[other, 1] += best_sign * col_at[m]
                    out = beyond[other, 0] > 0 or beyond[other, 1] > 0
                    if out and place[other] < 0:
                        place[other] = bad
                        wrong[bad] = other
                        bad += 1
                    elif not out and place[other] >= 0:
                        bad -= 1
                        wrong[place[other]] = wrong[bad]
                        place[wrong[bad]] = place[other]
                        place[other] = -1
            done |= total == wanted and bad == 0
            for k in range(first, last):
                weight[cell_leaf[k]] = 0
            if done:
                while filled + touched > len(out_leaf):
                    larger = np.empty(2 * len(out_leaf), np.int64)
                    larger[:filled] = out_leaf[:filled]
                    out_leaf = larger
                    larger = np.empty(2 * len(out_value), np.int64)
                    larger[:filled] = out_value[:filled]
                    out_value = larger
                for k in range(touched):
                    leaf = moved[k]
                    if change[leaf] != 0:
                        out_leaf[filled] = leaf
                        out_value[filled] = change[leaf]
                        filled += 1
                columns += 1
                out_ptr[columns] = filled
                _note(moved, touched, change, over_ptr, over_cell, over_at, tally, low, high)
            for k in range(bad):
                place[wrong[k]] = -1
            for k in range(touched):
                leaf = moved[k]
                change[leaf] = 0
                last_sign[leaf] = 0
                last_moved[leaf] = -1000
                for m in range(col_ptr[leaf], col_ptr[leaf + 1]):
                    beyond[col_row[m], 0] = room_low[col_row[m]]
                    beyond[col_row[m], 1] = -room_high[col_row[m]]
    return out_ptr[: columns + 1], out_leaf[:filled], out_value[:filled]


@numba.njit(cache=True)
def _note(
    moved: NDArray[np.int64],
    touched: int,
    change: NDArray[np.int64],
    over_ptr: NDArray[np.int64],
    over_cell: NDArray[np.int64],
    over_at: NDArray[np.int64],
    tally: NDArray[np.int64],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
) -> None:
    """Take note of how far a change moves each target. `tally` is zero before and after."""
    for k in range(touched):
        leaf = moved[k]
        for m in range(over_ptr[leaf], over_ptr[leaf + 1]):
            tally[over_cell[m]] += change[leaf] * over_at[m]
    for k in range(touched):
        leaf = moved[k]
        for m in range(over_ptr[leaf], over_ptr[leaf + 1]):
            cell = over_cell[m]
            low[cell] = min(low[cell], tally[cell])
            high[cell] = max(high[cell], tally[cell])
    for k in range(touched):
        leaf = moved[k]
        for m in range(over_ptr[leaf], over_ptr[leaf + 1]):
            tally[over_cell[m]] = 0


def walks(
    knowledge: Knowledge,
    *,
    asked: NDArray[np.int64],
    insiders: NDArray[np.int64],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    width: NDArray[np.int64],
    tries: int,
    random: np.random.Generator,
) -> csr_array:
    """Changes as columns over the free leaves, found by walking from each target of `asked` in turn.

    `insiders` has per asked target the insider whose leaves stay as they are, NOBODY for none. `low` and `high` say how far
    every target was seen to move already and `width` how many values it needs: what is open is not asked for again.
    """
    count = len(knowledge.start)
    if not len(asked) or not count:
        return csr_array((count, 0), dtype=np.int64)
    rows, cells = stacked(knowledge.rows, knowledge.limits), knowledge.cells
    columns, over = csc_array(rows), csc_array(cells)
    equal = np.zeros(knowledge.rows.shape[0], np.int64)
    given = (
        *compressed(rows),
        *compressed(columns),
        np.concatenate([equal, knowledge.room_low]).astype(np.int64),
        np.concatenate([equal, knowledge.room_high]).astype(np.int64),
        knowledge.start,
        knowledge.insider,
        *compressed(cells),
        *compressed(over),
    )
    # Always the same parts, whatever cores there are: the same walks.
    parts = [slice(part, None, PARTS) for part in range(PARTS if len(asked) >= ENOUGH else 1)]
    seeds = random.integers(1 << 40, size=PARTS).tolist()

    def found_in(part: slice, seed: int) -> csr_array:
        pointer, leaf, value = _walk(
            *given,
            asked[part].astype(np.int64),
            insiders[part].astype(np.int64),
            low.copy(),
            high.copy(),
            width.astype(np.int64),
            tries,
            seed,
        )
        return csr_array(csc_array((value, leaf, pointer), shape=(count, len(pointer) - 1)))

    if len(parts) == 1:
        return found_in(parts[0], seeds[0])
    with ThreadPoolExecutor(len(parts)) as threads:
        return csr_array(hstack(list(threads.map(found_in, parts, seeds)), format="csr"))
