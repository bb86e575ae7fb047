"""Rows of a CSV file: separated by semicolon, comma or tab, whichever splits the header into names we know."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from introstat.collect.findings import Refusal
from introstat.collect.rules import file as checks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from introstat.collect.reading.rows import Rows

_DELIMITERS: Final = (";", ",", "\t")


def read_delimited(text: str, *, known: Callable[[list[str]], int]) -> Rows:
    """The rows of a text. `known` counts the names in a header that are known; the best delimiter has most of them.

    Lines without anything are left out; so is a first line `sep=;`, which Excel writes to itself.
    """
    lines = io.StringIO(text, newline="")
    skipped = 0
    for first in lines:
        skipped += 1
        if first.strip() and not _is_separator_note(first):
            break
    else:
        return
    delimiter = max(_DELIMITERS, key=lambda candidate: known(_split(first, candidate)))
    yield from _rows(io.StringIO(text, newline=""), delimiter=delimiter, skip=skipped - 1)


def _rows(lines: io.StringIO, *, delimiter: str, skip: int) -> Rows:
    for _ in range(skip):
        next(lines)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = skip + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Refusal(checks.BROKEN_CSV, line=line)
            return
        if any(cells):
            yield line, cells


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(_reader([line], delimiter), [])
    except csv.Error:
        return []


def _reader(lines: list[str], delimiter: str) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=delimiter)


def _is_separator_note(line: str) -> bool:
    return line.strip().lower() in {f"sep={delimiter}" for delimiter in _DELIMITERS} | {"sep="}
