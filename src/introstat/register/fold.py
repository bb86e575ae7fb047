"""The ledger folded into what the register knows: per person (`fold_people`) and per report (`reports.Reports`).

The order of entries is the time they were recorded, then their number. Of the entries about one programme (person,
municipality, start date) the newest delivered one holds. What has been declared or decided since lies on top of it:

    delivered  2015-09-01 –            planned end 2016-03-01
    closed by the register             end 2016-09-01, no reason       only while nothing delivered says otherwise
    correction end_date 2016-02-28     end 2016-02-28                  until the row is delivered with a change

The fold of a part of the people is exactly that part of the fold of all, so a store can fold anew only those whom new
entries concern.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
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

_PLACE: Final = "place"
_LATER: Final = pa.array([EntryKind.CLOSED_BY_REGISTER.value, EntryKind.CORRECTION.value])
_ADDED: Final = frozenset({"person", "closed_by_register", "synthetic", "recorded", "delivery", "fingerprint"})
_IDS: Final = ["person", "national_id", "duf_number", "birth_date"]
_KEYS: Final[Mapping[EntryKind, tuple[pa.Schema, tuple[str, ...]]]] = {
    EntryKind.PROGRAMME: (PROGRAMMES, ("municipality", "start_date")),
    EntryKind.MEASURE: (REGISTERED_MEASURES, ("municipality", "measure", "from_date")),
    EntryKind.EVENT: (REGISTERED_EVENTS, ("municipality", "event", "from_date")),
}


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """What entries about people come to. `same_as` maps a person number to the lower number of the same person."""

    programmes: pa.Table
    measures: pa.Table
    events: pa.Table
    same_as: Mapping[int, int]


def fold(entries: pa.Table, *, as_of: datetime) -> Histories:
    """The register as of a recorded time. `entries` has the schema `RECORDED`, in any order, and may go on after that time."""
    known = in_order(entries, as_of=as_of)
    people = fold_people(known)
    reports = Reports()
    reports.take(known)
    return histories(people, reports, as_of=as_of, ledger_head=newest_hash(known))


def newest_hash(entries: pa.Table) -> str:
    """The hash of the entry with the highest number; empty where there is none."""
    if not entries.num_rows:
        return ""
    head: str = entries.column("hash")[int(np.argmax(integers(entries.column("sequence"))))].as_py()
    return head


def histories(people: People, reports: Reports, *, as_of: datetime, ledger_head: str) -> Histories:
    """Put the two parts of the fold together."""
    return Histories(
        as_of=as_of,
        programmes=people.programmes,
        measures=people.measures,
        events=people.events,
        reported=reports.reported(),
        reporting=reports.reporting(),
        received=reports.received,
        valid=reports.valid,
        ledger_head=ledger_head,
    )


def in_order(entries: pa.Table, *, as_of: datetime | None = None) -> pa.Table:
    """The entries (recorded by then) in the order they count: recorded time, then number."""
    if not entries.schema.equals(RECORDED):
        raise ValueError("recorded entries do not have their schema")
    by_then = entries
    if as_of is not None:
        by_then = entries.filter(
            pc.less_equal(entries.column("recorded"), pa.scalar(as_of, pa.timestamp("us", tz="UTC")))
        )
    recorded, sequence = (integers(by_then.column(name)) for name in ("recorded", "sequence"))
    if len(recorded) < 2 or (
        bool(np.all(recorded[1:] >= recorded[:-1])) and bool(np.all(sequence[1:] > sequence[:-1]))
    ):
        return by_then
    return by_then.take(pa.array(np.lexsort((sequence, recorded))))


def fold_people(entries: pa.Table) -> People:
    """The people of some entries that are in order. To be exact it needs all entries of every person in it."""
    placed = entries.append_column(_PLACE, pa.array(np.arange(entries.num_rows)))
    placed = _without_erased(placed)
    kinds = placed.column("kind")
    there = set(pc.unique(kinds).to_pylist())
    newest = {
        kind: _newest(_read(placed.filter(pc.equal(kinds, kind.value)), schema), keys)
        for kind, (schema, keys) in _KEYS.items()
        if kind in there
    }
    # Who is the same person is told by what holds now: a number that was typed wrong and mended joins nobody.
    same_as = canonical(newest[EntryKind.PROGRAMME].select(_IDS)) if EntryKind.PROGRAMME in newest else {}
    if same_as:
        newest = {kind: _newest(_renumbered(table, same_as), _KEYS[kind][1]) for kind, table in newest.items()}
    if EntryKind.PROGRAMME in newest and there & set(_LATER.to_pylist()):
        later = _renumbered(placed.filter(pc.is_in(kinds, value_set=_LATER)), same_as)
        newest[EntryKind.PROGRAMME] = _with_later(newest[EntryKind.PROGRAMME], later)
    done = {
        kind: pa.table(newest[kind].select(schema.names).columns, schema=schema)
        if kind in newest
        else schema.empty_table()
        for kind, (schema, _) in _KEYS.items()
    }
    return People(
        programmes=done[EntryKind.PROGRAMME],
        measures=done[EntryKind.MEASURE],
        events=done[EntryKind.EVENT],
        same_as=same_as,
    )


def programme_subject(municipality: str, start: date | str) -> str:
    """What a programme is called in the ledger; with the person it is one programme."""
    return f"{municipality} {start if isinstance(start, str) else start.isoformat()}"


def _without_erased(entries: pa.Table) -> pa.Table:
    erasures = entries.filter(pc.equal(entries.column("kind"), EntryKind.ERASURE.value))
    if not erasures.num_rows:
        return entries
    erased = erasures.column("person").drop_null().combine_chunks()
    return entries.filter(pc.invert(pc.is_in(entries.column("person"), value_set=erased)))


def _read(entries: pa.Table, schema: pa.Schema) -> pa.Table:
    """Payloads as columns, with what the entry itself tells beside, and its place among all entries."""
    payloads = entries.column("payload").to_pylist()
    table = read_payloads(payloads, pa.schema([column for column in schema if column.name not in _ADDED]))
    added: dict[str, Any] = {name: entries.column(name) for name in ("person", "recorded", "delivery", _PLACE)}
    added["fingerprint"] = pa.array([fingerprint(payload) for payload in payloads], pa.string())
    if "synthetic" in schema.names:
        added["synthetic"] = is_synthetic(table.column("national_id"))
        added["closed_by_register"] = pa.array(np.zeros(len(payloads), np.bool_))
    for name, column in added.items():
        table = table.append_column(name, column)
    return table


def _renumbered(table: pa.Table, same_as: Mapping[int, int]) -> pa.Table:
    if not same_as or not table.num_rows:
        return table
    person = [same_as.get(number, number) for number in table.column("person").to_pylist()]
    return table.set_column(table.column_names.index("person"), "person", pa.array(person, pa.int64()))


def _newest(table: pa.Table, keys: Sequence[str]) -> pa.Table:
    """The last row of each person and key, in the order of entries."""
    if table.num_rows < 2:
        return table
    place = integers(table.column(_PLACE))
    parts = [integers(table.column("person")), *(_comparable(table.column(key)) for key in keys)]
    order = np.lexsort((place, *parts))
    last = np.ones(len(order), np.bool_)
    last[:-1] = np.any([part[order[1:]] != part[order[:-1]] for part in parts], axis=0)
    return table if last.all() else table.take(pa.array(np.sort(order[last])))


def _comparable(column: pa.ChunkedArray) -> NDArray[np.int64]:
    return integers(column) if pa.types.is_date(column.type) else codes(column)


def _with_later(programmes: pa.Table, later: pa.Table) -> pa.Table:
    """Lay corrections and the register's own closings on top of what was delivered."""
    concerned = pc.is_in(programmes.column("person"), value_set=pc.unique(later.column("person")))
    rows = np.flatnonzero(np.asarray(concerned.to_numpy(), np.bool_))
    columns = ("person", "municipality", "start_date", "end_date", "planned_end_date", _PLACE)
    there = programmes.select(columns).take(pa.array(rows)).to_pylist()
    by_subject = {
        (row["person"], programme_subject(row["municipality"], row["start_date"])): n for n, row in enumerate(there)
    }
    corrected: defaultdict[int, dict[str, Scalar]] = defaultdict(dict)
    closed: dict[int, dict[str, Scalar]] = {}
    for entry in later.select(["person", "kind", "subject", "payload", _PLACE]).to_pylist():
        found = by_subject.get((entry["person"], entry["subject"]))
        if found is None:
            continue
        if entry["kind"] == EntryKind.CLOSED_BY_REGISTER:
            closed[found] = values_of(entry["payload"])
        elif entry[_PLACE] > there[found][_PLACE]:
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
