"""People who count in totals and are shown nowhere: where they are among the cells, and which leaves they could be.

Not even their zeros are shown, so every leaf of theirs that no shown zero covers could be somebody.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from introstat.protect.any_table.hierarchy import MISSING, Hierarchy
from introstat.protect.any_table.lattice import Cells, keys_of, nodes_of
from introstat.protect.any_table.specification import HiddenGroup, Specification


def group_nodes(group: HiddenGroup, hierarchies: tuple[Hierarchy, ...]) -> list[tuple[int, int]] | None:
    """(dimension, node) pairs of a hidden group; None where the table has nobody of it.

    A column that groups a dimension counts as that dimension.
    """
    found: list[tuple[int, int]] = []
    for column, code in group.at:
        for d, hierarchy in enumerate(hierarchies):
            if (column == hierarchy.name or column in hierarchy.level) and code in hierarchy.codes:
                found.append((d, hierarchy.codes.index(code)))
                break
        else:
            return None
    return found or None


def within_group(
    nodes: NDArray[np.int64], hierarchies: tuple[Hierarchy, ...], at: Sequence[tuple[int, int]]
) -> NDArray[np.bool_]:
    """Which combinations of nodes lie within a group."""
    inside = np.ones(len(nodes), np.bool_)
    for d, node in at:
        hierarchy = hierarchies[d]
        leaves = np.zeros(hierarchy.leaves, np.bool_)
        leaves[hierarchy.within(node)] = True
        within = np.ones(hierarchy.nodes, np.bool_)
        for level in hierarchy.above.T:
            known = level != MISSING
            within[level[known & ~leaves]] = False
        inside &= within[nodes[:, d]]
    return inside


def own_cells(
    nodes: NDArray[np.int64], hierarchies: tuple[Hierarchy, ...], specification: Specification
) -> NDArray[np.bool_]:
    """Cells that count a hidden group only; `nodes` is cells × dimensions."""
    own = np.zeros(len(nodes), np.bool_)
    for group in specification.hidden_groups:
        at = group_nodes(group, hierarchies)
        if at is not None:
            own |= within_group(nodes, hierarchies, at)
    return own


def with_possible(
    codes: NDArray[np.int64],
    counts: NDArray[np.int64],
    hierarchies: tuple[Hierarchy, ...],
    specification: Specification,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """The leaves that are not zero, and those that could be for all a reader knows; and which are a hidden group's."""
    sizes = [hierarchy.leaves for hierarchy in hierarchies]
    some = counts > 0
    codes, counts = codes[some], counts[some]
    possible: list[NDArray[np.int64]] = [keys_of(codes, sizes)]
    groups = [
        at
        for at in (group_nodes(group, hierarchies) for group in specification.hidden_groups)
        if at is not None and within_group(codes, hierarchies, at).any()
    ]
    if not specification.zeros_shown:
        possible.append(np.arange(int(np.prod(sizes)), dtype=np.int64))
    else:
        for at in groups:
            named = {d: hierarchies[d].within(node) for d, node in at}
            others = np.unique(np.where([d in named for d in range(len(sizes))], 0, codes), axis=0)
            for chosen in product(*named.values()):
                one = others.copy()
                one[:, list(named)] = chosen
                possible.append(keys_of(one, sizes))
    keys = np.unique(np.concatenate(possible))
    full = np.zeros(len(keys), np.int64)
    full[np.searchsorted(keys, possible[0])] = counts
    codes = nodes_of(keys, sizes)
    in_group = np.zeros(len(keys), np.bool_)
    for at in groups:
        in_group |= within_group(codes, hierarchies, at)
    return codes, full, in_group


def declared_rows(
    cells: Cells, row: NDArray[np.int64], hierarchies: tuple[Hierarchy, ...], specification: Specification
) -> NDArray[np.bool_]:
    """Rows of the system that count a hidden group and are given away knowingly."""
    declared = np.zeros(int(row.max(initial=-1)) + 1, np.bool_)
    for group in specification.hidden_groups:
        at = group_nodes(group, hierarchies)
        if at is None or not (group.all_declared or group.declared):
            continue
        inside = within_group(cells.nodes, hierarchies, at)
        if group.all_declared:
            declared[row[: len(cells.keys)][inside]] = True
        for pairs in group.declared:
            wanted = dict(pairs)
            here = inside.copy()
            for d, hierarchy in enumerate(hierarchies):
                if any(d == dimension for dimension, _ in at):
                    continue
                code = wanted.get(hierarchy.name, hierarchy.codes[hierarchy.total])
                here &= cells.nodes[:, d] == (hierarchy.codes.index(code) if code in hierarchy.codes else MISSING)
            declared[row[: len(cells.keys)][here]] = True
    return declared
