"""Counting in one pass: sums over every combination of the levels of some axes, as GROUPING SETS of DuckDB.

The rows are read once, into one sum per combination of the columns that any set or any condition names; all sets are then
formed from these few sums. That is exact, because sums of sums are sums, and several times faster than forming every set
from the rows: ten million rows with 24 sets take little longer than one plain GROUP BY. DuckDB runs in memory with access to everything outside turned off.

An axis is a variable with its levels, finest first; the empty level is the total:

    Axis("region", (("municipality",), ("county",), ()))
    Axis("sex", (("sex",), ()))

are six sets: (municipality, sex), (municipality), (county, sex), (county), (sex), ().
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from duckdb import CaseExpression, ColumnExpression, ConstantExpression, Expression, FunctionExpression, SQLExpression

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_SET: Final = "grouping_set"
_CLOSED: Final = (
    "SET enable_external_access = false",
    "SET enable_progress_bar = false",
    "SET lock_configuration = true",
)


@dataclass(frozen=True, slots=True)
class Axis:
    """A variable and the column sets it is counted by. Raises ValueError for a name that is not a plain column name."""

    name: str
    levels: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        for column in (self.name, *self.columns):
            if not _NAME.fullmatch(column):
                raise ValueError(f"{column!r} is not a plain column name")
        if len(set(self.levels)) != len(self.levels):
            raise ValueError(f"{self.name} has the same level twice")

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of every level, each once."""
        return tuple(dict.fromkeys(column for level in self.levels for column in level))


@dataclass(frozen=True, slots=True)
class Derived:
    """A column made from another by looking its values up; a value without an entry becomes null."""

    name: str
    source: str
    values: Mapping[str, str]


Condition = str | tuple[str, str]
"""A column of true and false, or a column and the value it must have."""


@dataclass(frozen=True, slots=True)
class Set:
    """One grouping set of the answer: the level of each axis, in the order of the axes, and its rows.

    ``keys`` has one list per column of the levels, in that order; ``sums`` one list per weight. All lists are equally long.
    """

    levels: tuple[tuple[str, ...], ...]
    keys: Mapping[str, list[str | bool | None]]
    sums: Mapping[str, list[int]]


def grouping_sets(axes: Sequence[Axis]) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Every combination of one level per axis."""
    return tuple(product(*(axis.levels for axis in axes)))


def aggregate(
    rows: pa.Table,
    *,
    where: str,
    count: str,
    weights: Mapping[str, tuple[Condition, ...]],
    axes: Sequence[Axis],
    derived: Sequence[Derived] = (),
) -> tuple[Set, ...]:
    """Sum the column ``count`` over the rows where the flag ``where`` is set, for every grouping set of the axes.

    ``weights`` names the sums; each counts only rows that meet all of its conditions. The answer has one `Set` per combination of levels, in the order of `grouping_sets`; keys without any row are absent.
    """
    keys = tuple(dict.fromkeys(column for axis in axes for column in axis.columns))
    made = {one.name for one in derived}
    conditions = (condition for weight in weights.values() for condition in weight)
    tested = (condition if isinstance(condition, str) else condition[0] for condition in conditions)
    stored = dict.fromkeys([*(key for key in keys if key not in made), *(one.source for one in derived), *tested])
    sets = grouping_sets(axes)
    listed = ", ".join(f"({', '.join(column for level in levels for column in level)})" for levels in sets)
    with duckdb.connect(":memory:") as connection:
        for setting in _CLOSED:
            connection.execute(setting)
        cells = (
            connection.from_arrow(rows)
            .filter(ColumnExpression(where))
            .aggregate([*(ColumnExpression(column) for column in stored), _sum(ColumnExpression(count)).alias(count)])
        )
        cells = cells.select(
            *(ColumnExpression(key) for key in keys if key not in made),
            *(_looked_up(one) for one in derived),
            *(_weighted(count, weight).alias(name) for name, weight in weights.items()),
        )
        answer = cells.aggregate(
            [
                SQLExpression(f"grouping({', '.join(keys)})").alias(_SET),
                *(ColumnExpression(key) for key in keys),
                *(_sum(ColumnExpression(name)).alias(name) for name in weights),
            ],
            f"GROUPING SETS ({listed})",
        ).to_arrow_table()
    return tuple(_one_set(answer, levels=levels, keys=keys, weights=tuple(weights)) for levels in sets)


def _sum(value: Expression) -> Expression:
    return FunctionExpression("sum", value).cast("BIGINT")


def _weighted(count: str, conditions: tuple[Condition, ...]) -> Expression:
    value: Expression = ColumnExpression(count)
    for condition in conditions:
        if isinstance(condition, str):
            met: Expression = ColumnExpression(condition)
        else:
            met = ColumnExpression(condition[0]) == ConstantExpression(condition[1])
        value = CaseExpression(met, value).otherwise(ConstantExpression(0))
    return value


def _looked_up(derived: Derived) -> Expression:
    found: Expression | None = None
    for value, becomes in derived.values.items():
        matches, result = ColumnExpression(derived.source) == ConstantExpression(value), ConstantExpression(becomes)
        found = CaseExpression(matches, result) if found is None else found.when(matches, result)
    if found is None:
        raise ValueError(f"{derived.name} looks nothing up")
    return found.alias(derived.name)


def _one_set(
    answer: pa.Table, *, levels: tuple[tuple[str, ...], ...], keys: tuple[str, ...], weights: tuple[str, ...]
) -> Set:
    """DuckDB's GROUPING numbers a set by its absent columns: the first column is the highest bit."""
    present = [column for level in levels for column in level]
    number = sum(1 << (len(keys) - 1 - position) for position, key in enumerate(keys) if key not in present)
    rows = answer.filter(pc.equal(answer[_SET], pa.scalar(number, pa.int64())))
    return Set(
        levels=levels,
        keys={key: rows[key].to_pylist() for key in present},
        # The total of no rows at all is a row of nulls.
        sums={name: [number or 0 for number in rows[name].to_pylist()] for name in weights},
    )
