"""The files of a table read back: each format's cells by their codes, as a reader's program would find them.

The opposite of the renderers, and written against the formats, not against the renderers: `verify` and the tests compare
what comes out here. Every reader gives the cells in the order of the file.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from io import BytesIO, StringIO
from itertools import product
from math import isnan
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import python_calamine

Codes = tuple[str, ...]

ROW_VARIABLES: Final = ("Region", "Kjonn", "Tid")
"""The variables whose codes stand at the head of a row of a sheet."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A cell as a file has it."""

    value: float | None
    status: str


@dataclass(frozen=True, slots=True)
class TableSeen:
    """A table as a file has it: its variables, its cells by codes, and the origin it names."""

    variables: tuple[str, ...]
    cells: dict[Codes, Seen]
    origins: frozenset[str]


@dataclass(frozen=True, slots=True)
class Dataset:
    """A JSON-stat file: the table and the labels that the other files of its language use."""

    table: TableSeen
    values: dict[str, tuple[str, ...]]
    labels: dict[str, dict[str, str]]


class Unreadable(ValueError):
    """The file is not what its name says."""


def read_csv(content: bytes, *, separator: str = ",", decimal: str = ".") -> TableSeen:
    """A tidy csv; the byte order mark of the semicolon variant is taken off. Raises Unreadable."""
    try:
        rows = csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator, strict=True)
        header = next(rows)
        if header[-3:] != ["value", "status", "origin"]:
            raise Unreadable("the last columns are not value, status and origin")
        keep = [at for at, name in enumerate(header[:-3]) if not name.endswith("_label")]
        cells: dict[Codes, Seen] = {}
        origins = set()
        for row in rows:
            if len(row) != len(header):
                raise Unreadable(f"a row has {len(row)} columns and the header {len(header)}")
            value = row[-3]
            codes = tuple([row[at] for at in keep])
            if codes in cells:
                raise Unreadable(f"the cell {', '.join(codes)} stands twice")
            cells[codes] = Seen(float(value.replace(decimal, ".")) if value else None, row[-2])
            origins.add(row[-1])
    except (UnicodeDecodeError, csv.Error, StopIteration, ValueError) as problem:
        raise Unreadable(str(problem) or "the file is empty") from problem
    return TableSeen(tuple(header[at] for at in keep), cells, frozenset(origins))


def read_json_stat(content: bytes) -> Dataset:
    """A JSON-stat 2.0 dataset. Raises Unreadable."""
    try:
        dataset: Any = json.loads(content)
        variables = tuple(dataset["id"])
        values: dict[str, tuple[str, ...]] = {}
        labels: dict[str, dict[str, str]] = {}
        for variable in variables:
            category = dataset["dimension"][variable]["category"]
            values[variable] = tuple(category["index"])
            if list(category["index"].values()) != list(range(len(values[variable]))):
                raise Unreadable(f"the codes of {variable} are not in their order")
            labels[variable] = {code: str(category["label"][code]) for code in values[variable]}
        if [len(values[variable]) for variable in variables] != dataset["size"]:
            raise Unreadable("size does not fit the codes")
        found, status = dataset["value"], dataset["status"]
        combinations = list(product(*(values[variable] for variable in variables)))
        if len(found) != len(combinations):
            raise Unreadable(f"value has {len(found)} cells, not {len(combinations)}")
        cells = {
            codes: Seen(None if value is None else float(value), status.get(str(at), ""))
            for at, (codes, value) in enumerate(zip(combinations, found, strict=True))
        }
        origin = dataset["extension"]["origin"]
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise Unreadable(f"not the JSON-stat it should be: {problem}") from problem
    return Dataset(TableSeen(variables, cells, frozenset({origin})), values, labels)


def read_parquet(content: bytes) -> TableSeen:
    """A Parquet file of codes, value, status and origin. Raises Unreadable."""
    try:
        table = pq.read_table(pa.BufferReader(content))
        names = table.column_names
        if names[-3:] != ["value", "status", "origin"]:
            raise Unreadable("the last columns are not value, status and origin")
        columns = [table.column(name).to_pylist() for name in names]
    except (pa.ArrowException, OSError, ValueError) as problem:
        raise Unreadable(f"not the Parquet file it should be: {problem}") from problem
    codes = list(zip(*columns[:-3], strict=True))
    cells = {code: Seen(value, status) for code, value, status in zip(codes, columns[-3], columns[-2], strict=True)}
    if len(cells) != len(codes):
        raise Unreadable("a cell stands twice")
    return TableSeen(tuple(names[:-3]), cells, frozenset(columns[-1]))


def read_sheet(content: bytes, *, at: str | int) -> list[list[Any]]:
    """The rows of a sheet of an xlsx or ods file, by its name or its place; numbers as floats. Raises Unreadable."""
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(content))
        found = book.get_sheet_by_index(at) if isinstance(at, int) else book.get_sheet_by_name(at)
        return found.to_python()
    except Exception as problem:
        raise Unreadable(f"not the workbook it should be: {problem}") from problem


def read_workbook(content: bytes, *, sheet: str, like: Dataset) -> TableSeen:
    """The table's sheet of a workbook; `like` is the JSON-stat of the same language. Raises Unreadable.

    Row codes stand in the sheet itself; the columns of figures are told by their labels. Where a column stands between them
    and the origin, it is the status of the row's numbers.
    """
    rows = read_sheet(content, at=sheet)
    variables = like.table.variables
    heads = [variable for variable in variables if variable in ROW_VARIABLES]
    inner = [variable for variable in variables if variable not in ROW_VARIABLES]
    first = sum(1 if variable == "Tid" else 2 for variable in heads)
    named = [variable for variable in inner if len(like.values[variable]) > 1] or inner
    columns = list(product(*(like.values[variable] for variable in inner)))
    expected = [
        ", ".join(like.labels[variable][code] for variable, code in zip(inner, codes, strict=True) if variable in named)
        for codes in columns
    ]
    last = first + len(expected)
    if not rows or [str(name) for name in rows[0][first:last]] != expected or len(rows[0]) - last not in (1, 2):
        raise Unreadable("the header does not name the columns of the table")
    cells: dict[Codes, Seen] = {}
    origins = set()
    order = [[*heads, *inner].index(variable) for variable in variables]
    for row in rows[1:]:
        at, codes = 0, []
        for variable in heads:
            codes.append(str(row[at]))
            if variable != "Tid":
                if like.labels[variable].get(codes[-1]) != row[at + 1]:
                    raise Unreadable(f"{codes[-1]} is not called {row[at + 1]}")
                at += 1
            at += 1
        origins.add(str(row[-1]))
        status = str(row[last]) if len(row) - last > 1 else ""
        for column, value in zip(columns, row[first:last], strict=True):
            together = (*codes, *column)
            seen = Seen(None, value) if isinstance(value, str) else _number(value, status)
            cells[tuple([together[place] for place in order])] = seen
    return TableSeen(variables, cells, frozenset(origins))


def _number(value: object, status: str) -> Seen:
    if isinstance(value, bool) or not isinstance(value, int | float) or isnan(value):
        raise Unreadable("a cell is neither a number nor a sign")
    return Seen(float(value), status)
