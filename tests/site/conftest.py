"""Small editions to try the open site on: a few places, every kind of cell, one minute to read."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from starlette.applications import Starlette
from tests.made_tables import made_edition, safe_cubes
from tests.site.other_years import of_year, starred
from tests.site.reader import Reader

from introstat.definitions.catalogue import definitions_for
from introstat.site.app import create_app
from introstat.site.pxwebapi import Limits
from introstat.storage.editions import Editions
from introstat.vocabulary.editions import Edition
from introstat.vocabulary.snapshots import Provenance
from introstat.vocabulary.tables import PROTECTED_GROUP

LATER = datetime(2018, 1, 2, 12, 0, tzinfo=UTC)
UNLIMITED = Limits(calls=0)
"""For sites that a whole run of tests asks within a minute."""
SILENT = "2003"


def people(*, men: tuple[int, ...], women: tuple[int, ...]) -> NDArray[np.int64]:
    return np.array([men, women])


COUNTS = {
    "0101": people(men=(10, 8, 6, 0, 5, 0, 5, 0), women=(6, 5, 7, 0, 9, 0, 5, 0)),
    "0104": people(men=(1, 1, 0, 0, 2, 0, 0, 0), women=(0, 0, 0, 0, 0, 0, 0, 0)),
    "0301": people(men=(30, 20, 10, 5, 20, 5, 5, 5), women=(20, 20, 30, 5, 20, 5, 5, 5)),
    "2011": people(men=(6, 5, 4, 3, 6, 3, 3, 3), women=(5, 6, 4, 3, 6, 4, 3, 3)),
    PROTECTED_GROUP: people(men=(2, 2, 0, 0, 3, 0, 0, 0), women=(2, 1, 0, 0, 2, 0, 0, 0)),
}
ONLY = ("0101", "0104", "0301", SILENT, "2011", "1219")


def small(*, number: str = "2016.1", provenance: Provenance = Provenance.SYNTHETIC, reason: str = "") -> Edition:
    """An edition of six municipalities: shown, hidden, silent, with nobody, with a Sámi name, a county by itself."""
    safe = safe_cubes(COUNTS, not_reported=frozenset({SILENT}), only=ONLY)
    return made_edition(safe, number=number, provenance=provenance, public_reason=reason)


WITH_DISTRICTS = {code: counts for code, counts in COUNTS.items() if code != "0301"} | {
    "030101": people(men=(20, 12, 6, 3, 12, 3, 3, 3), women=(12, 12, 20, 3, 12, 3, 3, 3)),
    "030102": people(men=(9, 7, 4, 2, 7, 2, 2, 2), women=(7, 7, 9, 2, 7, 2, 2, 2)),
    "030103": people(men=(1, 1, 0, 0, 1, 0, 0, 0), women=(0, 0, 0, 0, 0, 0, 0, 0)),
    "030104": people(men=(0, 0, 0, 0, 0, 0, 0, 0), women=(1, 1, 2, 0, 1, 0, 0, 0)),
    "0402": people(men=(2, 1, 1, 0, 2, 0, 0, 0), women=(0, 0, 0, 0, 0, 0, 0, 0)),
}


def larger(*, year: int = 2016, number: str = "") -> Edition:
    """The edition `small` with the districts of Oslo, and a municipality whose result is told as a band."""
    safe = safe_cubes(WITH_DISTRICTS, not_reported=frozenset({SILENT}), only=(*ONLY, "0402"), year=year)
    return made_edition(
        safe, number=number or f"{year}.1", public_reason="En kommune rettet tall." if number.count(".") > 1 else ""
    )


@pytest.fixture(scope="session")
def larger_edition() -> Edition:
    return larger()


@pytest.fixture(scope="session")
def larger_site(tmp_path_factory: pytest.TempPathFactory, larger_edition: Edition) -> Reader:
    """A site with districts, a band, and several years together."""
    folder = tmp_path_factory.mktemp("larger")
    Editions(folder).write(larger_edition)
    return Reader(create_app(folder, feedback=folder / "feedback", clock=lambda: LATER, limits=UNLIMITED))


@pytest.fixture(scope="session")
def edition() -> Edition:
    return small()


@pytest.fixture(params=definitions_for(2016).tables.ids)
def table(request: pytest.FixtureRequest, edition: Edition) -> str:
    """Each table that the year defines and the edition has, in turn."""
    found: str = request.param
    if f"tables/{found}/{found}.json" not in edition.files:
        pytest.skip(f"an edition of one year by itself has no {found}")
    return found


@pytest.fixture(scope="session")
def register_edition() -> Edition:
    return small(provenance=Provenance.REGISTER)


@pytest.fixture(scope="session")
def corrected(edition: Edition) -> Edition:
    made = small(number="2016.1.1", reason="En kommune sendte nye tall.")
    return replace(made, released=datetime(2017, 9, 1, 8, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory, edition: Edition) -> Path:
    """A home folder with one released edition, not to be changed."""
    folder = tmp_path_factory.mktemp("released")
    (folder / "editions").mkdir()
    Editions(folder / "editions").write(edition)
    return folder


@pytest.fixture
def home(tmp_path: Path, released: Path) -> Path:
    """A home folder with one released edition, a test's own."""
    shutil.copytree(released / "editions", tmp_path / "editions")
    return tmp_path


MakeApp = Callable[..., Starlette]


@pytest.fixture
def make_app(home: Path) -> MakeApp:
    def make(*, clock: Callable[[], datetime] = lambda: LATER, folder: Path = home) -> Starlette:
        return create_app(folder / "editions", feedback=folder / "feedback", clock=clock)

    return make


@pytest.fixture
def site(make_app: MakeApp) -> Reader:
    return Reader(make_app())


@pytest.fixture(scope="session")
def shared_site(released: Path) -> Reader:
    """One site for all tests that only read."""
    folder = released / "editions"
    return Reader(create_app(folder, feedback=released / "feedback", clock=lambda: LATER, limits=UNLIMITED))


@pytest.fixture(scope="session")
def preliminary(tmp_path_factory: pytest.TempPathFactory, edition: Edition) -> Reader:
    """A site that shows a preliminary edition, whose numbers have a star."""
    folder = tmp_path_factory.mktemp("preliminary")
    Editions(folder).write(of_year(starred(edition), "2016.0", released=datetime(2017, 3, 5, 6, tzinfo=UTC)))
    return Reader(create_app(folder, feedback=folder / "feedback", clock=lambda: LATER, limits=UNLIMITED))


@pytest.fixture(params=["shared_site", "preliminary"], ids=["final", "preliminary"])
def any_site(request: pytest.FixtureRequest) -> Reader:
    """A site with a final edition, then one with a preliminary one, for what must hold of both."""
    found: Reader = request.getfixturevalue(request.param)
    return found


def open_up(folder: Path) -> None:
    """Make a released edition writable, as only someone with access to the disk could."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
