"""Which published rows of an edition count the same people as a formula speaks of.

A share in one table may be of numbers that stand in another: those without a registered reason are in IP103, those who ended
in IP102. The definitions say which reasons a row counts, and the rows are read as they were released. A number is known only
where every row it is made of is shown; no total is made this way, only what is said *about* a figure that is itself published.

    share of 8 among all  →  IP103 UtenGrunn  of  IP102 Avsluttet
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from introstat.definitions.catalogue import Definitions, definitions_for
from introstat.definitions.tables import Count
from introstat.definitions.tables import Role as Asked
from introstat.site.pxwebapi.stored import StoredTable, read_stored, table_ids
from introstat.vocabulary.errors import UnknownYear

if TYPE_CHECKING:
    from introstat.site.library import Book

CONTENTS: Final = "metric"


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table that count people with some reasons: a content, and codes of the variables that say which.

    ``is_pooled``: the people of several years together, which a row of one year must not be taken for.
    """

    table: str
    content: str
    fixed: Mapping[str, str]
    leaves: frozenset[str]
    is_pooled: bool


def definitions_of(book: Book) -> Definitions | None:
    """What the year of an edition defines; None for a year that this program knows nothing of."""
    try:
        return definitions_for(book.number.year)
    except UnknownYear:
        return None


@lru_cache(maxsize=64)
def rows_of(book: Book) -> Sequence[Rows]:
    """Every row of counts in an edition, in the order of its tables."""
    definitions = definitions_of(book)
    return () if definitions is None else tuple(_rows(book, definitions))


def counted(book: Book, reasons: Sequence[str], *, like: str, is_pooled: bool = False) -> NDArray[np.float64] | None:
    """How many people with these reasons each row of the table ``like`` is about, NaN where that is not shown.

    The shape is the table's without its contents. None where no rows of the edition count exactly these people; those of
    several years together, ``is_pooled``, are counted by the table itself alone.
    """
    definitions = definitions_of(book)
    if definitions is None:
        return None
    wanted = set(definitions.reasons.leaves(*reasons))
    fitting = [
        rows
        for rows in rows_of(book)
        if rows.leaves <= wanted and rows.is_pooled == is_pooled and (rows.table == like or not is_pooled)
    ]
    # The whole before its parts, and a table's own row before the same one elsewhere.
    fitting.sort(key=lambda rows: (-len(rows.leaves), rows.table != like))
    target = read_stored(book, like, "nb")
    total: NDArray[np.float64] | None = None
    for rows in fitting:
        if rows.leaves <= wanted:
            cells = _cells(book, rows, target)
            if cells is not None:
                total = cells if total is None else total + cells
                wanted -= rows.leaves
    return total if not wanted else None


def of_country(book: Book, reasons: Sequence[str], *, like: str) -> int | None:
    """The same number for the row of totals in the table ``like``; None where it is not shown."""
    cells = counted(book, reasons, like=like)
    if cells is None:
        return None
    stored = read_stored(book, like, "nb")
    at = [
        variable.codes.index(variable.total) if variable.total is not None else 0
        for code, variable in stored.variables.items()
        if stored.roles.get(code) != CONTENTS
    ]
    number = float(cells[tuple(at)])
    return None if np.isnan(number) else int(number)


def single(formula: object) -> tuple[object, bool]:
    """The formula of a year that a figure follows, and whether it is of several years together: then it holds it as `of`."""
    held = getattr(formula, "of", formula)
    return held, held is not formula


def _rows(book: Book, definitions: Definitions) -> Iterator[Rows]:
    for table in table_ids(book):
        definition = definitions.tables.by_id.get(table)
        if definition is None:
            continue
        stored, reason = read_stored(book, table, "nb"), definition.variable(Asked.REASON)
        own = None if reason is None else stored.variables.get(reason.code)
        for content in definition.contents:
            formula, is_pooled = single(content.formula)
            if not isinstance(formula, Count):
                continue
            if formula.reasons:
                fixed = {own.code: own.total} if own is not None and own.total is not None else {}
                leaves = frozenset(definitions.reasons.leaves(*formula.reasons))
                yield Rows(table, content.code, fixed, leaves, is_pooled)
            elif own is not None:
                for code in own.codes:
                    leaves = frozenset(definitions.reasons.leaves(code))
                    yield Rows(table, content.code, {own.code: code}, leaves, is_pooled)


def _cells(book: Book, rows: Rows, target: StoredTable) -> NDArray[np.float64] | None:
    """The cells of some rows, laid out like another table; None where that table tells apart what these rows do not."""
    source = read_stored(book, rows.table, "nb")
    asked = [code for code in target.variables if target.roles.get(code) != CONTENTS]
    if not set(asked) <= set(source.variables):
        return None
    picked: list[int | slice] = []
    for code, variable in source.variables.items():
        if code in asked:
            picked.append(slice(None))
            continue
        one = rows.content if source.roles.get(code) == CONTENTS else rows.fixed.get(code, variable.total)
        if one is None or one not in variable.labels:
            return None
        picked.append(variable.codes.index(one))
    kept = [code for code in source.variables if code in asked]
    cells = source.values[tuple(picked)].transpose([kept.index(code) for code in asked])
    for axis, code in enumerate(asked):
        known = {value: at for at, value in enumerate(source.variables[code].codes)}
        places = np.array([known.get(value, -1) for value in target.variables[code].codes])
        cells = np.where(_along(places >= 0, axis, cells.ndim), np.take(cells, places, axis=axis), np.nan)
    return cells


def _along(one: NDArray[np.bool_], axis: int, dimensions: int) -> NDArray[np.bool_]:
    return one.reshape([-1 if at == axis else 1 for at in range(dimensions)])
