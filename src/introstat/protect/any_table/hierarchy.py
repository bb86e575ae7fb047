"""One dimension's codes and what they sum to: its leaves, their groups at every level, and the total.

Several hierarchies over the same codes are linked geographies: a municipality is in a county, in an economic region and in a
region of its own kind, and each of them sums to the country. A code stands for one set of leaves, whatever level it is on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from introstat.vocabulary.errors import Misused

MISSING = -1
"""Where a leaf has no group at a level."""


@dataclass(frozen=True, slots=True, eq=False)
class Hierarchy:
    """The nodes of one dimension: leaves first, sorted; then groups; the total, where there is one, last.

    `above` is leaves × levels, the node a leaf belongs to (its own first, the total last). `child`, `parent` and `chain` are
    edges: within one chain, a parent is the sum of its children. `level` names every node's level.
    """

    name: str
    codes: tuple[str, ...]
    leaves: int
    above: NDArray[np.int64]
    child: NDArray[np.int64]
    parent: NDArray[np.int64]
    chain: NDArray[np.int64]
    level: tuple[str, ...]
    has_total: bool

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return len(self.codes)

    @property
    def total(self) -> int:
        """The number of the total's node."""
        return len(self.codes) - 1

    def within(self, node: int) -> NDArray[np.int64]:
        """The leaves under a node."""
        return np.flatnonzero((self.above == node).any(axis=1))


Chain = Mapping[str, Sequence[str]]
"""For every leaf its groups in one hierarchy, the nearest first."""


def build_hierarchy(name: str, leaves: Sequence[str], chains: Mapping[str, Chain], *, total: str | None) -> Hierarchy:
    """Put a dimension together from its leaves' codes and, by name of the column or file, the chains of groups above them.

    Raises Misused where a code stands for two different sets of leaves, or where a leaf is a group or the total too.
    """
    ordered = sorted(set(leaves))
    number = {code: at for at, code in enumerate(ordered)}
    level = dict.fromkeys(ordered, name)
    columns: list[NDArray[np.int64]] = [np.arange(len(ordered))]
    edges: set[tuple[int, int, int]] = set()
    members: dict[str, set[int]] = {code: {at} for at, code in enumerate(ordered)}
    if total is not None and total in number:
        raise Misused(f"Column {name}: {total!r} is the name of the total, and stands among the codes too.")
    told: list[tuple[str, Chain]] = sorted(chains.items())
    for source, chain in told:
        depth = max((len(chain[code]) for code in ordered), default=0)
        here: dict[str, set[int]] = {}
        for at, code in enumerate(ordered):
            for group in chain[code]:
                here.setdefault(group, set()).add(at)
        for group in sorted(here):
            if group == total:
                raise Misused(f"{source}: {group!r} is the name of the total, and stands among the parents too.")
            if members.setdefault(group, here[group]) != here[group]:
                raise Misused(
                    f"{name}: the code {group!r} stands for two different groups, one of them in {source}. "
                    "Give one of them another code."
                )
        for step in range(depth):
            for group in sorted({chain[code][step] for code in ordered if step < len(chain[code])}):
                number.setdefault(group, len(number))
                level.setdefault(group, source if depth == 1 else f"{source} {step + 1}")
            columns.append(
                np.array([number[chain[c][step]] if step < len(chain[c]) else MISSING for c in ordered], np.int64)
            )
    if total is not None:
        number[total] = len(number)
        level[total] = total
        columns.append(np.full(len(ordered), number[total]))
    for at, (_, chain) in enumerate(told or [("", dict.fromkeys(ordered, ()))]):
        for code in ordered:
            below = number[code]
            for group in (*chain[code], *([] if total is None else [total])):
                if number[group] != below:
                    edges.add((at, number[group], below))
                below = number[group]
    above = np.stack(columns, axis=1) if ordered else np.empty((0, len(columns)), np.int64)
    for later in range(1, above.shape[1]):
        # A group of one leaf that bears its leaf's code is the same node.
        above[(above[:, :later] == above[:, [later]]).any(axis=1), later] = MISSING
    flat = np.array(sorted(edges), np.int64).reshape(-1, 3)
    codes = tuple(sorted(number, key=lambda code: number[code]))
    return Hierarchy(
        name=name,
        codes=codes,
        leaves=len(ordered),
        above=above,
        child=flat[:, 2],
        parent=flat[:, 1],
        chain=flat[:, 0],
        level=tuple(level[code] for code in codes),
        has_total=total is not None,
    )


def read_parents(data: bytes, *, source: str) -> dict[str, str]:
    """A file of code,parent: a mapping. Raises Misused for two parents or a loop, with the row or the code."""
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise Misused(f"{source} is not UTF-8 text.") from None
    parent: dict[str, str] = {}
    for row, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        parts = [part.strip().strip('"') for part in line.replace(";", ",").split(",")]
        if len(parts) != 2 or not parts[0]:
            raise Misused(f"{source}, row {row}: expected code,parent and found {line!r}.")
        if row == 1 and parts[1] in ("parent", "forelder"):
            continue
        code, above = parts
        if code in parent and parent[code] != above:
            raise Misused(f"{source}, row {row}: {code} has two parents, {parent[code]} and {above}.")
        parent[code] = above
    for code in parent:
        seen = [code]
        while (above := parent.get(seen[-1], "")) != "":
            if above in seen:
                raise Misused(f"{source}: the parents of {code} go in a loop: {' → '.join([*seen, above])}.")
            seen.append(above)
    return parent


def chain_of_file(
    parent: Mapping[str, str], leaves: Sequence[str], *, source: str, total: str | None
) -> dict[str, list[str]]:
    """The groups above every leaf, by a file's parents; the total at the end is left out. Raises Misused."""
    groups = set(parent.values())
    chains: dict[str, list[str]] = {}
    for code in leaves:
        if code not in parent:
            raise Misused(f"{source}: {code!r} stands in the table and has no parent here.")
        if code in groups:
            raise Misused(
                f"{source}: {code!r} has counts of its own and is a parent too; counts are given for the finest."
            )
        chain: list[str] = []
        above = parent[code]
        while above not in ("", total):
            chain.append(above)
            above = parent.get(above, "")
        chains[code] = chain
    return chains


def renamed(nodes: NDArray[np.int64], old: Sequence[Hierarchy], new: Sequence[Hierarchy]) -> NDArray[np.int64]:
    """Nodes by other hierarchies: of the dimension with the same name the node with the same code, MISSING where there is none."""
    found = np.full((len(nodes), len(new)), MISSING, np.int64)
    for d, after in enumerate(new):
        for former, before in enumerate(old):
            if before.name == after.name:
                place = {code: node for node, code in enumerate(after.codes)}
                now = np.array([place.get(code, MISSING) for code in before.codes], np.int64)
                known = nodes[:, former] != MISSING
                found[known, d] = now[nodes[known, former]]
    return found


def renamed_leaves(codes: NDArray[np.int64], old: Sequence[Hierarchy], new: Sequence[Hierarchy]) -> NDArray[np.int64]:
    """The same for leaves: MISSING too where a code is a group now."""
    found = renamed(codes, old, new)
    return np.where(found < [hierarchy.leaves for hierarchy in new], found, MISSING)
