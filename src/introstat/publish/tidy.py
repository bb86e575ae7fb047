"""A table as tidy CSV: one row per cell, code and label columns, value, status and origin.

    Region,Region_label,Kjonn,Kjonn_label,ContentsCode,ContentsCode_label,Tid,value,status,origin
    0,Hele landet,0,Begge kjønn,Avsluttet,Antall som avsluttet,2016,4469,,synthetic

A hidden cell has an empty value and `:`; a shown one an empty status, or `*` where it is preliminary; a zero is `0`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from introstat.publish.labels import TableLabels
    from introstat.vocabulary.snapshots import Provenance
    from introstat.vocabulary.tables import SafeCube

UNLABELLED: Final = frozenset({"Tid"})
"""Variables whose codes are their own labels and have no label column."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a reader's program wants its CSV."""

    separator: str
    decimal: str
    encoding: str


COMMA: Final = Dialect(separator=",", decimal=".", encoding="utf-8")
SEMICOLON: Final = Dialect(separator=";", decimal=",", encoding="utf-8-sig")
"""What a Norwegian Excel opens by double-click: semicolon, decimal comma, byte order mark."""


def tidy_csv(cube: SafeCube, labels: TableLabels, *, provenance: Provenance, dialect: Dialect = COMMA) -> bytes:
    """The table in the dialect, lines ended by a line feed; every combination of codes has a row."""
    separator = dialect.separator
    header: list[str] = []
    prefixes: list[list[str]] = []
    for dimension in cube.dimensions:
        labelled = dimension.code not in UNLABELLED
        header.extend([dimension.code, f"{dimension.code}_label"] if labelled else [dimension.code])
        prefixes.append(
            [
                separator.join(
                    [_quoted(code, separator), _quoted(labels.of(dimension.code, code), separator)]
                    if labelled
                    else [_quoted(code, separator)]
                )
                for code in dimension.values
            ]
        )
    values = value_texts(cube, decimal=dialect.decimal)
    status: Sequence[str] = cube.status.ravel().tolist()
    tail = f"{separator}{provenance.value}\n"
    join = separator.join
    lines = [join([*header, "value", "status", "origin"]) + "\n"]
    lines.extend(
        f"{join(prefix)}{separator}{value}{separator}{sign}{tail}"
        for prefix, value, sign in zip(product(*prefixes), values, status, strict=True)
    )
    return "".join(lines).encode(dialect.encoding)


def value_texts(cube: SafeCube, *, decimal: str) -> list[str]:
    """The values as text in the cube's order; empty where there is none."""
    return ["" if value != value else number_text(value, decimal=decimal) for value in cube.values.ravel().tolist()]


def number_text(value: float, *, decimal: str) -> str:
    """A number without anything it does not need: `46`, `0`, `45.5`."""
    return str(int(value)) if value.is_integer() else repr(value).replace(".", decimal)


def _quoted(text: str, separator: str) -> str:
    if separator in text or '"' in text or "\n" in text:
        return '"' + text.replace('"', '""') + '"'
    return text
