"""A table as a workbook: a cover, the contents, the table, and the notes with the signs explained. Opens on the cover.

The table has one real header row and no merged cells. Its rows are the regions by sex; its columns are the contents, or the
reasons where a table has them. A number that is not shown stands as its sign, as text, so that no program adds it. A
preliminary number stays a number: `*` is shown behind it, and stands in a column of its own for programs.

The bytes depend on nothing but the arguments: the file's own time of making is the time of release.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from io import BytesIO
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

from introstat.publish.documents import plain
from introstat.publish.imprint import LICENCE, LICENCE_ADDRESS
from introstat.vocabulary.tables import Status
from introstat.vocabulary.texts import Language, Text

if TYPE_CHECKING:
    from introstat.publish.imprint import Imprint
    from introstat.publish.labels import TableLabels
    from introstat.vocabulary.tables import SafeCube

_ROWS: Final = ("Region", "Kjonn", "Tid")
"""The variables that name a row; all others name the columns."""

_SHEETS: Final = {
    "cover": Text(nb="Forside", nn="Framside", en="Cover"),
    "contents": Text(nb="Innhold", nn="Innhald", en="Contents"),
    "notes": Text(nb="Merknader", nn="Merknader", en="Notes"),
}
_WORDS: Final = {
    "table": Text(nb="Tabell", nn="Tabell", en="Table"),
    "period": Text(nb="Periode", nn="Periode", en="Period"),
    "status": Text(nb="Status", nn="Status", en="Status"),
    "edition": Text(nb="Utgave", nn="Utgåve", en="Edition"),
    "released": Text(nb="Publisert", nn="Publisert", en="Released"),
    "next": Text(nb="Neste publisering", nn="Neste publisering", en="Next release"),
    "source": Text(nb="Kilde", nn="Kjelde", en="Source"),
    "population": Text(nb="Hvem tallene gjelder", nn="Kven tala gjeld", en="Population"),
    "licence": Text(nb="Lisens", nn="Lisens", en="Licence"),
    "sheet": Text(nb="Ark", nn="Ark", en="Sheet"),
    "holds": Text(nb="Hva arket inneholder", nn="Kva arket inneheld", en="What the sheet holds"),
    "figure_status": Text(nb="Status", nn="Status", en="Status"),
    "code": Text(nb="kode", nn="kode", en="code"),
    "origin": Text(nb="Opphav", nn="Opphav", en="Origin"),
    "sign": Text(nb="Tegn", nn="Teikn", en="Sign"),
    "meaning": Text(nb="Betydning", nn="Tyding", en="Meaning"),
    "word": Text(nb="Begrep", nn="Omgrep", en="Term"),
    "about_cover": Text(nb="Om tabellen", nn="Om tabellen", en="About the table"),
    "about_contents": Text(nb="Oversikt over arkene", nn="Oversyn over arka", en="List of the sheets"),
    "about_notes": Text(nb="Tegnforklaring og definisjoner", nn="Teiknforklaring og definisjonar",
                        en="Signs and definitions"),
}  # fmt: skip
SIGNS: Final = {
    Status.PRELIMINARY: Text(
        nb="Foreløpig tall, som kan bli endret.",
        nn="Førebels tal, som kan bli endra.",
        en="A preliminary figure, which may change.",
    ),
    Status.HIDDEN: Text(
        nb="Tallet vises ikke, av hensyn til personvernet.",
        nn="Talet blir ikkje vist, av omsyn til personvernet.",
        en="The figure is not shown, to protect people's privacy.",
    ),
    Status.NOT_AVAILABLE: Text(
        nb="Tallet finnes ikke: Kommunen har ikke rapportert.",
        nn="Talet finst ikkje: Kommunen har ikkje rapportert.",
        en="There is no figure: the municipality has not reported.",
    ),
    Status.NOT_APPLICABLE: Text(
        nb="Et tall er ikke aktuelt her, for eksempel en andel av ingen.",
        nn="Eit tal er ikkje aktuelt her, til dømes ein del av ingen.",
        en="A figure does not apply here, such as a share of nobody.",
    ),
}
"""The signs a cell can have beside its number or instead of it. A zero is always a counted zero."""

ZERO: Final = Text(nb="Talt opp, og ingen.", nn="Talt opp, og ingen.", en="Counted, and nobody.")


@dataclass(frozen=True, slots=True)
class Layout:
    """Which cell stands where: `header` of the sheet, and the codes of each row and each column of figures.

    A table with preliminary numbers `has_status`: a column of its own before the last.
    """

    header: tuple[str, ...]
    row_codes: tuple[tuple[str, ...], ...]
    column_codes: tuple[tuple[str, ...], ...]
    row_variables: tuple[str, ...]
    column_variables: tuple[str, ...]
    text_columns: int
    has_status: bool


def sheet_name(kind: str, language: Language) -> str:
    """What a sheet is called: `cover`, `contents` or `notes`."""
    return _SHEETS[kind].in_language(language)


def layout(cube: SafeCube, labels: TableLabels) -> Layout:
    """Where the cells of a table stand in its sheet; used to write it and to read it back."""
    rows = [dimension for dimension in cube.dimensions if dimension.code in _ROWS]
    columns = [dimension for dimension in cube.dimensions if dimension.code not in _ROWS]
    named = [dimension for dimension in columns if len(dimension) > 1] or columns
    header: list[str] = []
    for dimension in rows:
        variable = labels.variables[dimension.code]
        if dimension.code != "Tid":
            header.append(f"{variable} ({_WORDS['code'].in_language(labels.language)})")
        header.append(variable)
    text_columns = len(header)
    column_codes = tuple(product(*(dimension.values for dimension in columns)))
    keep = [dimension in named for dimension in columns]
    for codes in column_codes:
        parts = zip(columns, codes, keep, strict=True)
        header.append(", ".join(labels.of(dimension.code, code) for dimension, code, kept in parts if kept))
    has_status = bool((cube.status == Status.PRELIMINARY.value).any())
    if has_status:
        header.append(_WORDS["figure_status"].in_language(labels.language))
    header.append(_WORDS["origin"].in_language(labels.language))
    return Layout(
        header=tuple(header),
        row_codes=tuple(product(*(dimension.values for dimension in rows))),
        column_codes=column_codes,
        row_variables=tuple(dimension.code for dimension in rows),
        column_variables=tuple(dimension.code for dimension in columns),
        text_columns=text_columns,
        has_status=has_status,
    )


def workbook(cube: SafeCube, labels: TableLabels, *, imprint: Imprint) -> bytes:
    """The workbook's bytes."""
    sink = BytesIO()
    language = labels.language
    book = xlsxwriter.Workbook(sink, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False})
    book.set_properties(
        {
            "title": imprint.marked(f"{labels.id} {labels.title} {imprint.year}", language),
            "subject": imprint.provenance_label(language),
            "author": "introstat",
            "comments": imprint.provenance_note(language) or "",
            "created": imprint.released.astimezone(UTC).replace(tzinfo=None),
        }
    )
    names = {kind: sheet_name(kind, language) for kind in _SHEETS}
    sheets = [names["cover"], names["contents"], labels.id, names["notes"]]
    made = {name: book.add_worksheet(name) for name in sheets}
    _cover(book, made[names["cover"]], labels, imprint)
    _contents(book, made[names["contents"]], sheets, labels)
    _table(book, made[labels.id], cube, labels, imprint)
    _notes(book, made[names["notes"]], cube, labels, imprint)
    for sheet in made.values():
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L{labels.id} · {imprint.number}&C{_mark(imprint, language)}&R&P/&N")
    made[names["cover"]].activate()
    made[names["cover"]].set_first_sheet()
    book.close()
    return sink.getvalue()


