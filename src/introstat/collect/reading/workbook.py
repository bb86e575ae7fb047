"""Rows of the first sheet of an Excel workbook, opened only after what is packed in it has been weighed.

A workbook is a zip file, and a small one can unpack to more than any machine holds: by sheer size, by one cell far out in a
sheet that is laid out as a full rectangle, by one long text used in a million cells, or by a count that room is made for at
once. All of these are measured on the packed parts, a piece at a time, before anything is built. Formulas are found on the way: what a cell shows is then
only what some program once computed.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree

import numpy as np
import python_calamine

from introstat.collect.findings import Refusal
from introstat.collect.rules import file as checks
from introstat.vocabulary.texts import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from introstat.collect.reading.rows import Rows
    from introstat.definitions.parameters import Parameters

_PIECE: Final = 1 << 20
_PARTS_MOST: Final = 1000
_COLUMNS_MOST: Final = 60
_EMPTY_AREA: Final = 2_000_000
_AREA_PER_CELL: Final = 40
_TEXT_MOST: Final = 4000
_TEXTS_MOST: Final = 1 << 30

_SHEET: Final = re.compile(rb"<(?:\w+:)?sheetData[\s/>]")
_TEXTS: Final = re.compile(rb"<(?:\w+:)?sst[\s/>]")
_ITEM: Final = re.compile(rb"<(?:\w+:)?si[\s/>]")
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[\s/>]")
_ROW: Final = re.compile(rb"<(?:\w+:)?row\s[^<>]*?\br\s*=\s*[\"']([0-9]+)")
_FAR: Final = re.compile(rb"r\s*=\s*[\"'](?:(?P<wide>[A-Z]{3,}|[C-Z][A-Z]|B[I-Z])[0-9]|[A-Z]+(?P<row>[0-9]{6,}))")
_DECLARATION: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_COUNT: Final = re.compile(rb"[cC]ount\s*=\s*[\"']?\s*\+?([0-9]+)")
_RELATIONSHIP: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, RuntimeError)
_OTHER_ZIP: Final = Text(nb="en zip-fil uten regneark", nn="ei zip-fil utan rekneark", en="a zip file without a sheet")
_MACROS: Final = Text(nb="et regneark med makroer", nn="eit rekneark med makroar", en="a workbook with macros")
_OPEN_DOCUMENT: Final = Text(
    nb="et OpenDocument-regneark", nn="eit OpenDocument-rekneark", en="an OpenDocument spreadsheet"
)


@dataclass(slots=True)
class _Weight:
    """What has been measured of the packed parts so far.

    `rows` is the highest row number met. The sheet is laid out as a rectangle of so many rows and at most
    `_COLUMNS_MOST` columns, whatever is filled in it.
    """

    cells: int = 0
    rows: int = 0
    too_wide: bool = False
    longest_text: int = 0
    formula: bool = False
    untrue: bool = False

    def is_bomb(self, *, rows_most: int) -> bool:
        return (
            self.too_wide
            or self.rows > rows_most + 1
            or self.rows * _COLUMNS_MOST > max(_EMPTY_AREA, _AREA_PER_CELL * self.cells)
            or self.longest_text > _TEXT_MOST
            or self.longest_text * self.cells > _TEXTS_MOST
        )


def read_workbook(content: bytes, *, limits: Parameters) -> Rows | Refusal:
    """The rows of the first sheet, or why it is not opened. Empty rows are left out."""
    refusal = _weigh(content, limits)
    if refusal is not None:
        return refusal
    try:
        sheet = python_calamine.load_workbook(io.BytesIO(content)).get_sheet_by_index(0)
        rows = sheet.iter_rows()
    except BaseException as problem:
        # Whatever a damaged workbook makes the library raise, its panics included, means the same to the sender.
        if isinstance(problem, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        return Refusal(checks.BROKEN_WORKBOOK)
    return _rows(rows)


def _rows(rows: Iterable[Sequence[object]]) -> Rows:
    for line, values in enumerate(rows, start=1):
        cells = [value if isinstance(value, str) else _text(value) for value in values]
        if any(cells):
            yield line, cells


def _text(value: object) -> str:
    """A cell's value as it would stand in a CSV file. A number that lost its zeros has lost them here too."""
    match value:
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime() if not (value.hour or value.minute or value.second or value.microsecond):
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _weigh(content: bytes, limits: Parameters) -> Refusal | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            wrong = _wrong_kind({part.filename for part in parts})
            if wrong is not None:
                return Refusal(checks.WRONG_EXTENSION, values={"content": wrong})
            if len(parts) > _PARTS_MOST or sum(part.file_size for part in parts) > limits.file_bytes_unpacked_most:
                return Refusal(checks.BOMB)
            if any(part.flag_bits & 1 for part in parts):
                return Refusal(checks.BROKEN_WORKBOOK)
            weight = _weigh_parts(packed, parts)
    except _DAMAGED:
        return Refusal(checks.BROKEN_WORKBOOK)
    if weight.untrue:
        return Refusal(checks.BROKEN_WORKBOOK)
    if weight.is_bomb(rows_most=limits.file_rows_most):
        return Refusal(checks.BOMB)
    return Refusal(checks.FORMULA) if weight.formula else None


