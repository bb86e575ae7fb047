"""Regions beside the counties: where their totals would tell of the few municipalities that are hidden in them.

    Fjellregionen   Tynset 17 + Os : + Tolga :            two are hidden: each would learn the other
    Hadeland        Gran 21 + Lunner 6 + Jevnaker 8       none is hidden: the region tells nothing new
    Hallingdal      Gol 9 + Nes : + Hemsedal : + Ål :     three are hidden, and 8 people between them: it may be shown

The attack would find all of this and repair it cell by cell. It is cheaper, and hides no more in the end, not to try what
hardly ever holds: the total of a region, or what it leaves of a county, over one or two hidden municipalities, or over
hidden ones whose sum is nearly the least or the most it can be.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import numpy as np
from numpy.typing import NDArray

FEWEST: Final = 3
"""Hidden municipalities that a total must cover."""
SMALL: Final = 4
"""The most that stands behind a hidden number ended under most policies; only used to leave out hopeless totals early."""


def too_telling(
    counts: NDArray[np.int64],
    hidden: NDArray[np.bool_],
    *,
    inside: NDArray[np.bool_],
    municipalities: NDArray[np.int64],
    counties: NDArray[np.int64],
    beside: Collection[int],
    sparing: bool = False,
) -> NDArray[np.bool_]:
    """Cells of the regions `beside` the `counties` that are not worth trying to show; `hidden` is what the policy hides.

    `counts` and `hidden` are regions × sexes × reasons, `inside` regions × `municipalities`: which each is made of.

    With `sparing` that is every total over a hidden municipality: between a preliminary edition and those that follow it, the
    difference of two would tell of the few that reported in between.
    """
    telling = np.zeros_like(hidden)
    covered = hidden[municipalities] & (counts[municipalities, 0, 0] > 0)[:, None, None]
    people = np.where(covered, counts[municipalities], 0)
    if sparing:
        for region in beside:
            telling[region] = covered[inside[region]].any(axis=0)
        return telling
    within_one: set[int] = set()
    for county in counties:
        rest = inside[county].copy()
        for region in beside:
            if np.any(inside[region] & ~inside[county]):
                continue
            within_one.add(region)
            good = _is_wide(covered[inside[region]], people[inside[region]])
            # What the regions tried so far leave of the county; a cell that is not tried leaves it as it was.
            rest &= ~inside[region]
            good &= _is_wide(covered[rest], people[rest])
            telling[region] = ~good
    for region in beside:
        if region not in within_one:
            telling[region] = ~_is_wide(covered[inside[region]], people[inside[region]])
            # A county with nobody in a cell is often the only one that is hidden in it.
            whole = [county for county in counties if not np.any(inside[county] & ~inside[region])]
            telling[region] |= (counts[whole] == 0).any(axis=0)
    return telling


def _is_wide(covered: NDArray[np.bool_], people: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether sums over places × sexes × reasons, of cells that are `covered`, leave room, also for each of the places."""
    number, total = covered.sum(axis=0), people.sum(axis=0)
    largest = people.max(axis=0, initial=0)
    least = np.where(covered, people, SMALL * FEWEST).min(axis=0, initial=SMALL * FEWEST)
    wide = (number >= FEWEST) & (total - largest >= 1)
    wide[0, 0] &= total[0, 0] - largest[0, 0] >= number[0, 0]
    wide[0, 0] &= total[0, 0] - least[0, 0] < SMALL * (number[0, 0] - 1)
    return np.asarray((number == 0) | wide)
