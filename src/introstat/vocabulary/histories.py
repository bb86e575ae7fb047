"""What the register knows about people, folded from its ledger as of a recorded time.

An `Entry` is one line of the ledger before it is encrypted and chained; many of them stand in a table (`ENTRIES`), and
what comes back from the store is a table too (`RECORDED`). `Histories` is the fold: one row per programme (a person's
stay in one municipality's introduction programme), the newest state of each, with the direct and nil reports beside.
Everything here names people and stays in the closed register.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

import pyarrow as pa

from introstat.vocabulary.years import ReportingYear

Scalar = str | int | float | bool | None


class EntryKind(StrEnum):
    """What happened. The ledger is append-only: a change is a new entry of the same subject.

    `DELIVERY` is the one entry every recorded delivery leaves, also when its rows brought nothing new: that a municipality
    has reported is a fact of its own.
    """

    DELIVERY = "delivery"
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
    entry is not about one; `person` is the store's own number where it is known. `payload` is what is encrypted under the
    person's key: plain JSON values, dates as ISO text.
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
    person: int | None = None

    @property
    def names_a_person(self) -> bool:
        """Whether the payload is a person's and goes under that person's own key."""
        return self.person is not None or self.national_id is not None or self.duf_number is not None


_ENTRY = [
    pa.field("kind", pa.string(), nullable=False),
    pa.field("subject", pa.string(), nullable=False),
    pa.field("year", pa.int64()),
    pa.field("municipality", pa.string()),
    pa.field("person", pa.int64()),
    pa.field("event_date", pa.date32()),
    pa.field("payload", pa.binary(), nullable=False),
    pa.field("actor", pa.string(), nullable=False),
    pa.field("why", pa.string(), nullable=False),
    pa.field("delivery", pa.string()),
]
_PERSON_ID = [pa.field("national_id", pa.string()), pa.field("duf_number", pa.string())]

ENTRIES = pa.schema([*_ENTRY, *_PERSON_ID, pa.field("newcomer", pa.int64())])
"""Entries on their way into the ledger, in the order they are appended. `payload` is canonical JSON: keys sorted, no
nulls, UTF-8. `person` is the store's number of a known person; a person nobody has met yet has a `newcomer` number
instead, the same for all rows of the table that are the same person. Both are null where no person is concerned."""

RECORDED = pa.schema(
    [
        pa.field("sequence", pa.int64(), nullable=False),
        pa.field("recorded", pa.timestamp("us", tz="UTC"), nullable=False),
        *_ENTRY,
        pa.field("hash", pa.string(), nullable=False),
    ]
)
"""Entries as they come out of the ledger, decrypted. Those of erased people do not: their key is gone."""


@dataclass(frozen=True, slots=True)
class Posting:
    """What posting a delivery comes to: the entries to append, and how many rows were new, changed or unchanged.

    `entries` has the schema `ENTRIES`; `closed` is how many of them are programmes that the register closes by itself,
    which the municipality is to be told.
    """

    entries: pa.Table
    new: int
    changed: int
    unchanged: int
    closed: int = 0

    def __post_init__(self) -> None:
        if not self.entries.schema.equals(ENTRIES):
            raise ValueError("the entries do not have their schema")

    @property
    def changes_nothing(self) -> bool:
        """Whether the register would be the same without it: nothing but the mark that a delivery came."""
        return all(kind == EntryKind.DELIVERY for kind in self.entries["kind"].to_pylist())

    @property
    def closed_in(self) -> Mapping[str, int]:
        """How many programmes the register closes by itself, by municipality."""
        kinds, places = (self.entries[name].to_pylist() for name in ("kind", "municipality"))
        closed = [place for kind, place in zip(kinds, places, strict=True) if kind == EntryKind.CLOSED_BY_REGISTER]
        return Counter(closed)


PROGRAMMES = pa.schema(
    [
        pa.field("person", pa.int64(), nullable=False),
        *_PERSON_ID,
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
        pa.field("fingerprint", pa.string()),
    ]
)
"""One row per programme. `person` is the store's own number of the person, stable for the life of the register.
`fingerprint` is that of the row as it was last delivered, whatever has been corrected or closed since: a row that comes
again unchanged is recognised by it."""

REGISTERED_MEASURES = pa.schema(
    [
        pa.field("person", pa.int64(), nullable=False),
        *_PERSON_ID,
        pa.field("municipality", pa.string(), nullable=False),
        pa.field("measure", pa.string(), nullable=False),
        pa.field("from_date", pa.date32(), nullable=False),
        pa.field("to_date", pa.date32()),
        pa.field("hours_per_week", pa.float64()),
        pa.field("fingerprint", pa.string()),
    ]
)
REGISTERED_EVENTS = pa.schema(
    [
        pa.field("person", pa.int64(), nullable=False),
        *_PERSON_ID,
        pa.field("municipality", pa.string(), nullable=False),
        pa.field("event", pa.string(), nullable=False),
        pa.field("from_date", pa.date32(), nullable=False),
        pa.field("to_date", pa.date32()),
        pa.field("fingerprint", pa.string()),
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
        pa.field("sender", pa.string()),
    ]
)
"""The lines of the direct reports that stand. Without a municipality they are of people with a protected address."""
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
"""What a municipality has sent for a year. `people` is participant rows taken (also of people who did not end, and again
when they come again); `direct` the sum of its direct report; `declared` is `register`, `direct` or `both` where the office
and the municipality have declared the same, else null."""


@dataclass(frozen=True, slots=True)
class About:
    """Whom and what places something is about: people by their numbers, municipalities by theirs."""

    national_ids: frozenset[str] = frozenset()
    duf_numbers: frozenset[str] = frozenset()
    municipalities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Histories:
    """The register as of a recorded time, columnar; or the part of it that something can be held against (`About`).

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
    events: pa.Table = field(default_factory=REGISTERED_EVENTS.empty_table)

    def __post_init__(self) -> None:
        for name, table, schema in (
            ("programmes", self.programmes, PROGRAMMES),
            ("measures", self.measures, REGISTERED_MEASURES),
            ("reported", self.reported, REPORTED_EXITS),
            ("reporting", self.reporting, REPORTING),
            ("events", self.events, REGISTERED_EVENTS),
        ):
            if not table.schema.equals(schema):
                raise ValueError(f"{name} does not have its schema")
