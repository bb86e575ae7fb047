"""What two tables of the same people have in common, edition by edition: the sums that are the same number in both.

    by sex    p women 3, p men 4        by age    p young 5, p old 2        tie    women + men − young − old = 0

There is one tie for every combination of the finest codes that both have. Two tables of whole numbers that agree on these always
have a table of everything that both are sums of: within one combination it is to be filled with two given margins, and that can be
done. So the ties say all there is to say of the two, and the table of everything need never be made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from introstat.protect.any_table.hierarchy import Hierarchy
from introstat.protect.any_table.lattice import keys_of

NONE = -1
"""The counterpart of a row that has none."""


@dataclass(frozen=True, slots=True, eq=False)
class Edition:
    """The leaves of one edition of a table: the `column` of a system that each of them is, and their `codes` in its hierarchies."""

    column: NDArray[np.int64]
    codes: NDArray[np.int64]
    hierarchies: tuple[Hierarchy, ...]

    def moved(self, by: int) -> Edition:
        """The same in a system that has so many other leaves first."""
        return replace(self, column=self.column + by)


@dataclass(frozen=True, slots=True, eq=False)
class Tie:
    """The common sums of one edition of two tables: which columns each of them counts in the first table and in the second.

    `first` and `second` are sums × columns, `codes` tells of every sum the codes that it is of.
    """

    first: csr_array
    second: csr_array
    codes: tuple[tuple[str, ...], ...]

    @property
    def difference(self) -> csr_array:
        """What is zero in every pair of tables. Where only one of them can have anybody, its leaves are zero."""
        sign = np.where(np.diff(self.first.indptr) > 0, 1, -1)
        return csr_array((self.first - self.second).multiply(sign[:, None]).tocsr())


def tied(first: Edition, second: Edition, *, columns: int) -> Tie:
    """The common sums of an edition of two tables, over so many columns; dimensions with the same name are the same."""
    names = [hierarchy.name for hierarchy in first.hierarchies]
    common = [name for name in names if name in {hierarchy.name for hierarchy in second.hierarchies}]
    found: list[list[NDArray[np.int64]]] = [[], []]
    told: list[list[str]] = []
    for name in common:
        place: dict[str, int] = {}
        for into, edition in zip(found, (first, second), strict=True):
            d = [hierarchy.name for hierarchy in edition.hierarchies].index(name)
            hierarchy = edition.hierarchies[d]
            number = np.array(
                [place.setdefault(code, len(place)) for code in hierarchy.codes[: hierarchy.leaves]], np.int64
            )
            into.append(number[edition.codes[:, d]])
        told.append(list(place))
    sizes = [len(codes) for codes in told]
    keys = [keys_of(np.stack(numbers, axis=1), sizes) for numbers in found]
    every, key = np.unique(np.concatenate(keys), return_inverse=True)
    key = key.ravel()
    until = len(first.column)
    matrices = [
        csr_array((np.ones(len(rows), np.int64), (rows, column)), shape=(len(every), columns))
        for rows, column in ((key[:until], first.column), (key[until:], second.column))
    ]
    strides = np.cumprod([1, *sizes[:0:-1]])[::-1]
    codes = tuple(
        tuple(told[d][int(one) // int(stride) % sizes[d]] for d, stride in enumerate(strides)) for one in every.tolist()
    )
    return Tie(matrices[0], matrices[1], codes)


def differences(ties: Sequence[Tie], *, columns: int) -> csr_array:
    """The rows that are zero by some ties, each once."""
    if not ties:
        return csr_array((0, columns), dtype=np.int64)
    rows = csr_array(vstack([tie.difference for tie in ties], format="csr"))
    rows.eliminate_zeros()
    first = np.unique(np.asarray(rows @ _marks(columns)), return_index=True)[1]
    kept = csr_array(rows[np.sort(first)])
    return csr_array(kept[np.flatnonzero(np.diff(kept.indptr))])


def counterparts(rows: csr_array, ties: Sequence[Tie], others: csr_array) -> NDArray[np.int64]:
    """For every row of the second table the row of the first, among `others`, that is the same number by a tie; or NONE."""
    marks = _marks(others.shape[1])
    with np.errstate(over="ignore"):
        hashed = np.asarray(others @ marks)
    order = np.argsort(hashed, kind="stable")
    found = np.full(rows.shape[0], NONE)
    size = np.diff(rows.indptr)
    ones = np.bincount(np.repeat(np.arange(rows.shape[0]), size), weights=rows.data == 1, minlength=rows.shape[0])
    plain = (ones == size) & (size > 0)
    for tie in ties:
        count = csr_array(rows @ tie.second.T)
        whole = np.diff(tie.second.indptr)
        several = np.repeat(np.arange(rows.shape[0]), np.diff(count.indptr))
        fits = (count.data == whole[count.indices]) & (np.diff(tie.first.indptr)[count.indices] > 0)
        good = np.bincount(several, weights=~fits, minlength=rows.shape[0]) == 0
        good &= (np.bincount(several, weights=count.data, minlength=rows.shape[0]) == size) & plain & (found == NONE)
        some = np.flatnonzero(good)
        chosen = csr_array((count[some] > 0).astype(np.int64))
        with np.errstate(over="ignore"):
            wanted = np.asarray(csr_array(chosen @ tie.first) @ marks)
        place = np.minimum(np.searchsorted(hashed[order], wanted), max(len(order) - 1, 0))
        there = hashed[order][place] == wanted if len(order) else np.zeros(len(some), np.bool_)
        found[some[there]] = order[place[there]]
    return found


def _marks(columns: int) -> NDArray[np.int64]:
    """Fixed random numbers, one per column: rows with the same sum of them are the same."""
    return np.random.default_rng(3).integers(1, 2**62, columns, dtype=np.int64)
