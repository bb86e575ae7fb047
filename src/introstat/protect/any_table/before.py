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
from introstat.protect.any_table.hierarchy import MISSING, Hierarchy
from introstat.protect.any_table.lattice import cells_over, keys_of, nodes_of
from introstat.protect.any_table.posing import PosedBlock
from introstat.protect.any_table.published import SHOWN, UNMARKED, PublishedTable
from introstat.protect.any_table.specification import Specification
from introstat.vocabulary.errors import Misused

NOT_NOW: Final = -1
"""Stands for a node that the present table does not have."""
TIME: Final = 60.0
"""Seconds for the program that finds a hidden group's counts."""


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
        return _renamed(self.nodes, self.hierarchies, hierarchies)

    def leaves(self, posed: PosedBlock, specification: Specification) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Codes and counts of all leaves that were not zero. Raises Misused where the sums cannot be right."""
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
            return codes, counts
        group = self._group_leaves(specification)
        if not len(group):
            self._refuse()
        found = self._filled(group, left[order], keys[order], posed)
        return np.concatenate([codes, group[found > 0]]), np.concatenate([counts, found[found > 0]])

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
        self, group: NDArray[np.int64], left: NDArray[np.int64], keys: NDArray[np.int64], posed: PosedBlock
    ) -> NDArray[np.int64]:
        """Counts of a group's leaves that come to what is left over of every cell, nearest to the present ones."""
        cells = cells_over(group, self.hierarchies)
        place = np.minimum(np.searchsorted(keys, cells.keys), len(keys) - 1)
        told = keys[place] == cells.keys
        rows = csr_array(cells.matrix[np.flatnonzero(told)]).astype(np.float64)
        right = left[place[told]].astype(np.float64)
        now = self._present(group, posed)
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

    def _present(self, group: NDArray[np.int64], posed: PosedBlock) -> NDArray[np.int64]:
        """What the leaves of a group count now."""
        sizes = [hierarchy.leaves for hierarchy in posed.hierarchies]
        codes = _renamed(group, self.hierarchies, posed.hierarchies)
        valid = ((codes >= 0) & (codes < np.array(sizes))).all(axis=1)
        here = (posed.leaf_codes >= 0).all(axis=1)
        keys = keys_of(posed.leaf_codes[here], sizes)
        counts = posed.counts[here]
        first = np.unique(keys, return_index=True)[1]
        keys, counts = keys[first], counts[first]
        found = np.zeros(len(group), np.int64)
        if len(keys):
            wanted = keys_of(codes[valid], sizes)
            place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
            found[valid] = np.where(keys[place] == wanted, counts[place], 0)
        return found


def read_before(former: PublishedTable, block: tuple[str, ...], present: tuple[Hierarchy, ...]) -> Before:
    """A block of an earlier edition, in the present hierarchies where its codes belong to what they belong to now."""
    at = np.flatnonzero(former.block == former.blocks.index(block))
    nodes, hierarchies = former.nodes[at], former.hierarchies
    if all(_lies_within(old, now, nodes[:, d]) for d, (old, now) in enumerate(zip(hierarchies, present, strict=True))):
        nodes, hierarchies = _renamed(nodes, hierarchies, present), present
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
        now = place.get(old.codes[node], NOT_NOW)
        if now == NOT_NOW or (node < old.leaves) != (now < present.leaves):
            return False
        if node >= old.leaves:
            continue
        above = {old.codes[at] for at in old.above[node].tolist() if at != MISSING}
        if above != {present.codes[at] for at in present.above[now].tolist() if at != MISSING}:
            return False
    return True


def _renamed(nodes: NDArray[np.int64], old: tuple[Hierarchy, ...], present: tuple[Hierarchy, ...]) -> NDArray[np.int64]:
    """Nodes by the present hierarchies, −1 where one is no more."""
    now = np.empty_like(nodes)
    for d, (before, after) in enumerate(zip(old, present, strict=True)):
        place = {code: node for node, code in enumerate(after.codes)}
        now[:, d] = np.array([place.get(code, NOT_NOW) for code in before.codes], np.int64)[nodes[:, d]]
    return now
