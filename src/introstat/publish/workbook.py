"""A book of sheets as xlsx. It opens on the cover; a table's header stands still and can be filtered.

The bytes depend on nothing but the arguments: the file's own time of making is the time of release.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

from introstat.publish.sheets import Style

if TYPE_CHECKING:
    from introstat.publish.sheets import Book, Sheet

_A4: Final = 9
_HEAD_HEIGHT: Final = 60

_FORMATS: Final[Mapping[Style, Mapping[str, Any]]] = {
    Style.PLAIN: {},
    Style.TITLE: {"bold": True, "font_size": 16, "text_wrap": True},
    Style.STRONG: {"bold": True, "valign": "top"},
    Style.WRAPPED: {"text_wrap": True, "valign": "top"},
    Style.TOP: {"valign": "top"},
    Style.WARNING: {"bold": True, "text_wrap": True, "bg_color": "#FFE08A", "font_color": "#3A2A00"},
    Style.HEAD: {"bold": True, "bottom": 1},
    Style.COLUMN_HEAD: {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1},
    Style.NUMBER: {"num_format": "#,##0"},
    Style.PRELIMINARY: {"num_format": '#,##0"*"'},
    Style.YEAR: {"num_format": "0"},
    Style.PRELIMINARY_YEAR: {"num_format": '0"*"'},
    Style.SIGN: {"align": "right", "font_color": "#595959"},
    Style.LINK: {"font_color": "#0B5394", "underline": 1},
}


def workbook(book: Book) -> bytes:
    """The file's bytes."""
    sink = BytesIO()
    made = xlsxwriter.Workbook(sink, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False})
    made.set_properties(
        {
            "title": book.title,
            "subject": book.subject,
            "author": "introstat",
            "comments": book.comments,
            "created": book.made.astimezone(UTC).replace(tzinfo=None),
        }
    )
    formats = {style: made.add_format(dict(look)) for style, look in _FORMATS.items()}
    # All sheets first: a link may lead to one that comes later.
    for sheet, drawn in [(sheet, made.add_worksheet(sheet.name)) for sheet in book.sheets]:
        _write(drawn, sheet, formats)
        drawn.set_landscape()
        drawn.set_paper(_A4)
        drawn.fit_to_pages(1, 0)
        drawn.set_footer(f"&L{book.footer[0]}&C{book.footer[1]}&R&P/&N")
    made.worksheets()[0].activate()
    made.worksheets()[0].set_first_sheet()
    made.close()
    return sink.getvalue()


def _write(drawn: Any, sheet: Sheet, formats: Mapping[Style, Any]) -> None:
    for row, line in enumerate(sheet.rows):
        for at, entry in enumerate(line):
            if entry is None or entry.value == "":
                continue
            if isinstance(entry.value, str):
                if entry.style is Style.LINK:
                    drawn.write_url(row, at, f"internal:'{entry.value}'!A1", formats[entry.style], entry.value)
                else:
                    drawn.write_string(row, at, entry.value, formats[entry.style])
            else:
                drawn.write_number(row, at, entry.value, formats[entry.style])
    for at, width in enumerate(sheet.widths):
        drawn.set_column(at, at, width)
    if sheet.still is not None:
        drawn.set_row(0, _HEAD_HEIGHT)
        drawn.freeze_panes(1, sheet.still)
        drawn.autofilter(0, 0, len(sheet.rows) - 1, len(sheet.rows[0]) - 1)
        drawn.repeat_rows(0)
