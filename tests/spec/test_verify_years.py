"""`introstat verify` reads an edition with everything that was out before it, by example."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.made_cubes import cubes_of, people
from tests.made_tables import made_edition

from introstat.audit import verify
from introstat.definitions.catalogue import definitions_for
from introstat.protect import seal
from introstat.protect.copies import Copy
from introstat.protect.released import attack_released, counted_in
from introstat.storage.editions import Editions
from introstat.storage.home import Home
from introstat.vocabulary.tables import SafeCube, SafeCubes
from introstat.vocabulary.years import ReportingYear

MANY = people(men="9 8 7 9 8 7 9 8", women="8 9 8 7 9 8 7 9")
FEW = {
    "0104": people(men="2 1 1 0 2 1 3 1", women="1 0 2 1 1 3 1 1"),
    "0105": people(men="1 2 1 1 1 2 1 1", women="1 0 1 2 3 1 1 2"),
}
PLACES = ("0101", "0104", "0105", "0106")
YEARS = (2014, 2015, 2016)


def safe(year: int, few: int = 2016) -> SafeCubes:
    """Two places have few in one year and many in the others."""
    counts = dict.fromkeys(PLACES, MANY + year % 5) | (FEW if year == few else {})
    cubes = replace(cubes_of(counts, only=PLACES), year=ReportingYear(year))
    sealed = seal(cubes, definitions=definitions_for(year), policy="strict-5")
    ended, reached = (
        int(sealed.tables["IP102"].at(Region="0", Kjonn="0", ContentsCode=code, Tid=str(year))[0] or 0)
        for code in ("Avsluttet", "ArbeidUtdanning")
    )
    funnel = {
        "received": 2 * ended,
        "valid": 2 * ended,
        "population": ended,
        "denominator": ended,
        "numerator": reached,
    }
    return replace(sealed, funnel=funnel)


def with_several(sealed: SafeCubes, place: str, *, ended: int, reached: int) -> SafeCubes:
    """The same tables; one place has a result of all three years, written by hand."""
    table = sealed.tables["IP105"]
    values, status = table.values.copy(), table.status.copy()
    at = table.dimension("Region").position(place)
    values[at, :, 0] = (YEARS[0], ended, reached, (200 * reached + ended) // (2 * ended))
    status[at] = ""
    return replace(sealed, tables={**sealed.tables, "IP105": SafeCube("IP105", table.dimensions, values, status)})


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = Home(tmp_path)
    found.editions.mkdir()
    for year in YEARS[:-1]:
        Editions(found.editions).write(made_edition(safe(year), number=f"{year}.1"))
    return found


def test_an_edition_whose_years_together_give_a_hidden_result_away_does_not_verify(home: Home) -> None:
    before = sum((MANY + year % 5) for year in YEARS[:-1])
    now = FEW["0104"]
    told = with_several(safe(2016), "0104", ended=int((before + now).sum()), reached=int((before + now)[:, :2].sum()))
    assert told.tables["IP102"].at(Region="0104", Kjonn="0", ContentsCode="ArbeidUtdanning", Tid="2016")[0] is None
    Editions(home.editions).write(made_edition(told, number="2016.1"))
    problems = verify(home, "2016.1")
    (found,) = [one for one in problems if "region 0104, sex 0, reason A " in one]
    assert "can be computed, with 2014.1, 2015.1 beside: it is 4." in found


def test_the_same_editions_without_years_together_verify(home: Home) -> None:
    Editions(home.editions).write(made_edition(safe(2016), number="2016.1"))
    assert verify(home, "2016.1") == ()


def test_a_count_shown_in_one_table_and_hidden_in_another_is_told(home: Home) -> None:
    sealed = safe(2016)
    table = sealed.tables["IP102"]
    values, status = table.values.copy(), table.status.copy()
    at = tuple(
        table.dimension(code).position(value)
        for code, value in (("Region", "0104"), ("Kjonn", "0"), ("ContentsCode", "ArbeidUtdanning"), ("Tid", "2016"))
    )
    assert np.isnan(values[at])
    values[at], status[at] = 4, ""
    tables = {**sealed.tables, "IP102": SafeCube("IP102", table.dimensions, values, status)}
    Editions(home.editions).write(made_edition(replace(sealed, tables=tables), number="2016.1"))
    assert any("is shown, and by reason it is hidden" in one for one in verify(home, "2016.1"))


def test_a_correction_of_a_year_that_a_later_one_tells_of_is_attacked_beside_that() -> None:
    """2016 tells of three years together, and 2014 and 2016 are shown: 2015 cannot be made anew with the result hidden."""
    draft = safe(2015, few=2015)
    total = sum((MANY + year % 5) for year in (2014, 2016)) + FEW["0104"]
    told = with_several(safe(2016, few=2015), "0104", ended=int(total.sum()), reached=int(total[:, :2].sum()))

    def copy(sealed: SafeCubes, edition: str) -> Copy:
        return Copy(sealed.tables["IP101"], sealed.tables["IP104"], sealed.tables["IP105"], edition)

    before = [copy(safe(2014, few=2015), "2014.1"), copy(draft, "2015.1")]
    assert draft.report.is_safe
    harmless = attack_released(copy(draft, "2015.1.1"), earlier=before)
    assert counted_in(draft.report, harmless).is_safe
    answer = attack_released(copy(draft, "2015.1.1"), earlier=[*before, copy(told, "2016.1")])
    report = counted_in(draft.report, answer)
    assert not report.is_safe
    assert report.attack_exact > 0
    assert "2016.1" in report.notes[-1]
