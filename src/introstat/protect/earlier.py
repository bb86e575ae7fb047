"""Earlier editions of a year beside the one that is being made, as one system.

A reader keeps what she has read. She is credited with knowing which municipalities' rows are the same in two editions; of
the others she knows what each edition shows:

    2016.0   county 20 = Halden 12 + Moss :  + Rygge 4 …     Moss is 4: hidden
    2016.1   county 21 = Halden 13 + Moss :  + Rygge 4 …     only Halden was corrected

Rows that are the same are the same leaves, rows that are not are leaves of their own, and a cell of an earlier edition over
leaves that all stand in the new one is that cell of the new one: shown once, it stays shown. So the editions are linked
through what is unchanged, and what can be computed from all of them together is found by the same attack.

Between a preliminary edition and a final one every municipality may report and correct. There she is not credited with knowing
that a place that shows nothing is the same: with all totals of counties in both editions, a place alone in reporting late would
otherwise be told by their difference, whatever is hidden. What was hidden in an earlier edition is guarded as it was then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from introstat.protect.attack import attack
from introstat.protect.bands import Band, bands_in, narrowed
from introstat.protect.exits import Exits, Limits, Posed, pose
from introstat.protect.system import NOBODY, Demand, Groups, System, stacked
from introstat.vocabulary.editions import EditionNumber
from introstat.vocabulary.tables import REASONS, SEXES, Cubes, SafeCube, Status

ROW = 2 * (len(REASONS) - 3)
"""Leaves of a place: two sexes by the single reasons."""
PREFERENCE = 4.0
"""How much more is lost when a cell that was shown with its number is hidden."""


@dataclass(frozen=True, slots=True, eq=False)
class Earlier:
    """An edition that is out, or waits for its hour: its counts, tabulated again, and its tables of exits, of bands and of
    pooled results."""

    number: EditionNumber
    cubes: Cubes
    exits: SafeCube
    bands: SafeCube | None = None
    pooled: SafeCube | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """An earlier edition in the shape of the new one's counts: what they were, what was shown, what always was, and the bands
    by region."""

    exits: Exits
    shown: NDArray[np.bool_]
    always: NDArray[np.bool_]
    bands: Mapping[int, Band]
    is_preliminary: bool


def told(earlier: Earlier, exits: Exits, *, always: NDArray[np.bool_], was: Exits) -> Told:
    """An edition's table laid out as `exits`. A region it did not have was not shown; nobody who ended is nothing hidden.

    `was` are the counts of then with the regions of `exits`, `always` the mask of what is always shown.
    """
    table = earlier.exits
    regions, sexes, reasons = (table.dimension(code) for code in ("Region", "Kjonn", "Grunn"))
    order = [table.dimensions.index(dimension) for dimension in (regions, sexes, reasons)]
    rest = [number for number in range(len(table.dimensions)) if number not in order]
    status = np.transpose(table.status, (*order, *rest)).reshape(len(regions), len(sexes), len(reasons), -1)[..., 0]
    status = status[:, [sexes.position(sex) for sex in SEXES]][:, :, [reasons.position(code) for code in REASONS]]
    had = set(regions.values)
    shown = np.zeros(exits.counts.shape, np.bool_)
    for at, code in enumerate(exits.regions):
        if code in had:
            shown[at] = status[regions.position(code)] != Status.HIDDEN.value
    bands = {} if earlier.bands is None else bands_in(earlier.bands)
    return Told(
        exits=was,
        shown=shown,
        always=always & shown,
        bands={exits.regions.index(code): band for code, band in bands.items() if code in exits.regions},
        is_preliminary=earlier.number.is_preliminary,
    )


def quiet(exits: Exits, edition: Told, *, by_rule: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Places nothing of which is shown, then or now: a reader sees no sign of whether their rows are the same."""
    silent = ~edition.shown.any(axis=(1, 2)) & by_rule.all(axis=(1, 2)) & ~exits.hidden_group
    return np.asarray(silent[exits.is_leaf])


