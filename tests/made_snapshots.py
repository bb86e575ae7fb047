"""Snapshots made up for tests: rows written as short tuples, and a Hypothesis strategy for any snapshot there could be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

import pyarrow as pa
from hypothesis import strategies as st

from introstat.vocabulary.snapshots import (
    SNAPSHOT_REPORTING,
    SNAPSHOT_ROWS,
    Provenance,
    Snapshot,
    SnapshotKind,
    SnapshotMeta,
)
from introstat.vocabulary.years import ReportingYear

YEAR: Final = ReportingYear(2016)
SILENT: Final = "none"


@dataclass(frozen=True, slots=True)
class Row:
    """One row, with the levels it counts at: `m` municipality, `c` county, `k` country; none of them: not ended."""

    municipality: str | None
    sex: str
    reason: str
    levels: str = "mck"
    n: int = 1
    protected: bool = False
    closed: bool = False
    source: str = "register"
    person: str | None = None
    end: date | None = None
    district: str | None = None


def snapshot(rows: Sequence[Row], *, reporting: Sequence[tuple[str, str]] = (), received: int = 0) -> Snapshot:
    """A snapshot of 2016 with these rows; `reporting` is (municipality, source) for those that are known."""
    return Snapshot(
        meta=SnapshotMeta(
            year=YEAR,
            as_of=datetime(2017, 6, 1, tzinfo=UTC),
            kind=SnapshotKind.FINAL,
            provenance=Provenance.SYNTHETIC,
            definitions="2016-1",
            ledger_head="",
            received=received,
            valid=received,
            programmes=len(rows),
        ),
        rows=pa.Table.from_pylist([_stored(row) for row in rows], schema=SNAPSHOT_ROWS),
        reporting=pa.Table.from_pylist(
            [
                {"municipality": code, "county": code[:2], "source": source, "people": 0, "direct": 0}
                for code, source in reporting
            ],
            schema=SNAPSHOT_REPORTING,
        ),
    )


def _stored(row: Row) -> dict[str, object]:
    return {
        "person": row.person,
        "end_date": row.end,
        "municipality": row.municipality,
        "district": row.district,
        "county": None if row.municipality is None else row.municipality[:2],
        "sex": row.sex,
        "reason": row.reason,
        "closed_by_register": row.closed,
        "protected": row.protected,
        "source": row.source,
        "ended": bool(row.levels),
        "in_municipality": "m" in row.levels,
        "in_county": "c" in row.levels,
        "in_country": "k" in row.levels,
        "n": row.n,
    }


SOME_MUNICIPALITIES: Final = ("0101", "0104", "0301", "1601", "1613", "2030")
"""Two of one county, Oslo which is its county's only one, two of another, and the last code of all."""


def snapshots() -> st.SearchStrategy[Snapshot]:
    """Any snapshot: people who count everywhere, who ended twice, who run on, who are protected, and direct reports."""
    place, sex, reason = st.sampled_from(SOME_MUNICIPALITIES), st.sampled_from("12"), st.sampled_from("12345678")
    district = st.sampled_from([None, "030101", "030115", "030118", "030199"])
    person = st.builds(
        Row,
        place,
        sex,
        reason,
        levels=st.sampled_from(["mck", "mc", "m", ""]),
        closed=st.booleans(),
        district=district,
    )
    protected = st.builds(
        Row, st.none() | place, sex, reason, levels=st.sampled_from(["k", ""]), protected=st.just(value=True)
    )
    direct = st.builds(Row, place, sex, reason, n=st.integers(0, 40), source=st.just("direct"))
    office = st.builds(
        Row,
        st.none(),
        sex,
        reason,
        levels=st.just("k"),
        n=st.integers(1, 40),
        protected=st.just(value=True),
        source=st.just("direct"),
    )
    reporting = st.dictionaries(place, st.sampled_from(["register", "direct", "both", "nil", SILENT]))
    return st.builds(
        lambda rows, sources: snapshot(rows, reporting=tuple(sources.items())),
        st.lists(person | protected | direct | office, max_size=60),
        reporting,
    )
