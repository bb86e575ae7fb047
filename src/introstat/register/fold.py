"""The ledger folded into what the register knows: per person (`fold_people`) and per report (`reports.Reports`).

The order of entries is the time they were recorded, then their number. Of the entries about one programme (person,
municipality, start date) the newest delivered one holds. What has been declared or decided since lies on top of it:

    delivered  2015-09-01 –            planned end 2016-03-01
    closed by the register             end 2016-09-01, no reason       only while nothing delivered says otherwise
    correction end_date 2016-02-28     end 2016-02-28                  until the row is delivered with a change

The fold of a part of the people is exactly that part of the fold of all, in the same order, so a store can fold anew only
those whom new entries concern. Where nothing lies on top of what was delivered of them, their rows do instead of the entries
behind these.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from introstat.register.columns import codes, integers
from introstat.register.identity import canonical, is_synthetic
from introstat.register.payloads import fingerprint, read_payloads, values_of
from introstat.register.reports import Reports
from introstat.vocabulary.histories import (
    PROGRAMMES,
    RECORDED,
    REGISTERED_EVENTS,
    REGISTERED_MEASURES,
    EntryKind,
    Histories,
    Scalar,
)

WITHDRAWN: Final = "withdrawn"
LATER: Final = (EntryKind.CLOSED_BY_REGISTER, EntryKind.CORRECTION)
"""What lies on top of what was delivered."""

_ORDER: Final = ("recorded", "sequence")
_ADDED: Final = frozenset({"person", "closed_by_register", "synthetic", "delivery", "fingerprint", *_ORDER})
_IDS: Final = ["person", "national_id", "duf_number", "birth_date"]
_KEYS: Final[Mapping[EntryKind, tuple[pa.Schema, tuple[str, ...]]]] = {
    EntryKind.PROGRAMME: (PROGRAMMES, ("municipality", "start_date")),
    EntryKind.MEASURE: (REGISTERED_MEASURES, ("municipality", "measure", "from_date")),
    EntryKind.EVENT: (REGISTERED_EVENTS, ("municipality", "event", "from_date")),
}
STANDING: Final[Mapping[EntryKind, pa.Schema]] = {
    kind: pa.schema([*schema, *(RECORDED.field(name) for name in _ORDER if name not in schema.names)])
    for kind, (schema, _) in _KEYS.items()
}
"""By kind, the rows of people with what their order goes by: the entry that each comes from."""
NO_ROWS: Final[Mapping[EntryKind, pa.Table]] = {kind: schema.empty_table() for kind, schema in STANDING.items()}


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """What entries about people come to, in the order of the entries.

    `standing` has the rows of each kind (`STANDING`); `same_as` maps a person number to the lower number of the same person.
    `underneath` are the programmes as they were delivered of those who are one of several numbers or have corrections: they
    tell who is the same person, also where something else stands.
    """

    standing: Mapping[EntryKind, pa.Table]
    same_as: Mapping[int, int]
    underneath: pa.Table

    @property
    def programmes(self) -> pa.Table:
        """The programmes (`PROGRAMMES`)."""
        return as_known(EntryKind.PROGRAMME, self.standing[EntryKind.PROGRAMME])


def fold(entries: pa.Table, *, as_of: datetime) -> Histories:
    """The register as of a recorded time. `entries` has the schema `RECORDED`, in any order, and may go on after that time."""
    known = in_order(entries, as_of=as_of)
    people = fold_people(known)
    reports = Reports()
    reports.take(known)
    return histories(people.standing, reports, as_of=as_of, ledger_head=newest_hash(known))


def newest_hash(entries: pa.Table) -> str:
    """The hash of the entry with the highest number; empty where there is none."""
    if not entries.num_rows:
        return ""
    head: str = entries.column("hash")[int(np.argmax(integers(entries.column("sequence"))))].as_py()
    return head


def histories(
    standing: Mapping[EntryKind, pa.Table],
    reports: Reports,
    *,
    as_of: datetime,
    ledger_head: str,
    municipalities: Collection[str] | None = None,
) -> Histories:
    """Put the two parts of the fold together; with `municipalities`, what only these have sent for each year."""
    return Histories(
        as_of=as_of,
        programmes=as_known(EntryKind.PROGRAMME, standing[EntryKind.PROGRAMME]),
        measures=as_known(EntryKind.MEASURE, standing[EntryKind.MEASURE]),
        events=as_known(EntryKind.EVENT, standing[EntryKind.EVENT]),
        reported=reports.reported(),
        reporting=reports.reporting(municipalities),
        received=reports.received,
        valid=reports.valid,
        ledger_head=ledger_head,
    )


def as_known(kind: EntryKind, standing: pa.Table) -> pa.Table:
    """Standing rows without what only their order goes by."""
    schema, _ = _KEYS[kind]
    return pa.table(standing.select(schema.names).columns, schema=schema)


def in_order(entries: pa.Table, *, as_of: datetime | None = None) -> pa.Table:
    """The entries (recorded by then) in the order they count: recorded time, then number."""
    if not entries.schema.equals(RECORDED):
        raise ValueError("recorded entries do not have their schema")
    by_then = entries
    if as_of is not None:
        by_then = entries.filter(
            pc.less_equal(entries.column("recorded"), pa.scalar(as_of, pa.timestamp("us", tz="UTC")))
        )
    return ordered(by_then)


def ordered(table: pa.Table) -> pa.Table:
    """Entries, or the rows that come from them (`STANDING`), in the order the entries count."""
    recorded, sequence = (integers(table.column(name)) for name in _ORDER)
    later, same = recorded[1:] > recorded[:-1], recorded[1:] == recorded[:-1]
    if bool(np.all(later | (same & (sequence[1:] > sequence[:-1])))):
        return table
    return table.take(pa.array(np.lexsort((sequence, recorded))))


def fold_people(entries: pa.Table, *, standing: Mapping[EntryKind, pa.Table] = NO_ROWS) -> People:
    """The people of some entries that are in order. To be exact it needs all entries of every person in it.

    Instead of the earlier entries of somebody who is nobody else, and on whose rows nothing lies (`LATER`), it takes the
    rows: `standing`.
    """
    entries = _without_erased(entries)
    kinds = entries.column("kind")
    there = set(pc.unique(kinds).to_pylist())
    newest: dict[EntryKind, pa.Table] = {}
    for kind, (_, keys) in _KEYS.items():
        parts = [standing[kind]] if kind in standing and standing[kind].num_rows else []
        if kind in there:
            parts.append(_read(entries.filter(pc.equal(kinds, kind.value)), kind))
        if parts:
            newest[kind] = _newest(ordered(pa.concat_tables(parts)) if len(parts) > 1 else parts[0], keys)
    # Who is the same person is told by what holds now: a number that was typed wrong and mended joins nobody.
    delivered = newest.get(EntryKind.PROGRAMME, NO_ROWS[EntryKind.PROGRAMME])
    same_as = canonical(delivered.select(_IDS))
    more = {*same_as, *same_as.values(), *_people_of(entries, EntryKind.CORRECTION)}
    if same_as:
        newest = {kind: _newest(_renumbered(table, same_as), _KEYS[kind][1]) for kind, table in newest.items()}
    if EntryKind.PROGRAMME in newest and there & set(LATER):
        later = _renumbered(entries.filter(pc.is_in(kinds, value_set=pa.array(LATER, pa.string()))), same_as)
        newest[EntryKind.PROGRAMME] = _with_later(newest[EntryKind.PROGRAMME], later)
    done = {
        kind: pa.table(newest[kind].columns, schema=schema) if kind in newest else NO_ROWS[kind]
        for kind, schema in STANDING.items()
    }
    underneath = delivered.filter(pc.is_in(delivered.column("person"), value_set=pa.array(sorted(more), pa.int64())))
    return People(standing=done, same_as=same_as, underneath=underneath)


def programme_subject(municipality: str, start: date | str) -> str:
    """What a programme is called in the ledger; with the person it is one programme."""
    return f"{municipality} {start if isinstance(start, str) else start.isoformat()}"


def _people_of(entries: pa.Table, kind: EntryKind) -> list[int]:
    of_kind = entries.filter(pc.equal(entries.column("kind"), kind.value))
    people: list[int] = of_kind.column("person").drop_null().to_pylist()
    return people


def _without_erased(entries: pa.Table) -> pa.Table:
    erasures = entries.filter(pc.equal(entries.column("kind"), EntryKind.ERASURE.value))
    if not erasures.num_rows:
        return entries
    erased = erasures.column("person").drop_null().combine_chunks()
    return entries.filter(pc.invert(pc.is_in(entries.column("person"), value_set=erased)))


def _read(entries: pa.Table, kind: EntryKind) -> pa.Table:
    """Payloads as columns, with what the entry itself tells beside (`STANDING`)."""
    schema = STANDING[kind]
    payloads = entries.column("payload").to_pylist()
    table = read_payloads(payloads, pa.schema([column for column in schema if column.name not in _ADDED]))
    columns: dict[str, Any] = dict(zip(table.column_names, table.columns, strict=True))
    columns |= {name: entries.column(name) for name in ("person", "delivery", *_ORDER)}
    columns["fingerprint"] = pa.array([fingerprint(payload) for payload in payloads], pa.string())
    if "synthetic" in schema.names:
        columns["synthetic"] = is_synthetic(table.column("national_id"))
        columns["closed_by_register"] = pa.array(np.zeros(len(payloads), np.bool_))
    return pa.table([columns[name] for name in schema.names], schema=schema)


def _renumbered(table: pa.Table, same_as: Mapping[int, int]) -> pa.Table:
    if not same_as or not table.num_rows:
        return table
    person = [same_as.get(number, number) for number in table.column("person").to_pylist()]
    return table.set_column(table.column_names.index("person"), "person", pa.array(person, pa.int64()))


def _newest(table: pa.Table, keys: Sequence[str]) -> pa.Table:
    """The last row of each person and key; the rows are in order, and stay so."""
    if table.num_rows < 2:
        return table
    parts = [integers(table.column("person")), *(_comparable(table.column(key)) for key in keys)]
    order = np.lexsort(parts)
    last = np.ones(len(order), np.bool_)
    last[:-1] = np.any([part[order[1:]] != part[order[:-1]] for part in parts], axis=0)
    return table if last.all() else table.take(pa.array(np.sort(order[last])))


def _comparable(column: pa.ChunkedArray) -> NDArray[np.int64]:
    return integers(column) if pa.types.is_date(column.type) else codes(column)


def _with_later(programmes: pa.Table, later: pa.Table) -> pa.Table:
    """Lay corrections and the register's own closings on top of what was delivered."""
    concerned = pc.is_in(programmes.column("person"), value_set=pc.unique(later.column("person")))
    rows = np.flatnonzero(np.asarray(concerned.to_numpy(), np.bool_))
    columns = ("person", "municipality", "start_date", "end_date", "planned_end_date", *_ORDER)
    there = programmes.select(columns).take(pa.array(rows)).to_pylist()
    by_subject = {
        (row["person"], programme_subject(row["municipality"], row["start_date"])): n for n, row in enumerate(there)
    }
    corrected: defaultdict[int, dict[str, Scalar]] = defaultdict(dict)
    closed: dict[int, dict[str, Scalar]] = {}
    for entry in later.select(["person", "kind", "subject", "payload", *_ORDER]).to_pylist():
        found = by_subject.get((entry["person"], entry["subject"]))
        if found is None:
            continue
        if entry["kind"] == EntryKind.CLOSED_BY_REGISTER:
            closed[found] = values_of(entry["payload"])
        elif _place(entry) > _place(there[found]):
            corrected[found].update(values_of(entry["payload"]))
    changes: dict[int, dict[str, Scalar]] = {}
    withdrawn: list[int] = []
    for found, row in enumerate(there):
        change = dict(corrected.get(found, {}))
        if change.pop(WITHDRAWN, False):
            withdrawn.append(int(rows[found]))
            continue
        end, planned = (change.get(name, _iso(row[name])) for name in ("end_date", "planned_end_date"))
        closing = closed.get(found)
        if closing is not None and end is None and planned == closing["planned_end_date"]:
            change |= {"end_date": closing["end_date"], "closed_by_register": True}
        if change:
            changes[int(rows[found])] = change
    return _without(_changed(programmes, changes), withdrawn)


def _place(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _ORDER)


def _changed(table: pa.Table, changes: Mapping[int, Mapping[str, Scalar]]) -> pa.Table:
    for name in sorted({name for change in changes.values() for name in change if name in table.column_names}):
        column = table.column(name)
        at = sorted(row for row, change in changes.items() if name in change)
        values = [changes[row][name] for row in at]
        read_as = pa.string() if pa.types.is_date(column.type) else column.type
        mask = np.zeros(table.num_rows, np.bool_)
        mask[at] = True
        replaced = pc.replace_with_mask(
            column.combine_chunks(), pa.array(mask), pa.array(values, read_as).cast(column.type)
        )
        table = table.set_column(table.column_names.index(name), name, replaced)
    return table


def _without(table: pa.Table, rows: Sequence[int]) -> pa.Table:
    if not rows:
        return table
    keep = np.ones(table.num_rows, np.bool_)
    keep[list(rows)] = False
    return table.filter(pa.array(keep))


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
