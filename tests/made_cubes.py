"""Cubes before protection, from counts by municipality, for tests that seal them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray
from tests.made_tables import base_of, parent_of

from introstat.definitions.catalogue import definitions_for
from introstat.vocabulary.tables import (
    COUNTRY,
    PROTECTED_GROUP,
    REASONS,
    SEXES,
    Cube,
    Cubes,
    Dimension,
)

DEFINITIONS: Final = definitions_for(2016)
LEAVES: Final = ("1", "2", "3", "4", "5", "6", "7", "8")


def people(**ended: str) -> NDArray[np.int64]:
    """Counts of a place: `people(men="3 2 0 0 1 0 0 4", women="1")`, one number per reason 1–8, the rest zero."""
    counts = np.zeros((2, len(LEAVES)), np.int64)
    for row, sex in enumerate(("men", "women")):
        numbers = [int(number) for number in ended.get(sex, "").split()]
        counts[row, : len(numbers)] = numbers
    return counts


def cubes_of(
    counts: Mapping[str, NDArray[np.int64]],
    *,
    only: tuple[str, ...] | None = None,
    not_reported: frozenset[str] = frozenset(),
) -> Cubes:
    """The cubes of 2016 with these people; `only` keeps these municipalities, their counties and the country."""
    base = base_of(dict(counts), DEFINITIONS, only)
    group = np.asarray(counts.get(PROTECTED_GROUP, np.zeros((2, len(LEAVES)), np.int64)))
    row = base_of({PROTECTED_GROUP: group}, DEFINITIONS, only).counts[:1]
    regions = (*base.regions, PROTECTED_GROUP)
    parents = {region: parent_of(region, DEFINITIONS) for region in base.regions if len(region) == 4}
    parents |= {region: COUNTRY for region in base.regions if len(region) == 2} | {PROTECTED_GROUP: COUNTRY}
    municipal = [region for region in base.regions if len(region) == 4]
    ended = {region: base.at(region, "0", "0") for region in municipal}
    enough = [region for region in municipal if ended[region] >= 5]
    return Cubes(
        year=DEFINITIONS.year,
        exits=Cube(
            (Dimension("Region", regions), Dimension("Kjonn", SEXES), Dimension("Grunn", REASONS)),
            np.concatenate([base.counts, row]),
        ),
        parents=parents,
        not_reported=not_reported,
        overlap={},
        key_figures={
            "KommunerFemEllerFler": len(enough),
            "KommunerMinst55": sum(100 * base.at(region, "0", "A") >= 55 * ended[region] for region in enough),
            "KommunerRapportert": len(municipal) - len(not_reported),
        },
        funnel={},
    )
