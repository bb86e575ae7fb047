"""The ods files: the same cells as the xlsx and the csv, in a file that other programs open."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

import openpyxl
import pytest
from odf.opendocument import load
from odf.table import Table, TableCell, TableHeaderRows, TableRow
from odf.teletype import extractText
from tests.made_tables import made_edition, safe_cubes
from tests.spec.test_publish_preliminary import COUNTS, ONLY

from introstat.publish import verify
from introstat.publish.reading import read_json_stat, read_sheet, read_workbook
from introstat.vocabulary.texts import LANGUAGES, Language

TABLES = ("IP100", "IP101", "IP102", "IP103")


@pytest.fixture(scope="module")
def files() -> Mapping[str, bytes]:
    return made_edition(safe_cubes(COUNTS, not_reported=frozenset({"2003"}), only=ONLY)).files


def named(table: str, language: Language, suffix: str) -> str:
    middle = "" if language == "nb" else f".{language}"
    return f"tables/{table}/{table}{middle}.{suffix}"


def seen_by_another_library(content: bytes) -> dict[str, list[list[str | float]]]:
    """Every sheet with its rows, read by the library that made the format its own."""
    found: dict[str, list[list[str | float]]] = {}
    for sheet in load(io.BytesIO(content)).spreadsheet.getElementsByType(Table):
        rows = []
        for row in sheet.getElementsByType(TableRow):
            cells: list[str | float] = []
            for cell in row.getElementsByType(TableCell):
                number = cell.getAttribute("value")
                cells.append(extractText(cell) if number is None else float(number))
            rows.append(cells)
        found[sheet.getAttribute("name")] = rows
    return found


def in_excel(content: bytes) -> dict[str, list[list[Any]]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {
        sheet.title: [["" if cell.value is None else cell.value for cell in row] for row in sheet] for sheet in book
    }


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_cell_by_cell_it_is_the_table(files: Mapping[str, bytes], table: str, language: Language) -> None:
    dataset = read_json_stat(files[named(table, language, "json")])
    assert read_workbook(files[named(table, language, "ods")], sheet=table, like=dataset).cells == dataset.table.cells


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sheet_is_the_sheet_of_the_xlsx(files: Mapping[str, bytes], language: Language) -> None:
    ods = seen_by_another_library(files[named("IP102", language, "ods")])
    xlsx = in_excel(files[named("IP102", language, "xlsx")])
    assert list(ods) == list(xlsx)
    for name, rows in ods.items():
        assert rows == [row[: len(other)] for row, other in zip(xlsx[name], rows, strict=True)], name


def test_a_hidden_cell_is_a_sign_and_a_number_a_number(files: Mapping[str, bytes]) -> None:
    rows = seen_by_another_library(files["tables/IP102/IP102.ods"])["IP102"]
    ended = rows[0].index("År") + 1
    of = {(row[0], row[2]): row[ended] for row in rows[1:]}
    assert of["0301", "0"] == 210.0
    assert of["0104", "0"] == ":"
    assert of["2003", "0"] == ".."


def test_it_opens_on_the_cover_and_repeats_its_header(files: Mapping[str, bytes]) -> None:
    packed = zipfile.ZipFile(io.BytesIO(files["tables/IP102/IP102.ods"]))
    first = packed.infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert packed.read("mimetype") == b"application/vnd.oasis.opendocument.spreadsheet"
    assert b'"ActiveTable" config:type="string">Forside<' in packed.read("settings.xml")
    (table,) = (
        sheet
        for sheet in load(io.BytesIO(files["tables/IP102/IP102.ods"])).spreadsheet.getElementsByType(Table)
        if sheet.getAttribute("name") == "IP102"
    )
    assert len(table.getElementsByType(TableHeaderRows)) == 1


def test_every_one_of_an_edition_opens_with_another_library(files: Mapping[str, bytes]) -> None:
    for path, content in files.items():
        if path.endswith(".ods"):
            assert seen_by_another_library(content)


@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_for_release_day_is_a_workbook_too(
    files: Mapping[str, bytes], language: Language, suffix: str
) -> None:
    middle = "" if language == "nb" else f".{language}"
    rows = read_sheet(files[f"release/municipalities{middle}.{suffix}"], at=2)
    lines = files[f"release/municipalities{middle}.csv"].decode().splitlines()
    assert len(rows) == len(lines)
    assert rows[1][:8] == ["0101", "Halden", "Østfold", 66.0, 29.0, 44.0, 32.0, 56.0]
    assert read_sheet(files[f"release/municipalities{middle}.{suffix}"], at=0)


def test_a_year_is_written_as_a_year_in_either_workbook(files: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(files["tables/IP105/IP105.ods"])) as packed:
        content = packed.read("content.xml").decode()
    years = re.findall(r'<table:table-cell [^>]*table:style-name="([^"]*)"[^>]*office:value="2014"', content)
    years += re.findall(r'<table:table-cell [^>]*office:value="2014"[^>]*table:style-name="([^"]*)"', content)
    assert set(years) == {"year"}
    sheet = openpyxl.load_workbook(io.BytesIO(files["tables/IP105/IP105.xlsx"])).worksheets[2]
    formats = {cell.number_format for row in sheet.iter_rows() for cell in row if cell.value == 2014}
    assert formats == {"0"}


@pytest.mark.parametrize(
    "path",
    [
        "tables/IP102/IP102.ods",
        "tables/IP101/IP101.en.ods",
        "release/municipalities.ods",
        "release/municipalities.nn.xlsx",
    ],
)
def test_verify_names_a_workbook_of_other_figures(files: Mapping[str, bytes], path: str) -> None:
    assert verify(files, manifest_sha256=None) == ()
    other = made_edition(
        safe_cubes({**COUNTS, "0301": COUNTS["0301"] + 1}, not_reported=frozenset({"2003"}), only=ONLY)
    ).files
    problems = {
        problem.file: problem.message
        for problem in verify({**files, path: other[path]}, manifest_sha256=None)
        if "sha256" not in problem.message and "bytes" not in problem.message
    }
    assert path in problems
