"""Anybody's table, protected: a pattern per block, attacked and mended, and what it cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from introstat.protect.any_table.former import with_former
from introstat.protect.any_table.leaves import LeafTable
from introstat.protect.any_table.linking import check_codes, check_linkable, linked_blocks
from introstat.protect.any_table.posing import NUMERATOR, PLAIN, PosedBlock, pose
from introstat.protect.any_table.published import PublishedTable
from introstat.protect.any_table.specification import Specification
from introstat.protect.secondary import Protection, protect
from introstat.vocabulary.errors import Misused

WEAKEST: Final = 20
"""How many of the cells with least freedom a report lists."""

Progress = Callable[[int, int], None]
"""Takes how many blocks are done, of how many."""


@dataclass(frozen=True, slots=True, eq=False)
class ProtectedBlock:
    """One block and its pattern; masks over the block's own cells (`posed.nodes`)."""

    posed: PosedBlock
    protection: Protection
    threshold: int

    @property
    def shown(self) -> NDArray[np.bool_]:
        """Cells that readers see."""
        return self.posed.shown(self.protection.shown)

    @property
    def primary(self) -> NDArray[np.bool_]:
        """Published cells that are hidden because they are sensitive."""
        values = self.posed.values
        return self.posed.published & (values > 0) & (values < self.threshold)

    @property
    def secondary(self) -> NDArray[np.bool_]:
        """Published cells that are hidden so that no other can be computed."""
        return self.posed.published & ~self.shown & ~self.primary


