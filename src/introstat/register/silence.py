"""Which programmes the register closes while it posts a delivery: those it has waited for too long (see `corrections`).

Looked at are the rows that are delivered new or changed, and what the municipalities of the delivery have left running
before. Nobody else's: a municipality is told of a closing in the answer to its own delivery.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from introstat.register.columns import ABSENT, integers
from introstat.register.corrections import after_months, overdue
from introstat.register.fold import programme_subject
from introstat.register.payloads import payload_of
from introstat.vocabulary.histories import EntryKind, Histories

Row = dict[str, Any]


def close_delivered(
    records: pa.Table,
    keys: Sequence[tuple[Any, ...]],
    kept: Sequence[int],
    closed: Mapping[tuple[Any, ...], date | None],
    *,
    months: int,
    on: date,
) -> list[Row]:
    """Closings of the rows that were delivered new or changed, unless the register has closed the same before.

    `keys` is person, newcomer, municipality and start of every row, `kept` the rows in question, and `closed` the planned
    end behind each closing that stands, by person, municipality and start.
    """
    rows = records.select(["municipality", "start_date", "planned_end_date", "end_date"]).take(
        pa.array(kept, pa.int64())
    )
    closings = []
    for at in _due(rows, months=months, on=on):
        key = keys[kept[at]]
        row = rows.slice(at, 1).to_pylist()[0]
        if closed.get((key[0], *key[2:])) != row["planned_end_date"]:
            who = {"person": None if key[0] == ABSENT else key[0], "newcomer": None if key[1] == ABSENT else key[1]}
            closings.append(_closing(row, who, months=months))
    return closings


def close_earlier(
    earlier: Histories, records: pa.Table, delivered: set[tuple[Any, ...]], *, months: int, on: date
) -> list[Row]:
    """Closings of what the municipalities of this delivery have left running before it; not of what is `delivered` now."""
    there = earlier.programmes.select(["person", "municipality", "start_date", "planned_end_date", "end_date"])
    if not there.num_rows:
        return []
    municipalities = pc.unique(records.column("municipality"))
    mine = there.filter(
        pc.and_(
            pc.is_in(there.column("municipality"), value_set=municipalities),
            pc.and_(pc.is_null(there.column("end_date")), pc.is_valid(there.column("planned_end_date"))),
        )
    )
    rows = mine.take(pa.array(_due(mine, months=months, on=on), pa.int64())).to_pylist()
    return [
        _closing(row, {"person": row["person"], "newcomer": None}, months=months)
        for row in rows
        if (row["person"], row["municipality"], row["start_date"]) not in delivered
    ]


def _due(rows: pa.Table, *, months: int, on: date) -> list[int]:
    planned = integers(rows.column("planned_end_date"), null=_NEVER)
    running = integers(rows.column("end_date"), null=_NEVER) == _NEVER
    return np.flatnonzero(running & (planned != _NEVER) & overdue(planned, months=months, on=on)).tolist()


_NEVER: Final = 10_000 * 366


def _closing(row: Row, who: Row, *, months: int) -> Row:
    planned: date = row["planned_end_date"]
    days = after_months(np.array([planned.toordinal() - _EPOCH], np.int64), months)
    end = date.fromordinal(int(days[0]) + _EPOCH)
    return who | {
        "kind": EntryKind.CLOSED_BY_REGISTER.value,
        "subject": programme_subject(row["municipality"], row["start_date"]),
        "municipality": row["municipality"],
        "event_date": end,
        "payload": payload_of({"end_date": end.isoformat(), "planned_end_date": planned.isoformat()}),
    }


_EPOCH: Final = date(1970, 1, 1).toordinal()
