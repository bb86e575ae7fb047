"""A table as a page of rows: which cells a reader asked for, in which order, and the form that asks.

Rows are regions, columns the contents, or the reasons where a table has them; every other variable is a choice in the
form. `omraade` chooses the rows: the country and its counties, all places of a level, or a county or region with its
municipalities.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from introstat.site.jsonstat import StatTable, Variable
from introstat.site.words import word
from introstat.vocabulary.places import Level, level_of
from introstat.vocabulary.texts import Language

ROWS_A_PAGE: Final = 50
COUNTIES: Final = "fylker"
MUNICIPALITIES: Final = "kommuner"
DISTRICTS: Final = "bydeler"
LEVELS: Final = {
    "imdiregioner": Level.IMDI_REGION,
    "naeringsregioner": Level.ECONOMIC_REGION,
    MUNICIPALITIES: Level.MUNICIPALITY,
    DISTRICTS: Level.DISTRICT,
}
"""The areas that are all places of one level."""
AROUND: Final = (Level.COUNTY, Level.IMDI_REGION, Level.ECONOMIC_REGION)
"""The levels of places that can be chosen with their municipalities."""
AREA: Final = "omraade"
PAGE: Final = "side"
_COLUMNS_BY: Final = ("Grunn", "ContentsCode")


@dataclass(frozen=True, slots=True)
class Choice:
    """One field of the form: its name, its label, and what may be chosen."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    chosen: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: what it is about, the place it leads to where it is one, and a number or a sign for each column."""

    label: str
    place: str | None
    cells: Sequence[tuple[float | None, str]]
    is_total: bool


@dataclass(frozen=True, slots=True)
class View:
    """What is shown of a table."""

    row_label: str
    columns: Sequence[tuple[str, str]]
    units: Sequence[str]
    rows: Sequence[TableRow]
    choices: Sequence[Choice]
    page: int
    pages: int
    total: int
    fields: Sequence[tuple[str, str]]
    """The choices as they stand in the address, without the page."""

    @property
    def areas(self) -> Sequence[tuple[str, str]]:
        """What may be chosen as the rows: for pages without a form."""
        return next((choice.options for choice in self.choices if choice.name == AREA), ())


def view_of(
    table: StatTable, places: Mapping[str, Mapping[str, Any]], query: Mapping[str, str], *, language: Language
) -> View:
    """The part of a table a query asks for. Raises KeyError or ValueError for what the table does not have."""
    columns = next(found for code in _COLUMNS_BY if (found := table.variable(code)) is not None)
    rows = table.variable("Region")
    fixed = {variable.code: _chosen(variable, query) for variable in table.variables if variable not in (columns, rows)}
    choices = [
        Choice(variable.code, variable.label, list(variable.labels.items()), fixed[variable.code])
        for variable in table.variables
        if variable.code in fixed and len(variable.codes) > 1
    ]
    if rows is None:
        only = TableRow("", None, [table.cell(**fixed, **{columns.code: code}) for code in columns.codes], False)
        return View(
            row_label="", columns=list(columns.labels.items()), units=_units(columns), rows=[only], choices=choices,
            page=1, pages=1, total=1, fields=[(choice.name, choice.chosen) for choice in choices],
        )  # fmt: skip
    area = query.get(AREA) or _usual_area(table)
    wanted = regions_of(rows, places, area)
    pages = max(1, -(-len(wanted) // ROWS_A_PAGE))
    page = int(query.get(PAGE, "1"))
    if not 1 <= page <= pages:
        raise ValueError("there is no such page")
    shown = [
        TableRow(
            label=rows.labels[code],
            place=code if code in places else None,
            cells=[table.cell(**fixed, **{rows.code: code, columns.code: column}) for column in columns.codes],
            is_total=code == wanted[0] and len(wanted) > 1 and area not in LEVELS,
        )
        for code in wanted[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE]
    ]
    choices.insert(0, Choice(AREA, word(language, "table.area"), area_options(table, language=language), area))
    return View(
        row_label=rows.label, columns=list(columns.labels.items()), units=_units(columns), rows=shown, choices=choices,
        page=page, pages=pages, total=len(wanted), fields=[(choice.name, choice.chosen) for choice in choices],
    )  # fmt: skip


def _chosen(variable: Variable, query: Mapping[str, str]) -> str:
    wanted = query.get(variable.code, variable.codes[0])
    if wanted not in variable.labels:
        raise KeyError(variable.code)
    return wanted


def regions_of(rows: Variable, places: Mapping[str, Mapping[str, Any]], area: str) -> Sequence[str]:
    """The regions of an area, in the table's order. Raises KeyError for an area there is not."""
    if area == COUNTIES:
        return [code for code in rows.codes if len(code) <= 2]
    if area in LEVELS:
        return [code for code in rows.codes if level_of(code) is LEVELS[area]]
    around = places[area]
    if level_of(area) not in AROUND:
        raise KeyError(area)
    return [code for code in rows.codes if code == area or code in around["children"]]


def _usual_area(table: StatTable) -> str:
    """The counties; the municipalities where a column of theirs says nothing of any county, as bands do."""
    rows, fixed = table.variables_by_code["Region"], {one.code: one.codes[0] for one in table.variables}
    above = [code for code in rows.codes if len(code) <= 2]
    for content in table.variables_by_code["ContentsCode"].codes:
        cells = (table.cell(**{**fixed, "Region": code, "ContentsCode": content}) for code in above)
        if len(above) > 1 and all(cell.value is None for cell in cells):
            return MUNICIPALITIES
    return COUNTIES


def area_options(table: StatTable, *, language: Language) -> Sequence[tuple[str, str]]:
    """The areas whose places can be chosen together: code and name. Raises KeyError for a table without regions."""
    rows = table.variables_by_code["Region"]
    had = {level_of(code) for code in rows.codes}
    around = [(code, rows.labels[code]) for code in rows.codes if level_of(code) in AROUND]
    return [
        (COUNTIES, word(language, "table.counties")),
        *((area, word(language, f"table.{area}")) for area, level in LEVELS.items() if level in had),
        *((code, word(language, "table.within", county=label)) for code, label in around),
    ]


def _units(columns: Variable) -> Sequence[str]:
    """The unit of each column, where they differ; a table of one unit says it in its title."""
    units = [columns.units.get(code, "") for code in columns.codes]
    return units if len(set(units)) > 1 else [""] * len(units)
