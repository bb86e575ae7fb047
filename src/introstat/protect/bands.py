"""A result that may not be shown, told as the band it lies in.

    Ringebu   12 ended, result hidden   below 55 per cent          0 to 6 of 12 are possible
    Os        31 ended, result hidden   from 75 to 100 per cent    24 to 31 of 31

A policy divides the shares from 0 to 100 per cent into bands, coarsely and ever more finely. Which division a place gets
follows from its number ended alone, which readers know: the finest of whose bands every one holds enough numbers of people. So
the choice of the division tells nothing, and the band tells what it says. The coarsest division has its edge at the limit of
the key figures, on which side of which readers are credited with knowing a municipality already.

Bands are knowledge like any shown number: everything that is shown is attacked once more with all bands known. Where they leave
a cell too narrow, the bands of its county become coarser, and in the end are taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from introstat.definitions.policies import ProtectionPolicy
from introstat.protect.attack import attack, doubts
from introstat.protect.exits import MUNICIPAL_DEPTH, Exits, Posed, cell
from introstat.protect.findings import Findings
from introstat.protect.primary import ALL, REST, RESULT, SEX_ALL
from introstat.protect.secondary import Protection
from introstat.protect.system import System
from introstat.vocabulary.tables import SafeCube

LOW, HIGH = "AndelFra", "AndelTil"
"""The contents of a table of bands that are its edges."""
NONE = -1
"""The division of a place that has no band."""


@dataclass(frozen=True, slots=True)
class Band:
    """A share of at least `low` and, but for 100, less than `high` per cent, in whole per cents."""

    low: int
    high: int

    def __post_init__(self) -> None:
        if not 0 <= self.low < self.high <= 100:
            raise ValueError("a band goes up, from 0 at the least to 100 at the most")

    def people(self, ended: int) -> tuple[int, int]:
        """The least and the most of `ended` whose share lies in the band; the most is the smaller where none does."""
        least = -(-self.low * ended // 100)
        return least, ended if self.high == 100 else -(-self.high * ended // 100) - 1

    def holds(self, reached: int, ended: int) -> bool:
        """Whether the share `reached` of `ended` lies in the band."""
        least, most = self.people(ended)
        return least <= reached <= most

    def within(self, other: Band | None) -> Band:
        """What both bands say of one share; `self` where there is no other. Raises ValueError where they do not meet."""
        return self if other is None else Band(max(self.low, other.low), min(self.high, other.high))


def bands_of(edges: tuple[int, ...]) -> tuple[Band, ...]:
    """The bands of a division, from the lowest."""
    ends = (0, *edges, 100)
    return tuple(Band(low, high) for low, high in pairwise(ends))


def division(ended: int, policy: ProtectionPolicy) -> int:
    """The finest of the policy's divisions all of whose bands hold enough numbers of people; `NONE` where none does."""
    finest = NONE
    for number, edges in enumerate(policy.band_edges):
        for band in bands_of(edges):
            least, most = band.people(ended)
            if most - least + 1 < policy.band_values:
                return finest
        finest = number
    return finest


def band_for(reached: int, ended: int, edges: tuple[int, ...]) -> Band:
    """The band of a division that the share `reached` of `ended` lies in."""
    return next(band for band in bands_of(edges) if band.holds(reached, ended))


def bands_in(table: SafeCube) -> Mapping[str, Band]:
    """The bands that a table of bands shows, by region. Raises KeyError for a table of another form."""
    contents = table.dimension("ContentsCode")
    edges = [table.values[:, contents.position(code), -1] for code in (LOW, HIGH)]
    return {
        code: Band(int(low), int(high))
        for code, low, high in zip(table.dimension("Region").values, *edges, strict=True)
        if not np.isnan(low)
    }


def narrowed(system: System, bands: Mapping[int, Band], counts: NDArray[np.int64]) -> System:
    """The system of a reader who also knows the bands of some regions, by their position in `counts`."""
    low, high = system.low.copy(), system.high.copy()
    for region, band in bands.items():
        ended = int(counts[region, SEX_ALL, ALL])
        least, most = band.people(ended)
        result, rest = cell(region, SEX_ALL, RESULT), cell(region, SEX_ALL, REST)
        low[result], high[result] = max(low[result], least), min(high[result], most)
        low[rest], high[rest] = max(low[rest], ended - most), min(high[rest], ended - least)
    return replace(system, low=low, high=high)


def with_bands(
    exits: Exits, posed: Posed, protection: Protection, *, policy: ProtectionPolicy, seed: int
) -> tuple[Protection, Mapping[int, Band]]:
    """The bands that a safe pattern can bear, by region, and the protection with what the attack finds when they are known.

    A band is given where the number ended is shown, is large enough for a result, and the result is not shown.
    """
    counts = exits.counts
    shown = protection.shown[: counts.size].reshape(counts.shape)
    ended = counts[:, SEX_ALL, ALL]
    asked = shown[:, SEX_ALL, ALL] & ~shown[:, SEX_ALL, RESULT] & (ended >= max(policy.result_base_from, 1))
    asked &= ~exits.hidden_group & ~exits.not_reported
    chosen = {int(region): division(int(ended[region]), policy) for region in np.flatnonzero(asked)}
    chosen = {region: number for region, number in chosen.items() if number != NONE}
    if not chosen or protection.findings.weak:
        return protection, {}
    tables = protection.findings.tables
    while True:
        bands = {
            region: band_for(int(counts[region, SEX_ALL, RESULT]), int(ended[region]), policy.band_edges[number])
            for region, number in chosen.items()
        }
        system = narrowed(posed.system, bands, counts)
        # A doubt is enough to make a band coarser, and is had sooner than a proof.
        findings = doubts(system, posed.demand, protection.shown, seed=seed, tables=tables)
        tables = findings.tables
        if findings.weak and not any(_is_fine(exits, region, number) for region, number in chosen.items()):
            findings = attack(system, posed.demand, protection.shown, seed=seed, tables=tables)
        if not findings.weak or not chosen:
            return replace(protection, findings=findings), bands
        chosen = _coarser(exits, chosen, findings)


def _is_fine(exits: Exits, region: int, number: int) -> bool:
    """Whether a band tells more than readers are credited with: the side of the key figures' limit of a municipality."""
    return number > 0 or exits.depth[region] != MUNICIPAL_DEPTH


def _coarser(exits: Exits, chosen: Mapping[int, int], findings: Findings) -> dict[int, int]:
    """The divisions one step coarser around every weak cell, or of all where none is left to change there."""
    per_region = exits.counts[0].size
    weak = {weakness.cell // per_region for weakness in findings.weak if weakness.cell < exits.counts.size}
    within = exits.within
    near = np.zeros(len(exits.regions), np.bool_)
    for region in weak:
        # Whatever has a place in common with the county of the weak cell: its municipalities and the regions over them.
        home = region if exits.depth[region] < MUNICIPAL_DEPTH else int(exits.parent[region])
        covered = within[region] | (within[home] if home >= 0 and exits.parent[home] >= 0 else within[region])
        near |= within[:, covered].any(axis=1)
    near[exits.parent == -1] = False
    # First what is fine, near the weak cells and then everywhere; municipalities' coarsest bands last.
    for may_move in (
        {region for region, number in chosen.items() if near[region] and _is_fine(exits, region, number)},
        {region for region, number in chosen.items() if _is_fine(exits, region, number)},
        {region for region in chosen if near[region]},
        set(chosen),
    ):
        if may_move:
            break
    moved = {region: number - (region in may_move) for region, number in chosen.items()}
    return {region: number for region, number in moved.items() if number != NONE}
