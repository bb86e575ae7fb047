"""An edition's files over the wire: the right type, a name that says what it is when it lands in a folder, and its hash.

A file is named by edition and provenance when saved, so that a synthetic table is not taken for a real one in a folder of
downloads: `IP102.csv` of edition 2016.1 is saved as `IP102-2016.1-synthetic.csv`.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from introstat.site.answers import CONTENT, Answer, answer

if TYPE_CHECKING:
    from introstat.site.library import Book
    from introstat.site.page import Attachment

_TYPES: Final = {
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_SHOWN_IN_PLACE: Final = frozenset({".json", ".png", ".svg"})


def file_answer(book: Book, path: str, *, compress: bool = True) -> Answer:
    """One file of an edition. Raises NotFound, or EditionDamaged where it is not what was released."""
    content = book.read(path)
    suffix = PurePosixPath(path).suffix
    kind = "inline" if suffix in _SHOWN_IN_PLACE else "attachment"
    return answer(
        content,
        media_type=_TYPES.get(suffix, "application/octet-stream"),
        compress=compress,
        headers={
            **CONTENT,
            "content-disposition": f'{kind}; filename="{saved_name(book, path)}"',
            **({"x-robots-tag": "noindex"} if book.is_synthetic else {}),
        },
    )


def attachment(made: Attachment) -> Answer:
    """A file that was made for a choice."""
    return answer(
        made.content,
        media_type=made.media_type,
        headers={
            **CONTENT,
            "content-disposition": f'attachment; filename="{made.name}"',
            **({"x-robots-tag": "noindex"} if made.book.is_synthetic else {}),
        },
    )


def saved_name(book: Book, path: str) -> str:
    """What the file is called when it is saved."""
    stem, dot, rest = PurePosixPath(path).name.partition(".")
    mark = "-synthetic" if book.is_synthetic else ""
    return f"{stem}-{book.number}{mark}{dot}{rest}"
