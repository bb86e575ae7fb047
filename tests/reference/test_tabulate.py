"""The engine's counts against a slow, obvious count in plain Python, for any snapshot anyone could draw."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from tests.made_snapshots import snapshots

from introstat.definitions.catalogue import definitions_for
from introstat.tabulate import count
from introstat.vocabulary.snapshots import Snapshot
from introstat.vocabulary.tables import PROTECTED_GROUP

DEFINITIONS = definitions_for(2016)
GOAL = {"1", "2"}


def slow_count(snapshot: Snapshot) -> Counter[tuple[str, str, str]]:
    """Region, sex, reason → people: every row put by hand into each cell it belongs to."""
    cells: Counter[tuple[str, str, str]] = Counter()
    day = DEFINITIONS.year.last_day
    beside = (*DEFINITIONS.geography.imdi_regions(day), *DEFINITIONS.geography.economic_regions(day))
    for row in snapshot.rows.to_pylist():
        regions = []
        if row["ended"] and row["in_municipality"]:
            regions.append(row["municipality"])
            if row["municipality"] == "0301":
                in_force = row["district"] in {f"0301{n:02}" for n in (*range(1, 18), 99)}
                regions.append(row["district"] if in_force else "030199")
            regions.extend(place.code for place in beside if row["municipality"] in place.members)
        if row["ended"] and row["in_county"]:
            regions.append(row["county"])
        if row["ended"] and row["in_country"]:
            regions.append("0")
            if row["protected"]:
                regions.append(PROTECTED_GROUP)
        for region in regions:
            for sex in ("0", row["sex"]):
                for reason in ("0", "A" if row["reason"] in GOAL else "B", row["reason"]):
                    cells[region, sex, reason] += row["n"]
    return cells


@given(snapshots())
@settings(max_examples=30, deadline=None)
def test_every_cell_and_every_key_figure_agrees_with_a_count_by_hand(snapshot: Snapshot) -> None:
    slow = slow_count(snapshot)
    cubes = count(snapshot, definitions=DEFINITIONS)
    regions, sexes, reasons = (dimension.values for dimension in cubes.exits.dimensions)
    counted = {
        (regions[region], sexes[sex], reasons[reason]): int(cubes.exits.counts[region, sex, reason])
        for region, sex, reason in zip(*cubes.exits.counts.nonzero(), strict=True)
    }
    assert counted == {cell: number for cell, number in slow.items() if number}

    municipalities = [place.code for place in DEFINITIONS.geography.municipalities(DEFINITIONS.year.last_day)]
    large = [code for code in municipalities if slow[code, "0", "0"] >= 5]
    good = [code for code in large if 20 * slow[code, "0", "A"] >= 11 * slow[code, "0", "0"]]
    sources = {row["municipality"]: row["source"] for row in snapshot.reporting.to_pylist()}
    assert dict(cubes.key_figures) == {
        "KommunerFemEllerFler": len(large),
        "KommunerMinst55": len(good),
        "KommunerRapportert": sum(sources.get(code, "none") != "none" for code in municipalities),
    }
    assert cubes.not_reported == {code for code in municipalities if sources.get(code, "none") == "none"}
