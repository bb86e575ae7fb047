"""Any table, chosen from and turned: which variable goes down, which goes across, which codes of each; all in the address.

    /2016/utforsk/IP102/?rader=Region&kolonner=Kjonn&omraade=fylker&ContentsCode=Avsluttet,TilArbeid

A variable with one code chosen is told in the caption; one with several, that goes neither down nor across, splits the
rows. Codes are joined by commas, or the field is repeated, as a form sends it. Regions are chosen by area as on the page of
the table, or one by one. The same choice as csv has one row per cell, with the columns of the edition's own files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from csv import writer
from io import StringIO
from itertools import permutations, product
from math import prod
from typing import Any, Final
from urllib.parse import urlencode

from introstat.site.choice import Choice
from introstat.site.jsonstat import StatTable, Variable
from introstat.site.library import Book
from introstat.site.page import Ask, Attachment, Crumb, Page, Trouble, crumbs
from introstat.site.picture import column_drawn, picture_of
from introstat.site.tables import AREA, PAGE, area_options, regions_of
from introstat.site.words import word

ROWS: Final = "rader"
COLUMNS: Final = "kolonner"
PICTURE: Final = "figur"
REGION: Final = "Region"
MOST_COLUMNS: Final = 30
ROWS_A_PAGE: Final = 60
MOST_CELLS: Final = 50_000
_UNLABELLED: Final = frozenset({"Tid"})


def explore(ask: Ask) -> Page:
    """A table, chosen and turned. Raises Trouble for what the table does not have, or for more columns than can be read."""
    book, name, stat = _table(ask)
    everywhere = book.places(ask.language)["places"]
    chosen = choice_of(stat, ask.query, everywhere)
    if len(chosen.codes[chosen.across.code]) > MOST_COLUMNS:
        raise Trouble(400, "columns")
    rows = chosen.rows
    pages = max(1, -(-len(rows) // ROWS_A_PAGE))
    number = _page(ask.query, pages)
    fields = fields_of(ask.query, stat)
    shown = rows[(number - 1) * ROWS_A_PAGE : number * ROWS_A_PAGE]
    column = column_drawn(chosen, _drawn(stat, ask.query), ask.language)
    return Page(
        "explore.html",
        title=word(ask.language, "explore.title", table=name, year=book.number.year),
        description=stat.title,
        context={
            "name": name,
            "stat": stat,
            "choice": chosen,
            "rows": shown,
            "drawing": picture_of(chosen, shown, column=column, language=ask.language),
            "ready": _ready(ask, name, stat),
            "page_number": number,
            "pages": pages,
            "all_rows": len(rows),
            "places": everywhere,
            "turnable": [variable for variable in stat.variables if len(variable.codes) > 1],
            "pickable": [v for v in stat.variables if len(v.codes) > 1 and v.code != REGION],
            "areas": area_options(stat, language=ask.language) if stat.variable(REGION) else (),
            "area": ask.query.get(AREA, ""),
            "regions": ask.query.get(REGION, ""),
            "turned": _address(
                ask, name, {**_without(fields, PICTURE), ROWS: chosen.across.code, COLUMNS: chosen.down[0].code}
            ),
            "as_csv": f"{ask.at.explored_file(name)}{_asked(_without(fields, PICTURE))}",
            "page_address": lambda number: _address(ask, name, {**fields, PAGE: str(number)}),
            "kept": _asked(fields),
            "here": _address(ask, name, fields),
        },
        book=book,
        edition=ask.parts["edition"],
        crumbs=[
            *crumbs(ask, release_too=True),
            Crumb(word(ask.language, "nav.tables"), ask.at.tables),
            Crumb(name, ask.at.table(name)),
        ],
        here=word(ask.language, "explore.name"),
        section="tables",
        reads=frozenset({*stat.variables_by_code, AREA, ROWS, COLUMNS, PAGE, PICTURE}),
    )


def explored_csv(ask: Ask) -> Attachment:
    """The same choice as csv. Raises Trouble as the page does."""
    book, name, stat = _table(ask)
    chosen = choice_of(stat, ask.query, book.places(ask.language)["places"])
    if prod(len(codes) for codes in chosen.codes.values()) > MOST_CELLS:
        raise Trouble(400, "columns")
    mark = "-synthetic" if book.is_synthetic else ""
    return Attachment(
        content=csv_of(chosen, origin=book.release.provenance.value),
        media_type="text/csv; charset=utf-8",
        name=f"{name}-{book.number}-utvalg{mark}.csv",
        book=book,
        reads=frozenset({*stat.variables_by_code, AREA, ROWS, COLUMNS, PAGE}),
    )


def choice_of(stat: StatTable, query: Mapping[str, str], everywhere: Mapping[str, Mapping[str, Any]]) -> Choice:
    """What a query chooses. Raises Trouble for a variable or a code that the table does not have."""
    by_code = stat.variables_by_code
    names = [variable.code for variable in stat.variables if len(variable.codes) > 1] or list(by_code)
    across = query.get(COLUMNS) or ("Grunn" if "Grunn" in names else names[-1])
    down = query.get(ROWS) or next((name for name in names if name != across), names[0])
    if across not in by_code or down not in by_code or (across == down and len(names) > 1):
        raise Trouble(400, "query")
    if across == down:
        down = next(name for name in by_code if name != across)
    codes: dict[str, Sequence[str]] = {}
    for variable in stat.variables:
        if variable.code == REGION:
            codes[REGION] = _regions(variable, query, everywhere, is_spread=REGION in (across, down))
        else:
            asked = _listed(variable, query.get(variable.code, ""))
            codes[variable.code] = asked or (variable.codes if variable.code in (across, down) else variable.codes[:1])
    others = [v for v in stat.variables if v.code not in (across, down) and len(codes[v.code]) > 1]
    return Choice(stat, (by_code[down], *others), by_code[across], codes)


def csv_of(choice: Choice, *, origin: str) -> bytes:
    """Every chosen cell as a row: code and label of each variable, the value, the sign where there is none, the origin."""
    out = StringIO()
    lines = writer(out, lineterminator="\n")
    variables = choice.table.variables
    header = [name for v in variables for name in ((v.code,) if v.code in _UNLABELLED else (v.code, f"{v.code}_label"))]
    lines.writerow([*header, "value", "status", "origin"])
    for codes in product(*(choice.codes[variable.code] for variable in variables)):
        told = [
            text
            for variable, code in zip(variables, codes, strict=True)
            for text in ((code,) if variable.code in _UNLABELLED else (code, variable.labels[code]))
        ]
        cell = choice.table.cell_at(codes)
        lines.writerow(
            [
                *told,
                "" if cell.value is None else f"{cell.value:g}" if cell.value < 1e5 else str(int(cell.value)),
                cell.status,
                origin,
            ]
        )
    return out.getvalue().encode()


def fields_of(query: Mapping[str, str], stat: StatTable) -> dict[str, str]:
    """The choice as it stands in an address, without the page."""
    known = {*stat.variables_by_code, AREA, ROWS, COLUMNS, PICTURE}
    return {name: value for name, value in query.items() if name in known and value}


def _table(ask: Ask) -> tuple[Book, str, StatTable]:
    book = ask.book()
    name = ask.parts["table"]
    if name not in book.table_ids:
        raise Trouble(404, "table")
    return book, name, book.table(name, ask.language)


def _ready(ask: Ask, name: str, stat: StatTable) -> Sequence[tuple[str, str]]:
    """Every way to turn the table as it is at first, with its address: what a copy without a server offers."""
    turnable = [variable for variable in stat.variables if len(variable.codes) > 1]
    return [
        (
            word(ask.language, "explore.ready_one", rows=down.label, columns=across.label),
            _address(ask, name, {ROWS: down.code, COLUMNS: across.code}),
        )
        for down, across in permutations(turnable, 2)
        if len(across.codes) <= MOST_COLUMNS
    ]


def _drawn(stat: StatTable, query: Mapping[str, str]) -> str:
    """The column asked for as a picture. Raises Trouble for a code that no variable has.

    A form sends the column of the choice before along with a choice of other columns; that one is passed over.
    """
    asked = query.get(PICTURE, "")
    if asked and not any(asked in variable.labels for variable in stat.variables):
        raise Trouble(400, "query")
    return asked


def _without(fields: Mapping[str, str], name: str) -> Mapping[str, str]:
    return {known: value for known, value in fields.items() if known != name}


def _listed(variable: Variable, asked: str) -> Sequence[str]:
    """The codes asked for, in the table's order. Raises Trouble for one there is not."""
    codes = {code.strip() for code in asked.split(",") if code.strip()}
    if not codes <= variable.labels.keys():
        raise Trouble(400, "query")
    return [code for code in variable.codes if code in codes]


def _regions(
    variable: Variable, query: Mapping[str, str], everywhere: Mapping[str, Mapping[str, Any]], *, is_spread: bool
) -> Sequence[str]:
    named = _listed(variable, query.get(REGION, ""))
    if named:
        return named
    if not is_spread and not query.get(AREA):
        return variable.codes[:1]
    try:
        return regions_of(variable, everywhere, query.get(AREA) or "fylker")
    except KeyError as error:
        raise Trouble(400, "query") from error


def _page(query: Mapping[str, str], pages: int) -> int:
    asked = query.get(PAGE, "1")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 6 and 1 <= int(asked) <= pages):
        raise Trouble(400, "query")
    return int(asked)


def _address(ask: Ask, name: str, fields: Mapping[str, str]) -> str:
    return ask.at.explore(name) + _asked(fields)


def _asked(fields: Mapping[str, str]) -> str:
    return f"?{urlencode(fields, safe=',')}" if fields else ""
