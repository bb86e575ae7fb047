"""A numbered, unchangeable picture of the register: rows without names, and still personal data.

`rows` has one row per programme, and one per line of a direct report with `n` people in it. Everything downstream
counts by summing `n` where the level's flag is set, so no stage after this needs to know a rule about who counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import pyarrow as pa

from introstat.vocabulary.years import ReportingYear

SNAPSHOT_ROWS = pa.schema(
    [
        pa.field("person", pa.string()),
        pa.field("municipality", pa.string()),
        pa.field("county", pa.string()),
        pa.field("district", pa.string()),
        pa.field("sex", pa.string(), nullable=False),
        pa.field("birth_year", pa.int16()),
        pa.field("age", pa.int16()),
        pa.field("citizenship", pa.string()),
        pa.field("law", pa.string()),
        pa.field("category", pa.string()),
        pa.field("start_date", pa.date32()),
        pa.field("end_date", pa.date32()),
        pa.field("end_type", pa.string()),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("closed_by_register", pa.bool_(), nullable=False),
        pa.field("protected", pa.bool_(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("ended", pa.bool_(), nullable=False),
        pa.field("in_municipality", pa.bool_(), nullable=False),
        pa.field("in_county", pa.bool_(), nullable=False),
        pa.field("in_country", pa.bool_(), nullable=False),
        pa.field("n", pa.int64(), nullable=False),
    ]
)
"""`person` pseudonym keyed per snapshot, null in a direct report; `sex` the published code `1` men, `2` women;
`reason` the published code `1`–`8` (`8` not registered; programmes that run on have `8` and `ended` false);
`source` is `register` or `direct`; `ended` is true when the programme ended in the reporting year and is part of the
statistic; `in_municipality`, `in_county`, `in_country` say at which levels the row is counted (a person counts once per
municipality, county and country; people with a protected address count in the country only)."""

SNAPSHOT_REPORTING = pa.schema(
    [
        pa.field("municipality", pa.string(), nullable=False),
        pa.field("county", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("people", pa.int64(), nullable=False),
        pa.field("direct", pa.int64(), nullable=False),
    ]
)
"""One row per municipality valid on the last day of the year; `source` is `register`, `direct`, `both`, `nil` or `none`
(nothing was reported, which is not zero); `people` and `direct` are the exits counted from each source."""


class SnapshotKind(StrEnum):
    """Preliminary results are taken in January, final ones in June."""

    PRELIMINARY = "preliminary"
    FINAL = "final"


class Provenance(StrEnum):
    """Whether the people behind the numbers exist. Nothing synthetic may ever be taken for real."""

    REGISTER = "register"
    SYNTHETIC = "synthetic"


@dataclass(frozen=True, slots=True)
class SnapshotMeta:
    """Where a snapshot comes from. The number is not in here: it stands in the folder's name, not in the bytes."""

    year: ReportingYear
    as_of: datetime
    kind: SnapshotKind
    provenance: Provenance
    definitions: str
    ledger_head: str
    received: int
    valid: int
    programmes: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Rows without names, who reported, and where it all comes from."""

    meta: SnapshotMeta
    rows: pa.Table
    reporting: pa.Table

    def __post_init__(self) -> None:
        if not self.rows.schema.equals(SNAPSHOT_ROWS):
            raise ValueError("the rows do not have the schema of a snapshot")
        if not self.reporting.schema.equals(SNAPSHOT_REPORTING):
            raise ValueError("the reporting table does not have its schema")
