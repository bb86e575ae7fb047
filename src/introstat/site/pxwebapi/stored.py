"""A table of one edition as it was stored: JSON-stat in, the codes, words and cells that the interface needs out.

Cells are read once, words once in each language. Nothing here joins, selects or adds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
from numpy.typing import NDArray

from introstat.vocabulary.errors import EditionDamaged
from introstat.vocabulary.tables import NUMBERED
from introstat.vocabulary.texts import Language

if TYPE_CHECKING:
    from introstat.site.library import Book


@dataclass(frozen=True, slots=True)
class StoredVariable:
    """A variable in one language. ``total`` is the code that stands for all others together, None where there is none."""

    code: str
    label: str
    notes: tuple[str, ...]
    labels: Mapping[str, str]
    value_notes: Mapping[str, tuple[str, ...]]
    units: Mapping[str, tuple[str, int]]
    total: str | None
    show: str

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes in the order they are shown."""
        return tuple(self.labels)


@dataclass(frozen=True, slots=True, eq=False)
class StoredTable:
    """A table in one language. ``values`` is NaN and ``status`` says why where a cell is not shown; `*` stands beside a number."""

    title: str
    source: str
    updated: str
    notes: tuple[str, ...]
    mandatory: frozenset[int]
    roles: Mapping[str, str]
    variables: Mapping[str, StoredVariable]
    px: Mapping[str, Any]
    contact: tuple[Mapping[str, Any], ...]
    period_status: str
    values: NDArray[np.float64]
    status: NDArray[np.str_]


def table_ids(book: Book) -> tuple[str, ...]:
    """The tables of an edition that are stored as JSON-stat."""
    return tuple(table for table in book.table_ids if book.has(f"tables/{table}/{table}.json"))


@lru_cache(maxsize=64)
def read_stored(book: Book, table: str, language: Language) -> StoredTable:
    """Read a table of an edition. Raises NotFound, or EditionDamaged where the file is not what it should be."""
    suffix = "" if language == "nb" else f".{language}"
    path = str(PurePosixPath("tables", table, f"{table}{suffix}.json"))
    content = book.read(path)
    try:
        found: dict[str, Any] = orjson.loads(content)
        variables = {code: _variable(code, found["dimension"][code]) for code in found["id"]}
        shape = tuple(found["size"])
        if shape != tuple(len(variable.codes) for variable in variables.values()):
            raise ValueError("sizes and codes differ")
        values = np.array(found["value"], dtype=np.float64).reshape(shape)
        status = np.full(values.size, "", dtype="<U2")
        for at, sign in found.get("status", {}).items():
            status[int(at)] = sign
        status = status.reshape(shape)
        if not np.array_equal(np.isin(status, [sign.value for sign in NUMBERED]), ~np.isnan(values)):
            raise ValueError("a number stands where a cell is not shown, or is missing where it is")
        values.setflags(write=False)
        status.setflags(write=False)
        extension = found.get("extension", {})
        return StoredTable(
            title=found["label"],
            source=found.get("source", ""),
            updated=found["updated"],
            notes=tuple(found.get("note", ())),
            mandatory=frozenset(int(at) for at, is_one in extension.get("noteMandatory", {}).items() if is_one),
            roles={code: role for role, codes in found.get("role", {}).items() for code in codes},
            variables=variables,
            px=extension.get("px", {}),
            contact=tuple(extension.get("contact", ())),
            period_status=extension.get("periodStatus", ""),
            values=values,
            status=status,
        )
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise EditionDamaged(f"{path} of edition {book.number} is not the table it should be") from error


def _variable(code: str, found: Mapping[str, Any]) -> StoredVariable:
    category, extension = found["category"], found.get("extension", {})
    index: Mapping[str, int] = category["index"]
    return StoredVariable(
        code=code,
        label=found["label"],
        notes=tuple(found.get("note", ())),
        labels={value: category["label"][value] for value in sorted(index, key=index.__getitem__)},
        value_notes={value: tuple(notes) for value, notes in category.get("note", {}).items()},
        units={value: (unit["base"], unit["decimals"]) for value, unit in category.get("unit", {}).items()},
        total=extension.get("eliminationValueCode") if extension.get("elimination") else None,
        show=extension.get("show", "value"),
    )
