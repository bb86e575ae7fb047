"""What was chosen from a table as a picture: one column of it as bars, in the order of the rows.

A per cent is drawn out of a hundred; a number out of the largest that is drawn, and there the sum of the others is left
out, beside which they would all be short. What is not shown has its line, its sign and no length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from introstat.site.words import word

if TYPE_CHECKING:
    from introstat.site.choice import Choice
    from introstat.site.jsonstat import Cell
    from introstat.vocabulary.texts import Language

TOTAL: Final = "0"


@dataclass(frozen=True, slots=True)
class Bar:
    """A row as a bar: the codes that name it, its cell, and its length in per cent; None where nothing is shown."""

    row: tuple[str, ...]
    cell: Cell
    length: float | None


@dataclass(frozen=True, slots=True)
class Picture:
    """The bars of one column; ``without_total`` where the sum of the others is not among them."""

    column: str
    bars: Sequence[Bar]
    without_total: bool


def column_drawn(choice: Choice, asked: str, language: Language) -> str:
    """The column to draw: the one asked for where it is there, else the first of per cents, else the first."""
    columns = choice.codes[choice.across.code]
    if asked in columns:
        return asked
    return next((code for code in columns if _is_percent(choice, code, language)), columns[0])


def picture_of(choice: Choice, rows: Sequence[tuple[str, ...]], *, column: str, language: Language) -> Picture:
    """These rows of a choice as bars."""
    is_percent = _is_percent(choice, column, language)
    sums = [row for row in rows if TOTAL in row]
    drawn = [row for row in rows if is_percent or row not in sums] if len(sums) < len(rows) else list(rows)
    cells = [choice.cell(row, column) for row in drawn]
    longest = 100.0 if is_percent else max((cell.value for cell in cells if cell.value is not None), default=0.0)
    return Picture(
        column=column,
        bars=[Bar(row, cell, _length(cell, longest)) for row, cell in zip(drawn, cells, strict=True)],
        without_total=len(drawn) < len(rows),
    )


def _length(cell: Cell, longest: float) -> float | None:
    if cell.value is None:
        return None
    return 100 * cell.value / longest if longest else 0.0


def _is_percent(choice: Choice, column: str, language: Language) -> bool:
    units = [choice.across.units.get(column), *(v.units.get(choice.codes[v.code][0]) for v in choice.table.variables)]
    return word(language, "explore.percent") == next((unit for unit in units if unit), "")
