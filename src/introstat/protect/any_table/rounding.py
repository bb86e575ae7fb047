"""The other way to protect a table: small counts are rounded to 0 or the base, and everything is summed again.

    base 3     truth   1  2  1 | 4  0 | 8        rounded   0  3  0 | 4  0 | 7

Only leaves below the base change, so every count that is not small stands as it is, and no count from 1 to base − 1 is left
anywhere: totals are sums of what is 0 or at least the base. The table is additive by itself. Which leaves go up is chosen
so that all sums stay close (`rounding_search`); the whole of a block is never more than half a base off, and readers are taken
to know that.

What a reader can conclude is `unrounding`'s. Here the table is made, attacked once, and measured.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from introstat.protect.any_table.hierarchy import MISSING, Hierarchy
from introstat.protect.any_table.lattice import Cells, cells_over, keys_of, merged
from introstat.protect.any_table.leaves import LeafTable
from introstat.protect.any_table.published import MAY_BE_ROUNDED, PublishedTable
from introstat.protect.any_table.rounding_search import search
from introstat.protect.any_table.specification import Specification

MOST_TRIES: Final = 12
"""Starts that are tried for a table that takes a moment; the closest is kept."""


@dataclass(frozen=True, slots=True, eq=False)
class RoundedBlock:
    """One block rounded: its leaves that are not zero, before and after, and every cell over them.

    `up` and `down` are masks over the leaves; `truth` and `values` belong to `cells`.
    """

    block: tuple[str, ...]
    codes: NDArray[np.int64]
    counts: NDArray[np.int64]
    rounded: NDArray[np.int64]
    cells: Cells
    truth: NDArray[np.int64]
    values: NDArray[np.int64]

    @property
    def up(self) -> NDArray[np.bool_]:
        """Leaves that became the base."""
        return self.rounded > self.counts

    @property
    def down(self) -> NDArray[np.bool_]:
        """Leaves that became 0."""
        return self.rounded < self.counts


@dataclass(frozen=True, slots=True, eq=False)
class RoundedTable:
    """All blocks of a table."""

    specification: Specification
    table: LeafTable
    blocks: tuple[RoundedBlock, ...]
    seed: int


@dataclass(frozen=True, slots=True)
class Deviation:
    """How far some cells are from the truth, in people: of `cells`, `changed` differ, by `mean` and at most `most`.

    `typical` is the root of the mean square; `by_chance` is what that would be had every small leaf been rounded by itself,
    without bias: the root of the mean of the sums of n·(base − n).
    """

    cells: int
    changed: int
    most: int
    mean: float
    typical: float
    by_chance: float


@dataclass(frozen=True, slots=True)
class RoundingFigures:
    """What rounding came to: leaves that went up and down, and deviations of all cells, per level of a dimension and block.

    `whole` is the largest deviation of a block's total, `moved` the sum of all cells' deviations without sign, of a sum of
    `total`. `hellinger` is the distance √(½ Σ (√rounded − √true)²), which weighs a change in a small cell more.
    """

    base: int
    up: int
    down: int
    everything: Deviation
    levels: Mapping[str, Mapping[str, Deviation]]
    blocks: Mapping[str, Deviation]
    whole: int
    moved: int
    total: int
    hellinger: float


def round_table(
    table: LeafTable,
    specification: Specification,
    *,
    seed: int = 0,
    restarts: int | None = None,
    earlier: Sequence[PublishedTable] = (),
    progress: Callable[[int, int], None] | None = None,
) -> RoundedTable:
    """Round every block of a table. The same counts, specification and seed give the same result, whatever their order.

    What `earlier` rounded editions made of a leaf that is small now, it becomes again where that can be.
    """
    blocks: list[RoundedBlock] = []
    for number, name in enumerate(table.blocks):
        if progress is not None:
            progress(number, len(table.blocks))
        here = (table.block == number) & (table.counts > 0)
        blocks.append(
            _round_block(
                name,
                table.codes[here],
                table.counts[here],
                table.hierarchies,
                specification,
                seed=seed,
                restarts=restarts,
                earlier=earlier,
            )
        )
    return RoundedTable(specification, table, tuple(blocks), seed)


def _round_block(
    name: tuple[str, ...],
    codes: NDArray[np.int64],
    counts: NDArray[np.int64],
    hierarchies: tuple[Hierarchy, ...],
    specification: Specification,
    *,
    seed: int,
    restarts: int | None,
    earlier: Sequence[PublishedTable],
) -> RoundedBlock:
    base = specification.base
    cells = cells_over(codes, hierarchies)
    rounded = counts.copy()
    small = np.flatnonzero(counts < base)
    if len(small):
        over = csr_array(cells.matrix[:, small])
        over = csr_array(over[np.flatnonzero(np.diff(over.indptr))])
        first, row = merged(over)
        before = _decided(name, codes[small], hierarchies, earlier, base=base)
        random = np.random.default_rng(seed)
        best = None
        for attempt in range(restarts or max(1, min(MOST_TRIES, 12_000 // len(small)))):
            tried = search(
                csr_array(over[first]),
                counts[small],
                base=base,
                weight=np.bincount(row).astype(np.int64),
                order=_neighbours_together(codes[small], hierarchies, random),
                before=before,
                seed=(seed + attempt) % 1_000_003,
            )
            if best is None or tried.loss < best.loss:
                best = tried
            rounded[small] = np.where(best.up, base, 0)
    return RoundedBlock(
        block=name,
        codes=codes,
        counts=counts,
        rounded=rounded,
        cells=cells,
        truth=np.asarray(cells.matrix @ counts, np.int64),
        values=np.asarray(cells.matrix @ rounded, np.int64),
    )


def _neighbours_together(
    codes: NDArray[np.int64], hierarchies: tuple[Hierarchy, ...], random: np.random.Generator
) -> NDArray[np.int64]:
    """A shuffled order of leaves in which those of a county, and within it those of a municipality, stay together."""
    keys: list[NDArray[np.float64]] = []
    for d in sorted(range(len(hierarchies)), key=lambda at: -hierarchies[at].leaves):
        hierarchy = hierarchies[d]
        rank = random.random(hierarchy.nodes)
        for nodes in hierarchy.above.T[::-1]:
            mine = nodes[codes[:, d]]
            keys.append(np.where(mine == MISSING, -1.0, rank[mine]))
    return np.lexsort(keys[::-1]).astype(np.int64)


def _decided(
    name: tuple[str, ...],
    codes: NDArray[np.int64],
    hierarchies: tuple[Hierarchy, ...],
    earlier: Sequence[PublishedTable],
    *,
    base: int,
) -> NDArray[np.int8]:
    """What the latest earlier rounded edition made of each leaf: 1 the base, 0 nothing, −1 neither."""
    decided = np.full(len(codes), -1, np.int8)
    sizes = [hierarchy.leaves for hierarchy in hierarchies]
    keys = keys_of(codes, sizes)
    order = np.argsort(keys)
    for former in earlier:
        if name not in former.blocks or not len(keys):
            continue
        at = np.flatnonzero((former.block == former.blocks.index(name)) & (former.kind == MAY_BE_ROUNDED))
        now = np.empty((len(at), len(sizes)), np.int64)
        for d, (old, new) in enumerate(zip(former.hierarchies, hierarchies, strict=True)):
            place = {code: node for node, code in enumerate(new.codes[: new.leaves])}
            now[:, d] = np.array([place.get(code, -1) for code in old.codes], np.int64)[former.nodes[at, d]]
        wanted = np.where((now >= 0).all(axis=1), keys_of(now, sizes), -1)
        found = order[np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)]
        there = (keys[found] == wanted) & np.isin(former.values[at], (0, base))
        decided[found[there]] = (former.values[at][there] == base).astype(np.int8)
    return decided


def rounding_figures(rounded: RoundedTable) -> RoundingFigures:
    """What it came to. Every published cell that is not zero counts, in truth or rounded."""
    base = rounded.specification.base
    truth = np.concatenate([np.empty(0, np.int64), *(block.truth for block in rounded.blocks)])
    off = np.concatenate([np.empty(0, np.int64), *(block.values - block.truth for block in rounded.blocks)])
    chance = np.concatenate([np.empty(0, np.int64), *(_chance(block, base=base) for block in rounded.blocks)])
    nodes = np.concatenate(
        [np.empty((0, len(rounded.table.hierarchies)), np.int64), *(block.cells.nodes for block in rounded.blocks)]
    )
    levels: dict[str, dict[str, Deviation]] = {}
    for d, hierarchy in enumerate(rounded.table.hierarchies):
        named = np.array(hierarchy.level)
        for level in dict.fromkeys(reversed(hierarchy.level)):
            here = (named == level)[nodes[:, d]]
            levels.setdefault(hierarchy.name, {})[level] = _deviation(off[here], chance[here])
    per_block = {
        " ".join(block.block): _deviation(block.values - block.truth, _chance(block, base=base))
        for block in rounded.blocks
        if block.block
    }
    return RoundingFigures(
        base=base,
        up=sum(int(block.up.sum()) for block in rounded.blocks),
        down=sum(int(block.down.sum()) for block in rounded.blocks),
        everything=_deviation(off, chance),
        levels=levels,
        blocks=per_block,
        whole=max((abs(int(block.rounded.sum() - block.counts.sum())) for block in rounded.blocks), default=0),
        moved=int(np.abs(off).sum()),
        total=int(truth.sum()),
        hellinger=round(sqrt(float(((np.sqrt(truth + off) - np.sqrt(truth)) ** 2).sum()) / 2), 2),
    )


def _chance(block: RoundedBlock, *, base: int) -> NDArray[np.int64]:
    """Per cell the variance that unbiased rounding of each small leaf by itself would have."""
    small = np.where(block.counts < base, block.counts * (base - block.counts), 0)
    return np.asarray(block.cells.matrix @ small, np.int64)


def _deviation(off: NDArray[np.int64], variance: NDArray[np.int64]) -> Deviation:
    some = max(1, len(off))
    return Deviation(
        cells=len(off),
        changed=int((off != 0).sum()),
        most=int(np.abs(off).max(initial=0)),
        mean=round(float(np.abs(off).sum() / some), 3),
        typical=round(sqrt(float((off * off).sum() / some)), 3),
        by_chance=round(sqrt(float(variance.sum() / some)), 3),
    )
