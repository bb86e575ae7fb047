"""The weakest cells of a year: named for the reviewer with the values they were seen to take."""

from __future__ import annotations

import pytest
from tests.made_cubes import DEFINITIONS, cubes_of
from tests.spec.test_protect_seal import SMALL, small_counts

from introstat.protect import seal
from introstat.storage import sealed
from introstat.vocabulary.tables import PROTECTED_GROUP, Cubes, SafeCubes, Status


@pytest.fixture(scope="module")
def cubes() -> Cubes:
    return cubes_of(small_counts(), only=SMALL)


@pytest.fixture(scope="module")
def safe(cubes: Cubes) -> SafeCubes:
    return seal(cubes, definitions=DEFINITIONS, policy="strict-5", seed=1)


def test_the_weakest_cells_come_first_and_each_has_at_least_two_values(safe: SafeCubes) -> None:
    widths = [cell.high - cell.low for cell in safe.report.weakest]
    assert 0 < len(widths) <= 20
    assert widths == sorted(widths)
    assert widths[0] >= 1


def test_they_are_hidden_cells_and_their_bounds_hold_the_count(cubes: Cubes, safe: SafeCubes) -> None:
    exits = cubes.exits
    table = safe.tables["IP101"]
    for cell in safe.report.weakest:
        assert cell.region != PROTECTED_GROUP
        codes = {"Region": cell.region, "Kjonn": cell.sex, "Grunn": cell.reason}
        count = int(exits.counts[tuple(d.position(codes[d.code]) for d in exits.dimensions)])
        assert cell.low <= count <= cell.high
        assert cell.low < count or count < cell.high
        shown = {dimension.code: dimension.values[0] for dimension in table.dimensions} | codes
        index = tuple(d.position(shown[d.code]) for d in table.dimensions)
        assert str(table.status[index]) == Status.HIDDEN.value


def test_they_wait_with_the_draft_for_the_reviewer(safe: SafeCubes) -> None:
    assert sealed.from_files(sealed.to_files(safe)).report == safe.report