def _weigh_parts(packed: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> _Weight:
    """Read every part to its end: this also proves that the sizes the directory gives are true."""
    weight = _Weight()
    read = _first_sheet(packed)
    for part in parts:
        is_sheet = is_texts = False
        for piece in _pieces(packed, part):
            is_sheet = is_sheet or _has(piece, b"sheetData", _SHEET)
            is_texts = is_texts or _has(piece, b"sst", _TEXTS)
            weight.untrue = weight.untrue or _is_untrue(piece, part)
            if is_sheet:
                _weigh_sheet(weight, piece)
                if read is None or part.filename == read:
                    weight.formula = weight.formula or _has(piece, b"<f", _FORMULA) or _has(piece, b":f", _FORMULA)
            if is_texts:
                weight.longest_text = max(weight.longest_text, *map(len, _ITEM.split(piece)))
    return weight


def _pieces(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part a piece at a time; each begins with the end of the one before, so that nothing is cut in two."""
    with packed.open(part) as stream:
        kept = b""
        while read := stream.read(_PIECE):
            piece = kept + read
            yield piece
            kept = piece[-_TEXT_MOST:]


def _weigh_sheet(weight: _Weight, piece: bytes) -> None:
    weight.cells += piece.count(b"<c ") + piece.count(b":c ")
    weight.longest_text = max(weight.longest_text, _longest_between_tags(piece))
    rows = [int(digits[:9]) for digits in _ROW.findall(piece)]
    for far in _FAR.finditer(piece):
        weight.too_wide = weight.too_wide or far["wide"] is not None
        rows.append(int((far["row"] or b"0")[:9]))
    weight.rows = max(weight.rows, *rows, 0)


def _longest_between_tags(piece: bytes) -> int:
    """The most bytes from one tag's beginning to the next one's."""
    tags = np.flatnonzero(np.frombuffer(piece, dtype=np.uint8) == ord("<"))
    return int(np.diff(tags, prepend=0, append=len(piece)).max())


def _has(piece: bytes, sign: bytes, pattern: re.Pattern[bytes]) -> bool:
    """Whether the pattern is there; the far quicker look for its sign alone comes first."""
    return sign in piece and pattern.search(piece) is not None


def _is_untrue(piece: bytes, part: zipfile.ZipInfo) -> bool:
    """Whether a part is not what an office program writes.

    It declares entities; or it is in a wide encoding, where nothing here would be found; or it says that it counts more
    things than it has bytes, and room would be made for them all at once.
    """
    wide = part.filename.lower().endswith((".xml", ".rels")) and b"\0" in piece
    counts = _COUNT.findall(piece) if b"ount" in piece else []
    too_many = any(len(digits) > 9 or int(digits) > part.file_size for digits in counts)
    return wide or too_many or _has(piece, b"<!", _DECLARATION)


def _first_sheet(packed: zipfile.ZipFile) -> str | None:
    """The name of the part that holds the first sheet; None where the workbook does not say it in the usual way."""
    try:
        names = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
        if any(packed.getinfo(name).file_size > _PIECE for name in names):
            return None
        book, links = map(packed.read, names)
        if _DECLARATION.search(book) or _DECLARATION.search(links):
            return None
        sheet = next(element for element in ElementTree.fromstring(book).iter() if element.tag.endswith("}sheet"))
        wanted = sheet.get(_RELATIONSHIP)
        link = next(link for link in ElementTree.fromstring(links) if link.get("Id") == wanted)
    except (LookupError, StopIteration, ValueError, ElementTree.ParseError):
        return None
    target = link.get("Target", "")
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _wrong_kind(names: set[str]) -> Text | None:
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return _MACROS
    if "content.xml" in names and "mimetype" in names:
        return _OPEN_DOCUMENT
    return None if "[Content_Types].xml" in names else _OTHER_ZIP
