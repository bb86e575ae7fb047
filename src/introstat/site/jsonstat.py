"""A published table as the site reads it: JSON-stat 2.0, every cell with its sign.

table.cell(Region="09", Kjonn="0", ContentsCode="Avsluttet", Tid="2016")  →  Cell(93.0, "")
table.cell(Region="2021", …)                                              →  Cell(None, ":")
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple

import orjson

from introstat.vocabulary.errors import EditionDamaged


class Cell(NamedTuple):
    """A number, or the sign that stands instead of one."""

    value: float | None
    status: str


@dataclass(frozen=True, slots=True)
class Variable:
    """A dimension: its codes in order, their labels, and the unit where a code has one."""

    code: str
    label: str
    labels: Mapping[str, str]
    units: Mapping[str, str]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes, in the order they are shown."""
        return tuple(self.labels)

    @property
    def first(self) -> str:
        """The first of the codes."""
        return next(iter(self.labels))


@dataclass(frozen=True, slots=True)
class StatTable:
    """A table with its labels in one language."""

    title: str
    source: str
    notes: tuple[str, ...]
    variables: tuple[Variable, ...]
    _values: Sequence[float | None] | Mapping[str, float]
    _status: Sequence[str | None] | Mapping[str, str] | str
    _places: Mapping[str, Mapping[str, int]]
    _strides: Mapping[str, int]

    @property
    def variables_by_code(self) -> Mapping[str, Variable]:
        """The variables, each under its code."""
        return {variable.code: variable for variable in self.variables}

    def variable(self, code: str) -> Variable | None:
        """The variable with this code, or None."""
        return next((variable for variable in self.variables if variable.code == code), None)

    def cell(self, **codes: str) -> Cell:
        """One cell by its codes. Raises KeyError for a code the table does not have."""
        index = sum(self._places[name][codes[name]] * stride for name, stride in self._strides.items())
        return Cell(_at(self._values, index), _status_at(self._status, index))

    def cell_at(self, codes: Sequence[str]) -> Cell:
        """One cell by its codes in the table's own order."""
        index = sum(
            self._places[variable.code][code] * self._strides[variable.code]
            for variable, code in zip(self.variables, codes, strict=True)
        )
        return Cell(_at(self._values, index), _status_at(self._status, index))


def read_table(content: bytes) -> StatTable:
    """Read a JSON-stat 2.0 dataset. Raises EditionDamaged where it is none."""
    try:
        parsed: dict[str, Any] = orjson.loads(content)
        variables = tuple(_variable(code, parsed["dimension"][code]) for code in parsed["id"])
        sizes = [len(variable.codes) for variable in variables]
        if sizes != parsed["size"]:
            raise ValueError("sizes and codes differ")
        return StatTable(
            title=parsed["label"],
            source=parsed.get("source", ""),
            notes=tuple(parsed.get("note", ())),
            variables=variables,
            _values=parsed["value"],
            _status=parsed.get("status", {}),
            _places={variable.code: {code: n for n, code in enumerate(variable.codes)} for variable in variables},
            _strides={variable.code: prod(sizes[n + 1 :]) for n, variable in enumerate(variables)},
        )
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise EditionDamaged("a table is not a JSON-stat dataset") from error


def _variable(code: str, found: Mapping[str, Any]) -> Variable:
    category = found["category"]
    labels = category.get("label", {})
    index = category.get("index", list(labels))
    codes = sorted(index, key=index.__getitem__) if isinstance(index, dict) else list(index)
    units = category.get("unit", {})
    return Variable(
        code=code,
        label=found.get("label", code),
        labels={name: str(labels.get(name, name)) for name in codes},
        units={name: str(units[name].get("base", "")) for name in codes if name in units},
    )


def _at(values: Sequence[float | None] | Mapping[str, float], index: int) -> float | None:
    return values.get(str(index)) if isinstance(values, Mapping) else values[index]


def _status_at(status: Sequence[str | None] | Mapping[str, str] | str, index: int) -> str:
    if isinstance(status, str):
        return status
    found = status.get(str(index)) if isinstance(status, Mapping) else status[index]
    return found or ""
