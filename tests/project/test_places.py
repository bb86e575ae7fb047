"""Texts, years and places, and the code lists of places against the published counts."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from introstat.definitions.catalogue import geography
from introstat.vocabulary.places import Change, Geography, Level, Name, Place
from introstat.vocabulary.texts import Text
from introstat.vocabulary.years import ReportingYear

if TYPE_CHECKING:
    from pathlib import Path

IN_2016 = date(2016, 12, 31)


def a_place(code: str, level: Level, **changes: Any) -> Place:
    values: dict[str, Any] = {
        "names": (Name("Et sted", "no"),),
        "valid_from": date(2003, 1, 1),
        "valid_to": None,
        "parent": {Level.COUNTRY: None, Level.COUNTY: "0", Level.MUNICIPALITY: "16", Level.DISTRICT: "0301"}[level],
    }
    return Place(code=code, level=level, **{**values, **changes})


def test_a_text_without_one_of_its_languages_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="missing here: nn"):
        Text(nb="Ja", nn=" ", en="Yes")


def test_a_text_is_filled_in_each_language_and_a_text_inside_it_language_by_language() -> None:
    filled = Text(nb="{who} har {n}", nn="{who} har {n}!", en="{who} has {n}").fill(
        who=Text(nb="Hele landet", nn="Heile landet", en="The country"), n=3
    )
    assert filled == Text(nb="Hele landet har 3", nn="Heile landet har 3!", en="The country has 3")
    assert [filled.in_language(language) for language in ("nb", "nn", "en")] == [filled.nb, filled.nn, filled.en]


@pytest.mark.parametrize("year", [2002, 2101, -1])
def test_a_year_outside_the_programme_cannot_be_built(year: int) -> None:
    with pytest.raises(ValueError, match="between 2003 and 2100"):
        ReportingYear(year)


def test_a_year_holds_its_first_and_its_last_day_and_no_more() -> None:
    year = ReportingYear(2016)
    assert (year.first_day, year.last_day, str(year)) == (date(2016, 1, 1), date(2016, 12, 31), "2016")
    assert year.contains(year.first_day)
    assert year.contains(year.last_day)
    assert not year.contains(date(2015, 12, 31))
    assert not year.contains(date(2017, 1, 1))
    assert ReportingYear(2015) < year


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("00", Level.COUNTRY),
        ("1", Level.COUNTY),
        ("160", Level.COUNTY),
        ("301", Level.MUNICIPALITY),
        ("03O1", Level.MUNICIPALITY),
        ("١٦٠١", Level.MUNICIPALITY),
        ("30101", Level.DISTRICT),
    ],
)
def test_a_code_of_another_shape_than_its_level_cannot_be_built(code: str, level: Level) -> None:
    with pytest.raises(ValueError, match="is not the code"):
        a_place(code, level)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"valid_to": date(2003, 1, 1)}, "ends before it begins"),
        ({"parent": None}, "must lie in a county"),
        ({"parent": "0301"}, "must lie in a county"),
        ({"names": ()}, "has no name"),
    ],
)
def test_a_place_with_impossible_parts_cannot_be_built(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        a_place("1601", Level.MUNICIPALITY, **changes)


def test_a_place_is_valid_from_its_first_day_and_not_on_the_day_it_ends() -> None:
    place = a_place("1601", Level.MUNICIPALITY, valid_to=date(2018, 1, 1))
    days = [date(2002, 12, 31), date(2003, 1, 1), date(2017, 12, 31), date(2018, 1, 1)]
    assert [place.is_valid(day) for day in days] == [False, True, True, False]


def test_two_validities_of_one_code_that_overlap_cannot_be_built() -> None:
    early = a_place("1601", Level.MUNICIPALITY, valid_to=date(2018, 1, 1))
    late = a_place("1601", Level.MUNICIPALITY, valid_from=date(2017, 12, 31))
    with pytest.raises(ValueError, match="overlap"):
        Geography(places=(late, early))
    touching = a_place("1601", Level.MUNICIPALITY, valid_from=date(2018, 1, 1))
    assert len(Geography(places=(touching, early)).places) == 2


def test_a_change_to_itself_or_to_another_level_cannot_be_built() -> None:
    for new in ("1601", "50"):
        with pytest.raises(ValueError, match="same level"):
            Change(on=date(2018, 1, 1), old="1601", new=new)


def test_the_number_of_municipalities_and_counties_each_year_is_the_published_one(reference: Path) -> None:
    with (reference / "reference" / "geo" / "municipality_count_by_year.csv").open(encoding="utf-8") as file:
        published = {
            int(row["year"]): (int(row["municipalities"]), int(row["counties"])) for row in csv.DictReader(file)
        }
    places = geography()
    ours = {
        year: (len(places.municipalities(date(year, 1, 1))), len(places.counties(date(year, 1, 1))))
        for year in published
    }
    assert set(published) >= set(range(2003, 2026))
    assert ours == published


def test_every_municipality_of_the_source_is_there_with_its_code_and_days(reference: Path) -> None:
    with (reference / "reference" / "geo" / "klass131_nodes.csv").open(encoding="utf-8") as file:
        source = [row for row in csv.DictReader(file) if row["code"] != "9999"]
    places = geography()
    for year in range(2003, 2026):
        day = f"{year}-07-01"
        expected = {row["code"] for row in source if row["validFrom"] <= day < (row["validTo"] or "9")}
        assert {place.code for place in places.municipalities(date.fromisoformat(day))} == expected


def test_every_place_lies_in_a_place_that_is_in_force_all_the_while() -> None:
    places = geography()
    checked: Counter[Level] = Counter()
    for place in places.places:
        first = max(place.valid_from, date(2003, 1, 1))
        for year in range(first.year, 2027):
            day = max(first, date(year, 1, 1))
            if place.parent is not None and place.is_valid(day):
                assert places.find(place.parent, day) is not None, (place.code, day)
                checked[place.level] += 1
    assert checked[Level.COUNTY] > 300
    assert checked[Level.MUNICIPALITY] > 9000
    assert checked[Level.DISTRICT] > 300


def test_the_county_of_a_municipality_follows_the_day() -> None:
    places = geography()
    assert places.county_of("1601", IN_2016).label == "Sør-Trøndelag"
    assert places.county_of("5001", date(2018, 1, 1)).label == "Trøndelag – Trööndelage"
    with pytest.raises(LookupError):
        places.county_of("1601", date(2018, 1, 1))
    with pytest.raises(LookupError):
        places.county_of("16", IN_2016)


def test_no_two_places_of_a_level_share_a_name_on_the_same_day() -> None:
    places = geography()
    for year in range(2003, 2026):
        day = date(year, 1, 1)
        for level in (places.counties(day), places.municipalities(day), places.districts(day)):
            shared = [name for name, n in Counter(place.label for place in level).items() if n > 1]
            assert shared == []


def test_a_word_in_brackets_stands_only_while_another_place_has_the_same_name() -> None:
    places = geography()
    in_brackets = 0
    for year in range(2003, 2026):
        day = date(year, 1, 1)
        plain = Counter(place.label.split(" (")[0] for place in places.municipalities(day))
        for place in places.municipalities(day):
            if "(" in place.label:
                in_brackets += 1
                assert plain[place.label.split(" (")[0]] > 1, (place.label, year)
    assert in_brackets > 100


@pytest.mark.parametrize(
    ("code", "day", "label", "norwegian"),
    [
        ("1736", IN_2016, "Snåase – Snåsa", "Snåsa"),
        ("1736", date(2010, 12, 31), "Snåsa", "Snåsa"),
        ("2011", IN_2016, "Guovdageaidnu – Kautokeino", "Kautokeino"),
        ("1940", IN_2016, "Gáivuotna – Kåfjord", "Kåfjord"),
        ("5540", date(2024, 1, 1), "Gáivuotna – Kåfjord – Kaivuono", "Kåfjord"),
        ("2020", IN_2016, "Porsanger – Porsáŋgu – Porsanki", "Porsanger"),
        ("20", IN_2016, "Finnmark – Finnmárku", "Finnmark"),
        ("0821", IN_2016, "Bø (Telemark)", "Bø (Telemark)"),
        ("0", IN_2016, "Norge", "Norge"),
        ("030101", IN_2016, "Gamle Oslo", "Gamle Oslo"),
        ("030101", date(2003, 12, 31), "Bygdøy–Frogner", "Bygdøy–Frogner"),
    ],
)
def test_places_are_called_what_they_are_called_that_day(code: str, day: date, label: str, norwegian: str) -> None:
    place = geography().find(code, day)
    assert place is not None
    assert (place.label, place.norwegian) == (label, norwegian)


def test_sami_and_kven_names_carry_their_language() -> None:
    tagged = {name.text: name.language for place in geography().places for name in place.names}
    expected = {"Guovdageaidnu": "se", "Hábmer": "smj", "Snåase": "sma", "Kaivuono": "fkv", "Snåsa": "no"}
    assert {name: tagged[name] for name in expected} == expected
    norwegian = {text for text, language in tagged.items() if language == "no"}
    assert not [text for text in norwegian if set(text) & set("áčđŋšŧžï")]


@pytest.mark.parametrize(
    ("code", "day", "successors"),
    [
        ("1601", IN_2016, ["1601"]),
        ("1601", date(2018, 1, 1), ["5001"]),
        ("0720", date(2017, 1, 1), ["0704", "0710"]),
        ("0720", date(2025, 1, 1), ["3905", "3907"]),
        ("1850", date(2020, 1, 1), ["1806", "1875"]),
        ("1613", date(2020, 1, 1), ["5055", "5056", "5059"]),
        ("1507", date(2024, 1, 1), ["1508", "1580"]),
        ("1567", date(2019, 1, 1), ["5061"]),
        ("19", date(2025, 1, 1), ["55", "56"]),
        ("5001", IN_2016, []),
        ("9999", IN_2016, []),
    ],
)
def test_a_place_leads_to_those_that_took_it_over(code: str, day: date, successors: list[str]) -> None:
    assert [place.code for place in geography().successors(code, on=day)] == successors


def test_every_municipality_since_2003_leads_to_one_in_force_today() -> None:
    places = geography()
    today = date(2025, 1, 1)
    for place in places.places:
        if place.level is Level.MUNICIPALITY:
            assert places.successors(place.code, on=today), place.code


def test_a_geography_at_a_day_knows_no_other_day() -> None:
    at = geography().at(IN_2016)
    assert at.municipalities(IN_2016) == geography().municipalities(IN_2016)
    assert not at.was_valid_ever("5001")
    assert geography().was_valid_ever("5001")
    assert not geography().was_valid_ever("9999")


def test_oslo_has_fifteen_districts_and_three_further_codes_since_2004() -> None:
    for year in range(2004, 2026):
        districts = geography().districts(date(year, 1, 1))
        assert [place.code for place in districts] == [f"0301{number:02}" for number in (*range(1, 18), 99)]
        assert {place.parent for place in districts} == {"0301"}
