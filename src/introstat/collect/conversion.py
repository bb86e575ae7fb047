"""From text to values: the columns that the SQL of the checks and the records themselves are made of.

A column of the form becomes a column of its field's name and type, null where the text could not be read; dates, numbers
and yes/no keep their text beside it as `{field}_text`. Besides there are columns that say what a value means:

    received, from_office                   the delivery's own
    row, line, cells, header_cells          where a row stands, and how many cells it has
    municipality_state, district_state      valid, ended, not_yet or unknown on the day the row is about
    municipality_successors                 the names of what took over, where ended
    place                                   the municipality by the number in force at the delivery
    national_id_digits, _dated, _checked    each implying the one before; null where there is no id
    national_id_birth, synthetic            the date the id begins with; whether it is a test register's
    duf_digits, duf_checked, duf_year

Each different text is read once, however often it stands in the file.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from introstat.collect.places import ENDED, places_of
from introstat.collect.reading.table import CELLS, LINE
from introstat.collect.rules.record.cells import TYPED, text_of
from introstat.definitions.form import ColumnType
from introstat.vocabulary.deliveries import DeliveryKind
from introstat.vocabulary.identifiers import STRICT_REMAINDERS, read_duf_numbers, read_national_ids
from introstat.vocabulary.places import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from introstat.collect.circumstances import Circumstances
    from introstat.definitions.catalogue import Definitions
    from introstat.definitions.form import Column, Form

_YEARS: Final = range(1900, 2101)
_INTEGER: Final = re.compile(r"[0-9]{1,9}")
_DECIMAL: Final = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,6})?")
_YES_NO: Final = {"ja": True, "nei": False}

_NEW_IDS: Final = date(2032, 1, 1)
_NEW_REMAINDERS: Final = (0, 1, 2, 3)

# Arrow looks for pandas whenever it must guess a type, so every array and scalar here is given one.
_EMPTY: Final = pa.scalar("", pa.string())
_NULL: Final = pa.scalar(None, pa.string())

_TYPES: Final[dict[ColumnType, pa.DataType]] = {
    ColumnType.DATE: pa.date32(),
    ColumnType.INTEGER: pa.int64(),
    ColumnType.DECIMAL: pa.float64(),
    ColumnType.YES_NO: pa.bool_(),
}
_DERIVED: Final = (
    pa.field("row", pa.int64()),
    pa.field("line", pa.int64()),
    pa.field("cells", pa.int64()),
    pa.field("header_cells", pa.int64()),
    pa.field("received", pa.date32()),
    pa.field("from_office", pa.bool_()),
    pa.field("municipality_state", pa.string()),
    pa.field("municipality_successors", pa.string()),
    pa.field("place", pa.string()),
)
_OF_DISTRICT: Final = (pa.field("district_state", pa.string()),)
_OF_PERSON: Final = (
    pa.field("national_id_digits", pa.bool_()),
    pa.field("national_id_dated", pa.bool_()),
    pa.field("national_id_checked", pa.bool_()),
    pa.field("national_id_birth", pa.date32()),
    pa.field("synthetic", pa.bool_()),
    pa.field("duf_digits", pa.bool_()),
    pa.field("duf_checked", pa.bool_()),
    pa.field("duf_year", pa.int64()),
)


def to_date(text: str) -> date | None:
    """`2016-03-31` or `31.03.2016`, between 1900 and 2100; None for anything else."""
    if len(text) != 10:
        return None
    if text[2] == text[5] == ".":
        text = f"{text[6:]}-{text[3:5]}-{text[:2]}"
    if not (text[4] == text[7] == "-"):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in _YEARS else None


def to_integer(text: str) -> int | None:
    """A whole number of up to nine digits; None for anything else."""
    return int(text) if _INTEGER.fullmatch(text) else None


def to_decimal(text: str) -> float | None:
    """A number with a decimal comma or point; None for anything else."""
    return float(text.replace(",", ".")) if _DECIMAL.fullmatch(text) else None


_READERS: Final[dict[ColumnType, Callable[[str], Any]]] = {
    ColumnType.DATE: to_date,
    ColumnType.INTEGER: to_integer,
    ColumnType.DECIMAL: to_decimal,
    ColumnType.YES_NO: _YES_NO.get,
}


def schema_of(form: Form) -> pa.Schema:
    """The columns a form's rows have when converted."""
    fields = list(_DERIVED)
    for column in form.columns:
        fields.append(pa.field(column.field, _TYPES.get(column.type, pa.string())))
        if column.type in TYPED:
            fields.append(pa.field(text_of(column), pa.string()))
    names = {column.field for column in form.columns}
    fields += _OF_DISTRICT if "district" in names else ()
    fields += _OF_PERSON if "national_id" in names else ()
    return pa.schema(fields)


