"""Seven formats, one table: each read back by a reader of its own, and every cell the same in all."""

from __future__ import annotations

import csv
import json
from html.parser import HTMLParser
from io import BytesIO, StringIO
from itertools import product
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.site.px_reader import read_px
from tests.site.pxwebapi import ROOT, Cells, cells_of, data, everything, in_order, tables_of
from tests.site.reader import Reader

from introstat.vocabulary.editions import Edition

CODES = "outputFormatParams=UseCodes"


def dataset(site: Reader, address: str) -> Any:
    return site.get(address).json()


def names_of(found: Any) -> list[str]:
    return in_order(found["id"])


def from_rows(found: Any, head: list[str], rows: list[list[Any]]) -> Cells:
    """The cells of a table laid out by codes: stub columns, then one for each content and year."""
    stub = found["extension"]["px"]["stub"]
    heading = found["extension"]["px"]["heading"]
    codes = [list(found["dimension"][name]["category"]["index"]) for name in heading]
    columns = list(product(*codes))
    assert head[: len(stub)] == stub
    assert head[len(stub) : len(stub) + len(columns)] == [" ".join(column) for column in columns]
    cells: Cells = {}
    for row in rows:
        for column, value in zip(columns, row[len(stub) :], strict=False):
            where = dict(zip((*stub, *heading), (*row[: len(stub)], *column), strict=True))
            cells[tuple(where[name] for name in names_of(found))] = value
    return cells


def numbered(text: str) -> float | str:
    return text if text in (":", "..", ".") else float(text)


