"""The attack of somebody who has the released tables and nothing else.

`seal` attacks from the true counts. A reader has none, so a first table is found that agrees with everything shown (an
integer program with nothing to optimise); from there the attack is the same. She is not told on which side of the limits of
the key figures a hidden place stands, and she is no insider: what she cannot compute, `seal` made sure of with more.

Where a result is told as a band, she knows that it lies in the band. With earlier editions of the year beside it she sees
which counties show no difference at all, and takes it that nothing has changed there: what an earlier edition showed of them
is known in this one. Where no counts at all agree with that guess, she gives it up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from introstat.definitions.catalogue import Definitions
from introstat.definitions.policies import ProtectionPolicy
from introstat.protect.attack import attack
from introstat.protect.bands import Band, bands_in, narrowed
from introstat.protect.base import always_shown
from introstat.protect.exits import BESIDE, Exits, Posed, cell, pose
from introstat.protect.primary import ALL, RESULT, SEX_ALL
from introstat.vocabulary.places import LINKED, Level, level_of
from introstat.vocabulary.tables import COUNTRY, PROTECTED_GROUP, REASONS, SEXES, SafeCube, Status, WeakCell

_TIME: Final = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class Copy:
    """What a reader has of an edition: the table of exits by region, sex and reason, which has every count there is, and the
    table of bands, where there is one."""

    exits: SafeCube
    bands: SafeCube | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the attack on released tables came to. `consistent` is false when no counts at all agree with what is shown;
    `recovered` are hidden cells that what is shown gives away."""

    consistent: bool
    settled: bool
    hidden: int
    recovered: tuple[WeakCell, ...]


def attack_released(copy: Copy, *, definitions: Definitions, earlier: tuple[Copy, ...] = ()) -> Answer:
    """Attack the released tables: IP101, which has every count there is, and the bands of IP104.

    Shares, results and key figures are made of cells of IP101 and are shown only where these are, so they tell nothing
    more. `earlier` are those of earlier editions of the year. Raises KeyError for a table of another form.
    """
    exits = copy.exits
    shown, values, regions = _read(exits)
    bands = _bands(copy, regions)
    if earlier:
        known, told, learnt = shown.copy(), values.copy(), dict(bands)
        for one in earlier:
            _learn(known, told, learnt, one, regions, definitions=definitions, since=(shown, values))
        if not np.array_equal(known, shown) or learnt != bands:
            together = _attack(exits, known, told, regions, bands=learnt, hidden=~shown, definitions=definitions)
            if together.consistent:
                return together
    return _attack(exits, shown, values, regions, bands=bands, hidden=~shown, definitions=definitions)


def _bands(copy: Copy, regions: tuple[str, ...]) -> dict[int, Band]:
    """The bands of a copy by the position of the region; none for a region that is not among these."""
    if copy.bands is None:
        return {}
    return {regions.index(code): band for code, band in bands_in(copy.bands).items() if code in regions}


def _attack(
    exits: SafeCube,
    shown: NDArray[np.bool_],
    values: NDArray[np.int64],
    regions: tuple[str, ...],
    *,
    bands: Mapping[int, Band],
    hidden: NDArray[np.bool_],
    definitions: Definitions,
) -> Answer:
    """The attack of a reader who knows the `shown` numbers on the cells that are `hidden` in the table."""
    parent = _parents(regions, definitions)
    silent = np.array([_is_silent(exits, code) for code in regions])
    empty = Exits(
        regions=regions,
        counts=np.zeros(values.shape, np.int64),
        parent=parent,
        hidden_group=np.array([code == PROTECTED_GROUP for code in regions]),
        not_reported=silent,
        members=_members(regions, definitions),
    )
    shown[silent] = True
    nothing = pose(
        empty, policy=_policy(definitions), limits=None, forced=np.zeros(shown.shape, np.bool_), insiders=False
    )
    bands = {region: band for region, band in bands.items() if shown[region, SEX_ALL, ALL]}
    leaves = _first_table(nothing, shown, values, empty, bands=bands)
    if leaves is None:
        return Answer(consistent=False, settled=True, hidden=int((~shown).sum()), recovered=())
    counts = np.asarray(nothing.system.matrix @ leaves).reshape(values.shape)
    filled = replace(empty, counts=counts)
    posed = pose(
        filled,
        policy=_policy(definitions),
        limits=None,
        forced=always_shown(filled, definitions=definitions) & shown,
        insiders=False,
    )
    guarded = (~shown & ~posed.given_away).ravel()
    demand = replace(
        posed.demand, guarded=guarded, guarded_from_insiders=np.zeros_like(guarded), width=np.full(guarded.size, 2)
    )
    findings = attack(narrowed(posed.system, bands, counts), demand, shown.ravel())
    return Answer(
        consistent=True,
        settled=findings.settled,
        hidden=int(guarded.sum()),
        recovered=(
            *(
                WeakCell(*_named(int(cell), regions), int(values.ravel()[cell]), int(values.ravel()[cell]))
                for cell in np.flatnonzero(shown & hidden & ~silent[:, None, None])
            ),
            *(WeakCell(*_named(weak.cell, regions), weak.low, weak.high) for weak in findings.weak if weak.settled),
        ),
    )