def convert(rows: pa.Table, *, form: Form, circumstances: Circumstances) -> pa.Table:
    """The converted columns of all rows, with the schema of `schema_of(form)`."""
    received = circumstances.received
    columns: dict[str, pa.Array[Any] | pa.ChunkedArray[Any]] = {}
    for column in form.columns:
        text = _trimmed(rows, column)
        columns[text_of(column)] = text
        if column.type in TYPED:
            columns[column.field] = _read(text, column.type)
    count = rows.num_rows
    columns["row"] = pa.array(np.arange(count), pa.int64())
    columns["line"] = rows[LINE]
    columns["cells"] = rows[CELLS]
    columns["header_cells"] = _all_the_same(rows.num_columns - 3, count, pa.int64())
    columns["received"] = _all_the_same(received, count, pa.date32())
    columns["from_office"] = _all_the_same(circumstances.represents is None, count, pa.bool_())
    _add_places(columns, form=form, circumstances=circumstances)
    if "national_id" in columns:
        _add_ids(columns, received=received)
    schema = schema_of(form)
    return pa.table({name: columns[name] for name in schema.names}, schema=schema)


def _all_the_same(value: Any, count: int, kind: pa.DataType) -> pa.Array[Any]:
    return pa.array([value] * count, kind)


def _trimmed(rows: pa.Table, column: Column) -> pa.Array[Any]:
    """The text of a column without space around it, null where nothing is left or the file does not have it."""
    if column.name not in rows.column_names:
        return pa.nulls(rows.num_rows, pa.string())
    text: Any = pc.utf8_trim_whitespace(rows[column.name].combine_chunks())
    empty: Any = pc.equal(text, _EMPTY)
    return pc.if_else(empty, _NULL, text)


def _read(text: pa.Array[Any], kind: ColumnType) -> pa.Array[Any]:
    encoded: Any = text.dictionary_encode()
    read = _READERS[kind]
    values = pa.array([read(value) for value in encoded.dictionary.to_pylist()], _TYPES[kind])
    return values.take(encoded.indices)


def _add_places(columns: dict[str, Any], *, form: Form, circumstances: Circumstances) -> None:
    definitions = circumstances.definitions
    codes: list[str | None] = columns["municipality"].to_pylist()
    days = _days(columns, form=form, definitions=definitions, received=circumstances.received)
    municipalities = places_of(definitions, Level.MUNICIPALITY)
    states = _answers(municipalities.state, codes, days)
    columns["municipality_state"] = pa.array(states, pa.string())
    columns["municipality_successors"] = pa.nulls(len(codes), pa.string())
    if ENDED in states:
        ended = [code if state == ENDED else None for code, state in zip(codes, states, strict=True)]
        columns["municipality_successors"] = pa.array(_answers(municipalities.successors, ended, days), pa.string())
    today = circumstances.places([code for code in set(codes) if code is not None])
    columns["place"] = pa.array([None if code is None else today[code] for code in codes], pa.string())
    if "district" in columns:
        states = _answers(places_of(definitions, Level.DISTRICT).state, columns["district"].to_pylist(), days)
        columns["district_state"] = pa.array(states, pa.string())


def _days(columns: dict[str, Any], *, form: Form, definitions: Definitions, received: date) -> list[date]:
    """The day each row's municipality is held against."""
    match form.kind:
        case DeliveryKind.PARTICIPANTS:
            ends = columns["end_date"].to_pylist()
        case DeliveryKind.MEASURES | DeliveryKind.EVENTS:
            ends = columns["to_date"].to_pylist()
        case _:
            return [definitions.year.last_day] * len(columns["municipality"])
    # A day that has not come cannot have a map of its own yet.
    return [received if end is None else min(end, received) for end in ends]


def _answers(answer: Callable[[str, date], str], codes: Sequence[str | None], days: Sequence[date]) -> list[str | None]:
    return [None if code is None else answer(code, day) for code, day in zip(codes, days, strict=True)]


def _add_ids(columns: dict[str, Any], *, received: date) -> None:
    national: list[str | None] = columns["national_id"].to_pylist()
    ids = read_national_ids(national, first_remainders=_NEW_REMAINDERS if received >= _NEW_IDS else STRICT_REMAINDERS)
    missing = np.array([value is None for value in national], dtype=np.bool_)
    columns["national_id_digits"] = pa.array(ids.eleven_digits, pa.bool_(), mask=missing)
    columns["national_id_dated"] = pa.array(ids.dated, pa.bool_(), mask=missing)
    columns["national_id_checked"] = pa.array(ids.checked, pa.bool_(), mask=missing)
    columns["national_id_birth"] = pa.array(ids.birth_date, pa.date32())
    columns["synthetic"] = pa.array(ids.synthetic, pa.bool_(), mask=missing | ~ids.dated)
    duf: list[str | None] = columns["duf_number"].to_pylist()
    numbers = read_duf_numbers(duf)
    missing = np.array([value is None for value in duf], dtype=np.bool_)
    columns["duf_digits"] = pa.array(numbers.twelve_digits, pa.bool_(), mask=missing)
    columns["duf_checked"] = pa.array(numbers.checked, pa.bool_(), mask=missing)
    columns["duf_year"] = pa.array(numbers.year.astype(np.int64), pa.int64(), mask=missing | ~numbers.twelve_digits)
