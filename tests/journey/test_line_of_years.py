"""Three years in one register, as `script/demo --years 2014,2015,2016` issues them: final, corrected and preliminary editions.

2014 is received whole, so that its totals can be held against the published ones. To see what an edition does to the one
before it, a few counties of all three years are enough.
"""

from __future__ import annotations

import csv
import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.made_office import Office
from tests.site.reader import Reader

from introstat.audit import verify
from introstat.definitions.catalogue import definitions_for
from introstat.site.app import create_app
from introstat.storage.home import Home

pytestmark = pytest.mark.slow

EDITIONS = ("2015.1", "2015.1.1", "2016.0", "2016.1")
FEW_COUNTIES = ("03", "12", "18", "20")
REASON = "Oslo har rettet."
Seen = dict[tuple[str, ...], tuple[str, str]]


def issue(office: Office, year: int, kind: str, as_of: str, at: str, following: str, *reason: str) -> None:
    office.do("freeze", str(year), "--as-of", as_of, "--kind", kind)
    office.do("prepare", str(year), "--by", "Kari Synt")
    office.do("review", str(year), "--approve", "--by", "Ola Synt", "--next", following, *reason)
    office.do("release", str(year), "--at", at)


def keep_counties(folder: Path) -> None:
    """Leave out what the municipalities of other counties sent; the office's own report stays."""
    path = folder / "deliveries.json"
    schedule = json.loads(path.read_text("utf-8"))
    sent = schedule["deliveries"]
    schedule["deliveries"] = [one for one in sent if one["file"].startswith((*FEW_COUNTIES, "direktoratet"))]
    path.write_text(json.dumps(schedule), "utf-8")


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    office = Office(tmp_path_factory.mktemp("deliveries"))
    office.do("synth", "--year", "2016", "--since", "2014", "--out", office.deliveries)
    return office.deliveries


@pytest.fixture(scope="module")
def whole_2014(tmp_path_factory: pytest.TempPathFactory, deliveries: Path) -> Office:
    """A home where 2014 is released with every county in it."""
    office = Office(tmp_path_factory.mktemp("whole"))
    (office.home / "published").mkdir()
    shutil.copy(deliveries / "2014" / "published.json", office.home / "published" / "2014.json")
    office.do("receive", deliveries / "2014", "--year", "2014")
    issue(office, 2014, "final", "2015-03-17T00:00", "2015-07-09T08:00", "2016-07-07")
    return office


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory, deliveries: Path) -> Office:
    """A home where the editions of 2015 and 2016 are released for a few counties. Read it; do not change it."""
    office = Office(tmp_path_factory.mktemp("years"))
    shutil.copytree(deliveries, office.deliveries)
    (office.home / "published").mkdir()
    for year in (2014, 2015, 2016):
        folder = office.deliveries / str(year)
        shutil.copy(folder / "published.json", office.home / "published" / f"{year}.json")
        keep_counties(folder)
        office.do("receive", folder, "--year", str(year))
    issue(office, 2015, "final", "2016-03-17T00:00", "2016-07-07T08:00", "2017-01-26")
    issue(office, 2015, "final", "2016-10-01T00:00", "2016-10-20T08:00", "2017-01-26", "--reason", REASON)
    issue(office, 2016, "preliminary", "2017-01-20T00:00", "2017-01-26T08:00", "2017-07-06")
    issue(office, 2016, "final", "2017-03-17T00:00", "2017-07-06T08:00", "2018-07-05")
    return office


def document(office: Office, edition: str, name: str) -> Any:
    return json.loads((office.home / "editions" / edition / name).read_text("utf-8"))


def cells(office: Office, edition: str, table: str) -> Seen:
    """Value and status of every cell by its codes; read without any module of the line."""
    path = office.home / "editions" / edition / "tables" / table / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {
            tuple(value for name, value in row.items() if name[0].isupper() and not name.endswith("_label")): (
                row["value"],
                row["status"],
            )
            for row in csv.DictReader(file)
        }


def lasting(seen: tuple[str, str]) -> tuple[str, str]:
    return (seen[0], "") if seen[1] == "*" else seen


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_edition_verifies(years: Office, edition: str) -> None:
    assert verify(Home(years.home), edition) == ()


def test_2014_has_its_published_totals_and_says_which(whole_2014: Office) -> None:
    found = cells(whole_2014, "2014.1", "IP102")
    for content, value in {"Avsluttet": "3229", "ArbeidUtdanning": "1408", "AndelArbeidUtdanning": "44"}.items():
        assert found["0", "0", content, "2014"] == (value, "")
    assert found["0", "1", "AndelArbeidUtdanning", "2014"][0] == "52"
    assert found["0", "2", "AndelArbeidUtdanning", "2014"][0] == "34"
    (equal,) = document(whole_2014, "2014.1", "manifest.json")["equal_to_published"]
    assert (equal["table"], equal["cells"], equal["source"]) == ("IP102", 2, "Introduksjonsprogrammet 2014. IMDi")
    assert verify(Home(whole_2014.home), "2014.1") == ()


