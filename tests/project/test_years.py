"""Every reporting year has a complete folder of definitions, and what differs between two of them is meant to."""

from __future__ import annotations

from datetime import date
from importlib import resources

import pytest

from introstat.definitions.catalogue import definitions_for, years

DATA = resources.files("introstat.definitions")
FILES = {"about.toml", "form.toml", "indicators.toml", "tables.toml"}


def lines(year: int, name: str) -> list[str]:
    return DATA.joinpath(f"{year}/{name}").read_text(encoding="utf-8").splitlines()


def test_three_years_have_definitions() -> None:
    assert years() == (2014, 2015, 2016)


@pytest.mark.parametrize("year", years())
def test_a_years_folder_is_complete(year: int) -> None:
    assert {entry.name for entry in DATA.joinpath(str(year)).iterdir()} == FILES
    definitions = definitions_for(year)
    assert definitions.year.value == year
    assert definitions.version.startswith(f"{year}-")


@pytest.mark.parametrize("year", years())
def test_each_year_until_2016_has_428_municipalities_in_19_counties(year: int) -> None:
    last_day = date(year, 12, 31)
    municipalities = definitions_for(year).geography.municipalities(last_day)
    assert len(municipalities) == 428
    assert len({place.parent for place in municipalities}) == 19


@pytest.mark.parametrize("year", [2014, 2015])
def test_the_years_before_2016_differ_from_it_in_the_year_alone(year: int) -> None:
    for name in FILES:
        mine, theirs = lines(year, name), lines(2016, name)
        assert len(mine) == len(theirs)
        for one, other in zip(mine, theirs, strict=True):
            assert one == other or one == other.replace("2016", str(year)), (name, one)


def test_years_have_versions_of_their_own() -> None:
    assert len({definitions_for(year).checksum for year in years()}) == len(years())
