"""How an invented table becomes a file: the formats that municipalities really send, side by side.

A file's bytes depend on its content and its style alone, XLSX included: its times of creation are fixed.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Sequence

_XLSX_CREATED: Final = datetime(2017, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_FIRST_DAY: Final = date(1940, 1, 1)
_LAST_DAY: Final = date(2060, 1, 1)


@dataclass(frozen=True, slots=True)
class Style:
    """One way of writing a file. An empty ``delimiter`` is XLSX; ``dates`` as cells are XLSX only."""

    delimiter: Literal[";", ",", "\t", ""]
    encoding: Literal["utf-8", "utf-8-sig", "cp1252"]
    newline: Literal["\n", "\r\n"]
    dates: Literal["iso", "dotted", "cells"]
    quoted: bool = False
    header: Literal["lower", "upper", "title"] = "lower"

    def __post_init__(self) -> None:
        if self.dates == "cells" and self.delimiter:
            raise ValueError("only XLSX has cells that are dates")

    @property
    def suffix(self) -> str:
        """The ending of the file's name."""
        return "csv" if self.delimiter else "xlsx"


STYLES: Final = (
    Style(";", "cp1252", "\r\n", "dotted"),
    Style(";", "utf-8-sig", "\r\n", "dotted"),
    Style(";", "utf-8", "\n", "iso"),
    Style(",", "utf-8", "\n", "iso"),
    Style("", "utf-8", "\n", "cells"),
    Style(";", "cp1252", "\r\n", "iso", header="upper"),
    Style(",", "utf-8-sig", "\r\n", "iso", quoted=True),
    Style("\t", "utf-8", "\n", "dotted"),
    Style(";", "utf-8-sig", "\r\n", "dotted", quoted=True, header="title"),
    Style("", "utf-8", "\n", "dotted", header="title"),
    Style("\t", "cp1252", "\r\n", "iso"),
    Style(",", "cp1252", "\r\n", "dotted"),
)
"""Every combination that the rules for reading a file must tell apart, the common ones first."""

LARGEST_SHEET: Final = 1_000
"""Rows above which nobody sends a spreadsheet; `plain` is used instead."""

PLAIN: Final = STYLES[0]


def render(table: pa.Table, *, style: Style) -> bytes:
    """The file's bytes. Columns are text or dates; null is an empty field."""
    if not style.delimiter:
        return _sheet(table, style=style)
    fields = [_text(column.combine_chunks(), style=style) for column in table.columns]
    if style.quoted:
        quote, nothing = _same('"', table.num_rows), _same("", table.num_rows)
        fields = [
            pc.binary_join_element_wise(quote, field, quote, nothing, null_handling="replace") for field in fields
        ]
    delimiter = _same(style.delimiter, table.num_rows)
    lines = pc.binary_join_element_wise(*fields, delimiter, null_handling="replace")
    names = [f'"{name}"' if style.quoted else name for name in _header(table.column_names, style=style)]
    text = style.newline.join([style.delimiter.join(names), *cast(list[str], lines.to_pylist()), ""])
    return text.encode(style.encoding)


def _header(names: Sequence[str], *, style: Style) -> list[str]:
    match style.header:
        case "lower":
            return list(names)
        case "upper":
            return [name.upper() for name in names]
        case "title":
            return [name.capitalize() for name in names]


def _text(column: pa.Array[Any], *, style: Style) -> pa.StringArray:
    if not isinstance(column, pa.Date32Array):
        return cast(pa.StringArray, column.cast(pa.string()))
    since = pc.subtract(column.cast(pa.int32()), pa.scalar(_since_epoch(_FIRST_DAY), pa.int32()))
    return _days_as_text(is_iso=style.dates == "iso").take(since)


def _same(value: str, size: int) -> pa.StringArray:
    return pa.array([value] * size, pa.string())


@cache
def _days_as_text(*, is_iso: bool) -> pa.StringArray:
    days = np.datetime_as_string(np.arange(np.datetime64(_FIRST_DAY, "D"), np.datetime64(_LAST_DAY, "D"))).tolist()
    return pa.array(days if is_iso else [f"{day[8:]}.{day[5:7]}.{day[:4]}" for day in days], pa.string())


def _since_epoch(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def _sheet(table: pa.Table, *, style: Style) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "default_date_format": "dd.mm.yyyy"}) as book:
        book.set_properties({"created": _XLSX_CREATED, "author": "Syntetisk kommune"})
        sheet = book.add_worksheet("Deltakere")
        sheet.write_row(0, 0, _header(table.column_names, style=style))
        for position, column in enumerate(table.columns):
            as_cells = pa.types.is_date32(column.type) and style.dates == "cells"
            values = column if as_cells else _text(column.combine_chunks(), style=style)
            for row, value in enumerate(values.to_pylist(), start=1):
                if isinstance(value, date):
                    sheet.write_datetime(row, position, value)
                elif value is not None:
                    sheet.write_string(row, position, value)
    return content.getvalue()
