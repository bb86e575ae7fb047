"""What programs are told of an edition that was taken back: that it is gone, when and why, and what stands."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from tests.site.other_years import of_year
from tests.site.pxwebapi import ROOT, chosen, data
from tests.site.reader import Reader
from tests.site.withdrawn import REASON, taken_back

from introstat.site.app import create_app
from introstat.storage.editions import Editions
from introstat.vocabulary.editions import Edition

LATER = datetime(2020, 1, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def shelf(tmp_path: Path, edition: Edition) -> Path:
    """2015.1, 2016.0 and 2016.1; nothing is taken back yet."""
    store = Editions(tmp_path)
    store.write(of_year(edition, "2015.1", released=datetime(2016, 7, 5, 6, tzinfo=UTC)))
    store.write(of_year(edition, "2016.0", released=datetime(2017, 2, 5, 6, tzinfo=UTC), added=100))
    store.write(edition)
    return tmp_path


def reader(folder: Path, *, withdrawn: str | None = None) -> Reader:
    (folder / "withdrawn.toml").write_text(taken_back() if withdrawn is None else withdrawn, encoding="utf-8")
    return Reader(create_app(folder, feedback=folder / "feedback", clock=lambda: LATER))


@pytest.mark.parametrize(
    "address",
    [
        f"{ROOT}/tables?editions=2016.1",
        f"{ROOT}/tables/IP102?version=2016.1",
        f"{ROOT}/tables/IP102/metadata?editions=2015.1,2016.1",
        f"{ROOT}/tables/IP102/defaultselection?version=2016",
        f"{ROOT}/tables/IP102/changes?version=2016.1",
        f"{ROOT}/codelists/agg_Fylker?editions=2016.1",
        f"{ROOT}/catalog.ttl?editions=2016.1",
        data("IP102", Region="0", ContentsCode="Avsluttet", Tid="2016", raw="editions=2016.1"),
        data("IP102", Region="0", ContentsCode="Avsluttet", Tid="2016", raw="version=2016.1&outputFormat=csv"),
        data("IP102", Region="0", ContentsCode="Avsluttet", Tid="2016"),
        data("IP102", Region="0", ContentsCode="Avsluttet", Tid="2015,2016"),
    ],
)
def test_what_was_taken_back_is_gone_and_the_answer_says_when_why_and_what_stands(shelf: Path, address: str) -> None:
    answer = reader(shelf).get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (410, "application/problem+json")
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert (told["title"], told["status"]) == ("Edition withdrawn", 410)
    assert told["withdrawn"] == {
        "number": "2016.1",
        "day": "2017-07-07",
        "reason": {"no": REASON["nb"], "nn": REASON["nn"], "en": REASON["en"]},
        "instead": ["2016.0"],
    }
    for said in ("2016.1 was withdrawn on 2017-07-07", "could be traced to one person.", "that stand: 2016.0."):
        assert said in told["detail"]


def test_a_selection_in_a_body_and_a_saved_query_are_told_too(shelf: Path) -> None:
    items = [("Region", "0"), ("ContentsCode", "Avsluttet"), ("time", "2016")]
    selection = {"selection": [{"variableCode": code, "valueCodes": [value]} for code, value in items]}
    before = reader(shelf, withdrawn="withdrawn = []")
    query = {"tableId": "IP102", "language": "en", "selection": selection}
    saved = before.post(f"{ROOT}/savedqueries", body=orjson.dumps(query))
    assert saved.status_code == 201
    site = reader(shelf)
    assert site.post(f"{ROOT}/tables/IP102/data", body=orjson.dumps(selection)).status_code == 410
    assert site.get(f"{saved.headers['location']}/data").status_code == 410
    assert site.get(saved.headers["location"]).status_code == 200


def test_the_year_is_left_out_where_nobody_asks_for_it_and_an_older_edition_stands_by_its_number_alone(
    shelf: Path,
) -> None:
    site = reader(shelf)
    given = site.get(data("IP102", Region="0", ContentsCode="Avsluttet", Tid="*")).json()
    assert chosen(given, "Tid") == ["2015"]
    named = data("IP102", Region="0", ContentsCode="Avsluttet", Tid="*", raw="version=2016.0")
    assert chosen(site.get(named).json(), "Tid") == ["2015", "2016"]
    exact = data("IP102", Region="0", ContentsCode="Avsluttet", Tid="2016", raw="editions=2016.0")
    assert site.get(exact).status_code == 200
    elsewhere = data("IP102", Region="0", ContentsCode="Avsluttet", Tid="2016", raw="editions=2015.1")
    assert site.get(elsewhere).status_code == 400


def test_where_the_only_edition_was_taken_back_its_tables_are_gone_and_the_list_of_them_is_empty(
    tmp_path: Path, edition: Edition
) -> None:
    Editions(tmp_path).write(edition)
    site = reader(tmp_path)
    assert site.get(f"{ROOT}/tables").json()["tables"] == []
    assert site.get(f"{ROOT}/tables/IP102").status_code == 410
    assert site.get(f"{ROOT}/tables/IP102").json()["withdrawn"]["instead"] == []
    assert "that stand: none." in site.get(f"{ROOT}/tables/IP102/data").json()["detail"]


def test_the_list_of_versions_names_what_was_taken_back_and_calls_no_older_one_the_newest(shelf: Path) -> None:
    told = reader(shelf).get(f"{ROOT}/tables/IP102/versions").json()
    assert [(found["number"], found["isNewestOfYear"]) for found in told["versions"]] == [
        ("2016.0", False),
        ("2015.1", True),
    ]
    assert [found["number"] for found in told["withdrawn"]] == ["2016.1"]
    assert reader(shelf, withdrawn="withdrawn = []").get(f"{ROOT}/tables/IP102/versions").json()["withdrawn"] == []


def test_an_edition_that_was_never_released_is_not_found(shelf: Path) -> None:
    answer = reader(shelf).get(f"{ROOT}/tables/IP102?editions=2016.1.7")
    assert answer.status_code == 404
    assert "withdrawn" not in answer.json()
