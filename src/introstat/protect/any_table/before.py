"""An earlier edition as it was: its cells by the present names where it had the same, and the counts of all its leaves.

A hidden group's own counts stand in no file. They are what the totals leave over, and where that can be several numbers, those
nearest to the present ones: a reader who takes the group to be unchanged is then right as often as can be.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Final, NoReturn

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, eye_array, hstack, vstack

from introstat.protect.any_table.hidden_groups import group_nodes
from introstat.protect.any_table.hierarchy import MISSING, Hierarchy, renamed, renamed_leaves
from introstat.protect.any_table.lattice import cells_over, keys_of, nodes_of
from introstat.protect.any_table.published import SHOWN, UNMARKED, PublishedTable
from introstat.protect.any_table.specification import Specification
from introstat.vocabulary.errors import Misused

TIME: Final = 60.0
"""Seconds for the program that finds a hidden group's counts."""


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """Leaves by their `codes` in some hierarchies, and what they count; all others are zero."""

    codes: NDArray[np.int64]
    counts: NDArray[np.int64]
    hierarchies: tuple[Hierarchy, ...]

    def of(self, codes: NDArray[np.int64], hierarchies: tuple[Hierarchy, ...]) -> NDArray[np.int64]:
        """What leaves count that are told by other hierarchies; 0 where there is no such leaf here."""
        sizes = [hierarchy.leaves for hierarchy in self.hierarchies]
        wanted = renamed_leaves(codes, hierarchies, self.hierarchies)
        here = (self.codes >= 0).all(axis=1)
        keys, first = np.unique(keys_of(self.codes[here], sizes), return_index=True)
        counts = self.counts[here][first]
        if not len(keys):
            return np.zeros(len(codes), np.int64)
        key = keys_of(wanted, sizes)
        place = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
        return np.where((wanted >= 0).all(axis=1) & (keys[place] == key), counts[place], 0)


