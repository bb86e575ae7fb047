"""Whatever register anyone could draw: regions beside the counties tell of no municipality what the counties hide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from tests.made_cubes import DEFINITIONS, LEAVES, cubes_of, people

from introstat.protect import seal
from introstat.vocabulary.tables import PROTECTED_GROUP, REASONS, Cube, Cubes, Dimension, SafeCubes, Status

PLACES: Final = ("0101", "0104", "0105", "0106", "0111", "0402", "0403", "0412", "0415")
REGIONS: Final = {
    "I01": ("0101", "0104", "0105", "0106", "0111"),
    "N3001": ("0101", "0104", "0402", "0403"),
    "N3002": ("0105",),
    "N3003": ("0106", "0111", "0412", "0415"),
}
"""One that is a county, two that cross the counties' border, and one of a single municipality."""
PARTS: Final = {"0": "12345678", "A": "12", "B": "345678", **{leaf: leaf for leaf in LEAVES}}
GIVEN_AWAY: Final = {("0", reason) for reason in ("0", "A", "B", "1", "2")}

Counts = Mapping[str, NDArray[np.int64]]


def drawn(seed: int) -> dict[str, NDArray[np.int64]]:
    random = np.random.default_rng(seed)
    counts = {place: random.poisson(random.gamma(0.6, 5.0), size=(2, 8)).astype(np.int64) for place in PLACES}
    counts["0101"] += 6
    counts["0402"] += 6
    return counts | {PROTECTED_GROUP: people(men="5 3 1 2 1 1 2 1", women="2 2 1 0 1 1 0 1")}


def with_regions(counts: Counts) -> Cubes:
    cubes = cubes_of(counts, only=PLACES)
    regions, sexes, reasons = cubes.exits.dimensions
    rows = [cubes.exits.counts[[regions.position(one) for one in members]].sum(axis=0) for members in REGIONS.values()]
    return replace(
        cubes,
        exits=Cube(
            (Dimension("Region", (*regions.values, *REGIONS)), sexes, reasons),
            np.concatenate([cubes.exits.counts, np.stack(rows)]),
        ),
        linked=REGIONS,
    )


def inside(region: str) -> tuple[str, ...]:
    if region == "0":
        return (*PLACES, PROTECTED_GROUP)
    return REGIONS.get(region) or tuple(p for p in (*PLACES, PROTECTED_GROUP) if p == region or p[:2] == region)


def closed(counts: Counts, safe: SafeCubes, *, of: int, seed: int) -> list[tuple[str, str, str]]:
    """Which of so many hidden cells, drawn at random, have one possible number: an integer program per cell and side."""
    table = safe.tables["IP101"]
    places = (*PLACES, PROTECTED_GROUP)
    rows, values, hidden = [], [], []
    for region, sex, reason in product((*table.dimension("Region").values, PROTECTED_GROUP), "012", REASONS):
        row = np.zeros((len(places), 2, 8))
        for place, s, leaf in product(inside(region), (0, 1) if sex == "0" else (int(sex) - 1,), PARTS[reason]):
            row[places.index(place), s, int(leaf) - 1] = 1
        true = sum(int((row[number] * counts[place]).sum()) for number, place in enumerate(places))
        where = {"Region": region, "Kjonn": sex, "Grunn": reason, "ContentsCode": "Avsluttet", "Tid": "2016"}
        if region == PROTECTED_GROUP:
            if (sex, reason) not in GIVEN_AWAY:
                hidden.append(((region, sex, reason), row.ravel(), true))
        elif table.at(**where)[1] == Status.HIDDEN:
            hidden.append(((region, sex, reason), row.ravel(), true))
        else:
            rows.append(row.ravel())
            values.append(true)
    known = LinearConstraint(np.array(rows), np.array(values), np.array(values))

    def can(row: NDArray[np.float64], low: float, high: float) -> bool:
        answer = milp(
            c=np.zeros(len(row)),
            constraints=[known, LinearConstraint(row[None], low, high)],
            bounds=Bounds(0, np.inf),
            integrality=np.ones(len(row), np.int64),
        )
        return bool(answer.status == 0)

    picked = [hidden[k] for k in np.random.default_rng(seed).permutation(len(hidden))[:of]]
    return [name for name, row, true in picked if not (can(row, true + 1, np.inf) or can(row, -np.inf, true - 1))]


@pytest.mark.parametrize("seed", range(6))
def test_no_hidden_number_follows_from_counties_and_regions_together(seed: int) -> None:
    counts = drawn(seed)
    safe = seal(with_regions(counts), definitions=DEFINITIONS, policy="strict-5", seed=seed)
    assert safe.report.is_safe
    assert not closed(counts, safe, of=80, seed=seed)


@pytest.mark.parametrize("seed", range(3))
def test_a_region_of_one_municipality_shows_what_the_municipality_shows(seed: int) -> None:
    table = seal(with_regions(drawn(seed)), definitions=DEFINITIONS, policy="strict-5", seed=seed).tables["IP101"]
    region, place = (table.dimension("Region").position(code) for code in ("N3002", "0105"))
    assert np.array_equal(table.status[region], table.status[place])


@pytest.mark.parametrize("seed", range(3))
def test_a_total_of_shown_municipalities_is_shown(seed: int) -> None:
    counts = drawn(seed)
    for place in REGIONS["N3001"]:
        counts[place] += 6
    table = seal(with_regions(counts), definitions=DEFINITIONS, policy="strict-5", seed=seed).tables["IP101"]
    shown = table.status == Status.SHOWN.value
    at = table.dimension("Region").position
    whole = 0
    for region, members in REGIONS.items():
        known = shown[[at(member) for member in members]].all(axis=0)
        assert np.all(shown[at(region)][known])
        whole += int(known.sum())
    assert whole
