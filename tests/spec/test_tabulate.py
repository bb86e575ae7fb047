"""How a snapshot is counted, by example."""

from __future__ import annotations

from datetime import date

import pytest
from tests.made_snapshots import Row, snapshot

from introstat.definitions.catalogue import definitions_for
from introstat.tabulate import count
from introstat.vocabulary.errors import Damaged
from introstat.vocabulary.tables import PROTECTED_GROUP, Cubes
from introstat.vocabulary.years import ReportingYear

DEFINITIONS = definitions_for(2016)
HALDEN, MOSS, OSLO, UTSIRA = "0101", "0104", "0301", "1151"
MEN, WOMEN = "1", "2"


def counted(*rows: Row, reporting: tuple[tuple[str, str], ...] = ()) -> Cubes:
    return count(snapshot(rows, reporting=reporting), definitions=DEFINITIONS)


def test_a_person_counts_in_municipality_county_and_country() -> None:
    exits = counted(Row(HALDEN, MEN, "1")).exits
    assert [exits.at(region, "0", "0") for region in (HALDEN, "01", "0", MOSS, "03", PROTECTED_GROUP)] == [
        1,
        1,
        1,
        0,
        0,
        0,
    ]


def test_reasons_add_up_to_the_result_the_rest_and_all() -> None:
    exits = counted(
        Row(HALDEN, MEN, "1"),
        Row(HALDEN, WOMEN, "2"),
        Row(HALDEN, WOMEN, "3"),
        Row(HALDEN, WOMEN, "8"),
    ).exits
    assert {reason: exits.at(HALDEN, "0", reason) for reason in ("0", "A", "B", "1", "2", "3", "4", "8")} == {
        "0": 4, "A": 2, "B": 2, "1": 1, "2": 1, "3": 1, "4": 0, "8": 1,
    }  # fmt: skip
    assert (exits.at(HALDEN, MEN, "A"), exits.at(HALDEN, WOMEN, "A"), exits.at(HALDEN, WOMEN, "0")) == (1, 1, 3)


def test_primary_school_and_a_missing_reason_are_not_part_of_the_result() -> None:
    exits = counted(Row(HALDEN, MEN, "3"), Row(HALDEN, MEN, "8")).exits
    assert (exits.at("0", "0", "A"), exits.at("0", "0", "B")) == (0, 2)


def test_a_programme_that_runs_on_is_nowhere() -> None:
    assert counted(Row(HALDEN, MEN, "8", levels="")).exits.counts.sum() == 0


def test_a_line_of_a_direct_report_counts_with_its_number_of_people() -> None:
    cubes = counted(Row(HALDEN, MEN, "1", n=7, source="direct"), Row(HALDEN, MEN, "1"))
    assert cubes.exits.at(HALDEN, MEN, "1") == 8
    assert (cubes.quality["from_direct"], cubes.quality["from_register"]) == (7, 1)


def test_protected_people_count_in_the_country_and_in_a_hidden_row_of_their_own() -> None:
    cubes = counted(
        Row(HALDEN, MEN, "1"),
        Row(None, WOMEN, "2", levels="k", n=4, protected=True, source="direct"),
        Row(OSLO, WOMEN, "5", levels="k", protected=True),
    )
    assert cubes.exits.at("0", "0", "0") == 6
    assert cubes.exits.at(PROTECTED_GROUP, "0", "0") == 5
    assert cubes.exits.at(PROTECTED_GROUP, WOMEN, "A") == 4
    assert cubes.exits.at(OSLO, "0", "0") == 0
    assert cubes.overlap == {}


def test_somebody_who_ended_in_two_municipalities_is_an_overlap_of_what_both_lie_in() -> None:
    cubes = counted(
        Row(HALDEN, MEN, "7", levels="m"),
        Row(MOSS, MEN, "1"),
        Row(OSLO, WOMEN, "5", levels="mc"),
        Row(UTSIRA, WOMEN, "2"),
    )
    order = cubes.exits.dimensions[2].values
    assert set(cubes.overlap) == {"01", "0"}
    assert cubes.overlap["01"].sum(axis=1).tolist() == [3, 3, 0]
    assert cubes.overlap["01"][0, order.index("7")] == 1
    assert cubes.overlap["0"][2, order.index("5")] == 1
    assert cubes.exits.at("0", "0", "0") == 2


def test_every_region_of_the_year_has_its_place_in_a_fixed_order() -> None:
    regions = counted().exits.dimensions[0].values
    ends = (0, 1, 19, 20, 25, 26, 110, 111, -2, -1)
    assert [regions[at] for at in ends] == [
        "0", "01", "20", "I01", "I06", "N3001", "N3085", "0101", "030199", PROTECTED_GROUP,
    ]  # fmt: skip
    assert len(regions) == 1 + 19 + 6 + 85 + 428 + 18 + 1