@dataclass(frozen=True, slots=True, eq=False)
class Before:
    """One block of an earlier edition: `nodes` (cells × dimensions), `values` (−1 hidden), which were `shown`, whole per cents."""

    hierarchies: tuple[Hierarchy, ...]
    nodes: NDArray[np.int64]
    values: NDArray[np.int64]
    shown: NDArray[np.bool_]
    shares: NDArray[np.int64]
    source: str

    def in_present(self, hierarchies: tuple[Hierarchy, ...]) -> NDArray[np.int64]:
        """The cells' nodes in the present hierarchies, −1 where one is no more."""
        return renamed(self.nodes, self.hierarchies, hierarchies)

    def leaves(self, specification: Specification, *, present: Counted) -> Counted:
        """All leaves that were not zero, a hidden group's nearest to the present ones. Raises Misused where the sums cannot be right."""
        finest = np.all([self.nodes[:, d] < h.leaves for d, h in enumerate(self.hierarchies)], axis=0)
        finest &= self.values > 0
        codes, counts = self.nodes[finest], self.values[finest]
        sizes = [hierarchy.nodes for hierarchy in self.hierarchies]
        keys = keys_of(self.nodes, sizes)
        order = np.argsort(keys)
        cells = cells_over(codes, self.hierarchies)
        place = np.minimum(np.searchsorted(keys[order], cells.keys), len(keys) - 1)
        if not np.all(keys[order][place] == cells.keys):
            self._refuse()
        left = self.values.copy()
        left[order[place]] -= np.asarray(cells.matrix @ counts)
        if np.any(left < 0):
            self._refuse()
        if not left.any():
            return Counted(codes, counts, self.hierarchies)
        group = self._group_leaves(specification)
        if not len(group):
            self._refuse()
        found = self._filled(group, left[order], keys[order], present.of(group, self.hierarchies))
        return Counted(
            np.concatenate([codes, group[found > 0]]), np.concatenate([counts, found[found > 0]]), self.hierarchies
        )

    def _refuse(self) -> NoReturn:
        raise Misused(f"{self.source}: the counts of this edition do not add up.")

    def _group_leaves(self, specification: Specification) -> NDArray[np.int64]:
        """Every leaf a hidden group could have."""
        sizes = [hierarchy.leaves for hierarchy in self.hierarchies]
        found: list[NDArray[np.int64]] = []
        for group in specification.hidden_groups:
            at = group_nodes(group, self.hierarchies)
            if at is None:
                continue
            named = {d: self.hierarchies[d].within(node) for d, node in at}
            axes = [named.get(d, np.arange(size)) for d, size in enumerate(sizes)]
            found.append(keys_of(np.array(list(product(*axes)), np.int64).reshape(-1, len(sizes)), sizes))
        return nodes_of(np.unique(np.concatenate(found)), sizes) if found else np.empty((0, len(sizes)), np.int64)

    def _filled(
        self, group: NDArray[np.int64], left: NDArray[np.int64], keys: NDArray[np.int64], now: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Counts of a group's leaves that come to what is left over of every cell, nearest to those `now`."""
        cells = cells_over(group, self.hierarchies)
        place = np.minimum(np.searchsorted(keys, cells.keys), len(keys) - 1)
        told = keys[place] == cells.keys
        rows = csr_array(cells.matrix[np.flatnonzero(told)]).astype(np.float64)
        right = left[place[told]].astype(np.float64)
        away = eye_array(len(group), format="csr")
        nothing = csr_array((rows.shape[0], 2 * len(group)))
        matrix = csr_array(
            vstack([hstack([rows, nothing], format="csr"), hstack([away, -away, away], format="csr")], format="csr")
        )
        bound = np.concatenate([right, now.astype(np.float64)])
        program = milp(
            c=np.concatenate([np.zeros(len(group)), np.ones(2 * len(group))]),
            constraints=LinearConstraint(matrix, bound, bound),
            bounds=Bounds(0, np.inf),
            integrality=np.concatenate([np.ones(len(group)), np.zeros(2 * len(group))]),
            options={"time_limit": TIME},
        )
        solution = program.x
        if solution is None:
            self._refuse()
        counts = np.rint(solution[: len(group)]).astype(np.int64)
        full = np.zeros(len(keys), np.int64)
        full[place[told]] = np.asarray(cells.matrix[np.flatnonzero(told)] @ counts)
        if np.any(full != left):
            self._refuse()
        return counts


def read_before(former: PublishedTable, block: tuple[str, ...], present: tuple[Hierarchy, ...]) -> Before:
    """A block of an earlier edition, in the present hierarchies where its codes belong to what they belong to now."""
    at = np.flatnonzero(former.block == former.blocks.index(block))
    nodes, hierarchies = former.nodes[at], former.hierarchies
    if all(_lies_within(old, now, nodes[:, d]) for d, (old, now) in enumerate(zip(hierarchies, present, strict=True))):
        nodes, hierarchies = renamed(nodes, hierarchies, present), present
    return Before(
        hierarchies=hierarchies,
        nodes=nodes,
        values=former.values[at],
        shown=(former.values[at] >= 0) & np.isin(former.kind[at], (UNMARKED, SHOWN)),
        shares=former.shares[:, at],
        source=former.source,
    )


def _lies_within(old: Hierarchy, present: Hierarchy, used: NDArray[np.int64]) -> bool:
    """Whether every node the old file has rows for is there now, and what lies in it is the same."""
    place = {code: node for node, code in enumerate(present.codes)}
    for node in np.unique(used).tolist():
        now = place.get(old.codes[node], MISSING)
        if now == MISSING or (node < old.leaves) != (now < present.leaves):
            return False
        if node >= old.leaves:
            continue
        above = {old.codes[at] for at in old.above[node].tolist() if at != MISSING}
        if above != {present.codes[at] for at in present.above[now].tolist() if at != MISSING}:
            return False
    return True
