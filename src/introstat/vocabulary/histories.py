"""What the register knows about people, folded from its ledger as of a recorded time.

An `Entry` is one line of the ledger before it is encrypted and chained. `Histories` is the fold: one row per
programme (a person's stay in one municipality's introduction programme), the newest state of each, with the direct
and nil reports beside. Everything here names people and stays in the closed register.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import pyarrow as pa

from introstat.vocabulary.years import ReportingYear

Scalar = str | int | float | bool | None


class EntryKind(StrEnum):
    """What happened. The ledger is append-only: a change is a new entry of the same subject."""

    PROGRAMME = "programme"
    MEASURE = "measure"
    EVENT = "event"
    DIRECT_REPORT = "direct_report"
    NIL_REPORT = "nil_report"
    DECLARATION = "declaration"
    CONFIRMATION = "confirmation"
    CLOSED_BY_REGISTER = "closed_by_register"
    CORRECTION = "correction"
    ERASURE = "erasure"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Entry:
    """One change to be appended: who is concerned, what happened, when it happened, why, and by whom.

    `subject` names the thing that the newest entry of its kind describes (for a programme: municipality and start
    date; together with the person it is unique). `national_id` and `duf_number` name the person, both None where the
    entry is not about one. `payload` is what is encrypted under the person's key: plain JSON values, dates as ISO text.
    """

    kind: EntryKind
    subject: str
    year: ReportingYear | None
    municipality: str | None
    national_id: str | None
    duf_number: str | None
    event_date: date | None
    payload: Mapping[str, Scalar]
    actor: str
    why: str
    delivery: str | None

    @property
    def names_a_person(self) -> bool:
        """Whether the payload is a person's and goes under that person's own key."""
        return self.national_id is not None or self.duf_number is not None


@dataclass(frozen=True, slots=True)
class Posting:
    """What posting a delivery comes to: the entries to append, and how many rows were new, changed or unchanged."""

    entries: tuple[Entry, ...]
    new: int
    changed: int
    unchanged: int


PROGRAMMES = pa.schema(
    [
        pa.field("person", pa.int64(), nullable=False),
        pa.field("national_id", pa.string()),
        pa.field("duf_number", pa.string()),
        pa.field("municipality", pa.string(), nullable=False),
        pa.field("district", pa.string()),
        pa.field("own_reference", pa.string()),
        pa.field("birth_date", pa.date32(), nullable=False),
        pa.field("sex", pa.string(), nullable=False),
        pa.field("citizenship", pa.string(), nullable=False),
        pa.field("law", pa.string(), nullable=False),
        pa.field("category", pa.string(), nullable=False),
        pa.field("decision_date", pa.date32(), nullable=False),
        pa.field("start_date", pa.date32(), nullable=False),
        pa.field("planned_end_date", pa.date32()),
        pa.field("final_goal", pa.string()),
        pa.field("end_date", pa.date32()),
        pa.field("reason", pa.string()),
        pa.field("end_type", pa.string()),
        pa.field("upper_secondary", pa.bool_()),
        pa.field("address_protection", pa.string(), nullable=False),
        pa.field("research_reservation", pa.bool_(), nullable=False),
        pa.field("closed_by_register", pa.bool_(), nullable=False),
        pa.field("synthetic", pa.bool_(), nullable=False),
        pa.field("recorded", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("delivery", pa.string()),
    ]
)
"""One row per programme. `person` is the store's own number of the person, stable for the life of the register."""

REGISTERED_MEASURES = pa.schema(
    [
        pa.field("person", pa.int64(), nullable=False),
        pa.field("municipality", pa.string(), nullable=False),
        pa.field("measure", pa.string(), nullable=False),
        pa.field("from_date", pa.date32(), nullable=False),
        pa.field("to_date", pa.date32()),
        pa.field("hours_per_week", pa.float64()),
    ]
)
REPORTED_EXITS = pa.schema(
    [
        pa.field("municipality", pa.string()),
        pa.field("sex", pa.string(), nullable=False),
        pa.field("reason", pa.string()),
        pa.field("count", pa.int64(), nullable=False),
        pa.field("basis", pa.string(), nullable=False),
        pa.field("year", pa.int64(), nullable=False),
    ]
)
REPORTING = pa.schema(
    [
        pa.field("municipality", pa.string(), nullable=False),
        pa.field("year", pa.int64(), nullable=False),
        pa.field("people", pa.int64(), nullable=False),
        pa.field("direct", pa.int64(), nullable=False),
        pa.field("nil", pa.bool_(), nullable=False),
        pa.field("declared", pa.string()),
    ]
)
"""What a municipality has sent for a year. `people` is participant rows accepted (also of people who did not end);
`direct` the sum of its direct report; `declared` is `register`, `direct`, `both` or null."""


@dataclass(frozen=True, slots=True)
class Histories:
    """The register as of a recorded time, columnar.

    `received` and `valid` are rows received and rows taken over all deliveries recorded by then, for the manifest;
    `ledger_head` is the hash of the newest entry that is part of the fold.
    """

    as_of: datetime
    programmes: pa.Table
    measures: pa.Table
    reported: pa.Table
    reporting: pa.Table
    received: int
    valid: int
    ledger_head: str

    def __post_init__(self) -> None:
        for name, table, schema in (
            ("programmes", self.programmes, PROGRAMMES),
            ("measures", self.measures, REGISTERED_MEASURES),
            ("reported", self.reported, REPORTED_EXITS),
            ("reporting", self.reporting, REPORTING),
        ):
            if not table.schema.equals(schema):
                raise ValueError(f"{name} does not have its schema")
