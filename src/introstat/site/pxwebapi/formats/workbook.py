"""A workbook: the table on one sheet with real heads and no merged cells, and its notes and signs on another."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import xlsxwriter

from introstat.site.pxwebapi import wording
from introstat.site.pxwebapi.table import Role
from introstat.vocabulary.tables import Status

if TYPE_CHECKING:
    from introstat.site.pxwebapi.extract import Extract
    from introstat.site.pxwebapi.formats.layout import Layout


def workbook(extract: Extract, layout: Layout) -> bytes:
    """The workbook's bytes, which depend on nothing but the extract and its layout."""
    sink = BytesIO()
    language, words = extract.language, extract.words
    book = xlsxwriter.Workbook(sink, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False})
    made = datetime.fromisoformat(extract.table.updated).replace(tzinfo=None)
    book.set_properties({"title": f"{extract.table.id} {words.title}", "author": "introstat", "created": made})
    data = book.add_worksheet(wording.DATA.in_language(language))
    notes = book.add_worksheet(wording.NOTES.in_language(language))
    _data(book, data, extract, layout)
    _notes(book, notes, extract)
    book.close()
    return sink.getvalue()


def _data(book: Any, sheet: Any, extract: Extract, layout: Layout) -> None:
    strong = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    formats = {
        (is_year, mark): book.add_format({"num_format": ("0" if is_year else "#,##0") + (f'"{mark}"' if mark else "")})
        for is_year in (False, True)
        for mark in (Status.SHOWN.value, Status.PRELIMINARY.value)
    }
    years = _years(extract)
    sign = book.add_format({"align": "right", "font_color": "#595959"})
    row = 0
    if layout.has_title:
        sheet.write_string(row, 0, extract.words.title, book.add_format({"bold": True, "font_size": 14}))
        row += 2
    head = [*(layout.name(extract, axis) for axis in extract.stub), *layout.heads(extract)]
    if extract.origin is not None:
        head.append(wording.ORIGIN.in_language(extract.language))
    for at, text in enumerate(head):
        sheet.write_string(row, at, text, strong)
    sheet.freeze_panes(row + 1, len(extract.stub))
    named = [layout.values(extract, axis) for axis in extract.stub]
    for nth, (codes, numbers, signs) in enumerate(extract.rows()):
        row += 1
        for at, (names, code) in enumerate(zip(named, codes, strict=True)):
            sheet.write_string(row, at, names[code])
        at = len(codes)
        for number, mark, is_year in zip(numbers, signs, years[nth], strict=True):
            if number is None:
                sheet.write_string(row, at, mark, sign)
            else:
                sheet.write_number(row, at, number, formats[is_year, mark])
            at += 1
        if extract.origin is not None:
            sheet.write_string(row, at, extract.origin)
    for at in range(len(head)):
        sheet.set_column(at, at, 26 if at < len(extract.stub) else 16)


def _years(extract: Extract) -> list[list[bool]]:
    """For each row and column, whether the number is a year, which is written without a thousands separator."""
    axis = next(axis for axis in extract.axes if axis.variable.role is Role.CONTENTS)
    unit, units = wording.YEAR.in_language(extract.language), extract.spoken(axis).units
    are = np.array([units.get(code, ("", 0))[0] == unit for code in axis.codes])
    shape = [-1 if other is axis else 1 for other in extract.axes]
    found: list[list[bool]] = (
        np.broadcast_to(are.reshape(shape), extract.values.shape).reshape(-1, len(extract.columns())).tolist()
    )
    return found


def _notes(book: Any, sheet: Any, extract: Extract) -> None:
    language, words = extract.language, extract.words
    strong = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    rows = [
        (extract.table.id, words.title),
        *((wording.NOTES.in_language(language), note.text) for note in words.notes),
        *((sign, wording.SIGNS[sign].in_language(language)) for sign in extract.used_signs()),
        (wording.SOURCE.in_language(language), words.source),
        (wording.UPDATED.in_language(language), extract.table.updated),
        (wording.EDITIONS.in_language(language), ", ".join(str(book.number) for book in extract.table.books)),
    ]
    for row, (name, text) in enumerate(rows):
        sheet.write_string(row, 0, name, strong)
        sheet.write_string(row, 1, text, wrapped)
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 100)