def test_years_that_were_not_published_claim_no_published_figure(years: Office) -> None:
    for edition in ("2015.1", "2015.1.1"):
        assert document(years, edition, "manifest.json")["equal_to_published"] == []


def test_people_carried_over_from_year_to_year_are_counted_in_the_year_they_end(years: Office) -> None:
    totals = {edition: cells(years, edition, "IP102") for edition in EDITIONS}
    assert totals["2015.1"]["03", "0", "Avsluttet", "2015"] == ("373", "")
    assert totals["2016.1"]["03", "0", "Avsluttet", "2016"] == ("413", "")
    assert totals["2016.1"]["12", "0", "Avsluttet", "2016"] == ("475", "")


@pytest.mark.parametrize(("before", "after"), [("2015.1", "2015.1.1"), ("2016.0", "2016.1")])
def test_an_edition_lists_exactly_the_cells_that_differ_from_the_one_before(
    years: Office, before: str, after: str
) -> None:
    changes = document(years, after, "changes.json")
    assert changes["previous"] == before
    differing = set()
    for table in document(years, after, "manifest.json")["tables"]:
        # A number that was preliminary and is confirmed is no change, though its sign is gone.
        old, new = (
            {codes: lasting(seen) for codes, seen in cells(years, edition, table).items()}
            for edition in (before, after)
        )
        differing |= {(table, codes) for codes in new if old[codes] != new[codes]}
    listed = [(change["table"], tuple(change["codes"])) for change in changes["cells"]]
    assert len(listed) == len(set(listed)) > 0
    assert set(listed) == differing


def test_a_correction_tells_why_and_changes_numbers_only_where_it_was_made(years: Office) -> None:
    changes = document(years, "2015.1.1", "changes.json")
    assert changes["reason"] == {"nb": REASON}
    moved = {
        change["codes"][0]
        for change in changes["cells"]
        if change["table"] == "IP102" and change["before"]["value"] and change["after"]["value"]
    }
    on, geography = date(2015, 12, 31), definitions_for(2015).geography
    beside = (*geography.imdi_regions(on), *geography.economic_regions(on))
    with_oslo = {region.code for region in beside if "0301" in geography.members(region.code, on)}
    assert len(with_oslo) == 2
    within_oslo = {place.code for place in geography.districts(on)}
    assert {"0", "03", "0301"} <= moved <= {"0", "03", "0301"} | with_oslo | within_oslo
    results = [
        cells(years, edition, "IP102")["03", "0", "ArbeidUtdanning", "2015"] for edition in ("2015.1", "2015.1.1")
    ]
    assert int(results[0][0]) < int(results[1][0])
    assert all(
        cells(years, edition, "IP102")["03", "0", "Avsluttet", "2015"] == ("373", "")
        for edition in ("2015.1", "2015.1.1")
    )
    for language in ("nb", "nn", "en"):
        text = (years.home / "editions" / "2015.1.1" / f"article.{language}.json").read_text("utf-8")
        assert REASON in text


def test_a_preliminary_edition_says_so_and_waits_for_those_who_have_not_reported(years: Office) -> None:
    manifest = document(years, "2016.0", "manifest.json")
    assert manifest["kind"] == "preliminary"
    for language, label in {"nb": "Foreløpige tall", "nn": "Førebelse tal", "en": "Preliminary figures"}.items():
        status = document(years, "2016.0", f"article.{language}.json")["status"]
        assert (status["code"], status["label"]) == ("preliminary", label)
    preliminary, final = (cells(years, edition, "IP102") for edition in ("2016.0", "2016.1"))
    came_later = [
        codes
        for codes, (_, status) in preliminary.items()
        if codes[2] == "Avsluttet" and status == ".." and final[codes][1] != ".."
    ]
    assert len(came_later) > 5
    ended = [int(found["0", "0", "Avsluttet", "2016"][0]) for found in (preliminary, final)]
    assert ended[0] < ended[1]


def test_the_site_serves_the_newest_edition_of_each_year_and_every_one_at_its_own_address(years: Office) -> None:
    app = create_app(
        years.home / "editions",
        feedback=years.home / "feedback",
        clock=lambda: datetime(2018, 1, 2, 12, 0, tzinfo=UTC),
    )
    reader = Reader(app)
    for edition in EDITIONS:
        assert reader.get(f"/{edition}/").status_code == 200
        assert (
            reader.get(f"/{edition}/tabeller/IP102/IP102.csv").content
            == (years.home / "editions" / edition / "tables" / "IP102" / "IP102.csv").read_bytes()
        )
    for year, newest in {2015: "2015.1.1", 2016: "2016.1"}.items():
        page = reader.get(f"/{year}/")
        assert page.status_code == 200
        assert newest in page.text
    assert REASON in reader.get("/2015/").text
    assert "Foreløpige tall" in reader.get("/2016.0/").text
    assert reader.get("/2013/").status_code == 404
