"""A second, slower attack that shares nothing with the first: every published cell an unknown of one linear program."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linprog
from tests.made_cubes import DEFINITIONS, cubes_of, people

from introstat.protect import seal
from introstat.vocabulary.tables import PROTECTED_GROUP, REASONS, SafeCube, SafeCubes, Status

PLACES: Final = ("0101", "0104", "0105", "0106", "0111", "0402", "0403", "0412", "0415")
SUMS: Final = {"0": ("A", "B"), "A": ("1", "2"), "B": ("3", "4", "5", "6", "7", "8")}
GIVEN_AWAY: Final = {("0", reason) for reason in ("0", "A", "B", "1", "2")}


def narrowest(safe: SafeCubes) -> dict[tuple[str, str, str], float]:
    """For every hidden cell and the protected group's, how far apart its real bounds are, from the shown cells alone."""
    table = safe.tables["IP101"]
    regions = (*table.dimension("Region").values, PROTECTED_GROUP)
    cells = {cell: number for number, cell in enumerate(product(regions, ("0", "1", "2"), REASONS))}
    equations: list[list[tuple[int, int]]] = []

    def total(whole: tuple[str, str, str], parts: list[tuple[str, str, str]]) -> None:
        equations.append([(cells[whole], 1), *((cells[part], -1) for part in parts)])

    for sex, reason in product(("0", "1", "2"), REASONS):
        counties = [region for region in regions if len(region) == 2]
        total(("0", sex, reason), [(region, sex, reason) for region in (*counties, PROTECTED_GROUP)])
        for county in counties:
            within = [region for region in regions if len(region) == 4 and region.startswith(county)]
            total((county, sex, reason), [(region, sex, reason) for region in within])
    for region, reason in product(regions, REASONS):
        total((region, "0", reason), [(region, "1", reason), (region, "2", reason)])
    for region, sex in product(regions, ("0", "1", "2")):
        for whole, parts in SUMS.items():
            total((region, sex, whole), [(region, sex, part) for part in parts])

    bounds: list[tuple[float, float | None]] = [(0.0, None)] * len(cells)
    hidden = []
    for cell, number in cells.items():
        region, sex, reason = cell
        if region == PROTECTED_GROUP:
            if (sex, reason) not in GIVEN_AWAY:
                hidden.append(cell)
            continue
        value, status = table.at(Region=region, Kjonn=sex, Grunn=reason, ContentsCode="Avsluttet", Tid="2016")
        if status == Status.HIDDEN:
            hidden.append(cell)
        else:
            bounds[number] = (value or 0.0, value or 0.0)
    rows = [row for row, equation in enumerate(equations) for _ in equation]
    columns = [column for equation in equations for column, _ in equation]
    signs = [sign for equation in equations for _, sign in equation]
    matrix = np.zeros((len(equations), len(cells)))
    np.add.at(matrix, (rows, columns), signs)
    found = {}
    for cell in hidden:
        cost = np.zeros(len(cells))
        cost[cells[cell]] = 1.0
        ends = []
        for sign in (1.0, -1.0):
            answer = linprog(sign * cost, A_eq=matrix, b_eq=np.zeros(len(equations)), bounds=bounds, method="highs")
            assert answer.status in (0, 3), answer.message
            ends.append(sign * (-np.inf if answer.fun is None else answer.fun))
        found[cell] = ends[1] - ends[0]
    return found


def drawn(seed: int) -> dict[str, NDArray[np.int64]]:
    random = np.random.default_rng(seed)
    counts = {place: random.poisson(random.gamma(0.6, 5.0), size=(2, 8)).astype(np.int64) for place in PLACES}
    counts["0101"] += 6
    counts["0402"] += 6
    return counts | {PROTECTED_GROUP: people(men="5 3 1 2 1 1 2 1", women="2 2 1 0 1 1 0 1")}


@pytest.mark.parametrize(("policy", "seed"), [("strict-5", 1), ("strict-3", 2), ("base-5", 3)])
def test_the_second_attack_cannot_undo_a_seal_either(policy: str, seed: int) -> None:
    safe = seal(cubes_of(drawn(seed), only=PLACES), definitions=DEFINITIONS, policy=policy, seed=seed)
    widths = narrowest(safe)
    assert len(widths) > 50
    assert min(widths.values()) > 1 - 1e-6


def test_the_second_attack_would_notice_a_hole() -> None:
    cubes = cubes_of(drawn(1), only=PLACES)
    safe = seal(cubes, definitions=DEFINITIONS, policy="strict-5", seed=1)
    table = safe.tables["IP101"]
    values, status = table.values.copy(), table.status.copy()
    for place in ("0104", "0105", "0106", "0111"):
        at = (table.dimension("Region").position(place), 0, 0, 0, 0)
        values[at], status[at] = float(cubes.exits.at(place, "0", "0")), ""
    at = (table.dimension("Region").position("0101"), 0, 0, 0, 0)
    values[at], status[at] = np.nan, ":"
    leaking = SafeCube(table.table, table.dimensions, values, status)
    widths = narrowest(replace(safe, tables={**safe.tables, "IP101": leaking}))
    assert widths["0101", "0", "0"] == pytest.approx(0.0, abs=1e-6)
