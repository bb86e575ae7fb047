"""Which cells can be shown without giving a protected one away, by elimination modulo a prime.

Shown cells span a space. A protected cell is given away linearly when it lies in that space. Candidates are taken in
order; each is reduced by the shown cells before it, and shown unless what is left of it is a multiple of what is left of
a protected cell. The rests of all protected cells are kept up to date, normalised, and counted by hash, so that question
is one look-up. Working modulo 2³¹ − 1 keeps numbers small; a coincidence of residues can only hide a cell too many.

Nothing here knows that counts are whole and not negative: `attack` does, and `repair` mends what it finds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

PRIME = 2**31 - 1


@dataclass(frozen=True, slots=True, eq=False)
class Elimination:
    """What an order of candidates led to.

    `shown` holds per step. `basis` are shown rows that span all shown rows, `exposed` protected rows that were given away.
    """

    shown: NDArray[np.bool_]
    basis: NDArray[np.int64]
    exposed: NDArray[np.int64]


@numba.njit(cache=True)
def _inverse(value: int) -> int:
    result, base, exponent = 1, value % PRIME, PRIME - 2
    while exponent:
        if exponent & 1:
            result = result * base % PRIME
        base = base * base % PRIME
        exponent >>= 1
    return result


@numba.njit(cache=True)
def _grown(pool: NDArray[np.int64], needed: int) -> NDArray[np.int64]:
    if needed <= len(pool):
        return pool
    larger = np.empty(max(needed, 2 * len(pool)), np.int64)
    larger[: len(pool)] = pool
    return larger


@numba.njit(cache=True)
def _key(index: NDArray[np.int64], value: NDArray[np.int64], marks: NDArray[np.int64]) -> int:
    """The hash of a vector up to a factor: the same for all its multiples."""
    lead = 0
    for k in range(1, len(index)):
        if index[k] < index[lead]:
            lead = k
    factor = _inverse(value[lead])
    first, second = 0, 0
    for k in range(len(index)):
        scaled = value[k] * factor % PRIME
        first = (first + scaled * marks[0, index[k]]) % PRIME
        second = (second + scaled * marks[1, index[k]]) % PRIME
    return first * PRIME + second + 1


@numba.njit(cache=True)
def _slot(keys: NDArray[np.int64], key: int) -> int:
    mask = len(keys) - 1
    at = (key ^ (key >> 29)) & mask
    while keys[at] != 0 and keys[at] != key:
        at = (at + 1) & mask
    return at


@numba.njit(cache=True)
def _push(heap: NDArray[np.int64], size: int, item: int) -> int:
    at = size
    while at > 0:
        parent = (at - 1) >> 1
        if heap[parent] <= item:
            break
        heap[at] = heap[parent]
        at = parent
    heap[at] = item
    return size + 1


@numba.njit(cache=True)
def _pop(heap: NDArray[np.int64], size: int) -> int:
    """Remove the smallest item, which the caller has read from heap[0]; returns the new size."""
    size -= 1
    item = heap[size]
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= item:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = item
    return size


@numba.njit(cache=True)
def _eliminate(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int64],
    data: NDArray[np.int64],
    leaves: int,
    protected: NDArray[np.int64],
    order: NDArray[np.int64],
    order_end: NDArray[np.int64],
    step_forced: NDArray[np.bool_],
    requires_ptr: NDArray[np.int64],
    requires: NDArray[np.int64],
    marks: NDArray[np.int64],
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.int64]]:
    rows = len(indptr) - 1
    in_basis = np.zeros(rows, np.bool_)
    # The rests of protected rows: growing pools, each row at start[p] of length size[p].
    capacity = rows + 1
    start = np.zeros(capacity, np.int64)
    size = np.zeros(capacity, np.int64)
    key = np.zeros(capacity, np.int64)
    count = 0
    pool_index = np.empty(1024, np.int64)
    pool_value = np.empty(1024, np.int64)
    used = 0
    live = 0
    # Which protected rests have an entry in a leaf: linked lists that may hold stale items.
    head = np.full(leaves, -1, np.int64)
    chain_next = np.empty(1024, np.int64)
    chain_item = np.empty(1024, np.int64)
    chained = 0
    crowd = np.zeros(leaves, np.int64)
    seen = np.full(capacity, -1, np.int64)
    # The basis: one pivot leaf per row, in order of creation.
    rank_of_leaf = np.full(leaves, -1, np.int64)
    basis_start = np.empty(64, np.int64)
    basis_end = np.empty(64, np.int64)
    basis_pivot = np.empty(64, np.int64)
    basis_index = np.empty(1024, np.int64)
    basis_value = np.empty(1024, np.int64)
    basis_used = 0
    rank = 0
    # Look-up of normalised rests.
    keys = np.zeros(1 << 12, np.int64)
    held = np.zeros(1 << 12, np.int64)
    filled = 0
    # Scratch.
    work = np.zeros(leaves, np.int64)
    inside = np.zeros(leaves, np.bool_)
    touched = np.empty(leaves, np.int64)
    heap = np.empty(leaves + 1, np.int64)
    exposed = np.empty(capacity, np.int64)
    exposures = 0
    origin = np.zeros(capacity, np.int64)
    groups = len(order_end)
    shown_group = np.zeros(groups, np.bool_)

    # Protected rows come first; steps come after, and rows of steps that were blocked join the protected ones.
    step = -1
    at = 0
    while step < groups:
        adding = True
        group_open = True
        if step == -1:
            first, last = 0, len(protected)
        else:
            first = 0 if step == 0 else order_end[step - 1]
            last = order_end[step]
            adding = False
            for k in range(requires_ptr[step], requires_ptr[step + 1]):
                if not shown_group[requires[k]]:
                    adding = True
                    group_open = False
        for at in range(first, last):
            row = protected[at] if step == -1 else order[at]
            # Reduce the row by the basis into `work`.
            touching = 0
            waiting = 0
            for k in range(indptr[row], indptr[row + 1]):
                leaf = indices[k]
                if not inside[leaf]:
                    inside[leaf] = True
                    touched[touching] = leaf
                    touching += 1
                    if rank_of_leaf[leaf] >= 0:
                        waiting = _push(heap, waiting, rank_of_leaf[leaf])
                work[leaf] = (work[leaf] + data[k]) % PRIME
            while waiting:
                b = heap[0]
                waiting = _pop(heap, waiting)
                factor = work[basis_pivot[b]]
                if factor == 0:
                    continue
                for k in range(basis_start[b], basis_end[b]):
                    leaf = basis_index[k]
                    if not inside[leaf]:
                        inside[leaf] = True
                        touched[touching] = leaf
                        touching += 1
                        if rank_of_leaf[leaf] > b:
                            waiting = _push(heap, waiting, rank_of_leaf[leaf])
                    work[leaf] = (work[leaf] + (PRIME - factor) * basis_value[k]) % PRIME
            kept = 0
            for k in range(touching):
                leaf = touched[k]
                inside[leaf] = False
                if work[leaf] != 0:
                    touched[kept] = leaf
                    kept += 1
            index = touched[:kept].copy()
            value = np.empty(kept, np.int64)
            for k in range(kept):
                value[k] = work[index[k]]
                work[index[k]] = 0
            if kept == 0:
                if adding:
                    exposed[exposures] = row
                    exposures += 1
                continue
            row_key = _key(index, value, marks)
            place = _slot(keys, row_key)
            if not adding:
                # A forced step is shown whatever it gives away; another one only if it gives nothing away.
                if step_forced[step] or held[place] == 0:
                    in_basis[row] = True
                else:
                    # What is left of the step stays hidden too, and is protected from here on.
                    group_open = False
                    adding = True
            if adding:
                # Keep the rest of a protected row.
                p = count
                count += 1
                origin[p] = row
                pool_index = _grown(pool_index, used + kept)
                pool_value = _grown(pool_value, used + kept)
                pool_index[used : used + kept] = index
                pool_value[used : used + kept] = value
                start[p] = used
                size[p] = kept
                used += kept
                live += kept
                key[p] = row_key
                if keys[place] == 0:
                    keys[place] = row_key
                    filled += 1
                held[place] += 1
                chain_next = _grown(chain_next, chained + kept)
                chain_item = _grown(chain_item, chained + kept)
                for k in range(kept):
                    leaf = index[k]
                    chain_item[chained] = p
                    chain_next[chained] = head[leaf]
                    head[leaf] = chained
                    chained += 1
                    crowd[leaf] += 1
            else:
                # Show the row: a new member of the basis, with the pivot that touches the fewest protected rests.
                best = 0
                for k in range(1, kept):
                    if crowd[index[k]] < crowd[index[best]] or (
                        crowd[index[k]] == crowd[index[best]] and index[k] < index[best]
                    ):
                        best = k
                pivot = index[best]
                factor = _inverse(value[best])
                basis_index = _grown(basis_index, basis_used + kept)
                basis_value = _grown(basis_value, basis_used + kept)
                basis_start = _grown(basis_start, rank + 1)
                basis_end = _grown(basis_end, rank + 1)
                basis_pivot = _grown(basis_pivot, rank + 1)
                for k in range(kept):
                    value[k] = value[k] * factor % PRIME
                    basis_index[basis_used + k] = index[k]
                    basis_value[basis_used + k] = value[k]
                basis_start[rank] = basis_used
                basis_used += kept
                basis_end[rank] = basis_used
                basis_pivot[rank] = pivot
                rank_of_leaf[pivot] = rank
                rank += 1
                link = head[pivot]
                head[pivot] = -1
                while link >= 0:
                    p = chain_item[link]
                    link = chain_next[link]
                    if seen[p] == rank:
                        continue
                    seen[p] = rank
                    entry = 0
                    for k in range(start[p], start[p] + size[p]):
                        work[pool_index[k]] = pool_value[k]
                        inside[pool_index[k]] = True
                        if pool_index[k] == pivot:
                            entry = pool_value[k]
                    if entry == 0:
                        for k in range(start[p], start[p] + size[p]):
                            work[pool_index[k]] = 0
                            inside[pool_index[k]] = False
                        continue
                    extra = 0
                    for k in range(kept):
                        leaf = index[k]
                        if not inside[leaf]:
                            touched[extra] = leaf
                            extra += 1
                        work[leaf] = (work[leaf] + (PRIME - entry) * value[k]) % PRIME
                    # Write the updated rest to the end of the pool.
                    need = size[p] + extra
                    pool_index = _grown(pool_index, used + need)
                    pool_value = _grown(pool_value, used + need)
                    chain_next = _grown(chain_next, chained + extra)
                    chain_item = _grown(chain_item, chained + extra)
                    fresh = used
                    for k in range(start[p], start[p] + size[p]):
                        leaf = pool_index[k]
                        inside[leaf] = False
                        if work[leaf] != 0:
                            pool_index[used] = leaf
                            pool_value[used] = work[leaf]
                            used += 1
                        else:
                            crowd[leaf] -= 1
                        work[leaf] = 0
                    for k in range(extra):
                        leaf = touched[k]
                        pool_index[used] = leaf
                        pool_value[used] = work[leaf]
                        used += 1
                        work[leaf] = 0
                        chain_item[chained] = p
                        chain_next[chained] = head[leaf]
                        head[leaf] = chained
                        chained += 1
                        crowd[leaf] += 1
                    held[_slot(keys, key[p])] -= 1
                    live += (used - fresh) - size[p]
                    start[p] = fresh
                    size[p] = used - fresh
                    if size[p] == 0:
                        exposed[exposures] = origin[p]
                        exposures += 1
                        key[p] = 0
                        continue
                    key[p] = _key(pool_index[fresh:used], pool_value[fresh:used], marks)
                    slot = _slot(keys, key[p])
                    if keys[slot] == 0:
                        keys[slot] = key[p]
                        filled += 1
                    held[slot] += 1
                    if 2 * filled > len(keys):
                        keys = np.zeros(2 * len(keys), np.int64)
                        held = np.zeros(len(keys), np.int64)
                        filled = 0
                        for q in range(count):
                            if key[q] != 0 and size[q] > 0:
                                slot = _slot(keys, key[q])
                                if keys[slot] == 0:
                                    keys[slot] = key[q]
                                    filled += 1
                                held[slot] += 1
            if 2 * filled > len(keys):
                keys = np.zeros(2 * len(keys), np.int64)
                held = np.zeros(len(keys), np.int64)
                filled = 0
                for q in range(count):
                    if key[q] != 0 and size[q] > 0:
                        slot = _slot(keys, key[q])
                        if keys[slot] == 0:
                            keys[slot] = key[q]
                            filled += 1
                        held[slot] += 1
            if used > 4096 and used > 4 * live:
                # Most of the pool is stale: keep only the live rests, and rebuild the lists.
                new_index = np.empty(2 * live + 16, np.int64)
                new_value = np.empty(2 * live + 16, np.int64)
                head[:] = -1
                chained = 0
                chain_next = _grown(chain_next, live)
                chain_item = _grown(chain_item, live)
                used = 0
                for q in range(count):
                    begin = start[q]
                    start[q] = used
                    for k in range(begin, begin + size[q]):
                        leaf = pool_index[k]
                        new_index[used] = leaf
                        new_value[used] = pool_value[k]
                        used += 1
                        chain_item[chained] = q
                        chain_next[chained] = head[leaf]
                        head[leaf] = chained
                        chained += 1
                pool_index = new_index
                pool_value = new_value
        if step >= 0:
            shown_group[step] = group_open
        step += 1
        if step == groups:
            break
    return shown_group, in_basis, exposed[:exposures]


def eliminate(
    matrix: csr_array,
    *,
    protected: NDArray[np.int64],
    steps: list[NDArray[np.int64]],
    forced: NDArray[np.bool_],
    requires: list[list[int]],
    seed: int,
) -> Elimination:
    """Take the steps in order, each a set of rows shown together, and say which rows end up shown.

    `matrix` is rows × leaves, `protected` and `steps` name its rows, `forced` holds per step, and `requires[k]` lists the
    earlier steps that must be shown for step k. A row of a step that is not shown is protected from there on.
    Source of the method: Gaussian elimination as in Langsrud's GaussSuppression, here modulo a prime and by hash.
    """
    leaves = matrix.shape[1]
    lengths = np.array([len(step) for step in steps], np.int64)
    order = np.concatenate(steps).astype(np.int64) if steps else np.empty(0, np.int64)
    flat = np.array([item for wanted in requires for item in wanted], np.int64)
    pointer = np.concatenate([[0], np.cumsum([len(wanted) for wanted in requires])]).astype(np.int64)
    marks = np.random.default_rng(seed).integers(1, PRIME, size=(2, max(leaves, 1)), dtype=np.int64)
    shown, basis, exposed = _eliminate(
        matrix.indptr.astype(np.int64),
        matrix.indices.astype(np.int64),
        matrix.data.astype(np.int64) % PRIME,
        int(leaves),
        protected.astype(np.int64),
        order,
        np.cumsum(lengths).astype(np.int64),
        forced.astype(np.bool_),
        pointer,
        flat,
        marks,
    )
    return Elimination(shown=shown, basis=np.flatnonzero(basis), exposed=exposed)
