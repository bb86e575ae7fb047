"""A whole table of one edition as a PX file, at an address of its own: with a server and in a copy of the site alike.

    /2016.1/tabeller/IP102/IP102.px, and IP102.nn.px and IP102.en.px in the other languages

The editions hold no PX files. It is written by the open-data interface's own renderer from the table as it was released.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from introstat.site.page import Ask, Attachment, Trouble
from introstat.site.pxwebapi.catalogue import Catalogue
from introstat.site.pxwebapi.formats.px import px
from introstat.site.pxwebapi.selection import Item, Selection, extract_of
from introstat.vocabulary.texts import LANGUAGES, Language

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME: Final = r"[A-Za-z][A-Za-z0-9_]{0,39}(?:\.[a-z]{2})?\.px"
"""What the name of such a file looks like."""

_EVERYTHING: Final = 1_000_000_000
_SUFFIXES: Final[Mapping[Language, str]] = {
    language: ".px" if language == "nb" else f".{language}.px" for language in LANGUAGES
}


def px_path(table: str, language: Language) -> str:
    """Where the file would stand in the edition, as the other files of the table do."""
    return f"tables/{table}/{table}{_SUFFIXES[language]}"


def table_as_px(ask: Ask) -> Attachment:
    """The file that an address names. Raises Trouble for a table or a language there is not."""
    book, table, name = ask.book(), ask.parts["table"], ask.parts["px"]
    language = next((known for known, suffix in _SUFFIXES.items() if name == table + suffix), None)
    if language is None or table not in book.table_ids:
        raise Trouble(404, "file")
    found = Catalogue((book,)).table(table)
    everything = Selection(tuple(Item(variable.code, ("*",)) for variable in found.variables))
    cells = extract_of(found, everything, known={}, language=language, most_cells=_EVERYTHING)
    mark = "-synthetic" if book.is_synthetic else ""
    return Attachment(
        content=px(cells),
        media_type="text/plain; charset=utf-8",
        name=f"{table}-{book.number}{mark}{_SUFFIXES[language]}",
        book=book,
    )
