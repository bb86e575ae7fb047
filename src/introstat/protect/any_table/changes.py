"""What may have changed between two editions of a table, as somebody states it: a list of codes; everything else is the same.

    muni,outcome
    0105,                everything of 0105
    0214,work            of 0214 those in work

The columns are some of the table's: its dimensions, what groups them, its blocks. An empty cell, or the total, means all codes. Of
a linked table the columns count that it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from introstat.protect.any_table.hierarchy import Hierarchy
from introstat.protect.any_table.rows import read_rows
from introstat.protect.any_table.specification import Specification
from introstat.vocabulary.errors import Misused


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows of codes by column; `None` stands for all codes."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    source: str

    def among(
        self,
        codes: NDArray[np.int64],
        hierarchies: tuple[Hierarchy, ...],
        specification: Specification,
        block: tuple[str, ...],
    ) -> NDArray[np.bool_]:
        """Which leaves may have changed; `codes` is leaves × dimensions."""
        may = np.zeros(len(codes), np.bool_)
        of_block = dict(zip(specification.blocks, block, strict=True))
        for row in self.rows:
            here = np.ones(len(codes), np.bool_)
            for column, code in zip(self.columns, row, strict=True):
                if code is None:
                    continue
                if column in of_block:
                    here &= of_block[column] == code
                for d, hierarchy in enumerate(hierarchies):
                    if column not in _columns_of(hierarchy.name, specification):
                        continue
                    inside = np.zeros(hierarchy.leaves, np.bool_)
                    if code in hierarchy.codes:
                        inside[hierarchy.within(hierarchy.codes.index(code))] = True
                    here &= inside[codes[:, d]]
            may |= here
        return may


def read_changes(
    data: bytes,
    tables: Sequence[tuple[Specification, Sequence[tuple[Hierarchy, ...]], Iterable[tuple[str, ...]]]],
    *,
    source: str,
) -> Changes:
    """A list of what may have changed in some tables: their specifications, and the codes and blocks of all their editions.

    Raises Misused, naming the column that no table has, or the row with a code that none has.
    """
    rows = read_rows(data, source=source)
    known: dict[str, set[str]] = {}
    totals: set[tuple[str, str]] = set()
    for specification, editions, blocks in tables:
        for hierarchy in (one for edition in editions for one in edition):
            for column in _columns_of(hierarchy.name, specification):
                known.setdefault(column, set()).update(hierarchy.codes)
        for dimension in specification.dimensions:
            totals |= {(column, dimension.total) for column in (dimension.name, *dimension.parents)}
        for names in blocks:
            for column, code in zip(specification.blocks, names, strict=True):
                known.setdefault(column, set()).add(code)
    for column in rows.columns:
        if column not in known:
            raise Misused(
                f"{source} has a column {column!r}, which is none of the table's: {', '.join(sorted(known))}."
            )
    listed: list[tuple[str | None, ...]] = []
    for row in range(len(rows)):
        told: list[str | None] = []
        for column in rows.columns:
            code = rows.cells[column][row]
            if code and code not in known[column]:
                raise Misused(f"{rows.where(row)}: {column} {code!r} is in none of the tables.")
            told.append(None if not code or (column, code) in totals else code)
        listed.append(tuple(told))
    return Changes(rows.columns, tuple(listed), source)


def _columns_of(name: str, specification: Specification) -> tuple[str, ...]:
    """A dimension's own column and those that group it."""
    if name not in specification.names:
        return (name,)
    return (name, *specification.dimension(name).parents)
