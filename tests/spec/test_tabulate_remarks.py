"""What the office is asked to look at, by example."""

from __future__ import annotations

from tests.made_snapshots import Row, snapshot

from introstat.definitions.catalogue import definitions_for
from introstat.tabulate import Remark, count, remarks

DEFINITIONS = definitions_for(2016)
HALDEN, MOSS = "0101", "0104"
REPORTED = tuple((place.code, "register") for place in DEFINITIONS.geography.municipalities(DEFINITIONS.year.last_day))


def remarked(now: list[Row], before: list[Row] | None = None) -> tuple[Remark, ...]:
    this_year, last_year = (
        None if rows is None else count(snapshot(rows, reporting=REPORTED), definitions=DEFINITIONS)
        for rows in (now, before)
    )
    assert this_year is not None
    return remarks(this_year, definitions=DEFINITIONS, earlier=last_year)


def people(place: str, *, men: int, women: int) -> list[Row]:
    return [Row(place, "1", "1", n=men), Row(place, "2", "1", n=women)]


def test_a_quiet_year_has_no_remarks() -> None:
    year = people(HALDEN, men=20, women=20)
    assert remarked(year, year) == ()


def test_missing_reasons_and_exits_by_the_register_are_told() -> None:
    told = remarked([Row(HALDEN, "1", "8", closed=True), Row(HALDEN, "1", "1", n=3)])
    assert [remark.text.en for remark in told] == [
        "1 of 4 who ended have no reason (25 per cent). They count as not having reached the goal.",
        "1 of 4 were ended by the register itself.",
    ]


def test_who_has_not_reported_is_told() -> None:
    made = count(snapshot([], reporting=REPORTED[1:]), definitions=DEFINITIONS)
    (told,) = remarks(made, definitions=DEFINITIONS, earlier=None)
    assert told.text.nb == "1 av 428 kommuner har ikke rapportert noe. De står uten tall, ikke med null."


def test_a_place_far_from_last_year_is_told_with_everything_it_lies_in_that_is_far_too() -> None:
    told = remarked(people(HALDEN, men=15, women=15), people(HALDEN, men=5, women=5))
    assert [remark.region for remark in told] == ["0", "01", "I01", "N3001", HALDEN]
    assert told[-1].text.nb == "Halden: 30 avsluttet mot 10 året før."


def test_small_places_are_not_asked_about() -> None:
    everybody = people(MOSS, men=50, women=50)
    assert remarked([*everybody, *people(HALDEN, men=4, women=4)], [*everybody, *people(HALDEN, men=1, women=1)]) == ()


def test_sexes_that_look_swapped_are_told() -> None:
    told = remarked(people(HALDEN, men=10, women=30), people(HALDEN, men=30, women=10))
    assert told[-1].text.en.startswith("Halden: the share of men is 25 per cent, against 75 per cent the year before.")
