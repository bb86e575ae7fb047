"""The line of 2016, run once by its own commands, for the tests that look at what came out."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.made_office import Office
from tests.made_once import made_once


@pytest.fixture(scope="session")
def line_of_2016(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A home where 2016 has been released. Read it; do not change it."""
    return Office(made_once(tmp_path_factory, "line-of-2016", released))


def released(home: Path) -> None:
    office = Office(home)
    office.invent()
    office.issue()


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An empty home."""
    return Office(tmp_path / "home")
