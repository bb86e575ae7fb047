"""From rows to one table of text columns, a bounded number at a time, and the signs that they are not what they seem.

A file is refused here when its rows do not fit its header at all: more or fewer cells than column names in most rows, a
row that is a header itself, or cells that are formulas.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from introstat.collect.findings import Refusal
from introstat.collect.rules import file as checks
from introstat.vocabulary.texts import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from introstat.collect.reading.header import Header
    from introstat.collect.reading.rows import Row, Rows
    from introstat.definitions.form import Column
    from introstat.definitions.parameters import Parameters

LINE: Final = "line"
CELLS: Final = "cells"
OVERFLOW: Final = "resten"
"""Where the text of cells beyond the header is kept, for a row that is not taken."""

_AT_ONCE: Final = 20_000
_FORMULA_SIGN: Final = re.compile(r"[=@(|!]")
_FORMULA: Final = re.compile(r"\s*(?:[=@]|[+\-][^0-9,.]*[(|!])")
_NOT_A_LETTER: Final = re.compile(r"[^a-z]")
_PLAIN: Final = str.maketrans({"æ": "ae", "ø": "o", "å": "a"})


def gather(rows: Rows, *, header: Header, limits: Parameters) -> pa.Table | Refusal:
    """All rows after the header as one table: `line`, `cells` (how many there were), `resten`, and a column per name."""
    probe = next(place for place, name in enumerate(header.names) if name in header.form.required)
    width = header.width
    batches: list[pa.RecordBatch] = []
    total = crooked = 0
    while chunk := list(islice(rows, _AT_ONCE)):
        if isinstance(chunk[-1], Refusal):
            return chunk[-1]
        taken = [row for row in chunk if not isinstance(row, Refusal)]
        total += len(taken)
        if total > limits.file_rows_most:
            return Refusal(checks.TOO_LARGE, values={"limit": f"> {limits.file_rows_most}"})
        refusal = _not_data(taken, columns=header.form.columns, probe=probe)
        if refusal is not None:
            return refusal
        counts = [len(cells) for _, cells in taken]
        rest: list[str | None] = [None] * len(taken)
        table = [cells for _, cells in taken]
        for place in [place for place, count in enumerate(counts) if count != width]:
            counts[place], table[place], rest[place] = _fit(table[place], width)
            crooked += counts[place] != width
        batches.append(
            pa.RecordBatch.from_arrays(
                [
                    pa.array([line for line, _ in taken], pa.int64()),
                    pa.array(counts, pa.int64()),
                    pa.array(rest, pa.string()),
                    *(pa.array(column, pa.string()) for column in zip(*table, strict=True)),
                ],
                names=[LINE, CELLS, OVERFLOW, *header.names],
            )
        )
    if not total:
        return Refusal(checks.NO_ROWS)
    if crooked * 100 > total * limits.shifted_per_cent:
        return Refusal(checks.SHIFTED, column=header.names[-1])
    return pa.Table.from_batches(batches)


def _not_data(rows: list[Row], *, columns: tuple[Column, ...], probe: int) -> Refusal | None:
    """Refuse a row that is a header, or that has a formula.

    Looking closely is dear, so only rows that do not begin with a digit in the column `probe` (a required one, the municipality)
    are held against the words of a header, and only chunks with a sign that formulas have are searched for one.
    """
    odd = [(line, cells) for line, cells in rows if not (probe < len(cells) and cells[probe][:1].isdigit())]
    words = _header_words(columns) if odd else frozenset()
    for line, cells in odd:
        if _is_header(cells, words):
            return Refusal(checks.HEADER_AS_DATA, line=line)
    if _FORMULA_SIGN.search("\n".join(["\n".join(cells) for _, cells in rows])):
        for line, cells in rows:
            if any(_FORMULA.match(cell) for cell in cells):
                return Refusal(checks.FORMULA, line=line)
    return None


def _fit(cells: list[str], width: int) -> tuple[int, list[str], str | None]:
    """How many cells a row has, the row as wide as the header, and what stood beyond. Empty cells beyond are no cells."""
    if len(cells) < width:
        return len(cells), cells + [""] * (width - len(cells)), None
    count = max(width, *(place for place, cell in enumerate(cells, start=1) if cell.strip()), 0)
    return count, cells[:width], "; ".join(cells[width:count]) or None


def _header_words(columns: Iterable[Column]) -> frozenset[str]:
    """What a header may say: the names, and what the columns are called in the three languages."""
    return frozenset(
        _plain(word)
        for column in columns
        for word in (column.name, *(column.label.in_language(language) for language in LANGUAGES))
    )


def _is_header(cells: list[str], words: frozenset[str]) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    known = sum(_plain(cell) in words for cell in filled)
    return known >= 2 and known * 2 >= len(filled)


def _plain(word: str) -> str:
    return _NOT_A_LETTER.sub("", word.casefold().translate(_PLAIN))