class TableReader(HTMLParser):
    """The cells of the rows of a page's table."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.captions: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th", "caption"):
            self._inside = tag
            if tag != "caption":
                self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "caption"):
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "caption":
            self.captions.append(data)
        elif self._inside:
            self.rows[-1][-1] += data


def test_json_stat_holds_the_cells_of_the_edition(shared_site: Reader, edition: Edition, table: str) -> None:
    stored = json.loads(edition.files[f"tables/{table}/{table}.json"])
    assert cells_of(dataset(shared_site, everything(table))) == cells_of(stored)


def test_csv_holds_the_same_cells(any_site: Reader, table: str) -> None:
    found = dataset(any_site, everything(table))
    given = any_site.get(everything(table, raw=f"outputFormat=csv&{CODES}"))
    assert given.headers["content-type"] == "text/csv; charset=utf-8"
    head, *rows = csv.reader(StringIO(given.text))
    width = len(found["extension"]["px"]["stub"])
    after = head.index("Foreløpige tall") if "Foreløpige tall" in head else len(head) - 1
    typed = [[*row[:width], *(numbered(cell) for cell in row[width:after])] for row in rows]
    assert from_rows(found, head, typed) == cells_of(found)
    assert {row[-1] for row in rows} == {"syntetiske data"}
    assert ("*" in found["status"].values()) == (after < len(head) - 1)


def test_a_workbook_holds_the_same_cells(any_site: Reader, table: str) -> None:
    found = dataset(any_site, everything(table))
    given = any_site.get(everything(table, raw=f"outputFormat=xlsx&{CODES}"))
    book = openpyxl.load_workbook(BytesIO(given.content))
    head, *rows = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    assert from_rows(found, [str(name) for name in head], [row[:-1] for row in rows]) == cells_of(found)
    assert {row[-1] for row in rows} == {"syntetiske data"}


def test_a_year_in_a_workbook_has_no_thousands_separator(any_site: Reader, edition: Edition) -> None:
    if "IP105" not in tables_of(edition):
        pytest.skip("the edition has no table of several years together")
    given = any_site.get(everything("IP105", raw=f"outputFormat=xlsx&{CODES}"))
    sheet = openpyxl.load_workbook(BytesIO(given.content)).worksheets[0]
    head = [cell.value for cell in sheet[1]]
    formats = {
        (str(head[at]).partition(" ")[0], cell.number_format.rstrip('"*'))
        for row in sheet.iter_rows(min_row=2)
        for at, cell in enumerate(row)
        if isinstance(cell.value, int | float)
    }
    assert formats == {
        ("FraAar", "0"), ("Avsluttet", "#,##0"), ("ArbeidUtdanning", "#,##0"), ("AndelArbeidUtdanning", "#,##0"),
    }  # fmt: skip


def test_a_page_holds_the_same_cells(any_site: Reader, table: str) -> None:
    found = dataset(any_site, everything(table))
    reader = TableReader()
    reader.feed(any_site.get(everything(table, raw=f"outputFormat=html&{CODES}")).text)
    width = len(found["extension"]["px"]["stub"])
    rows = [[*row[:width], *(numbered(cell.removesuffix("*")) for cell in row[width:])] for row in reader.rows[2:]]
    head = [*found["extension"]["px"]["stub"], *(" ".join(pair) for pair in zip(reader.rows[0][1:], reader.rows[1][width:], strict=True))]  # fmt: skip
    assert from_rows(found, head, rows) == cells_of(found)
    assert "syntetiske data" in "".join(reader.captions)
    stars = [cell for row in reader.rows[2:] for cell in row[width:] if cell.endswith("*")]
    assert len(stars) == list(found["status"].values()).count("*")


def test_parquet_holds_the_same_cells(any_site: Reader, table: str) -> None:
    found = dataset(any_site, everything(table))
    rows = pq.read_table(
        pa.BufferReader(any_site.get(everything(table, raw="outputFormat=parquet")).content)
    ).to_pylist()
    names = names_of(found)
    assert {
        tuple(row[name] for name in names): row["status"] if row["value"] is None else row["value"] for row in rows
    } == cells_of(found)
    assert {row["origin"] for row in rows} == {"synthetic"}
    labels = found["dimension"]["Region"]["category"]["label"]
    assert all(row["Region_label"] == labels[row["Region"]] for row in rows)
    signs = found["status"]
    assert sorted(row["status"] for row in rows if row["status"]) == sorted(signs.values())


def test_json_px_holds_the_same_cells(any_site: Reader, table: str) -> None:
    found = dataset(any_site, everything(table))
    given = any_site.get(everything(table, raw="outputFormat=json-px")).json()
    keys = [column["code"] for column in given["columns"] if column["type"] != "c"]
    contents = [column["code"] for column in given["columns"] if column["type"] == "c"]
    cells: Cells = {}
    for row in given["data"]:
        for content, value in zip(contents, row["values"], strict=True):
            where = dict(zip(keys, row["key"], strict=True)) | {"ContentsCode": content}
            cells[tuple(where[name] for name in names_of(found))] = numbered(value)
    assert cells == cells_of(found)
    assert "syntetiske data" in given["metadata"][0]["label"]


def test_px_holds_the_same_cells_for_an_independent_reader(any_site: Reader, table: str) -> None:
    found = dataset(any_site, everything(table))
    given = any_site.get(everything(table, raw="outputFormat=px"))
    assert given.headers["content-type"] == "application/octet-stream"
    read = read_px(given.content)
    order = [read.variables.index(name) for name in names_of(found)]
    assert {tuple(codes[at] for at in order): cell for codes, cell in read.cells.items()} == cells_of(found)


def test_px_says_what_it_must_and_keeps_its_lines_short(shared_site: Reader) -> None:
    text = shared_site.get(everything("IP102", raw="outputFormat=px")).content.decode()
    read = read_px(text.encode())
    assert text.startswith('CHARSET="ANSI";\n')
    assert read.one("CODEPAGE") == "utf-8"
    assert read.order[-1] == "DATA"
    assert max(len(line) for line in text.partition("DATA=")[0].splitlines()) <= 256
    assert read.one("AGGREGALLOWED") == "NO"
    assert read.one("CONTVARIABLE") == "Statistikkvariabel"
    assert read.one("NOTEX").startswith("Syntetiske data. Personene bak tallene er oppdiktede.")
    assert "syntetiske data" in read.one("TITLE")
    assert read.one("ELIMINATION", "Region") == "Hele landet"
    assert read.one("MATRIX") == read.one("TABLEID") == "IP102"
    assert "#" in read.one("NOTE")
    data_part = text.partition("DATA=")[2]
    assert '"..."' in data_part
    assert " : " not in data_part


TYPES = {
    "json-stat2": ("application/json; charset=UTF-8", "json"),
    "csv": ("text/csv; charset=utf-8", "csv"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "px": ("application/octet-stream", "px"),
    "parquet": ("application/octet-stream", "parquet"),
    "html": ("text/html; charset=utf-8", "html"),
    "json-px": ("application/json; charset=UTF-8", "json"),
}


@pytest.mark.parametrize("name", TYPES)
def test_every_format_has_its_type_its_name_and_the_same_bytes_twice(shared_site: Reader, name: str) -> None:
    media_type, suffix = TYPES[name]
    address = data("IP102", Region="0,01", ContentsCode="*", Tid="*", raw=f"outputFormat={name}")
    given = shared_site.get(address)
    assert given.headers["content-type"] == media_type
    assert given.headers["content-disposition"] == f'inline; filename="IP102.{suffix}"'
    assert given.headers["x-robots-tag"] == "noindex"
    fresh = shared_site.get(address + "&again=1")
    assert fresh.content == given.content


SMALL = {"Region": "0101", "ContentsCode": "Avsluttet", "Tid": "*"}
LAID_OUT = [
    ("", '"Region","Antall som avsluttet 2016","Opphav"\n"Halden",66,"syntetiske data"\n'),
    ("UseTexts", '"Region","Antall som avsluttet 2016","Opphav"\n"Halden",66,"syntetiske data"\n'),
    ("UseCodes", '"Region","Avsluttet 2016","Opphav"\n"0101",66,"syntetiske data"\n'),
    ("usecodesandtexts", '"Region","Avsluttet Antall som avsluttet 2016 2016","Opphav"\n"0101 Halden",66,"syntetiske data"\n'),
    ("UseCodes,SeparatorSemicolon", '"Region";"Avsluttet 2016";"Opphav"\n"0101";66;"syntetiske data"\n'),
    ("UseCodes&outputFormatParams=SeparatorTab", '"Region"\t"Avsluttet 2016"\t"Opphav"\n"0101"\t66\t"syntetiske data"\n'),
    ("UseCodes,SeparatorSpace", '"Region" "Avsluttet 2016" "Opphav"\n"0101" 66 "syntetiske data"\n'),
]  # fmt: skip


@pytest.mark.parametrize(("params", "expected"), LAID_OUT, ids=[params or "plain" for params, _ in LAID_OUT])
def test_csv_is_laid_out_as_asked(shared_site: Reader, params: str, expected: str) -> None:
    raw = "outputFormat=csv" + (f"&outputFormatParams={params}" if params else "")
    assert shared_site.get(data("IP102", **SMALL, raw=raw)).text == expected


def test_a_title_stands_above_where_it_is_asked_for(shared_site: Reader) -> None:
    title = "Resultater for introduksjonsprogrammet, etter region og kjønn (syntetiske data)"
    text = shared_site.get(data("IP102", **SMALL, raw="outputFormat=csv&outputFormatParams=IncludeTitle")).text
    assert text.startswith(f'"{title}"\n\n"Region"')
    book = shared_site.get(data("IP102", **SMALL, raw="outputFormat=xlsx&outputFormatParams=IncludeTitle")).content
    sheet = openpyxl.load_workbook(BytesIO(book)).worksheets[0]
    assert (sheet["A1"].value, sheet["A3"].value) == (title, "Region")


def test_variables_stand_where_they_are_placed(shared_site: Reader) -> None:
    raw = "outputFormat=csv&outputFormatParams=UseCodes&heading=Region&stub=Tid,ContentsCode"
    text = shared_site.get(data("IP102", Region="0,01", ContentsCode="Avsluttet", Tid="*", raw=raw)).text
    assert text == '"Tid","ContentsCode","0","01","Opphav"\n"2016","Avsluttet",359,70,"syntetiske data"\n'
    everything_above = shared_site.get(
        data("IP102", **SMALL, raw="outputFormat=csv&heading=Region,ContentsCode,Tid")
    ).text
    assert everything_above.splitlines()[0] == '"Halden Antall som avsluttet 2016","Opphav"'


@pytest.mark.parametrize("name", TYPES)
def test_every_format_comes_in_every_language_and_any_placement(shared_site: Reader, name: str) -> None:
    for language in ("no", "nn", "en"):
        for placement in ("stub=Region,Kjonn,ContentsCode,Tid", "heading=Region,Kjonn,ContentsCode,Tid"):
            address = data("IP102", Region="0,0104", Kjonn="*", ContentsCode="*", Tid="*", raw=f"outputFormat={name}&lang={language}&{placement}")  # fmt: skip
            assert shared_site.get(address).status_code == 200


def test_a_share_of_few_people_comes_with_its_uncertainty_where_both_numbers_are_shown(shared_site: Reader) -> None:
    found = dataset(
        shared_site, data("IP102", Region="0101,0104", ContentsCode="AndelArbeidUtdanning,Avsluttet", Tid="*")
    )
    uncertainty = found["extension"]["uncertainty"]
    place = list(cells_of(found)).index(("0101", "AndelArbeidUtdanning", "2016"))
    # 29 of 66: 44 per cent, the interval after Wilson from 32.6 to 55.9.
    assert found["value"][place] == 44
    assert (uncertainty["low"], uncertainty["high"]) == ({str(place): 32}, {str(place): 56})


def test_no_interval_is_told_where_a_number_behind_the_share_is_hidden(shared_site: Reader) -> None:
    found = dataset(shared_site, everything("IP102"))
    cells = cells_of(found)
    order = list(cells)
    for place in found["extension"]["uncertainty"]["low"]:
        region, sex, content, year = order[int(place)]
        assert content == "AndelArbeidUtdanning"
        for behind in ("ArbeidUtdanning", "Avsluttet"):
            assert isinstance(cells[region, sex, behind, year], (int, float))


def test_every_sign_that_is_used_is_explained_in_the_language(shared_site: Reader) -> None:
    found = dataset(shared_site, everything("IP102", raw="lang=en"))
    status = found["extension"]["status"]
    used = set(found["status"].values())
    assert used == set(status["label"]) == set(status["reason"]) == {":", "..", "."}
    assert status["reason"] == {":": "protected", "..": "not-reported", ".": "not-applicable"}
    assert status["label"][".."].startswith("There is no figure")
    assert ROOT in found["extension"]["permalink"]
