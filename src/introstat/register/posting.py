"""A delivery set against what is known already: which rows are new, which changed, which are the same.

A row is the same when every column of it is as it was last delivered, whatever has been corrected in the register since;
rows that are the same leave no entry. Of two rows about one programme in a file, the later decides. A direct report takes
the place of the earlier one from the same municipality for the same year and basis as a whole: a line that is gone is
gone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from introstat.definitions.catalogue import Definitions
from introstat.register.columns import ABSENT
from introstat.register.corrections import CLOSED_WHY, recorded_day
from introstat.register.identity import KNOWN, Recognised, recognise
from introstat.register.payloads import fingerprint, payload_of, row_payloads
from introstat.register.reports import COUNT, TAKEN
from introstat.register.silence import close_delivered, close_earlier
from introstat.vocabulary.deliveries import Delivery, DeliveryKind, Receipt
from introstat.vocabulary.histories import ENTRIES, EntryKind, Histories, Posting, Scalar

REGISTER: Final = "register"
"""The actor of what the register does by itself."""

NEW_WHY: Final = "Delivered for the first time."
CHANGED_WHY: Final = "Delivered with a change."
_IDS: Final = ["person", "national_id", "duf_number"]

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Form:
    """How rows of one kind of delivery become entries: what makes two rows speak of the same thing."""

    kind: EntryKind
    keys: tuple[str, ...]
    happened: tuple[str, ...]


_FORMS: Final[Mapping[DeliveryKind, _Form]] = {
    DeliveryKind.PARTICIPANTS: _Form(EntryKind.PROGRAMME, ("municipality", "start_date"), ("end_date", "start_date")),
    DeliveryKind.MEASURES: _Form(EntryKind.MEASURE, ("municipality", "measure", "from_date"), ("from_date",)),
    DeliveryKind.EVENTS: _Form(EntryKind.EVENT, ("municipality", "event", "from_date"), ("from_date",)),
}


def post(
    delivery: Delivery, *, earlier: Histories, definitions: Definitions, at: datetime, actor: str, delivery_id: str
) -> Posting:
    """What a delivery adds to the ledger. `at` is the time it is recorded, `earlier` the register until then."""
    match delivery.kind:
        case None:
            posted = Posting(entries=ENTRIES.empty_table(), new=0, changed=0, unchanged=0)
        case DeliveryKind.DIRECT_REPORT:
            posted = _post_reports(delivery, earlier=earlier, actor=actor, delivery_id=delivery_id)
        case DeliveryKind.NIL_REPORT:
            posted = _post_nil(delivery, earlier=earlier, actor=actor, delivery_id=delivery_id)
        case _:
            months = definitions.parameters(recorded_day(at)).silence_months
            posted = _post_people(
                delivery, earlier=earlier, months=months, on=recorded_day(at), actor=actor, delivery_id=delivery_id
            )
    came = _came(delivery, actor=actor, delivery_id=delivery_id)
    return Posting(
        entries=pa.concat_tables([came, posted.entries]),
        new=posted.new,
        changed=posted.changed,
        unchanged=posted.unchanged,
        closed=posted.closed,
    )


def receipt_for(
    delivery: Delivery,
    posting: Posting,
    *,
    receipt_id: str,
    next_deadline: datetime | None,
    dry_run: bool = False,
    seen_before: bool = False,
) -> Receipt:
    """The answer to a delivery; on a dry run, what the answer would have been."""
    return Receipt(
        id="" if dry_run else receipt_id,
        sha256=delivery.sha256,
        year=delivery.year,
        kind=delivery.kind,
        sender=delivery.sender,
        received=delivery.received,
        filename=delivery.filename,
        rule_set=delivery.rule_set,
        status=delivery.status,
        dry_run=dry_run,
        read=delivery.rows_read,
        new=posting.new,
        changed=posting.changed,
        unchanged=posting.unchanged,
        rejected=delivery.rejected.num_rows,
        findings=delivery.findings,
        next_deadline=next_deadline,
        seen_before=seen_before,
    )


def _came(delivery: Delivery, *, actor: str, delivery_id: str) -> pa.Table:
    """The entry that a delivery came: its hash ties the file into the chain, its counts say who has reported."""
    records = delivery.records
    said: dict[str, Scalar] = {
        "kind": None if delivery.kind is None else delivery.kind.value,
        "sha256": delivery.sha256,
        "sender": delivery.sender,
        "read": delivery.rows_read,
        "taken": records.num_rows,
        "rejected": delivery.rejected.num_rows,
    }
    if "municipality" in records.column_names:
        counted = Counter(records.column("municipality").to_pylist())
        said |= {f"{TAKEN}{code}": rows for code, rows in counted.items() if code is not None}
    entry = _about_no_person(
        EntryKind.DELIVERY,
        subject=delivery_id,
        municipality=None,
        said=said,
        year=delivery.year.value,
        actor=actor,
        why="",
        delivery_id=delivery_id,
    )
    return pa.Table.from_pylist([entry], schema=ENTRIES)


def _post_people(
    delivery: Delivery, *, earlier: Histories, months: int, on: date, actor: str, delivery_id: str
) -> Posting:
    assert delivery.kind is not None
    form = _FORMS[delivery.kind]
    records = delivery.records
    found = recognise(records, _known(earlier, form), keys=form.keys)
    payloads = row_payloads(records)
    people = list(zip(found.person.tolist(), found.newcomer.tolist(), strict=True))
    things = list(zip(*(records.column(name).to_pylist() for name in form.keys), strict=True))
    keys = [(*who, *what) for who, what in zip(people, things, strict=True)]
    last = {key: row for row, key in enumerate(keys)}
    before = _before(earlier, form, found)
    kept: list[int] = []
    whys: list[str] = []
    for key, row in sorted(last.items(), key=lambda item: item[1]):
        was = before.get((key[0], *key[2:]))
        if was is None or was.fingerprint != fingerprint(payloads[row]):
            kept.append(row)
            whys.append(NEW_WHY if was is None else CHANGED_WHY)
    entries = _entries_of_rows(delivery, form, found, payloads, kept, whys, actor=actor, delivery_id=delivery_id)
    closings: list[Row] = []
    if form.kind is EntryKind.PROGRAMME:
        closed = {thing: was.closed_at for thing, was in before.items()}
        closings = [
            *close_delivered(records, keys, kept, closed, months=months, on=on),
            *close_earlier(earlier, records, {(keys[row][0], *keys[row][2:]) for row in kept}, months=months, on=on),
        ]
    for closing in closings:
        closing |= {"year": delivery.year.value, "actor": REGISTER, "why": CLOSED_WHY, "delivery": delivery_id}
    new = whys.count(NEW_WHY)
    return Posting(
        entries=pa.concat_tables([entries, pa.Table.from_pylist(closings, schema=ENTRIES)]),
        new=new,
        changed=len(kept) - new,
        unchanged=records.num_rows - len(kept),
        closed=len(closings),
    )


@dataclass(frozen=True, slots=True)
class _Was:
    """What the register had about a thing that is delivered again."""

    fingerprint: str | None
    closed_at: date | None


def _known(earlier: Histories, form: _Form) -> pa.Table:
    """The ids the register knows people by, with what each row of the form is about; measures and events tell no birth date."""
    tables = []
    for kind, table in _tables(earlier).items():
        keys = list(form.keys) if kind is form.kind else []
        if kind is EntryKind.PROGRAMME:
            tables.append(table.select([*KNOWN.names, *keys]))
        elif table.num_rows or keys:
            birth = pa.nulls(table.num_rows, pa.date32())
            tables.append(table.select([*_IDS, *keys]).append_column("birth_date", birth))
    return pa.concat_tables(tables, promote_options="default")


def _tables(earlier: Histories) -> Mapping[EntryKind, pa.Table]:
    return {
        EntryKind.PROGRAMME: earlier.programmes,
        EntryKind.MEASURE: earlier.measures,
        EntryKind.EVENT: earlier.events,
    }


def _before(earlier: Histories, form: _Form, found: Recognised) -> dict[tuple[Any, ...], _Was]:
    of_closings = ["closed_by_register", "planned_end_date"] if form.kind is EntryKind.PROGRAMME else []
    table = _tables(earlier)[form.kind].select(["person", *form.keys, "fingerprint", *of_closings])
    people = np.unique(np.concatenate([found.person[found.person != ABSENT], np.array([*found.same_as], np.int64)]))
    if not len(people) or not table.num_rows:
        return {}
    mine = table.filter(pc.is_in(table.column("person"), value_set=pa.array(people)))
    closed: Iterable[date | None] = [None] * mine.num_rows
    if of_closings:
        marks = zip(
            mine.column("closed_by_register").to_pylist(), mine.column("planned_end_date").to_pylist(), strict=True
        )
        closed = [planned if mark else None for mark, planned in marks]
    columns = [mine.column(name).to_pylist() for name in ("person", *form.keys)]
    before = {
        key: _Was(print_, planned)
        for key, print_, planned in zip(
            zip(*columns, strict=True), mine.column("fingerprint").to_pylist(), closed, strict=True
        )
    }
    # Where two people become one, what both had is recorded anew, so that the row delivered now is the newest.
    for person, *thing in list(before):
        shared = (found.same_as.get(person), *thing)
        if shared in before:
            before[shared] = replace(before[shared], fingerprint=None)
    return before


def _entries_of_rows(
    delivery: Delivery,
    form: _Form,
    found: Recognised,
    payloads: Sequence[bytes],
    kept: Sequence[int],
    whys: Sequence[str],
    *,
    actor: str,
    delivery_id: str,
) -> pa.Table:
    used = {*form.keys, *form.happened, "municipality", "national_id", "duf_number"}
    rows = delivery.records.select(sorted(used)).take(pa.array(kept, pa.int64()))
    many = len(kept)
    texts = [pc.cast(rows.column(name), pa.string()) for name in form.keys]
    happened = pc.coalesce(*(rows.column(name) for name in form.happened))
    columns: dict[str, Any] = {
        "kind": pa.repeat(form.kind.value, many),
        "subject": pc.binary_join_element_wise(*texts, " "),
        "year": pa.repeat(pa.scalar(delivery.year.value, pa.int64()), many),
        "municipality": rows.column("municipality"),
        "person": _or_null(found.person[list(kept)]),
        "event_date": happened,
        "payload": pa.array([payloads[row] for row in kept], pa.binary()),
        "actor": pa.repeat(actor, many),
        "why": pa.array(whys, pa.string()),
        "delivery": pa.repeat(delivery_id, many),
        "national_id": rows.column("national_id"),
        "duf_number": rows.column("duf_number"),
        "newcomer": _or_null(found.newcomer[list(kept)]),
    }
    return pa.table([columns[name] for name in ENTRIES.names], schema=ENTRIES)


def _or_null(numbers: np.ndarray[Any, np.dtype[np.int64]]) -> pa.Array:
    return pa.array(numbers, mask=numbers == ABSENT)


def _post_reports(delivery: Delivery, *, earlier: Histories, actor: str, delivery_id: str) -> Posting:
    year = delivery.year.value
    counts: defaultdict[tuple[str | None, str], Counter[str]] = defaultdict(Counter)
    lines: list[tuple[tuple[str | None, str], str]] = []
    for row in delivery.records.to_pylist():
        report, line = (row["municipality"], row["basis"]), f"{COUNT}{row['sex']}:{row['reason'] or ''}"
        counts[report][line] += row["count"]
        lines.append((report, line))
    before: defaultdict[tuple[str | None, str], dict[str, int]] = defaultdict(dict)
    for row in earlier.reported.filter(pc.equal(earlier.reported.column("year"), year)).to_pylist():
        if row["municipality"] is not None or row["sender"] == delivery.sender:
            before[row["municipality"], row["basis"]][f"{COUNT}{row['sex']}:{row['reason'] or ''}"] = row["count"]
    entries = [
        _about_no_person(
            EntryKind.DIRECT_REPORT,
            subject=f"{basis} {municipality or delivery.sender}",
            municipality=municipality,
            said={"basis": basis, "sender": delivery.sender, **counted},
            year=year,
            actor=actor,
            why=CHANGED_WHY if (municipality, basis) in before else NEW_WHY,
            delivery_id=delivery_id,
        )
        for (municipality, basis), counted in counts.items()
        if before.get((municipality, basis)) != counted
    ]
    new = sum(line not in before.get(report, {}) for report, line in lines)
    unchanged = sum(before.get(report, {}).get(line) == counts[report][line] for report, line in lines)
    return Posting(
        entries=pa.Table.from_pylist(entries, schema=ENTRIES),
        new=new,
        changed=len(lines) - new - unchanged,
        unchanged=unchanged,
    )


def _post_nil(delivery: Delivery, *, earlier: Histories, actor: str, delivery_id: str) -> Posting:
    year = delivery.year.value
    reported = earlier.reporting.filter(
        pc.and_(pc.equal(earlier.reporting.column("year"), year), earlier.reporting.column("nil"))
    )
    known = set(reported.column("municipality").to_pylist())
    rows = delivery.records.to_pylist()
    said = {row["municipality"]: row["confirmed_by"] for row in rows if row["municipality"] not in known}
    entries = [
        _about_no_person(
            EntryKind.NIL_REPORT,
            subject="nil",
            municipality=municipality,
            said={"confirmed_by": confirmed_by},
            year=year,
            actor=actor,
            why=NEW_WHY,
            delivery_id=delivery_id,
        )
        for municipality, confirmed_by in said.items()
    ]
    return Posting(
        entries=pa.Table.from_pylist(entries, schema=ENTRIES),
        new=len(entries),
        changed=0,
        unchanged=len(rows) - len(entries),
    )


def _about_no_person(
    kind: EntryKind,
    *,
    subject: str,
    municipality: str | None,
    said: Mapping[str, Scalar],
    year: int,
    actor: str,
    why: str,
    delivery_id: str,
) -> Row:
    return {
        "kind": kind.value,
        "subject": subject,
        "year": year,
        "municipality": municipality,
        "payload": payload_of(said),
        "actor": actor,
        "why": why,
        "delivery": delivery_id,
    }
