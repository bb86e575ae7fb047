"""What a reader types, and what is found."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.site.reader import Reader

from introstat.definitions.catalogue import geography
from introstat.site.division import newest_division
from introstat.site.other_names import OtherName, other_names
from introstat.site.search import alphabetic, find_places, folded
from introstat.site.spelling import changes_allowed, distance, near


def place(code: str, name: str, *names: str, children: tuple[str, ...] = ()) -> dict[str, Any]:
    told = [{"text": text, "lang": "no"} for text in (name, *names)]
    label = " – ".join((name, *names))
    return {"code": code, "name": name, "label": label, "names": told, "children": list(children)}


PLACES: dict[str, dict[str, Any]] = {
    entry["code"]: entry
    for entry in (
        place("0", "Hele landet"),
        place("03", "Oslo", children=("0301",)),
        place("0301", "Oslo", "Oslove"),
        place("0219", "Bærum"),
        place("0236", "Nes (Akershus)"),
        place("0616", "Nes (Buskerud)"),
        place("1219", "Bømlo"),
        place("1243", "Os (Hordaland)"),
        place("2011", "Guovdageaidnu", "Kautokeino"),
        place("2021", "Kárášjohka", "Karasjok"),
        place("1804", "Bodø"),
        place("0138", "Hobøl"),
        place("0215", "Frogn"),
        place("1504", "Ålesund"),
    )
}


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ("Bømlo", ["1219"]),
        ("bomlo", ["1219"]),
        ("BØMLO ", ["1219"]),
        ("baerum", ["0219"]),
        ("Kautokeino", ["2011"]),
        ("guovdageaidnu", ["2011"]),
        ("karasjohka", ["2021"]),
        ("oslo", ["0301"]),
        ("0219", ["0219"]),
        ("03", ["03"]),
        ("nes", ["0236", "0616"]),
        ("Os", ["1243"]),
        ("Bømlo kommune", ["1219"]),
        ("Guovdageainnu suohkan", ["2011"]),
        ("aker", ["0236"]),
        ("alesund", ["1504"]),
        ("Aalesund", ["1504"]),
        ("bomblo", ["1219"]),
        ("gudovageaidnu", ["2011"]),
        ("9999", []),
        ("xyzzy", []),
        ("", []),
        ("   ", []),
        ("0", []),
    ],
)
def test_a_place_is_found_by(asked: str, codes: list[str]) -> None:
    assert [found.place["code"] for found in find_places(PLACES, asked)] == codes


@pytest.mark.parametrize("asked", ["((((", "*", ".+", "\\", "%%%", "'; drop table", "<script>", "ß" * 40, "🙂"])
def test_any_text_may_be_asked_for(asked: str) -> None:
    assert isinstance(list(find_places(PLACES, asked)), list)


def test_folding_keeps_letters_apart_from_their_absence() -> None:
    assert folded("Bø-Å ") == "bo a"
    assert folded("Kárášjohka") == "karasjohka"


def test_a_list_of_names_ends_in_the_norwegian_letters() -> None:
    names = ["Ås", "Øyer", "Aremark", "Æ", "Zulu", "Áltá"]
    ordered = sorted((place(str(n), name) for n, name in enumerate(names)), key=alphabetic)
    assert [entry["name"] for entry in ordered] == ["Áltá", "Aremark", "Zulu", "Æ", "Øyer", "Ås"]


def test_the_only_place_found_is_shown_at_once(shared_site: Reader) -> None:
    given = shared_site.get("/nn/2016/steder/?sok=kautokeino")
    assert given.status_code == 303
    assert given.headers["location"] == "/nn/2016/kommune/2011/"


def test_a_search_without_a_hit_offers_every_place(shared_site: Reader) -> None:
    page = shared_site.get("/2016/steder/?sok=%3Cb%3Exyzzy").text
    assert "Ingen treff på «&lt;b&gt;xyzzy»" in page
    assert 'href="/2016/kommune/0101/"' in page


LATER_NAMES = (
    OtherName("Viken", "0219", "later", 2020),
    OtherName("Viken", "0236", "later", 2020),
    OtherName("5401", "1804", "later", 2020),
    OtherName("Bådåddjo", "1804", "sami", 2016),
    OtherName("Oslo", "0236", "earlier", 1990),
)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Viken", [("0236", "later"), ("0219", "later")]),
        ("5401", [("1804", "later")]),
        ("badaddjo", [("1804", "name")]),
        ("badadjo", [("1804", "near")]),
        ("oslo", [("0301", "name")]),
        ("bømlå", [("1219", "near")]),
    ],
)
def test_a_place_is_found_by_what_it_was_or_will_be_called(asked: str, found: list[tuple[str, str]]) -> None:
    hits = find_places(PLACES, asked, others=LATER_NAMES)
    assert sorted((hit.place["code"], hit.by) for hit in hits) == sorted(found)


@pytest.mark.parametrize(
    ("year", "text", "codes"),
    [
        (2016, "Lillestrøm", {"0226", "0227", "0231"}),
        (2016, "5001", {"1601"}),
        (2018, "1601", {"5001"}),
        (2016, "Viken", {"01", "02", "06"}),
        (2016, "55", {"19"}),
        (2016, "Oslove", {"0301"}),
        (2020, "Bådåddjo", {"1804"}),
        (2016, "Frei", {"1505"}),
    ],
)
def test_names_and_codes_of_other_years_lead_to_the_places_of_the_year(year: int, text: str, codes: set[str]) -> None:
    assert {other.place for other in other_names(year) if other.text == text} == codes


@pytest.mark.parametrize("year", [2014, 2016, 2018, 2020, 2024])
def test_every_municipality_of_any_year_is_known_in_every_year(year: int) -> None:
    known = {other.text for other in other_names(year)}
    day = date(year, 12, 31)
    here = {place.code for place in (*geography().municipalities(day), *geography().counties(day))}
    every = {place.code for place in geography().places if place.level.value in ("county", "municipality")}
    assert every <= known | here


words = st.text(alphabet="abdeknors", max_size=9)


def slow_distance(first: str, second: str) -> int:
    """The definition, read aloud."""
    if not first or not second:
        return len(first) + len(second)
    changes = [
        slow_distance(first[1:], second) + 1,
        slow_distance(first, second[1:]) + 1,
        slow_distance(first[1:], second[1:]) + (first[0] != second[0]),
    ]
    if len(first) > 1 and len(second) > 1 and first[0] == second[1] and first[1] == second[0]:
        changes.append(slow_distance(first[2:], second[2:]) + 1)
    return min(changes)


@given(st.text(alphabet="abc", max_size=5), st.text(alphabet="abc", max_size=5), st.integers(0, 4))
def test_the_distance_is_that_of_its_definition(first: str, second: str, most: int) -> None:
    assert distance(first, second, most=most) == min(slow_distance(first, second), most + 1)


@given(words, st.lists(words, max_size=20))
def test_a_near_name_is_near_and_none_is_nearer(wanted: str, names: list[str]) -> None:
    most = changes_allowed(wanted)
    found = near(wanted, names)
    told = {name: distance(wanted, name, most=most) for name in names}
    if len(wanted) < 3:
        assert not found
    else:
        fewest = min(told.values(), default=most + 1)
        assert sorted(found) == (sorted(name for name in told if told[name] == fewest) if fewest <= most else [])


@given(st.text(max_size=80))
def test_no_text_breaks_the_search(asked: str) -> None:
    for hit in find_places(PLACES, asked, others=LATER_NAMES):
        assert hit.place["code"] in PLACES


def test_a_misspelt_name_is_asked_back_and_not_followed(shared_site: Reader) -> None:
    page = shared_site.get("/2016/steder/?sok=kautekeino")
    assert page.status_code == 200
    assert "Mente du:" in page.text
    assert 'href="/2016/kommune/2011/"' in page.text


def test_a_name_of_later_years_is_explained(shared_site: Reader) -> None:
    page = shared_site.get("/en/2016/steder/?sok=Viken").text
    assert "Became Viken, in whole or in part, in 2020" in page


OLD_DISTRICTS = {
    "Helsfyr-Sinsen": ["030112", "030101", "030102"],
    "Uranienborg-Majorstuen": ["030105"],
    "bygdøy frogner": ["030105"],
    "Romsås": ["030110"],
    "Furuset": ["030112", "030111"],
    "Hellerud": ["030112", "030113"],
    "Manglerud": ["030113"],
    "Bøler": ["030113"],
    "Lambertseter": ["030114"],
    "Ekeberg-Bekkelaget": ["030101", "030114"],
    "Sagene-Torshov": ["030103"],
    "Grefsen-Kjelsås": ["030108"],
    "Vinderen": ["030108", "030107"],
    "Røa": ["030107"],
    "Sogn": ["030108"],
    "St. Hanshaugen-Ullevål": ["030108", "030104"],
    "Grünerløkka-Sofienberg": ["030102", "030104"],
}


@pytest.mark.parametrize(("asked", "codes"), OLD_DISTRICTS.items())
def test_an_old_district_of_oslo_leads_to_those_of_today(asked: str, codes: list[str]) -> None:
    day = date(2016, 12, 31)
    today = {known.code: place(known.code, known.names[0].text) for known in geography().districts(day)}
    assert [hit.place["code"] for hit in find_places(today, asked, others=other_names(2016))] == codes


def test_every_old_district_of_oslo_is_known_by_its_own_name_or_leads_to_one_that_is() -> None:
    old, today = geography().districts(date(2003, 12, 31)), geography().districts(date(2016, 12, 31))
    same = {place.names[0].text for place in today}
    led = {other.text for other in other_names(2016) if len(other.place) == 6}
    assert len(old) == 26  # with those whose district is not stated
    assert {place.names[0].text for place in old} <= same | led
    assert not same & led
    assert not any(other.text.isdigit() for other in other_names(2016) if len(other.place) == 6)


def test_an_old_district_is_explained(larger_site: Reader) -> None:
    page = larger_site.get("/2016/steder/?sok=helsfyr").text
    assert "Her ligger hele eller deler av det som het Helsfyr–Sinsen til og med 2003" in page
    assert 'href="/2016/bydel/030101/"' in page


NOW = {
    "0231": ["3205 Lillestrøm"],
    "2011": ["5612 Guovdageaidnu"],
    "1850": ["1806 Narvik", "1875 Hábmer"],
    "02": ["32 Akershus"],
    "12": ["46 Vestland"],
}


@pytest.mark.parametrize(("code", "told"), NOW.items())
def test_a_place_of_the_year_leads_to_what_it_is_in_the_newest_division(code: str, told: list[str]) -> None:
    now = newest_division(code, 2016)
    assert now is not None
    assert now.year == 2024
    assert [f"{place.code} {place.names[0].text}" for place in now.places] == told


@pytest.mark.parametrize("code", ["0", "0301", "03", "030101", "I01", "9999", "3205"])
def test_a_place_that_still_is_what_it_was_or_is_not_of_the_year_leads_nowhere(code: str) -> None:
    assert newest_division(code, 2016) is None


def test_the_page_of_a_place_says_what_it_is_today(shared_site: Reader) -> None:
    page = shared_site.get("/2016/kommune/2011/").text.partition("</main>")[0]
    line = re.sub("<[^>]+>", "", page.partition('class="lies-in">I inndelingen fra 2024')[2].partition("</p>")[0])
    assert line == ": Guovdageaidnu – Kautokeino (5612)."
    assert "I inndelingen fra" not in shared_site.get("/2016/kommune/0301/").text
