"""The deliveries that were received, their receipts, and the rows that were not taken.

A receipt is kept as it was given. A row that was not taken is kept, encrypted, until the person on it is delivered and
taken: then it has been mended, and is removed.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import orjson
import pyarrow as pa

from introstat.storage import rows
from introstat.storage.keys import NONCE, Keys
from introstat.storage.models import DeliveryRow, RejectedRow
from introstat.vocabulary.deliveries import (
    Audience,
    Delivery,
    DeliveryKind,
    DeliveryStatus,
    Finding,
    Receipt,
    Severity,
)
from introstat.vocabulary.errors import NotFound
from introstat.vocabulary.texts import Text
from introstat.vocabulary.years import ReportingYear

_LINE: Final = "line"
_IDS: Final = {"fodselsnummer": "national_id", "dufnummer": "duf_number"}


@dataclass(frozen=True, slots=True)
class StoredDelivery:
    """A line of the list of deliveries."""

    id: str
    year: ReportingYear
    kind: DeliveryKind | None
    sender: str
    filename: str
    sha256: str
    received: datetime
    status: DeliveryStatus
    actor: str


def listed(*, year: int | None = None, sender: str | None = None) -> tuple[StoredDelivery, ...]:
    """The deliveries, newest first; of one year, from one sender."""
    found = DeliveryRow.objects.order_by("-number").defer("receipt")
    if year is not None:
        found = found.filter(year=year)
    if sender is not None:
        found = found.filter(sender=sender)
    return tuple(_stored(row) for row in found)


def get(delivery_id: str) -> StoredDelivery:
    """One delivery. Raises NotFound."""
    return _stored(_row(delivery_id))


def receipt(delivery_id: str) -> Receipt:
    """The receipt that was given. Raises NotFound."""
    return receipt_from_json(bytes(_row(delivery_id).receipt))


def receipts(year: ReportingYear, *, senders: Collection[str] | None) -> tuple[Receipt, ...]:
    """The receipts of a year, newest first: everybody's when `senders` is None, else those of the senders named."""
    found = DeliveryRow.objects.filter(year=year.value).order_by("-number")
    if senders is not None:
        found = found.filter(sender__in=senders)
    return tuple(receipt_from_json(bytes(content)) for content in found.values_list("receipt", flat=True))


def rejected(delivery_id: str, keys: Keys) -> tuple[dict[str, str | None], ...]:
    """The rows of a delivery that were not taken and are not mended, as they came, with the line each stood on."""
    found = RejectedRow.objects.filter(delivery_id=_row(delivery_id).id).order_by("line")
    return tuple({_LINE: str(row.line), **_open(row, keys)} for row in found)


def seen(delivery: Delivery) -> StoredDelivery | None:
    """The newest delivery of the same bytes by the same sender for the same year and kind, checked by the same rules."""
    found = DeliveryRow.objects.filter(
        sha256=delivery.sha256,
        sender=delivery.sender,
        year=delivery.year.value,
        kind=None if delivery.kind is None else delivery.kind.value,
        rule_set=delivery.rule_set,
        status=delivery.status.value,
    )
    row = found.order_by("-number").first()
    return None if row is None else _stored(row)


def id_of(year: ReportingYear, number: int) -> str:
    """What a delivery is called, by the year it is for and its number among all."""
    return f"{year}-{number:06d}"


def keep(delivery: Delivery, given: Receipt, *, number: int, actor: str, keys: Keys) -> None:
    """Store a delivery's line, its receipt and its rejected rows. Inside the transaction of the ledger."""
    DeliveryRow.objects.create(
        id=given.id,
        number=number,
        year=delivery.year.value,
        kind=None if delivery.kind is None else delivery.kind.value,
        sender=delivery.sender,
        filename=delivery.filename[:255],
        sha256=delivery.sha256,
        rule_set=delivery.rule_set,
        received=delivery.received,
        status=given.status.value,
        actor=actor,
        receipt=receipt_to_json(given),
    )
    _mend(delivery, keys)
    kept = []
    for row in delivery.rejected.to_pylist():
        nonce = os.urandom(NONCE)
        text = orjson.dumps({name: value for name, value in row.items() if name != _LINE}, default=str)
        kept.append((given.id, row[_LINE], nonce, keys.register.encrypt(nonce, text, given.id.encode())))
    rows.add("rejected", kept)


