"""The files of one table, and what a reader is told about each: one value, many renderings.

Every renderer takes the safe cube and labels and returns bytes. Paths are relative to the edition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from introstat.publish.columnar import parquet
from introstat.publish.documents import DownloadFile, DownloadTable
from introstat.publish.jsonstat import json_stat
from introstat.publish.opendocument import opendocument
from introstat.publish.sheets import book_of
from introstat.publish.tidy import SEMICOLON, tidy_csv
from introstat.publish.workbook import workbook
from introstat.vocabulary.texts import LANGUAGES, Language, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from introstat.publish.imprint import Imprint
    from introstat.publish.labels import TableLabels
    from introstat.vocabulary.tables import SafeCube

_XLSX: Final = Text(nb="Excel (XLSX)", nn="Excel (XLSX)", en="Excel (XLSX)")
_ODS: Final = Text(nb="LibreOffice (ODS)", nn="LibreOffice (ODS)", en="LibreOffice (ODS)")
_CSV: Final = Text(nb="CSV (komma)", nn="CSV (komma)", en="CSV (comma)")
_SEMICOLON: Final = Text(
    nb="CSV for norsk Excel (semikolon)", nn="CSV for norsk Excel (semikolon)", en="CSV for Norwegian Excel (semicolon)"
)
_JSON: Final = Text(nb="JSON-stat 2.0", nn="JSON-stat 2.0", en="JSON-stat 2.0")
_PARQUET: Final = Text(nb="Parquet (bare koder)", nn="Parquet (berre kodar)", en="Parquet (codes only)")


def table_path(table: str, name: str) -> str:
    """Where a table's file stands in the edition."""
    return f"tables/{table}/{name}"


def in_language(stem: str, language: Language, suffix: str) -> str:
    """`IP102.csv` in Bokmål, `IP102.nn.csv` and `IP102.en.csv` in the others."""
    return f"{stem}.{suffix}" if language == "nb" else f"{stem}.{language}.{suffix}"


def table_files(
    cube: SafeCube, labels: Mapping[Language, TableLabels], *, imprint: Imprint, language: Language
) -> dict[str, bytes]:
    """All files of a table in a language, by path; what has no language comes with the first."""
    table, spoken = cube.table, labels[language]
    book = book_of(cube, spoken, imprint=imprint)
    made = {
        "csv": tidy_csv(cube, spoken, provenance=imprint.provenance),
        "json": json_stat(cube, spoken, imprint=imprint),
        "xlsx": workbook(book),
        "ods": opendocument(book),
    }
    files = {table_path(table, in_language(table, language, suffix)): content for suffix, content in made.items()}
    if language == LANGUAGES[0]:
        semicolon = tidy_csv(cube, spoken, provenance=imprint.provenance, dialect=SEMICOLON)
        files[table_path(table, f"{table}.semikolon.csv")] = semicolon
        files[table_path(table, f"{table}.parquet")] = parquet(cube, imprint=imprint)
    return files


def table_paths(table: str) -> frozenset[str]:
    """The paths of all files of a table: what `table_files` gives in all languages, no more and no less."""
    names = {f"{table}.semikolon.csv", f"{table}.parquet"}
    names |= {
        in_language(table, language, suffix) for language in LANGUAGES for suffix in ("csv", "json", "xlsx", "ods")
    }
    return frozenset(table_path(table, name) for name in names)


def download_table(labels: TableLabels) -> DownloadTable:
    """A table's files as a reader of this language is offered them."""
    language, table = labels.language, labels.id
    offered: tuple[tuple[str, str, Text, Language | None], ...] = (
        (in_language(table, language, "xlsx"), "xlsx", _XLSX, language),
        (in_language(table, language, "ods"), "ods", _ODS, language),
        (in_language(table, language, "csv"), "csv", _CSV, language),
        (f"{table}.semikolon.csv", "csv-semicolon", _SEMICOLON, "nb"),
        (in_language(table, language, "json"), "json-stat2", _JSON, language),
        (f"{table}.parquet", "parquet", _PARQUET, None),
    )
    return DownloadTable(
        id=table,
        title=labels.title,
        description=labels.population,
        files=tuple(
            DownloadFile(table_path(table, name), kind, label.in_language(language), spoken)
            for name, kind, label, spoken in offered
        ),
    )