def known_from(exits: Exits, editions: Sequence[Told], *, unseen: Sequence[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """Cells that were shown over places that are known to be the same: they are known whatever the new edition does."""
    known = np.zeros(exits.counts.shape, np.bool_)
    leaf = np.flatnonzero(exits.is_leaf)
    for edition, hides in zip(editions, unseen, strict=True):
        same = np.all(exits.counts[leaf] == edition.exits.counts[leaf], axis=(1, 2)) & ~hides
        known |= edition.shown & (exits.within[:, ~same].sum(axis=1) == 0)[:, None, None]
    return known


def same_number(exits: Exits, editions: Sequence[Told]) -> NDArray[np.bool_]:
    """Cells that were shown with the number they have now, whether or not their places have changed."""
    same = np.zeros(exits.counts.shape, np.bool_)
    for edition in editions:
        same |= edition.shown & (edition.exits.counts == exits.counts)
    return same


def other_number(exits: Exits, editions: Sequence[Told]) -> NDArray[np.bool_]:
    """Cells that were shown with another number than they have now: both together give the difference."""
    other = np.zeros(exits.counts.shape, np.bool_)
    for edition in editions:
        other |= edition.shown & (edition.exits.counts != exits.counts)
    return other


def linked(
    posed: Posed,
    exits: Exits,
    editions: Sequence[Told],
    *,
    unseen: Sequence[NDArray[np.bool_]],
    limits: Limits | None,
    insiders: bool,
) -> Posed:
    """The new edition's system with the cells of the earlier ones after its own, over shared and further leaves.

    `unseen` says per edition for which places a reader does not know whether their rows are the same.
    """
    leaf_regions = np.flatnonzero(exits.is_leaf)
    versions = {(int(region), exits.counts[region].tobytes()): place * ROW for place, region in enumerate(leaf_regions)}
    own = system = posed.system
    demand = posed.demand
    further: list[tuple[int, int]] = []
    for number, (edition, hides) in enumerate(zip(editions, unseen, strict=True)):
        before = pose(
            edition.exits, policy=posed.policy, limits=limits, forced=edition.always, insiders=insiders, known=None
        )
        columns = np.empty(len(leaf_regions), np.int64)
        new: list[int] = []
        for place, region in enumerate(leaf_regions):
            key = (int(region), edition.exits.counts[region].tobytes())
            if hides[place] or key not in versions:
                columns[place] = len(system.leaves) + len(new) * ROW
                new.append(place)
                if not hides[place]:
                    versions[key] = int(columns[place])
            else:
                columns[place] = versions[key]
        further += [(number, place) for place in new]
        foreign = columns >= len(own.leaves)
        apart = np.asarray(exits.within[:, foreign].any(axis=1), np.bool_)
        told_apart = np.flatnonzero(np.repeat(apart, exits.counts[0].size))
        # A band over rows that are the same is a band of the new edition's cell.
        system = narrowed(system, {at: band for at, band in edition.bands.items() if not apart[at]}, exits.counts)
        was = narrowed(before.system, edition.bands, edition.exits.counts)
        system = _with_rows(system, was, columns=columns, new=np.array(new, np.int64), rows=told_apart)
        demand = _with_demand(demand, before, edition.shown.ravel(), rows=told_apart)
    return replace(posed, system=system, demand=demand, further=tuple(further))


def _with_rows(
    system: System, before: System, *, columns: NDArray[np.int64], new: NDArray[np.int64], rows: NDArray[np.int64]
) -> System:
    """`system` with some rows of `before`; `columns` is where each place's leaves stand, `new` the places that add theirs."""
    added = (new[:, None] * ROW + np.arange(ROW)).ravel()
    width = len(system.leaves) + len(added)
    place = (columns[:, None] + np.arange(ROW)).ravel()
    part = csr_array(before.matrix[rows])
    lower = csr_array((part.data, place[part.indices], part.indptr), shape=(len(rows), width))
    lower.sort_indices()
    upper = csr_array((system.matrix.data, system.matrix.indices, system.matrix.indptr), shape=(system.cells, width))
    return replace(
        system,
        matrix=stacked(upper, lower),
        leaves=np.concatenate([system.leaves, before.leaves[added]]),
        values=np.concatenate([system.values, before.values[rows]]),
        low=np.concatenate([system.low, before.low[rows]]),
        high=np.concatenate([system.high, before.high[rows]]),
        block=np.concatenate([system.block, before.block[added]]),
        insider=np.concatenate([system.insider, before.insider[added]]),
    )


def _with_demand(demand: Demand, before: Posed, shown: NDArray[np.bool_], *, rows: NDArray[np.int64]) -> Demand:
    """`demand` with the cells of an earlier edition: fixed as they were, guarded where they were hidden."""
    forced = shown[rows] | before.demand.forced[rows]
    guarded = ~forced & before.demand.guarded[rows]
    return replace(
        demand,
        groups=Groups(
            of_cell=np.concatenate([demand.groups.of_cell, np.full(len(rows), -1)]),
            requires=demand.groups.requires,
            weight=demand.groups.weight,
        ),
        forced=np.concatenate([demand.forced, forced]),
        must_hide=np.concatenate([demand.must_hide, ~forced]),
        guarded=np.concatenate([demand.guarded, guarded]),
        guarded_from_insiders=np.concatenate(
            [demand.guarded_from_insiders, guarded & before.demand.guarded_from_insiders[rows]]
        ),
        width=np.concatenate([demand.width, before.demand.width[rows]]),
    )


def preferring(posed: Posed, same: NDArray[np.bool_]) -> Posed:
    """The same, with groups of cells that were shown with the number they have now before all others of their level."""
    of_cell = posed.demand.groups.of_cell[: same.size]
    first = np.zeros(posed.demand.groups.count, np.bool_)
    first[of_cell[same.ravel() & (of_cell >= 0)]] = True
    groups, rank = posed.order
    turned = np.lexsort((np.arange(len(groups)), ~first[groups]))
    demand = replace(
        posed.demand,
        groups=replace(posed.demand.groups, weight=posed.demand.groups.weight * np.where(first, PREFERENCE, 1.0)),
    )
    return replace(posed, demand=demand, order=np.stack([groups[turned], np.sort(rank[turned])]))


def without_lost(posed: Posed, *, insiders_only: bool, seed: int) -> tuple[Posed, int]:
    """The same, with nothing asked for cells that follow already from what is shown in any case, and how many these are.

    With `insiders_only` only those are let go that no more than a municipality that knows its own row can compute.
    """
    demand = posed.demand
    weak = attack(posed.system, demand, demand.forced, seed=seed).weak
    told_apart = [weakness.cell for weakness in weak if weakness.insider != NOBODY]
    lost = np.zeros(len(demand.forced), np.bool_)
    if not insiders_only:
        lost[[weakness.cell for weakness in weak if weakness.insider == NOBODY]] = True
    from_insiders = lost.copy()
    from_insiders[told_apart] = True
    eased = replace(
        demand,
        guarded=demand.guarded & ~lost,
        guarded_from_insiders=demand.guarded_from_insiders & ~from_insiders,
    )
    return replace(posed, demand=eased), int(from_insiders.sum())
