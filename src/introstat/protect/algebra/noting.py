"""Taking note of many changes at once: which of them agree with all that is known, and how far they move every target.

One pass over each change, leaf by leaf, in place of products of large matrices: most changes are a handful of leaves, and one
that does not agree is left at the first sum that is wrong.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

WORD = 64
"""Insiders to a word of a set of them."""


@numba.njit(cache=True)
def agreeing(
    pointer: NDArray[np.int64],
    leaf: NDArray[np.int64],
    value: NDArray[np.int64],
    start: NDArray[np.int64],
    row_pointer: NDArray[np.int64],
    row: NDArray[np.int64],
    row_at: NDArray[np.int64],
    room_low: NDArray[np.int64],
    room_high: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Which changes, given as columns over leaves, take no leaf below zero and move every row within its room.

    `row_pointer`, `row` and `row_at` have the rows over each leaf.
    """
    good = np.ones(len(pointer) - 1, np.bool_)
    sums = np.zeros(len(room_low), np.int64)
    for column in range(len(good)):
        first, last = pointer[column], pointer[column + 1]
        for k in range(first, last):
            if start[leaf[k]] + value[k] < 0:
                good[column] = False
                break
        if not good[column]:
            continue
        for k in range(first, last):
            for m in range(row_pointer[leaf[k]], row_pointer[leaf[k] + 1]):
                sums[row[m]] += value[k] * row_at[m]
        for k in range(first, last):
            for m in range(row_pointer[leaf[k]], row_pointer[leaf[k] + 1]):
                moved = sums[row[m]]
                if moved != 0 and (moved < room_low[row[m]] or moved > room_high[row[m]]):
                    good[column] = False
        for k in range(first, last):
            for m in range(row_pointer[leaf[k]], row_pointer[leaf[k] + 1]):
                sums[row[m]] = 0
    return good


@numba.njit(cache=True)
def note(
    good: NDArray[np.bool_],
    pointer: NDArray[np.int64],
    leaf: NDArray[np.int64],
    value: NDArray[np.int64],
    cell_pointer: NDArray[np.int64],
    cell: NDArray[np.int64],
    cell_at: NDArray[np.int64],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    owner: NDArray[np.int64],
    danger: NDArray[np.uint64],
) -> NDArray[np.bool_]:
    """Widen, in place, the bounds of every target that the good ones of some changes move, and lessen its dangers.

    `cell_pointer`, `cell` and `cell_at` have the targets over each leaf, `owner` the place of the insider who knows it (−1:
    nobody). `danger` is a set of insiders per target, in words: who moves with a target in every change stays in it. Returns
    which changes told something: those alone, noted in the same order, come to the same.
    """
    told = np.zeros(len(good), np.bool_)
    tally = np.zeros(len(low), np.int64)
    words = danger.shape[1]
    touched = np.zeros(words, np.uint64)
    one = np.uint64(1)
    for column in range(len(good)):
        if not good[column]:
            continue
        first, last = pointer[column], pointer[column + 1]
        touched[:] = 0
        for k in range(first, last):
            if value[k] != 0:
                if owner[leaf[k]] >= 0:
                    touched[owner[leaf[k]] // WORD] |= one << np.uint64(owner[leaf[k]] % WORD)
                for m in range(cell_pointer[leaf[k]], cell_pointer[leaf[k] + 1]):
                    tally[cell[m]] += value[k] * cell_at[m]
        for k in range(first, last):
            for m in range(cell_pointer[leaf[k]], cell_pointer[leaf[k] + 1]):
                target = cell[m]
                moved = tally[target]
                if moved != 0:
                    told[column] |= moved < low[target] or moved > high[target]
                    low[target] = min(low[target], moved)
                    high[target] = max(high[target], moved)
                    for word in range(words):
                        told[column] |= (danger[target, word] & ~touched[word]) != 0
                        danger[target, word] &= touched[word]
                    tally[target] = 0
        for k in range(first, last):
            for m in range(cell_pointer[leaf[k]], cell_pointer[leaf[k] + 1]):
                tally[cell[m]] = 0
    return told