def _mark(imprint: Imprint, language: Language) -> str:
    return imprint.provenance_label(language) if imprint.is_synthetic else ""


def _cover(book: Any, sheet: Any, labels: TableLabels, imprint: Imprint) -> None:
    language = labels.language
    title = book.add_format({"bold": True, "font_size": 16, "text_wrap": True})
    strong = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    warning = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#FFE08A", "font_color": "#3A2A00"})
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 1, imprint.marked(labels.title, language), title)
    row = 1
    for number, told in enumerate(imprint.provenance_texts(language)):
        if number == 0:
            sheet.write_string(row, 0, imprint.provenance_label(language), warning)
        sheet.write_string(row, 1, plain(told), warning if number == 0 else wrapped)
        row += 1
    released = imprint.release_time(language)
    following = imprint.next(language)
    lines = [
        ("table", labels.id),
        ("period", str(imprint.year)),
        ("status", imprint.status(language).label),
        ("edition", str(imprint.number)),
        ("released", released.text),
        *([("next", following.text)] if following else []),
        ("source", labels.source),
        ("population", labels.population),
        ("licence", f"{LICENCE} {LICENCE_ADDRESS}"),
    ]
    for key, text in lines:
        sheet.write_string(row, 0, _WORDS[key].in_language(language), strong)
        sheet.write_string(row, 1, text, wrapped)
        row += 1


