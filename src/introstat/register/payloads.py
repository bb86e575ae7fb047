"""What an entry says, as bytes: canonical JSON, so that the same row always has the same fingerprint.

A delivered row becomes the JSON of its filled columns, by name, without the line it stood on: the same person in another
order of rows, or in a file of another format, is the same row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj

from introstat.vocabulary.histories import ENTRIES, Entry, Scalar

PLACE_IN_FILE: Final = "line"
_BLOCK: Final = 1 << 20
_FEW: Final = 2_000
"""Up to so many rows, waking other threads takes longer than the work."""
_VERY_FEW: Final = 200
"""Up to so many payloads are read sooner one by one."""


def row_payloads(records: pa.Table) -> list[bytes]:
    """One canonical payload per row of delivered records; an empty column is left out."""
    names = sorted(name for name in records.column_names if name != PLACE_IN_FILE)
    columns = [_plain(records.column(name)).to_pylist() for name in names]
    filled = [
        {name: value for name, value in zip(names, row, strict=True) if value is not None}
        for row in zip(*columns, strict=True)
    ]
    return [orjson.dumps(row) for row in filled]


def payload_of(values: Mapping[str, Scalar]) -> bytes:
    """The canonical payload of a single entry. A null is kept: in a correction it empties the field."""
    return orjson.dumps(dict(values), option=orjson.OPT_SORT_KEYS)


def values_of(payload: bytes) -> dict[str, Scalar]:
    """What a payload says."""
    values: dict[str, Scalar] = orjson.loads(payload)
    return values


def fingerprint(payload: bytes) -> str:
    """Recognises a payload that comes again: 32 hexadecimal digits."""
    return hashlib.blake2b(payload, digest_size=16).hexdigest()


def read_payloads(payloads: Sequence[bytes], schema: pa.Schema) -> pa.Table:
    """Payloads as columns of a schema; a field that a payload does not have is null, one the schema lacks is dropped."""
    if not payloads:
        return schema.empty_table()
    if len(payloads) <= _VERY_FEW:
        said = [values_of(payload) for payload in payloads]
        return pa.table([_typed([row.get(field.name) for row in said], field.type) for field in schema], schema=schema)
    read_as = pa.schema(
        [pa.field(field.name, pa.string() if pa.types.is_date(field.type) else field.type) for field in schema]
    )
    lines = b"\n".join(payloads)
    largest = max(map(len, payloads))
    table = pj.read_json(
        pa.BufferReader(lines),
        read_options=pj.ReadOptions(block_size=max(_BLOCK, 2 * largest), use_threads=len(payloads) > _FEW),
        parse_options=pj.ParseOptions(explicit_schema=read_as, unexpected_field_behavior="ignore"),
    )
    return pa.table(
        [table.column(field.name).cast(field.type) for field in schema], schema=pa.schema([*schema]).remove_metadata()
    )


def entries_of(entries: Iterable[Entry]) -> pa.Table:
    """Single entries as the table that is appended to the ledger. Entries with the same ids are the same newcomer."""
    newcomers: dict[tuple[str | None, str | None], int] = {}
    rows: list[dict[str, Any]] = []
    for entry in entries:
        ids = (entry.national_id, entry.duf_number)
        rows.append(
            {
                "kind": entry.kind.value,
                "subject": entry.subject,
                "year": None if entry.year is None else entry.year.value,
                "municipality": entry.municipality,
                "person": entry.person,
                "event_date": entry.event_date,
                "payload": payload_of(entry.payload),
                "actor": entry.actor,
                "why": entry.why,
                "delivery": entry.delivery,
                "national_id": entry.national_id,
                "duf_number": entry.duf_number,
                "newcomer": newcomers.setdefault(ids, len(newcomers))
                if entry.names_a_person and entry.person is None
                else None,
            }
        )
    return pa.Table.from_pylist(rows, schema=ENTRIES)


def _typed(values: list[Any], type_: pa.DataType) -> pa.Array:
    if pa.types.is_date(type_):
        values = [None if value is None else date.fromisoformat(value) for value in values]
    return pa.array(values, type_)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.cast(column, pa.string()) if pa.types.is_date(column.type) else column
