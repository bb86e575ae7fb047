"""Lines of 2016, run by their own commands, for the tests that look at what came out or go on from there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.made_office import Office
from tests.made_once import made_once

TWO_COUNTIES = ("18", "20")


@pytest.fixture(scope="session")
def line_of_2016(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A home where 2016 has been released. Read it; do not change it."""
    office = Office(tmp_path_factory.mktemp("line"))
    office.invent()
    office.issue()
    return office


@pytest.fixture(scope="session")
def two_counties(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A home where 2016 is frozen, for what needs no more than two counties of it. Copy it; do not change it."""
    return Office(made_once(tmp_path_factory, "two-counties", _frozen))


def _frozen(home: Path) -> None:
    office = Office(home)
    office.do("synth", "--year", "2016", "--out", office.deliveries)
    schedule = json.loads((office.deliveries / "deliveries.json").read_text("utf-8"))
    sent = schedule["deliveries"]
    schedule["deliveries"] = [one for one in sent if one["file"].startswith((*TWO_COUNTIES, "direktoratet"))]
    (office.deliveries / "deliveries.json").write_text(json.dumps(schedule), "utf-8")
    office.freeze()


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An empty home."""
    return Office(tmp_path / "home")
