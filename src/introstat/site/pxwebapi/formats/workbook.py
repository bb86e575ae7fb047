"""A workbook: the table on one sheet with real heads and no merged cells, and its notes and signs on another."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import xlsxwriter

from introstat.site.pxwebapi import wording

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
    whole = book.add_format({"num_format": "#,##0"})
    preliminary = book.add_format({"num_format": '#,##0"*"'})
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
    for codes, numbers, signs in extract.rows():
        row += 1
        for at, (names, code) in enumerate(zip(named, codes, strict=True)):
            sheet.write_string(row, at, names[code])
        at = len(codes)
        for number, mark in zip(numbers, signs, strict=True):
            if number is None:
                sheet.write_string(row, at, mark, sign)
            else:
                sheet.write_number(row, at, number, preliminary if mark else whole)
            at += 1
        if extract.origin is not None:
            sheet.write_string(row, at, extract.origin)
    for at in range(len(head)):
        sheet.set_column(at, at, 26 if at < len(extract.stub) else 16)


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
