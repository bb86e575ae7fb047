"""The line of 2016, run once by its own commands, for the tests that look at what came out."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.made_office import Office


@pytest.fixture(scope="session")
def line_of_2016(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A home where 2016 has been released. Read it; do not change it."""
    office = Office(tmp_path_factory.mktemp("line"))
    office.invent()
    office.issue()
    return office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An empty home."""
    return Office(tmp_path / "home")
