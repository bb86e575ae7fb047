"""Where the figures in a text come from: cells of the safe tables, and facts of the manifest.

A text asks for a cell by its codes and gets its value or the sign that stands for it. A figure made of several cells is
shown only when every one of them is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from introstat.publish.documents import CellRef, Figure, Part, Parts
from introstat.publish.formats import render
from introstat.vocabulary.tables import COUNTRY, Status
from introstat.vocabulary.texts import Language, Text

if TYPE_CHECKING:
    from introstat.vocabulary.tables import SafeCube

MANIFEST: Final = "manifest"
"""The "table" of a figure that stands in the manifest; its codes are the path there."""

SPOKEN: Final[Mapping[Status, Text]] = {
    Status.HIDDEN: Text(nb="vises ikke", nn="blir ikkje vist", en="not shown"),
    Status.NOT_AVAILABLE: Text(nb="ikke rapportert", nn="ikkje rapportert", en="not reported"),
    Status.NOT_APPLICABLE: Text(nb="ikke aktuelt", nn="ikkje aktuelt", en="not applicable"),
}
"""What a screen reader says instead of the sign."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as a text may use it: `value` is None exactly where the status is not one of a number."""

    ref: CellRef
    value: int | None
    status: Status

    @property
    def is_shown(self) -> bool:
        """Whether there is a number to show."""
        return self.value is not None

    @property
    def number(self) -> int:
        """The value of a shown cell; raises ValueError for another."""
        if self.value is None:
            raise ValueError(f"{self.ref} is not shown")
        return self.value


class Cells:
    """The cells of an edition's tables by their codes, and the facts of its manifest by their path."""

    def __init__(self, tables: Mapping[str, SafeCube], *, facts: Mapping[tuple[str, ...], int] | None = None) -> None:
        self._tables = tables
        self._facts = dict(facts or {})
        self._found: dict[tuple[str, str, str, str, str], Cell] = {}
        self._positions = {
            table: [{code: at for at, code in enumerate(dimension.values)} for dimension in cube.dimensions]
            for table, cube in tables.items()
        }

    def regions(self, table: str) -> tuple[str, ...]:
        """The regions of a table, in its order."""
        return self._tables[table].dimension("Region").values

    def at(self, table: str, content: str, *, region: str = COUNTRY, sex: str = "0", reason: str = "0") -> Cell:
        """One cell. The year is the table's own. Raises KeyError for a code the table does not have."""
        key = (table, content, region, sex, reason)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._read(*key)
        return found

    def _read(self, table: str, content: str, region: str, sex: str, reason: str) -> Cell:
        cube = self._tables[table]
        wanted = {"Region": region, "Kjonn": sex, "Grunn": reason, "ContentsCode": content}
        codes = tuple(wanted.get(dimension.code, dimension.values[0]) for dimension in cube.dimensions)
        index = tuple(position[code] for position, code in zip(self._positions[table], codes, strict=True))
        value = float(cube.values[index])
        status = Status(str(cube.status[index]))
        return Cell(CellRef(table, codes), int(value) if status.has_number else None, status)

    def fact(self, *path: str) -> Cell | None:
        """A number of the manifest, or None where it does not say."""
        value = self._facts.get(path)
        return None if value is None else Cell(CellRef(MANIFEST, path), value, Status.SHOWN)


def figure(name: str, *cells: Cell, language: Language) -> Figure:
    """A figure of these cells in the format `name`; the sign of the first that is not shown, where one is not."""
    refs = tuple(cell.ref for cell in cells)
    for cell in cells:
        if cell.value is None:
            spoken = SPOKEN[cell.status].in_language(language)
            return Figure(text=cell.status.value, format=name, cells=refs, status=cell.status.value, spoken=spoken)
    return Figure(
        text=render(name, [cell.number for cell in cells], language=language),
        format=name,
        cells=refs,
        preliminary=True if any(cell.status is Status.PRELIMINARY for cell in cells) else None,
    )


@cache
def _pieces(template: str) -> tuple[str, ...]:
    return tuple(re.split(r"\{(\w+)\}", template))


def compose(template: Text, *, language: Language, **values: Part | Parts) -> Parts:
    """The template in one language with its `{places}` filled by parts. Raises KeyError for a place without a value."""
    found: list[Part] = []
    for number, piece in enumerate(_pieces(template.in_language(language))):
        value: Part | Parts = values[piece] if number % 2 else piece
        found.extend(value if isinstance(value, tuple) else (value,))
    return joined(tuple(found))


def joined(*texts: Parts) -> Parts:
    """Texts after one another, with neighbouring strings melted together and empty ones dropped."""
    found: list[Part] = []
    for text in texts:
        for part in text:
            if isinstance(part, str) and found and isinstance(found[-1], str):
                found[-1] += part
            elif part != "":
                found.append(part)
    return tuple(found)


_AND: Final = Text(nb=" og ", nn=" og ", en=" and ")


def listed(texts: tuple[Parts, ...], *, language: Language) -> Parts:
    """`a, b og c`."""
    if len(texts) < 2:
        return joined(*texts)
    pieces: list[Parts] = [texts[0]]
    for text in texts[1:-1]:
        pieces.extend(((", ",), text))
    return joined(*pieces, (_AND.in_language(language),), texts[-1])


_SPACE: Final = (" ",)


def sentences(*texts: Parts) -> Parts:
    """Sentences after one another, a space between."""
    found: list[Parts] = []
    for text in texts:
        if text:
            found += [_SPACE, text] if found else [text]
    return joined(*found)
