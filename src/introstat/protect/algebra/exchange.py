"""Small changes that are found without a linear program: they open most cells before the first one is solved.

A swap moves one person between two leaves that every shown cell counts alike: two places in a county that are both wholly
hidden. An exchange moves one person from leaf b to leaf a in one place and back from a′ to b′ in another, where the two
moves change the shown cells alike: both places show their number ended and hide their result. What breaks a bound is left
out by whoever takes note of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from introstat.protect.algebra.knowledge import Knowledge
from introstat.protect.system import NOBODY

PARTNERS = 4
"""How many donors each kind of leaf, or of move, lends: several, so that no one insider stands behind all changes."""


def swaps(knowledge: Knowledge, random: np.random.Generator) -> csr_array:
    """Swaps as columns over the free leaves."""
    kind = _kinds(knowledge, random)
    gains, loses = _partners(kind, lend=knowledge.start > 0, weight=knowledge.start)
    return _columns(len(knowledge.start), [(gains, 1), (loses, -1)])


def exchanges(knowledge: Knowledge, random: np.random.Generator) -> csr_array:
    """Exchanges as columns over the free leaves: for every leaf that can gain, a few it can gain from in its own place."""
    kind = _kinds(knowledge, random)
    gain, lose = _within_places(knowledge, random)
    if not len(gain):
        return csr_array((len(knowledge.start), 0), dtype=np.int64)
    # A move a ← b and the move back b′ ← a′ cancel where both have the same kind; the second needs somebody in a′.
    with np.errstate(over="ignore"):
        moves = kind[gain] - kind[lose]
    lends = knowledge.start[gain] > 0
    takes, gives = _partners(moves, lend=lends, weight=knowledge.start[gain])
    usable = (knowledge.start[lose[takes]] > 0) & (knowledge.insider[gain[takes]] != knowledge.insider[gain[gives]])
    takes, gives = takes[usable], gives[usable]
    return _columns(len(knowledge.start), [(gain[takes], 1), (lose[takes], -1), (gain[gives], -1), (lose[gives], 1)])


def _kinds(knowledge: Knowledge, random: np.random.Generator) -> NDArray[np.int64]:
    """A number per leaf, the same for leaves that every shown cell counts alike; sums and differences keep that."""
    marks = random.integers(1, 2**62, size=knowledge.rows.shape[0], dtype=np.int64)
    with np.errstate(over="ignore"):
        return np.asarray(knowledge.rows.T @ marks, np.int64)


def _partners(
    kind: NDArray[np.int64], *, lend: NDArray[np.bool_], weight: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of items of one kind: each item, and in turn each of the first lenders of its kind."""
    order = np.lexsort((-weight, ~lend, kind))
    ordered = kind[order]
    first = np.searchsorted(ordered, ordered, side="left")
    takes: list[NDArray[np.int64]] = []
    gives: list[NDArray[np.int64]] = []
    place = np.arange(len(order))
    for turn in range(PARTNERS):
        at = first + turn
        inside = at < len(order)
        inside[inside] = ordered[at[inside]] == ordered[inside]
        inside &= at != place
        inside[inside] = lend[order[at[inside]]]
        takes.append(order[inside])
        gives.append(order[at[inside]])
    return np.concatenate(takes), np.concatenate(gives)


def _within_places(knowledge: Knowledge, random: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ordered pairs of leaves of one insider, all of them where places are small, some where they are large."""
    order = np.argsort(knowledge.insider, kind="stable")
    order = order[knowledge.insider[order] != NOBODY]
    owners = knowledge.insider[order]
    starts = np.flatnonzero(np.diff(owners, prepend=NOBODY))
    gains: list[NDArray[np.int64]] = []
    loses: list[NDArray[np.int64]] = []
    for first, last in zip(starts, [*starts[1:], len(owners)], strict=True) if len(starts) else ():
        members = order[first:last]
        if len(members) > 32:
            members = random.choice(members, 32, replace=False)
        a, b = np.meshgrid(members, members, indexing="ij")
        different = a != b
        gains.append(a[different])
        loses.append(b[different])
    if not gains:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    return np.concatenate(gains), np.concatenate(loses)


def _columns(leaves: int, parts: list[tuple[NDArray[np.int64], int]]) -> csr_array:
    count = len(parts[0][0])
    column = np.tile(np.arange(count), len(parts))
    leaf = np.concatenate([part for part, _ in parts])
    data = np.repeat([sign for _, sign in parts], count)
    return csr_array((data.astype(np.int64), (leaf, column)), shape=(leaves, count))
