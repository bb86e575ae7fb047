"""What the release page tells of the changes since the edition before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.site.conftest import LATER, small
from tests.site.other_years import with_changes
from tests.site.reader import Reader

from introstat.site.app import create_app
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
