"""Regions beside the counties: what lies in what, and what may be set side by side and chosen from a table."""

from __future__ import annotations

from typing import Any, cast

import pytest
from tests.site.reader import Reader

from introstat.site.compare import ready, together
from introstat.site.jsonstat import Variable
from introstat.site.library import Shelf
from introstat.site.page import Ask
from introstat.site.places import counties_of, regions_of, regions_within
from introstat.site.tables import regions_of as chosen
from introstat.vocabulary.editions import Edition


def place(code: str, name: str, level: str, parent: str, *, children: str = "", lies_in: str = "") -> dict[str, Any]:
    told = {"code": code, "name": name, "level": level, "parent": parent}
    return {**told, "children": children.split(), "lies_in": lies_in.split()}


PLACES: dict[str, dict[str, Any]] = {
    found["code"]: found
    for found in (
        place("0", "Hele landet", "country", "", children="11 12"),
        place("11", "Rogaland", "county", "0", children="1103 1106 1145"),
        place("12", "Hordaland", "county", "0", children="1211 1219"),
        place("1103", "Stavanger", "municipality", "11", lies_in="I04 N3041"),
        place("1106", "Haugesund", "municipality", "11", lies_in="I04 N3039"),
        place("1145", "Bokn", "municipality", "11", lies_in="I04 N3039"),
        place("1211", "Etne", "municipality", "12", lies_in="I04 N3039"),
        place("1219", "Bømlo", "municipality", "12", lies_in="I04 N3048"),
        place("I04", "IMDi Vest", "imdi_region", "0", children="1103 1106 1145 1211 1219"),
        place("N3039", "Haugesundregionen", "economic_region", "0", children="1106 1145 1211"),
        place("N3041", "Stavangerregionen", "economic_region", "0", children="1103"),
        place("N3048", "Sunnhordland", "economic_region", "0", children="1219"),
    )
}


def codes(found: Any) -> list[str]:
    return [place["code"] for place in found]


@pytest.mark.parametrize(
    ("code", "lies_in", "within", "covers"),
    [
        ("1211", ["I04", "N3039"], [], []),
        ("11", ["I04"], ["N3039", "N3041"], []),
        ("N3039", [], [], ["12", "11"]),
        ("I04", [], [], ["12", "11"]),
        ("0", [], [], []),
    ],
)
def test_a_place_tells_the_regions_it_lies_in_and_a_region_its_counties(
    code: str, lies_in: list[str], within: list[str], covers: list[str]
) -> None:
    found = PLACES[code]
    assert codes(regions_of(PLACES, found)) == lies_in
    assert codes(regions_within(PLACES, found)) == within
    assert codes(counties_of(PLACES, found)) == covers


def test_every_region_of_several_municipalities_can_be_seen_side_by_side() -> None:
    ask = Ask("nb", "/2016/sammenlign/", cast("Shelf", None), parts={"edition": "2016"})
    offered = {found.label: found.choices for found in ready(ask, PLACES)}
    assert offered == {
        "Fylkene og regionene": [
            ("Fylkene", together(ask, "fylker")),
            ("IMDi-regionene", together(ask, "imdiregioner")),
        ],
        "Kommunene i et fylke": [("Hordaland", together(ask, "12")), ("Rogaland", together(ask, "11"))],
        "Kommunene i en IMDi-region": [("IMDi Vest", together(ask, "I04"))],
        "Kommunene i en næringsregion": [("Haugesundregionen", together(ask, "N3039"))],
    }


@pytest.mark.parametrize(
    ("area", "regions"),
    [
        ("imdiregioner", ["I04"]),
        ("naeringsregioner", ["N3039", "N3041", "N3048"]),
        ("N3039", ["1106", "1145", "1211", "N3039"]),
        ("I04", ["1103", "1106", "1145", "1211", "1219", "I04"]),
    ],
)
def test_a_region_is_chosen_from_a_table_with_its_municipalities(area: str, regions: list[str]) -> None:
    rows = Variable("Region", "Region", {code: code for code in PLACES}, {})
    assert list(chosen(rows, PLACES, area)) == regions


@pytest.mark.parametrize(
    ("prefix", "label"), [("", "Syntetiske data"), ("/nn", "Syntetiske data"), ("/en", "Synthetic data")]
)
@pytest.mark.parametrize("path", ["/", "/2016/", "/2016/kommune/0101/", "/2016/steder/", "/2016/tabeller/IP102/"])
def test_a_shared_address_says_once_that_the_data_are_synthetic(
    shared_site: Reader, edition: Edition, prefix: str, label: str, path: str
) -> None:
    page = shared_site.get(prefix + path).text
    (told,) = [line for line in page.splitlines() if 'property="og:description"' in line]
    assert told.casefold().count(label.casefold()) == 1
