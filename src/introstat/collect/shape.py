"""Whether columns as wholes hold what their names say, before any row is judged.

When a cell too many or too few has moved every value one place, each row fails on its own and for many reasons; what
the sender needs to hear is the one reason. So a file is refused where at least two columns hold mostly values that are
not theirs and that some other column of the form could hold.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from introstat.collect.conversion import to_date, to_decimal, to_integer
from introstat.collect.findings import Refusal
from introstat.collect.rules import file as checks
from introstat.definitions.form import ColumnType

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from introstat.definitions.catalogue import Definitions
    from introstat.definitions.form import Column, Form

_STRANGERS_FEWEST: Final = 2
_AMOUNTS: Final = (ColumnType.INTEGER, ColumnType.DECIMAL)
_LETTERS: Final = re.compile(r"[A-Za-z]+")
_DIGITS: Final = re.compile(r"[0-9]+")
_ID: Final = re.compile(r"[0-9]{10,12}")


def check_shape(rows: pa.Table, *, form: Form, definitions: Definitions, per_cent: int) -> Refusal | None:
    """Refuse rows (text columns by header name) of which more than so many per cent of two columns' cells are shifted."""
    fits = {column.name: _fits(column, definitions) for column in form.columns if column.type is not ColumnType.TEXT}
    strangers: list[str] = []
    for name, own in fits.items():
        if name in rows.column_names:
            foreign, filled = _foreign(rows[name], own)
            homes = [other for other in fits if other != name and form.column(other).type not in _AMOUNTS]
            at_home = sum(count for value, count in foreign.items() if any(fits[other](value) for other in homes))
            if filled and at_home * 100 > filled * per_cent:
                strangers.append(name)
    if len(strangers) < _STRANGERS_FEWEST:
        return None
    return Refusal(checks.SHIFTED, column=strangers[0])


def _foreign(column: pa.ChunkedArray[Any], own: Callable[[str], bool]) -> tuple[dict[str, int], int]:
    """The values that are not this column's, each with how often it stands, and how many cells are filled."""
    counted = column.value_counts()
    values = {
        value.strip(): count
        for value, count in zip(counted.field(0).to_pylist(), counted.field(1).to_pylist(), strict=True)
        if value.strip()
    }
    return {value: count for value, count in values.items() if not own(value)}, sum(values.values())


def _fits(column: Column, definitions: Definitions) -> Callable[[str], bool]:
    """Whether a text could be a value of the column, loosely: a lost zero or an unknown code is no sign of a shift."""
    match column.type:
        case ColumnType.DATE:
            return _is_date
        case ColumnType.INTEGER:
            return _is_integer
        case ColumnType.DECIMAL:
            return _is_decimal
        case ColumnType.ID:
            return _is_id
        case ColumnType.CODE:
            return _code_of(column)
        case _:
            values = _values(column, definitions)
            return lambda value: value.casefold() in values


def _values(column: Column, definitions: Definitions) -> frozenset[str]:
    if column.codes == "reasons":
        return frozenset(definitions.reasons.values())
    codes = definitions.code_lists[column.codes].values if column.codes else ()
    return frozenset(value.casefold() for value in codes)


def _is_date(value: str) -> bool:
    return to_date(value) is not None


def _is_integer(value: str) -> bool:
    return to_integer(value) is not None


def _is_decimal(value: str) -> bool:
    return to_decimal(value) is not None


def _is_id(value: str) -> bool:
    return _ID.fullmatch(value) is not None


def _code_of(column: Column) -> Callable[[str], bool]:
    length = column.length or 0
    shape = _LETTERS if column.codes == "countries" else _DIGITS
    lengths = (length,) if column.codes == "countries" else (length - 1, length)
    return lambda value: len(value) in lengths and shape.fullmatch(value) is not None