def forget_rejected(ids: frozenset[str], keys: Keys) -> int:
    """Remove every rejected row with one of these ids on it, for the erasure of a person. Returns how many."""
    gone = [row.pk for row in RejectedRow.objects.all() if ids & set(_person_of(_open(row, keys)))]
    RejectedRow.objects.filter(pk__in=gone).delete()
    return len(gone)


def receipt_to_json(given: Receipt) -> bytes:
    """A receipt as it is kept, with what only the office may see."""
    return orjson.dumps(
        {
            "id": given.id,
            "sha256": given.sha256,
            "year": given.year.value,
            "kind": given.kind,
            "sender": given.sender,
            "received": given.received.isoformat(),
            "filename": given.filename,
            "rule_set": given.rule_set,
            "status": given.status,
            "dry_run": given.dry_run,
            "rows": [given.read, given.new, given.changed, given.unchanged, given.rejected],
            "findings": [
                {
                    "check": finding.check,
                    "severity": finding.severity,
                    "line": finding.line,
                    "column": finding.column,
                    "message": [finding.message.nb, finding.message.nn, finding.message.en],
                    "audience": finding.audience,
                    "rows": finding.rows,
                }
                for finding in given.findings
            ],
            "next_deadline": None if given.next_deadline is None else given.next_deadline.isoformat(),
            "seen_before": given.seen_before,
        }
    )


def receipt_from_json(content: bytes) -> Receipt:
    """A receipt as it was kept."""
    said: dict[str, Any] = orjson.loads(content)
    read, new, changed, unchanged, not_taken = said["rows"]
    return Receipt(
        id=said["id"],
        sha256=said["sha256"],
        year=ReportingYear(said["year"]),
        kind=None if said["kind"] is None else DeliveryKind(said["kind"]),
        sender=said["sender"],
        received=datetime.fromisoformat(said["received"]),
        filename=said["filename"],
        rule_set=said["rule_set"],
        status=DeliveryStatus(said["status"]),
        dry_run=said["dry_run"],
        read=read,
        new=new,
        changed=changed,
        unchanged=unchanged,
        rejected=not_taken,
        findings=tuple(
            Finding(
                check=finding["check"],
                severity=Severity(finding["severity"]),
                line=finding["line"],
                column=finding["column"],
                message=Text(*finding["message"]),
                audience=Audience(finding["audience"]),
                rows=finding["rows"],
            )
            for finding in said["findings"]
        ),
        next_deadline=None if said["next_deadline"] is None else datetime.fromisoformat(said["next_deadline"]),
        seen_before=said["seen_before"],
    )


def _row(delivery_id: str) -> DeliveryRow:
    try:
        return DeliveryRow.objects.get(pk=delivery_id)
    except DeliveryRow.DoesNotExist:
        raise NotFound(f"There is no delivery {delivery_id}.") from None


def _stored(row: DeliveryRow) -> StoredDelivery:
    return StoredDelivery(
        id=row.id,
        year=ReportingYear(row.year),
        kind=None if row.kind is None else DeliveryKind(row.kind),
        sender=row.sender,
        filename=row.filename,
        sha256=row.sha256,
        received=row.received.astimezone(UTC),
        status=DeliveryStatus(row.status),
        actor=row.actor,
    )


def _mend(delivery: Delivery, keys: Keys) -> None:
    """Remove the rejected rows of people who are now taken; of a form without people, once the whole form is."""
    if delivery.kind is None or not delivery.records.num_rows:
        return
    found = rows.rejected_waiting(year=delivery.year.value, kind=delivery.kind.value, sender=delivery.sender)
    if not found:
        return
    waiting = RejectedRow.objects.filter(pk__in=found)
    if delivery.kind in (DeliveryKind.DIRECT_REPORT, DeliveryKind.NIL_REPORT):
        if not delivery.rejected.num_rows:
            waiting.delete()
        return
    taken = _ids_of(delivery.records)
    mended = [row.pk for row in waiting if taken & set(_person_of(_open(row, keys)))]
    if mended:
        RejectedRow.objects.filter(pk__in=mended).delete()


def _ids_of(records: pa.Table) -> frozenset[str]:
    return frozenset(value for name in _IDS.values() for value in records.column(name).to_pylist() if value)


def _person_of(row: dict[str, str | None]) -> tuple[str, ...]:
    return tuple(value.strip() for name, value in row.items() if name.strip().casefold() in _IDS and value)


def _open(row: RejectedRow, keys: Keys) -> dict[str, str | None]:
    text = keys.register.decrypt(bytes(row.nonce), bytes(row.ciphertext), str(row.delivery_id).encode())
    said: dict[str, str | None] = orjson.loads(text)
    return said
