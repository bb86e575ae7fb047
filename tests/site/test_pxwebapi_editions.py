"""Tables across years and editions: what is joined, what an edition in another's place changes, and what never changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from tests.site.conftest import open_up
from tests.site.other_years import of_year, with_changes
from tests.site.pxwebapi import ROOT, cells_of, chosen, data, everything, tables_of
from tests.site.reader import Reader

from introstat.site.app import create_app
from introstat.storage.editions import Editions
from introstat.vocabulary.editions import Edition
from introstat.vocabulary.snapshots import Provenance

LATER = datetime(2020, 1, 2, 12, 0, tzinfo=UTC)


def at(year: int, month: int) -> datetime:
    return datetime(year, month, 5, 6, tzinfo=UTC)


def reader(folder: Path) -> Reader:
    return Reader(create_app(folder, feedback=folder / "feedback", clock=lambda: LATER))


CHANGES = {
    "previous": "2016.0",
    "reason": {"nb": "En kommune sendte nye tall."},
    "cells": [
        {
            "table": "IP102",
            "codes": ["0104", "0", "Avsluttet", "2016"],
            "before": {"value": "7", "status": ""},
            "after": {"value": "", "status": ":"},
        },
        {
            "table": "IP101",
            "codes": ["0104", "0", "1", "Avsluttet", "2016"],
            "before": None,
            "after": {"value": "0", "status": ""},
        },
    ],
}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, edition: Edition) -> Path:
    """2016.0, 2016.1 with changes, and a 2017.1 in which 0101 has become 3001 and 2011 is gone."""
    folder = tmp_path_factory.mktemp("shelf")
    store = Editions(folder)
    store.write(of_year(edition, "2016.0", released=at(2017, 2), added=100))
    reason = "En kommune sendte nye tall."
    store.write(with_changes(of_year(edition, "2016.1", released=at(2017, 7), reason=reason), CHANGES))
    store.write(
        of_year(edition, "2017.1", released=at(2018, 7), recoded={"0101": "3001"}, without=("2011",), added=1)
    )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def api(shelf: Path) -> Reader:
    return reader(shelf)


def test_a_table_joins_the_newest_edition_of_each_year(api: Reader) -> None:
    given = api.get(data("IP102", Region="0", ContentsCode="Avsluttet", Tid="*")).json()
    assert (chosen(given, "Tid"), given["value"]) == (["2016", "2017"], [359, 360])
    assert [edition["number"] for edition in given["extension"]["editions"]] == ["2016.1", "2017.1"]
    assert given["extension"]["version"] == "2017.1"
    assert given["updated"] == "2018-07-05T06:00:00Z"


def test_a_year_has_the_regions_of_its_own_year_and_a_dot_for_the_others(api: Reader) -> None:
    given = api.get(data("IP102", Region="0101,3001,2011", ContentsCode="Avsluttet", Tid="*")).json()
    assert cells_of(given) == {
        ("0101", "Avsluttet", "2016"): 66,
        ("0101", "Avsluttet", "2017"): ".",
        ("3001", "Avsluttet", "2016"): ".",
        ("3001", "Avsluttet", "2017"): 67,
        ("2011", "Avsluttet", "2016"): 67,
        ("2011", "Avsluttet", "2017"): ".",
    }
    assert set(given["extension"]["status"]["cells"].values()) == {"not-in-force"}
    assert len(given["extension"]["status"]["cells"]) == 3


def test_labels_are_unique_and_a_code_that_is_gone_says_until_when(api: Reader) -> None:
    given = api.get(f"{ROOT}/tables/IP102/metadata").json()
    labels = given["dimension"]["Region"]["category"]["label"]
    assert (labels["3001"], labels["0101"]) == ("Halden", "Halden (–2016)")
    assert len(set(labels.values())) == len(labels)


def test_the_other_division_is_told_in_a_note(api: Reader) -> None:
    assert any("inndelingen som gjaldt det året" in note for note in api.get(data("IP102")[:-1]).json()["note"])


def test_an_edition_can_stand_in_the_place_of_its_year(api: Reader) -> None:
    given = api.get(data("IP102", Region="0", ContentsCode="Avsluttet", Tid="*", raw="version=2016.0")).json()
    assert (chosen(given, "Tid"), given["value"]) == (["2016", "2017"], [459, 360])
    assert given["extension"]["periodStatus"] == {"2016": "preliminary", "2017": "final"}
    assert any("Foreløpige tall" in note for note in given["note"])


def test_exactly_the_editions_named_are_joined(api: Reader) -> None:
    given = api.get(data("IP102", Region="0", ContentsCode="Avsluttet", Tid="*", raw="editions=2016.0")).json()
    assert (chosen(given, "Tid"), given["value"]) == (["2016"], [459])


@pytest.mark.parametrize("part", ["", "/metadata", "/defaultselection", "/data"])
def test_every_address_of_a_table_takes_editions(api: Reader, part: str) -> None:
    given = api.get(f"{ROOT}/tables/IP102{part}?editions=2016.1")
    assert given.status_code == 200
    assert "2017" not in given.text.replace("2017-", "")


def test_a_permalink_gives_the_same_answer_after_newer_editions(tmp_path: Path, edition: Edition) -> None:
    store = Editions(tmp_path)
    store.write(edition)
    before = reader(tmp_path)
    address = data("IP102", Region="01*", Kjonn="1,0", ContentsCode="Avsluttet", Tid="top(1)")
    link = before.get(address).json()["extension"]["permalink"]
    first = before.get(link)
    assert cells_of(first.json()) == cells_of(before.get(address).json())
    store.write(of_year(edition, "2016.1.1", released=at(2017, 9), added=5, reason="feil"))
    store.write(of_year(edition, "2017.1", released=at(2018, 7), recoded={"0101": "3001"}, added=9))
    after = reader(tmp_path)
    assert after.get(link).content == first.content
    assert after.get(address).content != before.get(link).content
    assert after.get(link).json()["extension"]["permalink"] == link


def test_an_edition_is_cited_by_the_hash_of_its_manifest(api: Reader, shelf: Path) -> None:
    known = {str(release.number): release.manifest_sha256 for release in Editions(shelf).releases()}
    for edition in api.get(everything("IP102")).json()["extension"]["editions"]:
        assert edition["sha256"] == known[edition["number"]]


def test_the_versions_of_a_table_are_listed_newest_first(api: Reader) -> None:
    found = api.get(f"{ROOT}/tables/IP102/versions").json()["versions"]
    assert [version["number"] for version in found] == ["2017.1", "2016.1", "2016.0"]
    assert [version["isNewestOfYear"] for version in found] == [True, True, False]
    assert [version["changedCells"] for version in found] == [0, 1, 0]
    for version in found:
        for link in version["links"]:
            assert api.get(link["href"]).status_code == 200


def test_the_changes_of_a_table_are_its_cells_before_and_after_with_the_reason(api: Reader) -> None:
    found = api.get(f"{ROOT}/tables/IP102/changes?version=2016.1").json()["changes"]
    assert found == [
        {
            "version": "2016.1",
            "previous": "2016.0",
            "released": "2017-07-05T06:00:00Z",
            "reason": "En kommune sendte nye tall.",
            "cells": [
                {
                    "codes": {"Region": "0104", "Kjonn": "0", "ContentsCode": "Avsluttet", "Tid": "2016"},
                    "before": {"value": 7.0, "status": ""},
                    "after": {"value": None, "status": ":", "reason": "protected"},
                }
            ],
        }
    ]
    (english,) = api.get(f"{ROOT}/tables/IP102/changes?version=2016.1&lang=en").json()["changes"]
    assert (english["reason"], english["reasonLanguage"]) == ("En kommune sendte nye tall.", "no")
    other = api.get(f"{ROOT}/tables/IP101/changes").json()["changes"]
    assert [len(change["cells"]) for change in other] == [0, 1, 0]
    assert other[1]["cells"][0]["before"] is None


def test_a_table_that_newer_years_lack_is_discontinued(tmp_path: Path, edition: Edition) -> None:
    store = Editions(tmp_path)
    store.write(edition)
    newer = of_year(edition, "2017.1", released=at(2018, 7))
    files = {path: content for path, content in newer.files.items() if not path.startswith("tables/IP103/")}
    manifest = orjson.loads(files["manifest.json"])
    manifest["files"] = {path: entry for path, entry in manifest["files"].items() if path in files}
    files["manifest.json"] = orjson.dumps(manifest)
    store.write(replace(newer, files=files))
    api = reader(tmp_path)
    assert "IP103" not in {table["id"] for table in api.get(f"{ROOT}/tables").json()["tables"]}
    with_old = api.get(f"{ROOT}/tables?includeDiscontinued=true").json()["tables"]
    assert {table["id"]: table["discontinued"] for table in with_old} == {
        table: table == "IP103" for table in tables_of(edition)
    }


def test_a_period_of_several_years_is_told_by_its_first_and_its_last(tmp_path: Path, edition: Edition) -> None:
    Editions(tmp_path).write(of_year(edition, "2016.1", released=at(2017, 7), period="2014-2016"))
    api = reader(tmp_path)
    table = api.get(f"{ROOT}/tables/IP102").json()
    assert (table["firstPeriod"], table["lastPeriod"], table["timeUnit"]) == ("2014", "2016", "Other")
    given = api.get(data("IP102", Region="0", ContentsCode="Avsluttet", Tid="top(1)")).json()
    assert (chosen(given, "Tid"), given["value"]) == (["2014-2016"], [359])
    assert "TIMEVAL" not in api.get(everything("IP102", raw="outputFormat=px")).text
    catalogue = api.get(f"{ROOT}/catalog.ttl").text
    assert '"2014-01-01"^^xsd:date' in catalogue
    assert '"2016-12-31"^^xsd:date' in catalogue


def test_the_districts_of_a_city_are_places_with_a_list_of_their_own(tmp_path: Path, edition: Edition) -> None:
    districts = {"0104": "030104", "2011": "030111"}
    Editions(tmp_path).write(of_year(edition, "2016.1", released=at(2017, 7), recoded=districts))
    api = reader(tmp_path)
    listed = api.get(f"{ROOT}/codelists/vs_Bydeler?lang=en").json()
    assert [value["code"] for value in listed["values"]] == list(districts.values())
    given = api.get(
        data("IP102", Region="*", ContentsCode="Avsluttet", Tid="*", raw="codelist[Region]=vs_bydeler")
    ).json()
    assert chosen(given, "Region") == list(districts.values())
    assert chosen(api.get(data("IP102", Region="????", ContentsCode="Avsluttet", Tid="*")).json(), "Region") == [
        "0101", "0301", "1219", "2003",
    ]  # fmt: skip
    cells = given["extension"]["quality"][0]["cells"]["byLevel"]
    assert set(cells) == {"country", "county", "municipality", "district"}


def test_one_synthetic_year_marks_the_whole_table(tmp_path: Path, edition: Edition, register_edition: Edition) -> None:
    store = Editions(tmp_path)
    store.write(edition)
    store.write(of_year(register_edition, "2017.1", released=at(2018, 7), provenance=Provenance.REGISTER))
    given = reader(tmp_path).get(data("IP102", Region="0", ContentsCode="Avsluttet", Tid="2017"))
    dataset = given.json()
    assert given.headers["x-robots-tag"] == "noindex"
    assert (dataset["extension"]["origin"], "2016: syntetiske data" in dataset["label"]) == ("synthetic", True)
    assert dataset["note"][0].startswith("2016: Syntetiske data")
    assert dataset["extension"]["noteMandatory"] == {"0": True}


def test_register_data_are_not_marked(tmp_path: Path, register_edition: Edition) -> None:
    Editions(tmp_path).write(register_edition)
    given = reader(tmp_path).get(data("IP102", Region="0", ContentsCode="Avsluttet", Tid="*"))
    assert "x-robots-tag" not in given.headers
    assert "yntetisk" not in given.text
    assert given.json()["extension"]["origin"] == "register"
    assert "Opphav" not in reader(tmp_path).get(everything("IP102", raw="outputFormat=csv")).text


def test_a_damaged_edition_is_not_left_out_in_silence(tmp_path: Path, edition: Edition) -> None:
    store = Editions(tmp_path)
    store.write(edition)
    store.write(of_year(edition, "2017.1", released=at(2018, 7)))
    open_up(tmp_path / "2016.1")
    (tmp_path / "2016.1" / "changes.json").write_text("{}")
    api = reader(tmp_path)
    given = api.get(f"{ROOT}/tables")
    assert (given.status_code, given.json()["title"]) == (503, "Edition not available")
    assert int(given.headers["retry-after"]) > 0
    assert "not shown: 2016.1." in given.json()["detail"]
    assert given.json()["detail"].endswith("editions=2017.1.")
    assert api.get(f"{ROOT}/tables/IP102/data?editions=2017.1").status_code == 200


def test_nothing_is_shown_before_its_hour(tmp_path: Path, edition: Edition) -> None:
    Editions(tmp_path).write(edition)
    now = [datetime(2017, 7, 6, 5, 59, 59, tzinfo=UTC)]
    api = Reader(create_app(tmp_path, feedback=tmp_path / "feedback", clock=lambda: now[0]))
    assert api.get(f"{ROOT}/tables").json()["tables"] == []
    assert api.get(f"{ROOT}/tables").json()["page"]["totalPages"] == 1
    assert api.get(f"{ROOT}/tables/IP102/data").status_code == 404
    now[0] = datetime(2017, 7, 6, 6, 0, tzinfo=UTC)
    assert len(api.get(f"{ROOT}/tables").json()["tables"]) == len(tables_of(edition))
    assert api.get(f"{ROOT}/tables/IP102/data").status_code == 200