@dataclass(frozen=True, slots=True, eq=False)
class ProtectedTable:
    """All blocks of a table."""

    specification: Specification
    table: LeafTable
    blocks: tuple[ProtectedBlock, ...]
    seed: int

    @property
    def is_safe(self) -> bool:
        """Whether every attack was settled and found nothing."""
        return not any(block.protection.findings.weak for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Weakest:
    """A hidden cell with little freedom: its value, and how far below and above the attack has seen it. Closed side only."""

    cell: Mapping[str, str]
    value: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class ProtectionFigures:
    """What protection came to, in counts of cells; of those that are not zero, unless `has_zeros`.

    `levels` holds per dimension and level how many `cells` there are and how many are hidden as `primary` and `secondary`, the
    sum `of` their values and how much of it is `lost`; `lost_primary` and `lost_secondary` are the sums of values hidden as
    each, `total` the sum of all values. `bits` is how many values a hidden cell was seen to have, as the mean of binary
    logarithms: the bits a reader lacks of it, at least, if all of them are alike to her. `by_bounds` counts hidden cells that have room in real
    numbers and that no whole table was found for in the effort given.
    """

    has_zeros: bool
    cells: int
    shown: int
    primary: int
    secondary: int
    secondary_zeros: int
    levels: Mapping[str, Mapping[str, Mapping[str, int]]]
    lost_primary: int
    lost_secondary: int
    total: int
    shares_hidden: int
    attacked: int
    exact: int
    narrow: int
    by_bounds: int
    settled: bool
    rounds: int
    repaired: int
    bits: float
    weakest: tuple[Weakest, ...]
    per_block: Mapping[str, Mapping[str, int]]


def protect_table(
    table: LeafTable,
    specification: Specification,
    *,
    seed: int = 0,
    restarts: int | None = None,
    prove: bool = False,
    earlier: Sequence[PublishedTable] = (),
    progress: Progress | None = None,
) -> ProtectedTable:
    """Protect every block of a table. The same counts, specification and seed give the same pattern.

    `restarts` orders are tried per block, as many as its size allows when not given. With `prove` no hidden cell goes by its
    bounds: a whole table is found for each, however long it takes.
    `earlier` are editions of it that are out. Raises CannotProtect where a block cannot be protected as asked, Misused where
    an earlier edition cannot be linked.
    """
    blocks: list[ProtectedBlock] = []
    posed = _posed(table, specification, earlier)
    for number, block in enumerate(posed):
        if progress is not None:
            progress(number, len(posed))
        blocks.append(
            ProtectedBlock(
                block,
                protect(
                    block.system,
                    block.demand,
                    block.order,
                    seed=seed,
                    restarts=restarts or affordable_restarts(block.system.cells, blocks=len(posed)),
                    prove=prove,
                ),
                specification.threshold,
            )
        )
    return ProtectedTable(specification, table, tuple(blocks), seed)


def protect_linked(
    table: LeafTable,
    specification: Specification,
    other: LeafTable,
    other_specification: Specification,
    *,
    seed: int = 0,
    restarts: int | None = None,
    prove: bool = False,
    earlier: Sequence[PublishedTable] = (),
    other_earlier: Sequence[PublishedTable] = (),
    progress: Progress | None = None,
) -> tuple[ProtectedTable, ProtectedTable]:
    """Protect two tables of the same people as one system, so that nothing hidden in either follows from both.

    `earlier` and `other_earlier` are editions of either that are out; those in the same place came out together. The rest is as
    for one table.
    Raises Misused where they cannot be linked, CannotProtect where a block cannot be protected as asked.
    """
    check_linkable(specification, other_specification)
    check_codes(table.hierarchies, other.hierarchies, zeros_shown=specification.zeros_shown)
    if table.blocks != other.blocks:
        raise Misused("The linked tables do not have the same blocks.")
    pairs = list(
        zip(
            _posed(table, specification, earlier),
            _posed(other, other_specification, other_earlier),
            strict=True,
        )
    )
    # All of them before any work: where they are not of the same people, that is said at once.
    both = [linked_blocks(*pair, specification) for pair in pairs]
    done: tuple[list[ProtectedBlock], list[ProtectedBlock]] = ([], [])
    for number, joint in enumerate(both):
        if progress is not None:
            progress(number, len(both))
        tries = restarts or affordable_restarts(joint[0].system.cells, blocks=len(pairs))
        found = protect(joint[0].system, joint[0].demand, joint[0].order, seed=seed, restarts=tries, prove=prove)
        for into, block, asked in zip(done, joint, (specification, other_specification), strict=True):
            into.append(ProtectedBlock(block, found, asked.threshold))
    return (
        ProtectedTable(specification, table, tuple(done[0]), seed),
        ProtectedTable(other_specification, other, tuple(done[1]), seed),
    )


def _posed(table: LeafTable, specification: Specification, earlier: Sequence[PublishedTable]) -> list[PosedBlock]:
    """The blocks of a table, each together with its earlier editions."""
    posed = list(pose(table, specification))
    for former in earlier:
        posed = [with_former(block, former, specification) for block in posed]
    return posed


def affordable_restarts(cells: int, *, blocks: int = 1) -> int:
    """How many orders a block of so many cells is tried in: many where it takes a moment, one where it takes seconds."""
    return max(1, min(15 if blocks == 1 else 6, 40_000 // max(1, cells)))


def figures(protected: ProtectedTable) -> ProtectionFigures:
    """What it came to."""
    levels: dict[str, dict[str, dict[str, int]]] = {}
    weakest: list[Weakest] = []
    bits: list[NDArray[np.float64]] = []
    per_block: dict[str, dict[str, int]] = {}
    total = {"cells": 0, "shown": 0, "primary": 0, "secondary": 0, "zeros": 0, "shares": 0}
    lost = {"primary": 0, "secondary": 0, "all": 0}
    for block in protected.blocks:
        posed = block.posed
        plain = posed.published & (posed.kind == PLAIN)
        masks = {"primary": block.primary & plain, "secondary": block.secondary & plain}
        shown = block.shown & plain
        total["cells"] += int(plain.sum())
        total["shown"] += int(shown.sum())
        total["zeros"] += int((masks["secondary"] & (posed.values == 0)).sum())
        total["shares"] += int(((posed.kind == NUMERATOR) & posed.published & ~block.shown).sum())
        lost["all"] += int(posed.values[plain].sum())
        for kind, mask in masks.items():
            total[kind] += int(mask.sum())
            lost[kind] += int(posed.values[mask].sum())
        for d, hierarchy in enumerate(posed.hierarchies):
            named = np.array(hierarchy.level)
            per_level = levels.setdefault(hierarchy.name, {})
            for level in dict.fromkeys(reversed(hierarchy.level)):
                here = (named == level)[posed.nodes[:, d]]
                counted = per_level.setdefault(level, {"primary": 0, "secondary": 0, "cells": 0, "lost": 0, "of": 0})
                counted["cells"] += int((plain & here).sum())
                counted["of"] += int(posed.values[plain & here].sum())
                counted["lost"] += int(posed.values[plain & here & ~shown].sum())
                for kind, mask in masks.items():
                    counted[kind] += int((mask & here).sum())
        if posed.block:
            per_block[" ".join(posed.block)] = {kind: int(mask.sum()) for kind, mask in masks.items()}
        weakest += _weakest(block, protected.specification)
        reach = block.protection.findings.reach
        if len(reach):
            seen = reach[posed.cell[plain & ~shown]]
            bits.append(np.log2(1.0 + seen[:, 1] - seen[:, 0]))
    findings = [block.protection.findings for block in protected.blocks]
    weakest.sort(key=lambda one: (one.high - one.low, sorted(one.cell.items())))
    return ProtectionFigures(
        has_zeros=not protected.specification.zeros_shown,
        cells=total["cells"],
        shown=total["shown"],
        primary=total["primary"],
        secondary=total["secondary"],
        secondary_zeros=total["zeros"],
        levels=levels,
        lost_primary=lost["primary"],
        lost_secondary=lost["secondary"],
        total=lost["all"],
        shares_hidden=total["shares"],
        attacked=sum(found.hidden for found in findings),
        exact=sum(len(found.exact) for found in findings),
        narrow=sum(len(found.narrow) for found in findings),
        by_bounds=sum(found.by_bounds for found in findings),
        settled=all(found.settled for found in findings),
        rounds=max((block.protection.rounds for block in protected.blocks), default=0),
        repaired=sum(block.protection.repaired for block in protected.blocks),
        bits=round(float(np.concatenate(bits).mean()), 2) if any(map(len, bits)) else 0.0,
        weakest=tuple(weakest[:WEAKEST]),
        per_block=per_block,
    )


def _weakest(block: ProtectedBlock, specification: Specification) -> list[Weakest]:
    """The published hidden cells that the attack has moved least."""
    posed, reach = block.posed, block.protection.findings.reach
    # Zeros are listed too: of a cell that is known to be somebody, "0 or 1" would tell how many.
    hidden = np.flatnonzero(posed.published & (posed.kind == PLAIN) & ~block.shown)
    if not len(reach) or not len(hidden):
        return []
    width = reach[posed.cell[hidden], 1] - reach[posed.cell[hidden], 0]
    order = hidden[np.argsort(width, kind="stable")][:WEAKEST]
    return [
        Weakest(
            cell=named(posed, int(at), specification),
            value=int(posed.values[at]),
            low=int(posed.values[at] + reach[posed.cell[at], 0]),
            high=int(posed.values[at] + reach[posed.cell[at], 1]),
        )
        for at in order
    ]


def named(posed: PosedBlock, at: int, specification: Specification) -> dict[str, str]:
    """A cell of a block by the names of its columns."""
    codes = {hierarchy.name: hierarchy.codes[posed.nodes[at, d]] for d, hierarchy in enumerate(posed.hierarchies)}
    return dict(zip(specification.blocks, posed.block, strict=True)) | codes
