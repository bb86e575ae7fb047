"""The query that freezes agrees with the plain account of the same rule, on any register anyone could draw."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.made_register import ANYBODY, YEAR, definitions
from tests.reference.plain_freeze import plain_rows, plain_sources

from introstat.freeze.derive import Derived, derive
from introstat.vocabulary.histories import (
    PROGRAMMES,
    REGISTERED_MEASURES,
    REPORTED_EXITS,
    REPORTING,
    Histories,
)

AS_OF = datetime(2017, 6, 1, tzinfo=UTC)
# Two in one county, one of a county alone, one that was gone before the year (into 1870), and one that never was.
CODES = ("1201", "1247", "0301", "0720", "1159", "9998")
DAYS = (
    date(2014, 9, 1),
    date(2015, 12, 31),
    date(2016, 1, 1),
    date(2016, 2, 29),
    date(2016, 5, 29),
    date(2016, 5, 30),
    date(2016, 8, 31),
    date(2016, 11, 30),
    date(2016, 12, 1),
    date(2016, 12, 31),
    date(2017, 1, 1),
    date(2017, 2, 28),
)


@st.composite
def programmes(draw: st.DrawFn) -> dict[str, Any]:
    start, end = draw(st.sampled_from(DAYS)), draw(st.sampled_from([None, *DAYS, *DAYS[2:-2]]))
    if end is not None and end < start:
        start, end = end, start
    return {
        **ANYBODY,
        "person": draw(st.integers(1, 3)),
        "municipality": draw(st.sampled_from([*CODES, *CODES[:2]])),
        "birth_date": draw(st.sampled_from([date(1985, 2, 28), date(1984, 2, 29), date(1985, 12, 31)])),
        "sex": draw(st.sampled_from("KM")),
        "decision_date": start,
        "start_date": start,
        "end_date": end,
        "reason": draw(st.sampled_from([None, "arbeid", "hoyere_utdanning", "grunnskole", "annet"])),
        "end_type": draw(st.sampled_from([None, "fullfort", "avbrutt", "stanset", "stanset"])),
        "address_protection": draw(st.sampled_from(["ugradert"] * 8 + ["fortrolig", "strengt_fortrolig"])),
        "closed_by_register": False,
        "synthetic": True,
        "recorded": AS_OF,
    }


reports = st.builds(
    lambda code, sex, reason, count, year: {
        "municipality": code,
        "sex": sex,
        "reason": reason,
        "count": count,
        "basis": "mangler_i_registeret" if code else "adressebeskyttelse",
        "year": year,
        "sender": code or "office",
    },
    st.sampled_from([*CODES[:2], *CODES[:3], None]),
    st.sampled_from("KM"),
    st.sampled_from([None, "arbeid", "annet"]),
    st.integers(0, 3),
    st.sampled_from([2016, 2016, 2016, 2015]),
)
sent = st.builds(
    lambda code, people, nil, declared, year: {
        "municipality": code,
        "year": year,
        "people": people,
        "direct": 0,
        "nil": nil,
        "declared": declared,
    },
    st.sampled_from([*CODES[:2], *CODES[:4]]),
    st.integers(0, 1),
    st.booleans(),
    st.sampled_from([None, "both", "both", "register", "direct"]),
    st.sampled_from([2016, 2016, 2015]),
)


BOTH = {"municipality": "1201", "year": 2016, "people": 1, "direct": 2, "nil": False, "declared": "both"}
SAID = {
    "municipality": "1201",
    "sex": "K",
    "reason": "arbeid",
    "count": 2,
    "basis": "mangler_i_registeret",
    "year": 2016,
    "sender": "1201",
}


def one_each(rows: Iterable[dict[str, Any]], *keys: str) -> list[dict[str, Any]]:
    return list({tuple(row[key] for key in keys): row for row in rows}.values())


@st.composite
def registers(draw: st.DrawFn) -> Histories:
    people = one_each(
        draw(st.lists(programmes(), min_size=draw(st.sampled_from([0, 4])), max_size=8)),
        "person",
        "municipality",
        "start_date",
    )
    both = [] if draw(st.booleans()) else [BOTH]
    lines = one_each(
        [*(SAID for _ in both), *draw(st.lists(reports, max_size=5))], "municipality", "sex", "reason", "year"
    )
    who = one_each([*draw(st.lists(sent, max_size=5)), *both], "municipality", "year")
    return Histories(
        as_of=AS_OF,
        programmes=pa.Table.from_pylist(people, schema=PROGRAMMES),
        measures=REGISTERED_MEASURES.empty_table(),
        reported=pa.Table.from_pylist(lines, schema=REPORTED_EXITS),
        reporting=pa.Table.from_pylist(who, schema=REPORTING),
        received=0,
        valid=0,
        ledger_head="",
    )


def derived_rows(derived: Derived) -> list[tuple[Any, ...]]:
    names = ("number", "start_date", "municipality", "county", "reason", "age", "n")
    levels = ("in_municipality", "in_county", "in_country")
    return sorted((tuple(row[name] for name in (*names, *levels)) for row in derived.rows.to_pylist()), key=repr)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(registers())
def test_the_query_and_the_plain_account_agree(histories: Histories) -> None:
    derived = derive(histories, definitions=definitions(), year=YEAR)
    assert derived_rows(derived) == plain_rows(histories, definitions=definitions(), year=YEAR)
    sources = plain_sources(histories, definitions=definitions(), year=YEAR)
    for line in derived.reporting.to_pylist():
        assert line["source"] == sources[line["municipality"]]
        for source, column in (("register", "people"), ("direct", "direct")):
            assert line[column] == sum(
                row["n"]
                for row in derived.rows.to_pylist()
                if row["in_municipality"] and row["municipality"] == line["municipality"] and row["source"] == source
            )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(registers())
def test_a_person_counts_at_most_once_in_each_place_and_nobody_in_the_protected_group_has_one(
    histories: Histories,
) -> None:
    rows = derive(histories, definitions=definitions(), year=YEAR).rows.to_pylist()
    for level, place in (("in_municipality", "municipality"), ("in_county", "county"), ("in_country", None)):
        counted = [(row["number"], place and row[place]) for row in rows if row[level] and row["source"] == "register"]
        assert len(counted) == len(set(counted))
    for row in rows:
        assert row["ended"] == (row["in_municipality"] or row["in_county"] or row["in_country"])
        if row["protected"]:
            assert (row["municipality"], row["county"], row["district"]) == (None, None, None)
            assert not row["in_municipality"]
            assert not row["in_county"]


REACHED: dict[str, Callable[[list[dict[str, Any]]], bool]] = {
    "somebody counts in two municipalities and once in the country": lambda rows: any(
        sum(row["in_municipality"] for row in rows if row["number"] == person) == 2
        and sum(row["in_country"] for row in rows if row["number"] == person) == 1
        for person in {row["number"] for row in rows} - {None}
    ),
    "an end in the year that does not count": lambda rows: any(row["end_date"] and not row["ended"] for row in rows),
    "somebody protected counts": lambda rows: any(row["protected"] and row["in_country"] for row in rows),
    "register and direct report in one municipality": lambda rows: any(
        len({row["source"] for row in rows if row["municipality"] == code and row["ended"]}) == 2 for code in CODES
    ),
    "a municipality that is not known": lambda rows: any(
        row["ended"] and not row["protected"] and row["municipality"] is None for row in rows
    ),
}


def test_the_registers_drawn_reach_every_case() -> None:
    reached: set[str] = set()

    @settings(max_examples=120, deadline=None, database=None, derandomize=True, phases=[Phase.generate])
    @given(registers())
    def draw(histories: Histories) -> None:
        rows = derive(histories, definitions=definitions(), year=YEAR).rows.to_pylist()
        reached.update(case for case, reaches in REACHED.items() if reaches(rows))

    everything: Callable[[], None] = draw
    everything()
    assert reached == set(REACHED)
