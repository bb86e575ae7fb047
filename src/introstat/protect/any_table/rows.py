"""A table as text: its heading, its columns, and the line every row stands on. The one place that reads CSV here."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
from numpy.typing import NDArray

from introstat.vocabulary.errors import Misused


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column of texts: the different ones, sorted, and which of them stands in every row."""

    texts: tuple[str, ...]
    at: NDArray[np.int64]

    def __getitem__(self, row: int) -> str:
        return self.texts[int(self.at[row])]

    def row_of(self, text: str) -> int | None:
        """The first row that holds a text, or None."""
        if text not in self.texts:
            return None
        return int(np.argmax(self.at == self.texts.index(text)))


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """A file with a heading; columns by name."""

    columns: tuple[str, ...]
    cells: Mapping[str, Column]
    lines: NDArray[np.int64]
    source: str

    def __len__(self) -> int:
        return len(self.lines)

    def where(self, row: int, names: Sequence[str] = ()) -> str:
        """A row in words: the file, the line, and the key it has in some columns."""
        key = ", ".join(f"{name}={self.cells[name][row]}" for name in names)
        return f"{self.source}, row {self.lines[row]}" + (f" ({key})" if key else "")

    def combined(self, names: Sequence[str]) -> tuple[tuple[tuple[str, ...], ...], NDArray[np.int64]]:
        """The different combinations of some columns, sorted, and which stands in every row; one empty one for no columns."""
        if not names:
            return ((),), np.zeros(len(self), np.int64)
        pairs, at = np.unique(np.stack([self.cells[name].at for name in names], axis=1), axis=0, return_inverse=True)
        told = tuple(tuple(self.cells[name].texts[k] for name, k in zip(names, pair, strict=True)) for pair in pairs)
        return told, at.ravel().astype(np.int64)


def read_rows(data: bytes, *, source: str) -> Rows:
    """A file with a heading, with commas, semicolons or tabs between its columns. Raises Misused, naming the row."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    blank = len(text) - len(text.lstrip("\r\n"))
    first = text.count("\n", 0, blank)
    text = text[blank:]
    if not text.strip():
        raise Misused(f"{source} is empty: it needs a heading and at least one row.")
    head, _, body = text.partition("\n")
    delimiter = max(",;\t", key=head.count)
    heading = tuple(name.strip() for name in next(csv.reader([head.rstrip("\r")], delimiter=delimiter)))
    for at, name in enumerate(heading):
        if not name:
            raise Misused(f"{source}: column {at + 1} has no name.")
        if name in heading[:at]:
            raise Misused(f"{source}: the column {name!r} stands twice.")
    if not body.strip():
        raise Misused(f"{source} has a heading and no rows.")
    lines = _lines(body, first=first + 2)
    columns = _columns(body, heading, delimiter, lines, source=source)
    if len(lines) != len(next(iter(columns.values())).at):
        lines = np.arange(first + 2, first + 2 + len(next(iter(columns.values())).at))
    return Rows(heading, columns, lines, source)


def _lines(body: str, *, first: int) -> NDArray[np.int64]:
    """The number of every line that is not blank."""
    lines = body.splitlines()
    if "" not in lines and not body.startswith(("\r", " ")):
        return np.arange(first, first + len(lines))
    return first + np.flatnonzero([bool(line) for line in lines])


def _columns(
    body: str, heading: tuple[str, ...], delimiter: str, lines: NDArray[np.int64], *, source: str
) -> dict[str, Column]:
    wrong: list[str] = []

    def refuse(row: arrow_csv.InvalidRow) -> str:
        line = lines[row.number - 1] if row.number is not None and row.number <= len(lines) else row.number
        wrong.append(f"{source}, row {line}: {row.actual_columns} values under {row.expected_columns} columns.")
        return "skip"

    kind = pa.dictionary(pa.int32(), pa.string())
    try:
        table = arrow_csv.read_csv(
            BytesIO(body.encode()),
            read_options=arrow_csv.ReadOptions(column_names=list(heading), use_threads=False, block_size=1 << 26),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values='"' in body, invalid_row_handler=refuse
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(heading, kind), strings_can_be_null=False, quoted_strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as problem:
        raise Misused(f"{source} cannot be read as a table: {problem}.") from None
    if wrong:
        raise Misused(wrong[0])
    return {name: _column(table.column(name)) for name in heading}


def _column(read: pa.ChunkedArray) -> Column:
    whole = read.unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.chunk(0)
    told = [text.strip() for text in whole.dictionary.to_pylist()]
    texts = tuple(sorted(set(told)))
    place = {text: at for at, text in enumerate(texts)}
    rename = np.array([place[text] for text in told], np.int64)
    return Column(texts, rename[whole.indices.to_numpy(zero_copy_only=False)])
