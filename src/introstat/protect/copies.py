"""What a reader holds of an edition, and what she reads out of it.

A copy is three released tables: exits by region, sex and reason, the bands that hidden results lie in, and the results of
several years together. Read, it is numbers beside a mask of what is shown, over a tree of regions that everybody knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from introstat.definitions.catalogue import Definitions, definitions_for
from introstat.protect.bands import Band, bands_in
from introstat.protect.exits import BESIDE, Exits
from introstat.protect.joint import Pooled, pooled_in
from introstat.vocabulary.places import LINKED, Level, level_of
from introstat.vocabulary.tables import COUNTRY, PROTECTED_GROUP, REASONS, SEXES, SafeCube, Status


@dataclass(frozen=True, slots=True, eq=False)
class Copy:
    """A reader's copy of an edition: the table of exits, which has every count there is, the table of bands and that of
    several years together, where there are such. `edition` is how messages name it."""

    exits: SafeCube
    bands: SafeCube | None = None
    pooled: SafeCube | None = None
    edition: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """What a copy tells. `tree` has its regions, with the hidden group last, and counts of nothing but zeros.

    `shown` and `values` are regions × sexes × reasons in the vocabulary's order. A place that has not reported is known to
    count nobody. `bands` are by the position of the region, `pooled` by its code.
    """

    edition: str
    definitions: Definitions
    tree: Exits
    shown: NDArray[np.bool_]
    values: NDArray[np.int64]
    bands: Mapping[int, Band]
    pooled: Mapping[str, Pooled]

    @property
    def year(self) -> int:
        """The year that the copy tells of."""
        return self.definitions.year.value


def read(copy: Copy) -> Read:
    """What a copy tells. Raises KeyError for tables of another form, and UnknownYear."""
    definitions = definitions_for(int(copy.exits.dimension("Tid").values[-1]))
    shown, values, regions = _numbers(copy.exits)
    silent = np.array([_is_silent(copy.exits, code) for code in regions])
    shown[silent] = True
    bands = {} if copy.bands is None else bands_in(copy.bands)
    return Read(
        edition=copy.edition,
        definitions=definitions,
        tree=Exits(
            regions=regions,
            counts=np.zeros(values.shape, np.int64),
            parent=_parents(regions, definitions),
            hidden_group=np.array([code == PROTECTED_GROUP for code in regions]),
            not_reported=silent,
            members=_members(regions, definitions),
        ),
        shown=shown,
        values=values,
        bands={regions.index(code): band for code, band in bands.items() if code in regions},
        pooled={} if copy.pooled is None else pooled_in(copy.pooled),
    )


def _numbers(table: SafeCube) -> tuple[NDArray[np.bool_], NDArray[np.int64], tuple[str, ...]]:
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
