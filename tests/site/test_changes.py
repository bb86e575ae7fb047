"""What is told of the changes since the edition before, and that nothing is where that edition was taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from tests.site.conftest import LATER, larger, small
from tests.site.other_years import with_changes
from tests.site.reader import Reader
from tests.site.withdrawn import taken_back

from introstat.site.app import create_app
from introstat.site.export import export
from introstat.storage.editions import Editions


def cell(region: str, content: str, before: tuple[str, str], after: tuple[str, str]) -> dict[str, Any]:
    sides = {
        name: {"value": value, "status": status} for name, (value, status) in (("before", before), ("after", after))
    }
    return {"table": "IP102", "codes": [region, "0", content, "2016"], **sides}


CELLS = [
    cell("0", "Avsluttet", ("390", "*"), ("401", "")),
    cell("01", "Avsluttet", ("60", "*"), ("71", "")),
    cell("01", "AndelArbeidUtdanning", ("", ":"), ("42", "")),
    cell("0101", "Avsluttet", ("61", "*"), ("66", "")),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    folder: Path = tmp_path_factory.mktemp("changed")
    changed = with_changes(small(), {"previous": "2016.0", "reason": {}, "cells": CELLS})
    Editions(folder).write(changed)
    return Reader(create_app(folder, feedback=folder / "feedback", clock=lambda: LATER))


def rows_of(page: str) -> list[str]:
    table = page.partition('id="endret"')[2].partition("</table>")[0]
    return [row.partition("</tr>")[0] for row in table.split("<tr")[2:]]


def test_the_country_and_the_counties_that_changed_stand_with_their_numbers_before_and_now(site: Reader) -> None:
    page = site.get("/2016.1/").text
    assert "er endret fra utgave 2016.0 til 2016.1" in page
    country, county = rows_of(page)
    assert "Hele landet" in country
    assert '<td class="number">390<span class="sign">' in country
    assert "Østfold" in county
    assert '<td class="number">60<span class="sign">' in county
    assert '<span class="ds-sr-only">Skjult</span>' in county


def test_a_share_that_was_confirmed_was_preliminary_too(site: Reader) -> None:
    country = rows_of(site.get("/2016.1/").text)[0]
    before, now = country.split("<td")[3:]
    assert "Foreløpig" in before
    assert "Foreløpig" not in now


def test_a_municipality_is_left_to_the_file(site: Reader) -> None:
    page = site.get("/en/2016.1/").text
    assert len(rows_of(page)) == 2
    assert 'href="/2016.1/changes.json"' in page
    assert len(site.get("/2016.1/changes.json").json()["cells"]) == len(CELLS)


def test_an_edition_with_none_before_it_tells_of_no_changes(shared_site: Reader) -> None:
    assert 'id="endret"' not in shared_site.get("/2016/").text


def test_the_page_about_the_statistic_leads_to_the_file_that_it_names(site: Reader) -> None:
    assert 'href="/2016.1/changes.json"' in site.get("/2016/om/").text


OLD = "81723"
"""What the country's number was in the edition before, and stands nowhere else."""
TELLING = (
    "/2016.1.1/",
    "/en/2016.1.1/",
    "/2016.1.1/changes.json",
    "/api/v2/tables/IP102/changes",
    "/api/v2/tables/IP102/changes?version=2016.1.1",
)


@pytest.fixture
def after_a_correction(tmp_path: Path) -> Path:
    """A home with 2016.1, and a 2016.1.1 that says what the country's number was before it."""
    (tmp_path / "editions").mkdir()
    store = Editions(tmp_path / "editions")
    store.write(small())
    made = replace(small(number="2016.1.1", reason="Et tall var feil."), released=datetime(2017, 9, 1, tzinfo=UTC))
    cells = [cell("0", "Avsluttet", (OLD, ""), ("401", ""))]
    store.write(with_changes(made, {"previous": "2016.1", "reason": {}, "cells": cells}))
    return tmp_path


def tells(page: str) -> bool:
    """Whether the number stands in a page, in whatever language it is written."""
    return OLD in page.translate({ord(","): None, ord("\N{NO-BREAK SPACE}"): None})


def app_of(home: Path) -> Starlette:
    return create_app(home / "editions", feedback=home / "feedback", clock=lambda: LATER)


def test_what_a_number_was_in_an_edition_that_was_taken_back_is_told_nowhere(after_a_correction: Path) -> None:
    site = Reader(app_of(after_a_correction))
    shown = {address for address in TELLING if tells(site.get(address).text)}
    assert shown == {*TELLING}
    (after_a_correction / "editions" / "withdrawn.toml").write_text(taken_back(), encoding="utf-8")
    for address in TELLING:
        assert not tells(site.get(address).text), address
    assert "could be traced to one person" in site.get("/en/2016.1.1/").text
    for address in ("/2016.1.1/", "/2016.1.1/om/"):
        assert "Hva tallene var i den utgaven, vises derfor ikke" in site.get(address).text
        assert 'href="/2016.1.1/changes.json"' not in site.get(address).text
    assert site.get("/2016.1.1/changes.json").status_code == 410
    assert site.get("/2016.1.1/manifest.json").status_code == 200
    told = site.get("/api/v2/tables/IP102/changes?version=2016.1.1").json()["changes"]
    assert [(found["cells"], found["withdrawn"]["number"]) for found in told] == [([], "2016.1")]


@pytest.mark.parametrize("number", ["2016.1", "2016.1.1"])
def test_a_copy_holds_nothing_of_what_was_taken_back(after_a_correction: Path, tmp_path: Path, number: str) -> None:
    (after_a_correction / "editions" / "withdrawn.toml").write_text(taken_back(number), encoding="utf-8")
    out = tmp_path / "out"
    export(after_a_correction, out)
    assert not (out / number).exists()
    assert not (out / "2016.1.1" / "changes.json").exists()
    assert not [path for path in out.rglob("*.html") if tells(path.read_text(encoding="utf-8"))]


def test_an_older_edition_says_that_the_newest_of_its_year_was_taken_back(
    after_a_correction: Path, tmp_path: Path
) -> None:
    store = Editions(after_a_correction / "editions")
    store.write(larger(year=2015))
    before = Reader(app_of(after_a_correction)).get("/2016.1/kommune/0101/").text
    assert "Det finnes en nyere utgave av tallene" in before
    (after_a_correction / "editions" / "withdrawn.toml").write_text(taken_back("2016.1.1"), encoding="utf-8")
    page = Reader(app_of(after_a_correction)).get("/2016.1/kommune/0101/").text
    assert "Utgave 2016.1.1 kom senere, men er trukket tilbake" in page
    assert 'href="/2016.1.1/"' in page
    assert "Det finnes en nyere utgave" not in page
    assert "trukket tilbake" not in Reader(app_of(after_a_correction)).get("/2015.1/kommune/0101/").text
    out = tmp_path / "out"
    export(after_a_correction, out)
    copied = (out / "2016.1" / "kommune" / "0101" / "index.html").read_text(encoding="utf-8")
    assert "Utgave 2016.1.1 kom senere, men er trukket tilbake" in copied
