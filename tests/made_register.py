"""Small registers for tests: deliveries from a few lines, and a ledger in memory that needs no store.

book = Book()
book.receive(people({"duf_number": "200000000001", "end_date": "2016-05-01", "reason": "arbeid"}))
book.histories().programmes
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from introstat import freeze, register
from introstat.definitions.catalogue import Definitions, definitions_for
from introstat.register.payloads import entries_of
from introstat.vocabulary.deliveries import RECORD_SCHEMAS, Delivery, DeliveryKind
from introstat.vocabulary.histories import RECORDED, Entry, Histories, Posting
from introstat.vocabulary.snapshots import Snapshot, SnapshotKind
from introstat.vocabulary.years import ReportingYear

YEAR = ReportingYear(2016)
WHEN = datetime(2017, 1, 9, 8, tzinfo=UTC)
KEY = bytes(range(32))
ANYBODY: Mapping[str, Any] = {
    "municipality": "0301",
    "birth_date": "1985-05-01",
    "sex": "K",
    "citizenship": "SYR",
    "law": "introduksjonsloven",
    "category": "rett_og_plikt",
    "decision_date": "2014-08-15",
    "start_date": "2014-09-01",
    "address_protection": "ugradert",
    "research_reservation": False,
}


def definitions() -> Definitions:
    return definitions_for(YEAR.value)


def delivered(
    kind: DeliveryKind,
    *rows: Mapping[str, Any],
    sender: str = "0301",
    received: datetime = WHEN,
    rejected: Iterable[Mapping[str, str]] = (),
    content: str | None = None,
    year: ReportingYear = YEAR,
) -> Delivery:
    """A delivery that was read and found in order, with dates as ISO text. `content` stands for the file's bytes."""
    schema = RECORD_SCHEMAS[kind]
    filled = [{"line": line, **row} for line, row in enumerate(rows, start=2)]
    records = pa.Table.from_pylist([_typed(row, schema) for row in filled], schema=schema)
    told = content if content is not None else repr([*sorted(map(repr, filled)), *rejected])
    not_taken = [{"line": len(filled) + 2 + extra, **row} for extra, row in enumerate(rejected)]
    return Delivery(
        sha256=hashlib.sha256(told.encode()).hexdigest(),
        year=year,
        kind=kind,
        sender=sender,
        received=received,
        filename=f"{sender}-{kind.value}.csv",
        rule_set="2016-1",
        rules_run=25,
        rows_read=len(filled) + len(not_taken),
        records=records,
        rejected=pa.Table.from_pylist(not_taken, schema=_rejected_schema(not_taken)),
        findings=(),
    )


def people(*rows: Mapping[str, Any], **options: Any) -> Delivery:
    """A participants' delivery; each row says what differs from `ANYBODY`."""
    return delivered(DeliveryKind.PARTICIPANTS, *({**ANYBODY, **row} for row in rows), **options)


def direct(*rows: Mapping[str, Any], **options: Any) -> Delivery:
    """A direct report of exits that are not in the register."""
    usual = {"municipality": "0301", "sex": "K", "reason": "arbeid", "count": 1, "basis": "mangler_i_registeret"}
    return delivered(DeliveryKind.DIRECT_REPORT, *({**usual, **row} for row in rows), **options)


def nil(*municipalities: str, **options: Any) -> Delivery:
    """A nil report."""
    rows = [{"municipality": code, "confirmed_by": "Leder"} for code in municipalities]
    return delivered(DeliveryKind.NIL_REPORT, *rows, **options)


@dataclass
class Book:
    """The ledger in memory: numbers persons and entries as a store does."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    persons: int = 0
    deliveries: int = 0

    def receive(self, delivery: Delivery, at: datetime | None = None) -> Posting:
        """Post a delivery on what is known by then, and append it."""
        at = at or delivery.received
        self.deliveries += 1
        posting = register.post(
            delivery,
            earlier=self.histories(at),
            definitions=definitions(),
            at=at,
            actor="tester",
            delivery_id=f"2016-{self.deliveries:06d}",
        )
        self.append(posting.entries, at=at)
        return posting

    def declare(self, *entries: Entry, at: datetime = WHEN) -> None:
        self.append(entries_of(entries), at=at)

    def append(self, entries: pa.Table, *, at: datetime) -> None:
        numbers: dict[int, int] = {}
        for entry in entries.to_pylist():
            person = entry["person"]
            if entry["newcomer"] is not None:
                if entry["newcomer"] not in numbers:
                    self.persons += 1
                    numbers[entry["newcomer"]] = self.persons
                person = numbers[entry["newcomer"]]
            sequence = len(self.rows) + 1
            said = {name: entry[name] for name in RECORDED.names if name in entry}
            digest = hashlib.sha256(f"{sequence}".encode()).hexdigest()
            self.rows.append({**said, "person": person, "sequence": sequence, "recorded": at, "hash": digest})

    def recorded(self) -> pa.Table:
        return pa.Table.from_pylist(self.rows, schema=RECORDED)

    def histories(self, as_of: datetime | None = None) -> Histories:
        return register.fold(self.recorded(), as_of=as_of or datetime(2030, 1, 1, tzinfo=UTC))

    def programmes(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.histories().programmes.to_pylist()
        return found

    def freeze(self, as_of: datetime | None = None) -> Snapshot:
        known = self.histories(as_of)
        return freeze.take(
            known,
            definitions=definitions(),
            year=YEAR,
            as_of=known.as_of,
            kind=SnapshotKind.FINAL,
            pseudonym_key=KEY,
        )


def _typed(row: Mapping[str, Any], schema: pa.Schema) -> dict[str, Any]:
    return {
        name: date.fromisoformat(value)
        if isinstance(value, str) and pa.types.is_date(schema.field(name).type)
        else value
        for name, value in row.items()
    }


def _rejected_schema(rows: list[dict[str, Any]]) -> pa.Schema:
    names = {name for row in rows for name in row} - {"line"}
    return pa.schema([("line", pa.int64()), *((name, pa.string()) for name in sorted(names))])
