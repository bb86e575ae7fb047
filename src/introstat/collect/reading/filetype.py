"""What a file is, by its first bytes; its name must say the same.

An extension alone is not believed, and a wrong one is not forgiven: somebody has renamed a file that needed saving again.
"""

from __future__ import annotations

from enum import Enum
from pathlib import PurePath
from typing import Final

from introstat.collect.findings import Refusal
from introstat.collect.rules import file as checks
from introstat.vocabulary.texts import Text


class FileType(Enum):
    """The two kinds of file that can be a delivery."""

    TEXT = "text"
    WORKBOOK = "workbook"


_TEXT_EXTENSIONS: Final = frozenset({"", ".csv", ".txt", ".tsv"})
_WORKBOOK_EXTENSIONS: Final = frozenset({"", ".xlsx"})
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PLAIN: Final = Text(nb="ren tekst", nn="rein tekst", en="plain text")
_EXCEL: Final = Text(nb="en Excel-arbeidsbok", nn="ei Excel-arbeidsbok", en="an Excel workbook")
_OTHER: Final = (
    (_OLD_OFFICE, Text(nb="gammel Excel eller passord", nn="gammal Excel eller passord", en="old Excel or a password")),
    (b"%PDF", Text(nb="en PDF", nn="ein PDF", en="a PDF")),
    (b"\x1f\x8b", Text(nb="en pakket fil (gzip)", nn="ei pakka fil (gzip)", en="a compressed file (gzip)")),
    (b"7z\xbc\xaf", Text(nb="en pakket fil (7z)", nn="ei pakka fil (7z)", en="a compressed file (7z)")),
    (b"\x89PNG", Text(nb="et bilde", nn="eit bilete", en="a picture")),
    (b"\xff\xd8\xff", Text(nb="et bilde", nn="eit bilete", en="a picture")),
    (b"PAR1", Text(nb="en Parquet-fil", nn="ei Parquet-fil", en="a Parquet file")),
    (b"SQLite format 3", Text(nb="en database", nn="ein database", en="a database")),
)


def file_type(content: bytes, *, filename: str) -> FileType | Refusal:
    """Tell text from workbook; refuse what is neither, and what is not what its name says."""
    extension = PurePath(filename.replace("\\", "/")).suffix.lower()
    for magic, name in _OTHER:
        if content.startswith(magic):
            return Refusal(checks.WRONG_EXTENSION, values={"content": name})
    if content.startswith(_ZIP):
        if extension in _WORKBOOK_EXTENSIONS:
            return FileType.WORKBOOK
        return Refusal(checks.WRONG_EXTENSION, values={"content": _EXCEL})
    if extension in _TEXT_EXTENSIONS:
        return FileType.TEXT
    return Refusal(checks.WRONG_EXTENSION, values={"content": _PLAIN})
