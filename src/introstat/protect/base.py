"""The base of a year's tables as this stage counts it: regions by depth and code, reasons as the vocabulary has them, and which
of these counts are always shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from introstat.definitions.catalogue import Definitions
from introstat.definitions.tables import Count, Share
from introstat.protect.exits import BESIDE, LINKED_DEPTH, Exits
from introstat.vocabulary.places import Level
from introstat.vocabulary.tables import PROTECTED_GROUP, REASONS, Cubes

_DEPTHS: Final[Mapping[Level, int]] = {Level.COUNTRY: 0, Level.COUNTY: 1, Level.MUNICIPALITY: 2, Level.DISTRICT: 3}


def exits_of(cubes: Cubes) -> Exits:
    """The base of the cubes in this stage's own order: regions by depth and code, reasons as the vocabulary has them."""
    regions, _, reasons = cubes.exits.dimensions
    depth = {code: LINKED_DEPTH if code in cubes.linked else _depth(code, cubes.parents) for code in regions.values}
    ordered = tuple(sorted(regions.values, key=lambda code: (depth[code], code == PROTECTED_GROUP, code)))
    at = [regions.position(code) for code in ordered]
    counts = cubes.exits.counts[at][:, :, [reasons.position(code) for code in REASONS]]
    position = {code: k for k, code in enumerate(ordered)}
    return Exits(
        regions=ordered,
        counts=counts,
        parent=np.array([_parent(code, cubes, position) for code in ordered]),
        hidden_group=np.array([code == PROTECTED_GROUP for code in ordered]),
        not_reported=np.array([code in cubes.not_reported for code in ordered]),
        members={position[code]: tuple(position[one] for one in members) for code, members in cubes.linked.items()},
    )


def _parent(code: str, cubes: Cubes, position: Mapping[str, int]) -> int:
    if code in cubes.linked:
        return BESIDE
    return position[cubes.parents[code]] if code in cubes.parents else -1


def _depth(code: str, parents: Mapping[str, str]) -> int:
    depth = 0
    while code in parents:
        code, depth = parents[code], depth + 1
    return depth


def always_shown(exits: Exits, *, definitions: Definitions) -> NDArray[np.bool_]:
    """The counts behind everything that is always shown, as a mask over `exits.counts`."""
    parameters = definitions.parameters(definitions.year.last_day)
    forced = np.zeros(exits.counts.shape, np.bool_)
    depth = exits.depth
    for always in parameters.always_shown:
        table = definitions.tables[always.table]
        depths = [_DEPTHS[level] for level in always.levels]
        regions = np.flatnonzero(np.isin(depth, depths) & ~exits.hidden_group)
        sexes = np.array([int(sex) for sex in always.sexes], np.int64)
        for code in always.contents:
            formula = table.content(code).formula
            if isinstance(formula, Count):
                reasons = formula.reasons
            elif isinstance(formula, Share):
                reasons = (*formula.indicator.numerator, *formula.indicator.denominator)
            else:
                continue
            at = np.array([REASONS.index(reason) for reason in reasons], np.int64)
            forced[np.ix_(regions, sexes, at)] = True
    return forced
