"""What has been reported, told after every delivery, is what all deliveries together come to."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from introstat.register.payloads import payload_of
from introstat.register.reports import Reports
from introstat.vocabulary.deliveries import DeliveryKind
from introstat.vocabulary.histories import RECORDED, EntryKind, Scalar

MUNICIPALITIES = st.sampled_from(["0101", "0301"])
YEARS = st.sampled_from([2015, 2016])
Said = tuple[EntryKind, str, str | None, int, dict[str, Scalar]]


@st.composite
def entries(draw: st.DrawFn) -> Said:
    """An entry about what was sent: its kind, subject, municipality, year and payload."""
    kind = draw(
        st.sampled_from([EntryKind.DELIVERY, EntryKind.DIRECT_REPORT, EntryKind.NIL_REPORT, EntryKind.DECLARATION])
    )
    code, year = draw(MUNICIPALITIES), draw(YEARS)
    match kind:
        case EntryKind.DELIVERY:
            taken = draw(st.dictionaries(MUNICIPALITIES, st.integers(0, 9)))
            said: dict[str, Scalar] = {"kind": DeliveryKind.PARTICIPANTS.value, "read": 9, "taken": sum(taken.values())}
            return kind, "a delivery", None, year, said | {f"taken.{where}": rows for where, rows in taken.items()}
        case EntryKind.DIRECT_REPORT:
            # A report for all of a sender's municipalities has the same subject as one of the municipality itself.
            counts = draw(st.dictionaries(st.sampled_from(["count:1:", "count:2:W"]), st.integers(0, 9)))
            return (
                kind,
                f"closed {code}",
                draw(st.sampled_from([code, None])),
                year,
                {
                    "basis": "closed",
                    "sender": code,
                    **counts,
                },
            )
        case EntryKind.NIL_REPORT:
            return kind, "nil", code, year, {"confirmed_by": "Kari"}
        case _:
            side = draw(st.sampled_from(["office", "municipality"]))
            return (
                kind,
                "rests on",
                code,
                year,
                {"side": side, "rests_on": draw(st.sampled_from(["register", "direct"]))},
            )


def table(told: list[Said]) -> pa.Table:
    """Entries as the ledger hands them over, as far as reports ask."""
    schema = pa.schema([RECORDED.field(name) for name in ("kind", "subject", "municipality", "year", "payload")])
    rows = [(kind.value, subject, code, year, payload_of(said)) for kind, subject, code, year, said in told]
    return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema=schema)


def plainly(told: list[Said]) -> list[dict[str, Any]]:
    """Every municipality and year of which something was said, from the beginning."""
    people: defaultdict[tuple[str, int], int] = defaultdict(int)
    reports: dict[tuple[int, str], tuple[str | None, int]] = {}
    nil: set[tuple[str, int]] = set()
    declared: defaultdict[tuple[str, int], dict[Scalar, Scalar]] = defaultdict(dict)
    for kind, subject, code, year, said in told:
        if kind is EntryKind.DELIVERY:
            for name, taken in said.items():
                if name.startswith("taken."):
                    people[name.removeprefix("taken."), year] += int(taken or 0)
        elif kind is EntryKind.DIRECT_REPORT:
            reports[year, subject] = code, sum(int(n or 0) for name, n in said.items() if name.startswith("count:"))
        elif code is not None and kind is EntryKind.NIL_REPORT:
            nil.add((code, year))
        elif code is not None:
            declared[code, year][said["side"]] = said["rests_on"]
    direct: defaultdict[tuple[str, int], int] = defaultdict(int)
    for (year, _), (code, count) in reports.items():
        if code is not None:
            direct[code, year] += count
    rows = []
    for code, year in sorted({*people, *direct, *nil, *declared}):
        sides = declared.get((code, year), {})
        agreed = sides["office"] if len(sides) == 2 and sides["office"] == sides["municipality"] else None
        row = (code, year, people[code, year], direct[code, year], (code, year) in nil, agreed)
        rows.append(dict(zip(("municipality", "year", "people", "direct", "nil", "agreed"), row, strict=True)))
    return rows


@settings(max_examples=150, deadline=None)
@given(told=st.lists(entries(), max_size=12), asked=st.sets(st.integers(0, 11)))
def test_reports_told_step_by_step_are_those_told_at_once(told: list[Said], asked: set[int]) -> None:
    stepwise = Reports()
    for number, one in enumerate(told):
        stepwise.take(table([one]))
        if number in asked:
            assert [[*row.values()] for row in stepwise.reporting().to_pylist()] == [
                [*row.values()] for row in plainly(told[: number + 1])
            ]
            stepwise.reported()
    at_once = Reports()
    at_once.take(table(told))
    assert stepwise == at_once
    assert stepwise.reporting().equals(at_once.reporting())
    assert stepwise.reported().equals(at_once.reported())