def _contents(book: Any, sheet: Any, sheets: list[str], labels: TableLabels) -> None:
    language = labels.language
    strong = book.add_format({"bold": True, "bottom": 1})
    link = book.add_format({"font_color": "#0B5394", "underline": 1})
    about = [
        _WORDS["about_cover"].in_language(language),
        _WORDS["about_contents"].in_language(language),
        labels.title,
        _WORDS["about_notes"].in_language(language),
    ]
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, _WORDS["sheet"].in_language(language), strong)
    sheet.write_string(0, 1, _WORDS["holds"].in_language(language), strong)
    for row, (name, text) in enumerate(zip(sheets, about, strict=True), start=1):
        sheet.write_url(row, 0, f"internal:'{name}'!A1", link, name)
        sheet.write_string(row, 1, text)


def _table(book: Any, sheet: Any, cube: SafeCube, labels: TableLabels, imprint: Imprint) -> None:
    places = layout(cube, labels)
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    number = book.add_format({"num_format": "#,##0"})
    preliminary = book.add_format({"num_format": '#,##0"*"'})
    sign = book.add_format({"align": "right", "font_color": "#595959"})
    for at, text in enumerate(places.header):
        sheet.write_string(0, at, text, head)
    columns = [dimension for dimension in cube.dimensions if dimension.code in _ROWS]
    order = [*(cube.dimensions.index(dimension) for dimension in columns)]
    order += [at for at in range(len(cube.dimensions)) if at not in order]
    shape = (len(places.row_codes), len(places.column_codes))
    values = cube.values.transpose(order).reshape(shape).tolist()
    status = cube.status.transpose(order).reshape(shape).tolist()
    origin = imprint.provenance_label(labels.language)
    last = len(places.header) - 1
    for row, (codes, figures, signs) in enumerate(zip(places.row_codes, values, status, strict=True), start=1):
        at = 0
        for variable, code in zip(places.row_variables, codes, strict=True):
            if variable != "Tid":
                sheet.write_string(row, at, code)
                at += 1
            sheet.write_string(row, at, labels.of(variable, code))
            at += 1
        for value, mark in zip(figures, signs, strict=True):
            if value != value:
                sheet.write_string(row, at, mark, sign)
            else:
                sheet.write_number(row, at, value, preliminary if mark else number)
            at += 1
        if places.has_status and Status.PRELIMINARY.value in signs:
            sheet.write_string(row, last - 1, Status.PRELIMINARY.value)
        sheet.write_string(row, last, origin)
    sheet.set_row(0, 60)
    for at in range(places.text_columns):
        sheet.set_column(at, at, 12 if at % 2 == 0 else 26)
    sheet.set_column(places.text_columns, last - 1, 16)
    sheet.set_column(last, last, 16)
    sheet.freeze_panes(1, min(2, places.text_columns))
    sheet.autofilter(0, 0, len(places.row_codes), last)
    sheet.repeat_rows(0)


def _notes(book: Any, sheet: Any, cube: SafeCube, labels: TableLabels, imprint: Imprint) -> None:
    language = labels.language
    strong = book.add_format({"bold": True, "bottom": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    top = book.add_format({"valign": "top"})
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, 1, 100)
    rows: list[tuple[str, str, bool]] = [
        (_WORDS["sign"].in_language(language), _WORDS["meaning"].in_language(language), True)
    ]
    rows.extend((status.value, text.in_language(language), False) for status, text in SIGNS.items())
    rows.append(("0", ZERO.in_language(language), False))
    rows.append((_WORDS["word"].in_language(language), _WORDS["meaning"].in_language(language), True))
    rows.extend((labels.variables[d.code], labels.about[d.code], False) for d in cube.dimensions)
    rows.extend(
        (labels.of("ContentsCode", code), labels.contents_about[code], False)
        for code in cube.dimension("ContentsCode").values
    )
    notes = [note for note in (imprint.provenance_note(language), *labels.notes) if note]
    heading = _SHEETS["notes"].in_language(language)
    rows.extend((heading if number == 0 else "", note, False) for number, note in enumerate(notes))
    for row, (name, text, is_head) in enumerate(rows):
        sheet.write_string(row, 0, name, strong if is_head else top)
        sheet.write_string(row, 1, text, strong if is_head else wrapped)
