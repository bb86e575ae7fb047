"""Which cells can be shown without giving a protected one away, by elimination modulo a prime.

Shown cells span a space; what a reader cannot tell apart are the changes of leaves that no shown cell notices, its null
space. A protected cell is given away linearly when no change in the null space moves it, and showing a candidate gives it
away when the two are proportional on the whole null space. Candidates are taken in order, and shown unless that is so.

Two things make this fast. The null space is kept as sparse columns, one of which is used up by every candidate shown. And
proportionality is not looked for: three random changes of the null space are kept, every protected row is represented by
its values on them, divided by the first, and these pairs are counted by hash, so that the question is one look-up:

    leaves a b, shown a + b     null space (1, −1)     random changes (7, −7) (2, −2) (5, −5)
    protected a: 7 2 5 → 2/7 5/7     candidate b: −7 −2 −5 → 2/7 5/7     the same: b would give a away

Working modulo 2³¹ − 1 keeps numbers small; a coincidence of residues can only hide a cell too many. Nothing here knows that
counts are whole and not negative: `attack` does, and `repair` mends what it finds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from introstat.protect.algebra.bounds import tighten
from introstat.protect.system import Relations, System

PRIME = 2**31 - 1
CHANGES = 3
"""Random changes of the null space that are kept."""


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
def _inverses(values: NDArray[np.int64], count: int, scratch: NDArray[np.int64]) -> None:
    """Replace the first `count` values by their inverses, zero by zero, with one true inversion."""
    product = 1
    for k in range(count):
        scratch[k] = product
        if values[k] != 0:
            product = product * values[k] % PRIME
    rest = _inverse(product)
    for k in range(count - 1, -1, -1):
        if values[k] != 0:
            inverse = rest * scratch[k] % PRIME
            rest = rest * values[k] % PRIME
            values[k] = inverse


@numba.njit(cache=True)
def _grown(pool: NDArray[np.int64], needed: int) -> NDArray[np.int64]:
    if needed <= len(pool):
        return pool
    larger = np.empty(max(needed, 2 * len(pool)), np.int64)
    larger[: len(pool)] = pool
    return larger


@numba.njit(cache=True)
def _slot(keys: NDArray[np.int64], key: int) -> int:
    mask = len(keys) - 1
    at = (key ^ (key >> 29)) & mask
    while keys[at] != 0 and keys[at] != key:
        at = (at + 1) & mask
    return at


@numba.njit(cache=True)
def _eliminate(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int64],
    data: NDArray[np.int64],
    row_of: NDArray[np.int64],
    row_ptr: NDArray[np.int64],
    row_at: NDArray[np.int64],
    changes: NDArray[np.int64],
    protected: NDArray[np.int64],
    order: NDArray[np.int64],
    order_end: NDArray[np.int64],
    step_forced: NDArray[np.bool_],
    requires_ptr: NDArray[np.int64],
    requires: NDArray[np.int64],
    relation_parent: NDArray[np.int64],
    relation_ptr: NDArray[np.int64],
    relation_child: NDArray[np.int64],
    relations_ptr: NDArray[np.int64],
    relations_of: NDArray[np.int64],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    needed: NDArray[np.int64],
    width: NDArray[np.int64],
    published: NDArray[np.int64],
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    rows, leaves = len(indptr) - 1, changes.shape[1]
    groups = len(order_end)
    in_basis = np.zeros(rows, np.bool_)
    exposed = np.zeros(rows, np.bool_)
    guarded = np.zeros(rows, np.bool_)
    asked = np.zeros(rows, np.bool_)
    if len(protected):
        asked[protected] = True
    shown_group = np.zeros(groups, np.bool_)
    # The null space: one sparse column per leaf to begin with, in a pool that grows at its end.
    begin = np.arange(leaves)
    size = np.ones(leaves, np.int64)
    pool_leaf = np.arange(leaves)
    pool_value = np.ones(leaves, np.int64)
    used, live = leaves, leaves
    # Which columns have an entry in a leaf: linked lists that may hold stale items.
    head = np.arange(leaves)
    chain_next = np.full(leaves, -1, np.int64)
    chain_item = np.arange(leaves)
    chained = leaves
    # Protected rows on the random changes, their keys, and how many rows hold each key.
    value = np.zeros((CHANGES, rows), np.int64)
    key = np.zeros(rows, np.int64)
    keys = np.zeros(1 << 12, np.int64)
    held = np.zeros(1 << 12, np.int64)
    filled = 0
    # Scratch.
    weight = np.zeros(leaves, np.int64)
    inside = np.zeros(leaves, np.bool_)
    seen = np.full(leaves, -1, np.int64)
    met = np.empty(leaves, np.int64)
    dot = np.zeros(leaves, np.int64)
    touched = np.empty(leaves, np.int64)
    hit = np.zeros(rows, np.int64)
    marked = np.zeros(rows, np.bool_)
    moved = np.empty(rows, np.int64)
    inverse = np.empty(rows, np.int64)
    scratch = np.empty(rows, np.int64)
    factor = np.empty(CHANGES, np.int64)
    shown_rows = 0
    bounded = len(low)
    queue = np.empty(max(1, len(relation_parent)), np.int64)
    queued = np.zeros(len(relation_parent), np.bool_)
    trail = np.empty(6 * bounded + 12, np.int64)

    # Protected rows come first; then the steps, whose rows join the protected ones when the step is not shown.
    for step in range(-1, groups):
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
            for c in range(CHANGES):
                total = 0
                for k in range(indptr[row], indptr[row + 1]):
                    total += data[k] * changes[c, indices[k]] % PRIME
                factor[c] = total % PRIME
            follows = factor[0] == 0 and factor[1] == 0 and factor[2] == 0
            row_key = place = 0
            if follows:
                exposed[row] |= step == -1
            else:
                lead = _inverse(factor[0])
                row_key = (factor[1] * lead % PRIME) * PRIME + factor[2] * lead % PRIME + 1
                place = _slot(keys, row_key)
                if not adding and not step_forced[step] and held[place] > 0:
                    # What is left of the step stays hidden too, and is protected from here on.
                    group_open = False
                    adding = True
            # A row that follows from what is shown is known whatever its bounds do.
            if not adding and row < bounded:
                group_open = tighten(
                    row,
                    published[row],
                    low,
                    high,
                    needed,
                    relation_parent,
                    relation_ptr,
                    relation_child,
                    relations_ptr,
                    relations_of,
                    queue,
                    queued,
                    trail,
                    follows or step_forced[step],
                )
                adding = not group_open
            if follows:
                continue
            if adding:
                # What is not shown, and nobody asks to keep, may be computed for all that.
                if guarded[row] or (step >= 0 and row < bounded and width[row] == 0):
                    continue
                if row < bounded:
                    needed[row] = width[row]
                guarded[row] = True
                for c in range(CHANGES):
                    value[c, row] = factor[c]
                key[row] = row_key
                if keys[place] == 0:
                    keys[place] = row_key
                    filled += 1
                held[place] += 1
            else:
                in_basis[row] = True
                # The columns that notice the row, and the shortest of them as pivot.
                found = 0
                pivot = -1
                for k in range(indptr[row], indptr[row + 1]):
                    weight[indices[k]] = data[k]
                for k in range(indptr[row], indptr[row + 1]):
                    link = head[indices[k]]
                    while link >= 0:
                        column = chain_item[link]
                        link = chain_next[link]
                        if seen[column] == shown_rows or size[column] == 0:
                            continue
                        seen[column] = shown_rows
                        total = 0
                        for m in range(begin[column], begin[column] + size[column]):
                            total += weight[pool_leaf[m]] * pool_value[m] % PRIME
                        total %= PRIME
                        if total != 0:
                            met[found] = column
                            dot[found] = total
                            found += 1
                            if pivot < 0 or size[column] < size[met[pivot]]:
                                pivot = found - 1
                for k in range(indptr[row], indptr[row + 1]):
                    weight[indices[k]] = 0
                shown_rows += 1
                chosen = met[pivot]
                pivot_begin, pivot_size = begin[chosen], size[chosen]
                scale = _inverse(dot[pivot])
                # The random changes stay in the null space; protected rows that notice the pivot move with them.
                for c in range(CHANGES):
                    factor[c] = factor[c] * scale % PRIME
                affected = 0
                for m in range(pivot_begin, pivot_begin + pivot_size):
                    leaf, entry = pool_leaf[m], pool_value[m]
                    for c in range(CHANGES):
                        changes[c, leaf] = (changes[c, leaf] + (PRIME - factor[c]) * entry) % PRIME
                    for k in range(row_ptr[leaf], row_ptr[leaf + 1]):
                        other = row_of[k]
                        if guarded[other]:
                            if not marked[other]:
                                marked[other] = True
                                moved[affected] = other
                                affected += 1
                            hit[other] = (hit[other] + data[row_at[k]] * entry) % PRIME
                kept = 0
                for k in range(affected):
                    other = moved[k]
                    marked[other] = False
                    if hit[other] != 0:
                        for c in range(CHANGES):
                            value[c, other] = (value[c, other] + (PRIME - factor[c]) * hit[other]) % PRIME
                        hit[other] = 0
                        moved[kept] = other
                        inverse[kept] = value[0, other]
                        kept += 1
                _inverses(inverse, kept, scratch)
                for k in range(kept):
                    other = moved[k]
                    held[_slot(keys, key[other])] -= 1
                    if value[0, other] == 0 and value[1, other] == 0 and value[2, other] == 0:
                        exposed[other] = asked[other]
                        guarded[other] = False
                        continue
                    lead = inverse[k]
                    key[other] = (value[1, other] * lead % PRIME) * PRIME + value[2, other] * lead % PRIME + 1
                    slot = _slot(keys, key[other])
                    if keys[slot] == 0:
                        keys[slot] = key[other]
                        filled += 1
                    held[slot] += 1
                    if 2 * filled > len(keys):
                        keys, held, filled = _refilled(keys, held)
                # Take the pivot out of every other column that notices the row.
                size[chosen] = 0
                live -= pivot_size
                for k in range(found):
                    column = met[k]
                    if column == chosen:
                        continue
                    ratio = (PRIME - dot[k]) * scale % PRIME
                    for m in range(begin[column], begin[column] + size[column]):
                        weight[pool_leaf[m]] = pool_value[m]
                        inside[pool_leaf[m]] = True
                    extra = 0
                    for m in range(pivot_begin, pivot_begin + pivot_size):
                        leaf = pool_leaf[m]
                        if not inside[leaf]:
                            touched[extra] = leaf
                            extra += 1
                        weight[leaf] = (weight[leaf] + ratio * pool_value[m]) % PRIME
                    need = used + size[column] + extra
                    pool_leaf = _grown(pool_leaf, need)
                    pool_value = _grown(pool_value, need)
                    chain_next = _grown(chain_next, chained + extra)
                    chain_item = _grown(chain_item, chained + extra)
                    fresh = used
                    for m in range(begin[column], begin[column] + size[column]):
                        leaf = pool_leaf[m]
                        inside[leaf] = False
                        if weight[leaf] != 0:
                            pool_leaf[used] = leaf
                            pool_value[used] = weight[leaf]
                            used += 1
                        weight[leaf] = 0
                    for m in range(extra):
                        leaf = touched[m]
                        pool_leaf[used] = leaf
                        pool_value[used] = weight[leaf]
                        used += 1
                        weight[leaf] = 0
                        chain_item[chained] = column
                        chain_next[chained] = head[leaf]
                        head[leaf] = chained
                        chained += 1
                    live += used - fresh - size[column]
                    begin[column] = fresh
                    size[column] = used - fresh
                if used > 4 * live + 4096:
                    # Most of the pool is stale: keep only the living columns, and make the lists anew.
                    new_leaf = np.empty(2 * live + 16, np.int64)
                    new_value = np.empty(2 * live + 16, np.int64)
                    head[:] = -1
                    used, chained = 0, 0
                    for column in range(leaves):
                        old = begin[column]
                        begin[column] = used
                        for m in range(old, old + size[column]):
                            new_leaf[used] = pool_leaf[m]
                            new_value[used] = pool_value[m]
                            used += 1
                    chain_next = _grown(chain_next, used)
                    chain_item = _grown(chain_item, used)
                    for column in range(leaves):
                        for m in range(begin[column], begin[column] + size[column]):
                            chain_item[chained] = column
                            chain_next[chained] = head[new_leaf[m]]
                            head[new_leaf[m]] = chained
                            chained += 1
                    pool_leaf, pool_value = new_leaf, new_value
            if 2 * filled > len(keys):
                keys, held, filled = _refilled(keys, held)
        if step >= 0:
            shown_group[step] = group_open
    return shown_group, in_basis, exposed


@numba.njit(cache=True)
def _refilled(keys: NDArray[np.int64], held: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """The look-up without keys that no row holds any more, in a table with room."""
    living = 0
    for k in range(len(keys)):
        if held[k] > 0:
            living += 1
    length = 1 << 12
    while length < 4 * living + 4:
        length *= 2
    new_keys = np.zeros(length, np.int64)
    new_held = np.zeros(length, np.int64)
    for k in range(len(keys)):
        if held[k] > 0:
            slot = _slot(new_keys, keys[k])
            new_keys[slot] = keys[k]
            new_held[slot] = held[k]
    return new_keys, new_held, living


def eliminate(
    matrix: csr_array,
    *,
    protected: NDArray[np.int64],
    steps: list[NDArray[np.int64]],
    forced: NDArray[np.bool_],
    requires: list[list[int]],
    seed: int,
    bounded: System | None = None,
    width: NDArray[np.int64] | None = None,
) -> Elimination:
    """Take the steps in order, each a set of rows shown together, and say which rows end up shown.

    `matrix` is rows × leaves, `protected` and `steps` name its rows, `forced` holds per step, and `requires[k]` lists the
    earlier steps that must be shown for step k. A row of a step that is not shown is protected from there on. With a
    `bounded` system, whose cells are the first rows of the matrix, what they come to is also used: a step is not shown where
    the bounds that follow through the system's relations leave a protected row fewer than `width` possible values; a row
    of width 0 is not protected when its step is not shown.
    Source of the method: Gaussian elimination as in Langsrud's GaussSuppression, here modulo a prime and by hash.
    """
    leaves = int(matrix.shape[1])
    lengths = np.array([len(step) for step in steps], np.int64)
    order = np.concatenate(steps).astype(np.int64) if steps else np.empty(0, np.int64)
    flat = np.array([item for wanted in requires for item in wanted], np.int64)
    pointer = np.concatenate([[0], np.cumsum([len(wanted) for wanted in requires])]).astype(np.int64)
    numbered = csr_array((np.arange(matrix.nnz), matrix.indices, matrix.indptr), shape=matrix.shape).tocsc()
    relations, none = Relations(), np.empty(0, np.int64)
    low = high = published = none
    if bounded is not None:
        relations, low, high, published = bounded.relations, bounded.low.copy(), bounded.high.copy(), bounded.values
    of_ptr, of_cell = relations.of_cells(len(low))
    shown, basis, exposed = _eliminate(
        matrix.indptr.astype(np.int64),
        matrix.indices.astype(np.int64),
        matrix.data.astype(np.int64) % PRIME,
        numbered.indices.astype(np.int64),
        numbered.indptr.astype(np.int64),
        numbered.data.astype(np.int64),
        np.random.default_rng(seed).integers(0, PRIME, size=(CHANGES, leaves), dtype=np.int64),
        protected.astype(np.int64),
        order,
        np.cumsum(lengths).astype(np.int64),
        forced.astype(np.bool_),
        pointer,
        flat,
        relations.parent,
        relations.pointer,
        relations.child,
        of_ptr,
        of_cell,
        low,
        high,
        np.zeros(len(low), np.int64),
        none if width is None else width,
        published,
    )
    return Elimination(shown=shown, basis=np.flatnonzero(basis), exposed=np.flatnonzero(exposed))