def _learn(
    known: NDArray[np.bool_],
    told: NDArray[np.int64],
    bands: dict[int, Band],
    earlier: Copy,
    regions: tuple[str, ...],
    *,
    definitions: Definitions,
    since: tuple[NDArray[np.bool_], NDArray[np.int64]],
) -> None:
    """Add, in place, what an earlier edition told of counties in which nothing that both show has another number."""
    had, before, codes = _read(earlier.exits)
    known_bands = _bands(earlier, regions)
    for code in codes:
        if code != PROTECTED_GROUP and _is_silent(earlier.exits, code):
            had[codes.index(code)] = True
    position = {code: place for place, code in enumerate(codes)}
    at = {code: place for place, code in enumerate(regions) if code in position and code != PROTECTED_GROUP}
    shown, values = since
    above = _parents(regions, definitions)
    differs = np.zeros(len(regions), np.bool_)
    for code, place in at.items():
        both = had[position[code]] & shown[place]
        differs[place] = bool(np.any(before[position[code]][both] != values[place][both]))
    changed = {int(above[place]) for place in np.flatnonzero(differs)} | set(np.flatnonzero(differs).tolist())
    for code, place in at.items():
        if level_of(code) not in (Level.COUNTY, Level.MUNICIPALITY, Level.DISTRICT):
            continue
        if place in changed or (level_of(code) is not Level.COUNTY and int(above[place]) in changed):
            continue
        new = had[position[code]] & ~known[place]
        known[place] |= new
        told[place][new] = before[position[code]][new]
        if place in known_bands:
            bands[place] = known_bands[place].within(bands.get(place))


def _policy(definitions: Definitions) -> ProtectionPolicy:
    return definitions.policy(definitions.parameters(definitions.year.last_day).protection_default)


def _read(table: SafeCube) -> tuple[NDArray[np.bool_], NDArray[np.int64], tuple[str, ...]]:
    """What is shown and the numbers, regions × sexes × reasons in the vocabulary's order, with the hidden group last."""
    by_code = {dimension.code: dimension for dimension in table.dimensions}
    order = [table.dimensions.index(by_code[name]) for name in ("Region", "Kjonn", "Grunn", "ContentsCode", "Tid")]
    numbers = np.transpose(table.values, order)[..., 0, -1]
    at = np.ix_(
        range(len(by_code["Region"])),
        [by_code["Kjonn"].position(sex) for sex in SEXES],
        [by_code["Grunn"].position(reason) for reason in REASONS],
    )
    numbers = numbers[at]
    known = ~np.isnan(numbers)
    counts = np.where(known, numbers, 0).astype(np.int64)
    group = np.zeros((1, len(SEXES), len(REASONS)))
    return (
        np.concatenate([known, group.astype(np.bool_)]),
        np.concatenate([counts, group.astype(np.int64)]),
        (*by_code["Region"].values, PROTECTED_GROUP),
    )


def _parents(regions: tuple[str, ...], definitions: Definitions) -> NDArray[np.int64]:
    position = {code: place for place, code in enumerate(regions)}
    on = definitions.year.last_day

    def parent(code: str) -> int:
        level = level_of(code)
        if level is Level.COUNTRY:
            return -1
        if level in LINKED:
            return BESIDE
        place = definitions.geography.find(code, on)
        return position[place.parent or COUNTRY if place else COUNTRY]

    return np.array([parent(code) for code in regions])


def _members(regions: tuple[str, ...], definitions: Definitions) -> dict[int, tuple[int, ...]]:
    position = {code: place for place, code in enumerate(regions)}
    on = definitions.year.last_day
    return {
        position[code]: tuple(position[one] for one in definitions.geography.members(code, on))
        for code in regions
        if level_of(code) in LINKED
    }


def _is_silent(table: SafeCube, region: str) -> bool:
    if region == PROTECTED_GROUP:
        return False
    place = table.dimension("Region").position(region)
    return bool((table.status[place] == Status.NOT_AVAILABLE.value).all())


def _first_table(
    posed: Posed,
    shown: NDArray[np.bool_],
    values: NDArray[np.int64],
    exits: Exits,
    *,
    bands: Mapping[int, Band],
) -> NDArray[np.int64] | None:
    """Counts of the leaves that agree with everything shown and told, or None where there are none."""
    matrix = posed.system.matrix
    known = np.flatnonzero(shown.ravel())
    ended = np.zeros(values.shape, np.int64)
    ended[exits.is_leaf & ~exits.hidden_group & ~shown[:, 0, 0], 0, 0] = 1
    somebody = np.flatnonzero(ended.ravel())
    banded = [cell(region, SEX_ALL, RESULT) for region in bands]
    room = np.array(
        [band.people(int(values[region, SEX_ALL, ALL])) for region, band in bands.items()], np.int64
    ).reshape(-1, 2)
    found = milp(
        c=np.zeros(matrix.shape[1]),
        constraints=[
            LinearConstraint(matrix[known], values.ravel()[known], values.ravel()[known]),
            LinearConstraint(matrix[somebody], 1, np.inf),
            LinearConstraint(matrix[banded], room[:, 0], room[:, 1]),
        ],
        bounds=Bounds(0, np.inf),
        integrality=np.ones(matrix.shape[1], np.int64),
        options={"time_limit": _TIME, "presolve": True},
    )
    return None if found.x is None else np.rint(found.x).astype(np.int64)


def _named(cell: int, regions: tuple[str, ...]) -> tuple[str, str, str]:
    region, rest = divmod(cell, len(SEXES) * len(REASONS))
    sex, reason = divmod(rest, len(REASONS))
    return regions[region], SEXES[sex], REASONS[reason]