def test_the_districts_of_oslo_share_out_its_people_and_the_rest_is_not_stated() -> None:
    cubes = counted(
        Row(OSLO, MEN, "1", district="030101", n=3),
        Row(OSLO, WOMEN, "5", district="030115"),
        Row(OSLO, WOMEN, "5", n=2),
        Row(OSLO, MEN, "5", district="030118"),
        Row(OSLO, MEN, "5", district="030101", levels=""),
        Row(HALDEN, MEN, "1", district="030101"),
    )
    at = {code: cubes.exits.at(code, "0", "0") for code in ("0301", "030101", "030115", "030199")}
    assert at == {"0301": 7, "030101": 3, "030115": 1, "030199": 3}
    assert cubes.parents["030101"] == OSLO


def test_a_region_beside_the_counties_holds_the_people_of_its_municipalities() -> None:
    cubes = counted(Row(HALDEN, MEN, "1", n=3), Row(MOSS, WOMEN, "5", n=4), Row(UTSIRA, MEN, "2", n=2))
    assert cubes.exits.at("I01", "0", "0") == 7
    assert (cubes.exits.at("N3001", "0", "A"), cubes.exits.at("N3003", WOMEN, "B")) == (3, 4)
    assert cubes.linked["N3001"] == (HALDEN,)
    assert sorted(code for region in cubes.linked for code in cubes.linked[region] if region[0] == "N") == sorted(
        place.code for place in DEFINITIONS.geography.municipalities(date(2016, 12, 31))
    )


def test_somebody_who_ended_twice_in_a_region_counts_there_once_by_the_last_end() -> None:
    cubes = counted(
        Row(HALDEN, MEN, "7", levels="m", person="a", end=date(2016, 3, 1)),
        Row(MOSS, MEN, "1", person="a", end=date(2016, 9, 1)),
    )
    assert (cubes.exits.at("I01", "0", "0"), cubes.exits.at("I01", MEN, "1")) == (1, 1)
    assert (cubes.exits.at("N3001", MEN, "7"), cubes.exits.at("N3003", MEN, "1")) == (1, 1)


def test_each_region_knows_its_parent() -> None:
    parents = counted().parents
    assert (parents[HALDEN], parents["01"], parents[PROTECTED_GROUP]) == ("01", "0", "0")
    assert len(parents) == 19 + 428 + 18 + 1


def test_five_or_more_and_the_share_are_counted_on_exact_numbers() -> None:
    eleven_of_twenty = [Row(HALDEN, MEN, "1", n=11), Row(HALDEN, MEN, "5", n=9)]
    just_below = [Row(MOSS, MEN, "2", n=549), Row(MOSS, MEN, "5", n=451)]
    too_few = [Row(OSLO, MEN, "1", n=4)]
    nobody_reached = [Row(UTSIRA, MEN, "4", n=5)]
    figures = counted(*eleven_of_twenty, *just_below, *too_few, *nobody_reached).key_figures
    assert (figures["KommunerFemEllerFler"], figures["KommunerMinst55"]) == (3, 1)


def test_who_has_not_reported_is_not_zero_and_a_nil_report_is_a_report() -> None:
    cubes = counted(Row(HALDEN, MEN, "1"), reporting=((HALDEN, "register"), (MOSS, "nil"), (OSLO, "none")))
    assert {HALDEN, MOSS} & cubes.not_reported == set()
    assert {OSLO, UTSIRA} <= cubes.not_reported
    assert cubes.key_figures["KommunerRapportert"] == 2
    assert (cubes.quality["municipalities_nil"], cubes.quality["municipalities_none"]) == (1, 426)


def test_rows_are_told_at_every_step_of_the_way() -> None:
    rows = [
        Row(HALDEN, MEN, "1"),
        Row(HALDEN, MEN, "8", closed=True),
        Row(HALDEN, MEN, "8", levels=""),
        Row(MOSS, MEN, "5", levels="m"),
    ]
    cubes = count(snapshot(rows, received=9), definitions=DEFINITIONS)
    assert cubes.funnel == {"received": 9, "valid": 9, "population": 3, "denominator": 2, "numerator": 1}
    assert (cubes.quality["without_reason"], cubes.quality["closed_by_register"]) == (1, 1)


def test_a_row_in_a_place_the_year_does_not_have_is_refused() -> None:
    with pytest.raises(Damaged, match="5001"):
        counted(Row("5001", MEN, "1"))


def test_someone_in_a_county_and_in_none_of_its_municipalities_is_refused() -> None:
    with pytest.raises(Damaged, match="none of its parts"):
        counted(Row(HALDEN, MEN, "1", levels="ck"))


def test_a_snapshot_is_counted_by_the_definitions_of_its_own_year() -> None:
    made = snapshot([])
    other = type(made.meta)(
        year=ReportingYear(2015),
        as_of=made.meta.as_of,
        kind=made.meta.kind,
        provenance=made.meta.provenance,
        definitions=made.meta.definitions,
        ledger_head="",
        received=0,
        valid=0,
        programmes=0,
    )
    with pytest.raises(ValueError, match="2015"):
        count(type(made)(meta=other, rows=made.rows, reporting=made.reporting), definitions=DEFINITIONS)
