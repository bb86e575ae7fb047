"""Who counts as ended, and where, by example."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.made_register import KEY, WHEN, YEAR, Book, definitions, direct, nil, people

from introstat.definitions.dated import Dated, Series
from introstat.definitions.reasons import Outcome
from introstat.freeze import take
from introstat.freeze.derive import derive
from introstat.freeze.places import place_of
from introstat.register.corrections import declare
from introstat.vocabulary.snapshots import Provenance, Snapshot, SnapshotKind
from introstat.vocabulary.years import ReportingYear

ANNA = {"national_id": "01858512345", "end_date": "2016-05-01", "reason": "arbeid"}
LATER = WHEN + timedelta(days=1)
COUNTED = ("in_municipality", "in_county", "in_country")


def frozen(*rows: Mapping[str, Any]) -> Snapshot:
    book = Book()
    book.receive(people(*rows))
    return book.freeze()


def only(snapshot: Snapshot) -> dict[str, Any]:
    (row,) = snapshot.rows.to_pylist()
    return dict(row)


def ended(snapshot: Snapshot, level: str = "in_country") -> int:
    return sum(row["n"] for row in snapshot.rows.to_pylist() if row[level])


def source(snapshot: Snapshot, municipality: str) -> tuple[str, int, int]:
    (row,) = (row for row in snapshot.reporting.to_pylist() if row["municipality"] == municipality)
    return row["source"], row["people"], row["direct"]


def test_a_row_tells_what_is_needed_and_no_name() -> None:
    row = only(frozen({**ANNA, "first_name": "Anna", "birth_date": "1985-05-02"}))
    assert len(row.pop("person")) == 32
    assert row == {
        "municipality": "0301",
        "county": "03",
        "district": None,
        "sex": "2",
        "birth_year": 1985,
        "age": 30,
        "citizenship": "SYR",
        "law": "introduksjonsloven",
        "category": "rett_og_plikt",
        "start_date": date(2014, 9, 1),
        "end_date": date(2016, 5, 1),
        "end_type": None,
        "reason": "1",
        "closed_by_register": False,
        "protected": False,
        "source": "register",
        "ended": True,
        **dict.fromkeys(COUNTED, True),
        "n": 1,
    }


@pytest.mark.parametrize(
    ("end", "counts"),
    [("2015-12-31", None), ("2016-01-01", True), ("2016-12-31", True), ("2017-01-01", False), (None, False)],
)
def test_the_calendar_year_decides(end: str | None, counts: bool | None) -> None:
    rows = frozen({**ANNA, "end_date": end}).rows.to_pylist()
    assert [row["ended"] for row in rows] == ([] if counts is None else [counts])


def test_what_happened_after_the_year_is_not_part_of_its_picture() -> None:
    row = only(frozen({**ANNA, "end_date": "2017-01-05", "end_type": "fullfort"}))
    assert (row["end_date"], row["end_type"], row["reason"], row["age"]) == (None, None, "8", 31)


def test_a_programme_that_started_after_the_year_is_not_in_it() -> None:
    assert frozen({**ANNA, "start_date": "2017-01-01", "end_date": None}).rows.num_rows == 0


def test_the_last_end_in_a_municipality_is_the_one_that_counts() -> None:
    rows = frozen(
        {**ANNA, "end_date": "2016-02-01", "reason": "annet"}, {**ANNA, "start_date": "2016-03-01"}
    ).rows.to_pylist()
    assert [(row["end_date"].month, row["ended"]) for row in rows] == [(2, False), (5, True)]


def test_two_municipalities_in_one_county_count_one_each_and_the_county_and_the_country_one() -> None:
    first = {**ANNA, "municipality": "1201", "end_date": "2016-02-01"}
    snapshot = frozen(first, {**ANNA, "municipality": "1247", "start_date": "2016-03-01"})
    assert [ended(snapshot, level) for level in COUNTED] == [2, 1, 1]


def test_two_counties_count_one_each_and_the_country_one() -> None:
    first = {**ANNA, "municipality": "1201", "end_date": "2016-02-01"}
    snapshot = frozen(first, {**ANNA, "start_date": "2016-03-01"})
    assert [ended(snapshot, level) for level in COUNTED] == [2, 2, 1]
    assert [row["municipality"] for row in snapshot.rows.to_pylist() if row["in_country"]] == ["0301"]


@pytest.mark.parametrize(
    ("end_type", "again", "counts"),
    [
        ("stanset", "2016-08-01", False),
        ("stanset", "2016-05-01", False),
        ("stanset", "2016-08-02", True),
        ("stanset", None, True),
        ("avbrutt", "2016-06-01", True),
        ("fullfort", "2016-06-01", True),
        (None, "2016-06-01", True),
    ],
)
@pytest.mark.parametrize("municipality", ["0301", "1201"])
def test_a_stop_that_is_started_again_within_three_months_is_no_end(
    end_type: str | None, again: str | None, counts: bool, municipality: str
) -> None:
    stopped = {**ANNA, "end_type": end_type}
    later = [] if again is None else [{**ANNA, "municipality": municipality, "start_date": again, "end_date": None}]
    assert ended(frozen(stopped, *later)) == int(counts)


def test_somebody_else_s_start_does_not_undo_a_stop() -> None:
    stopped = {**ANNA, "end_type": "stanset"}
    other = {"duf_number": "200000000002", "start_date": "2016-06-01"}
    assert ended(frozen(stopped, other)) == 1


@pytest.mark.parametrize(
    ("delivered", "published"),
    [
        ("arbeid", "1"),
        ("videregaende", "2"),
        ("hoyere_utdanning", "2"),
        ("grunnskole", "3"),
        ("kvalifisering", "4"),
        ("sosialstonad", "5"),
        ("trygd", "6"),
        ("annet", "7"),
        (None, "8"),
    ],
)
def test_a_delivered_reason_counts_under_its_published_one(delivered: str | None, published: str) -> None:
    assert only(frozen({**ANNA, "reason": delivered}))["reason"] == published


def test_whom_the_register_closed_counts_without_a_reason_and_is_marked() -> None:
    row = only(frozen({"national_id": "01858512345", "planned_end_date": "2016-03-01"}))
    assert (row["ended"], row["reason"], row["closed_by_register"]) == (True, "8", True)


def test_a_person_with_a_protected_address_counts_in_the_country_alone_and_has_no_place() -> None:
    row = only(frozen({**ANNA, "address_protection": "fortrolig", "district": "030101"}))
    assert [row[level] for level in COUNTED] == [False, False, True]
    assert (row["municipality"], row["county"], row["district"], row["protected"]) == (None, None, None, True)


def test_who_is_protected_in_one_row_is_protected_in_all() -> None:
    hidden = {**ANNA, "start_date": "2016-06-01", "end_date": None, "address_protection": "fortrolig"}
    rows = frozen(ANNA, hidden).rows.to_pylist()
    assert {(row["municipality"], row["protected"]) for row in rows} == {(None, True)}


def test_a_birthday_on_the_day_of_the_end_has_been() -> None:
    assert [only(frozen({**ANNA, "birth_date": f"1985-05-0{day}"}))["age"] for day in (1, 2)] == [31, 30]


def test_the_county_is_that_of_the_day_of_the_end() -> None:
    assert place_of("1601", definitions().geography, on=date(2016, 5, 1)) == ("1601", "16")
    assert place_of("1601", definitions().geography, on=date(2018, 5, 1)) == ("5001", "50")


def test_after_a_split_the_municipality_is_not_known_and_the_county_is_if_it_is_one() -> None:
    assert place_of("1850", definitions().geography, on=date(2020, 5, 1)) == (None, "18")


def test_a_code_that_never_was_counts_in_the_country_alone() -> None:
    row = only(frozen({**ANNA, "municipality": "9998"}))
    assert [row[level] for level in COUNTED] == [False, False, True]


def test_a_reason_can_be_dated_to_leave_people_out() -> None:
    whole = definitions()
    moved = tuple(
        replace(
            reason,
            counts=Series(
                (
                    *reason.counts.values,
                    Dated(start=date(2016, 7, 1), value=Outcome.LEFT_OUT, reference="", decided_by=""),
                )
            ),
        )
        if reason.value == "annet"
        else reason
        for reason in whole.reasons.delivered
    )
    changed = replace(whole, reasons=replace(whole.reasons, delivered=moved))
    book = Book()
    rows = [
        {"duf_number": f"20000000000{month}", "end_date": f"2016-{month:02d}-15", "reason": reason}
        for month, reason in ((6, "annet"), (7, "annet"), (8, "arbeid"))
    ]
    book.receive(people(*rows))
    book.receive(direct({"municipality": "1201", "reason": "annet", "count": 5}), LATER)
    found = derive(book.histories(), definitions=changed, year=YEAR).rows.to_pylist()
    assert sorted((row["end_date"].month, row["ended"]) for row in found) == [(6, True), (7, False), (8, True)]


def test_a_direct_report_counts_where_there_is_nothing_else() -> None:
    book = Book()
    book.receive(direct({"municipality": "1201", "count": 3}, {"municipality": "1201", "sex": "M", "reason": None}))
    snapshot = book.freeze()
    assert [(row["sex"], row["reason"], row["n"]) for row in snapshot.rows.to_pylist()] == [
        ("1", "8", 1),
        ("2", "1", 3),
    ]
    assert {row["person"] for row in snapshot.rows.to_pylist()} == {None}
    assert source(snapshot, "1201") == ("direct", 0, 4)
    assert [ended(snapshot, level) for level in COUNTED] == [4, 4, 4]


def test_where_people_were_delivered_the_direct_report_does_not_count() -> None:
    book = Book()
    book.receive(people(ANNA))
    book.receive(direct({"count": 3}), LATER)
    assert source(book.freeze(), "0301") == ("register", 1, 0)
    assert ended(book.freeze()) == 1


def test_where_somebody_ended_who_was_delivered_for_another_year_the_register_counts() -> None:
    book = Book()
    book.receive(people(ANNA, year=ReportingYear(2015)))
    book.receive(direct({"count": 3}), LATER)
    assert source(book.freeze(), "0301") == ("register", 1, 0)


def test_a_direct_report_of_another_year_is_not_of_this_one() -> None:
    book = Book()
    book.receive(direct({"count": 3}, year=ReportingYear(2015)))
    assert source(book.freeze(), "0301") == ("none", 0, 0)


@pytest.mark.parametrize(
    ("office", "municipality", "expected"),
    [
        ("both", "both", ("both", 1, 3)),
        ("both", None, ("register", 1, 0)),
        (None, "both", ("register", 1, 0)),
        ("both", "direct", ("register", 1, 0)),
        ("direct", "direct", ("direct", 0, 3)),
        ("register", "register", ("register", 1, 0)),
    ],
)
def test_both_count_only_where_both_sides_have_declared_so(
    office: str | None, municipality: str | None, expected: tuple[str, int, int]
) -> None:
    book = Book()
    book.receive(people(ANNA))
    book.receive(direct({"count": 3}), LATER)
    covers = {"register": "From 2016 on.", "direct": "Before that."}
    for side, rests_on in (("office", office), ("municipality", municipality)):
        if rests_on:
            book.declare(
                declare("0301", year=YEAR, side=side, rests_on=rests_on, covers=covers, actor="a", why="Agreed."),
                at=LATER,
            )
    assert source(book.freeze(), "0301") == expected
    assert ended(book.freeze()) == expected[1] + expected[2]


def test_nobody_ended_is_not_the_same_as_nothing_reported() -> None:
    book = Book()
    book.receive(nil("1201"))
    book.receive(people({"duf_number": "200000000001"}), LATER)
    snapshot = book.freeze()
    assert [source(snapshot, code) for code in ("1201", "0301", "0101")] == [
        ("nil", 0, 0),
        ("register", 0, 0),
        ("none", 0, 0),
    ]


def test_every_municipality_of_the_year_has_a_line_on_who_reported() -> None:
    assert frozen(ANNA).reporting.num_rows == 428


def test_protected_people_reported_as_totals_count_in_the_country_beside_those_in_the_register() -> None:
    book = Book()
    book.receive(
        people(ANNA, {"duf_number": "200000000002", "end_date": "2016-01-02", "address_protection": "fortrolig"})
    )
    protected = {"municipality": None, "basis": "adressebeskyttelse", "count": 5}
    book.receive(direct(protected, sender="office"), LATER)
    assert [ended(book.freeze(), level) for level in COUNTED] == [1, 1, 7]


def test_strictly_protected_people_in_the_register_take_the_place_of_the_totals() -> None:
    book = Book()
    strictly = {"duf_number": "200000000002", "end_date": "2016-01-02", "address_protection": "strengt_fortrolig"}
    book.receive(people(strictly, sender="office"))
    protected = {"municipality": None, "basis": "adressebeskyttelse", "count": 5}
    book.receive(direct(protected, sender="office"), LATER)
    assert ended(book.freeze()) == 1


def test_one_invented_person_makes_the_whole_snapshot_synthetic_and_so_does_nobody() -> None:
    assert frozen({"national_id": "01058512345"}).meta.provenance is Provenance.REGISTER
    assert frozen({"national_id": "01058512345"}, ANNA).meta.provenance is Provenance.SYNTHETIC
    assert Book().freeze(WHEN).meta.provenance is Provenance.SYNTHETIC


def test_the_order_of_deliveries_leaves_no_trace_in_the_rows() -> None:
    rows = [{"national_id": f"0185851234{n}", "citizenship": f"C{n}"} for n in range(8)]
    snapshot = frozen(*rows)
    assert snapshot.rows["person"].to_pylist() == sorted(snapshot.rows["person"].to_pylist())
    assert snapshot.rows["citizenship"].to_pylist() != [row["citizenship"] for row in rows]


def test_the_same_histories_and_key_give_the_same_snapshot_and_another_key_other_names() -> None:
    book = Book()
    book.receive(people(ANNA, {"duf_number": "200000000001"}))
    first, again = book.freeze(LATER), book.freeze(LATER)
    assert first.rows.equals(again.rows)
    assert first.meta == again.meta
    known = book.histories(LATER)
    other = take(
        known, definitions=definitions(), year=YEAR, as_of=LATER, kind=SnapshotKind.FINAL, pseudonym_key=KEY[::-1]
    )
    assert not set(first.rows["person"].to_pylist()) & set(other.rows["person"].to_pylist())


def test_histories_of_another_time_are_refused() -> None:
    known = Book().histories(WHEN)
    with pytest.raises(ValueError, match="another time"):
        take(known, definitions=definitions(), year=YEAR, as_of=LATER, kind=SnapshotKind.FINAL, pseudonym_key=KEY)


def test_what_is_recorded_after_the_time_of_the_snapshot_is_not_in_it() -> None:
    book = Book()
    book.receive(people(ANNA))
    book.receive(people({**ANNA, "reason": "annet"}), datetime(2017, 8, 1, tzinfo=UTC))
    assert only(book.freeze(datetime(2017, 6, 1, tzinfo=UTC)))["reason"] == "1"
